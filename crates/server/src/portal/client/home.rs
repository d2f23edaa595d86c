//! "Your sessions": what is next, what waits for a choice or an answer, what was (`ux` 3).

use super::choose;
use super::desk::{self, Door};
use super::words::{kind_icon, kind_words, state_words};
use crate::actor::Client;
use crate::app::App;
use crate::call::Call;
use crate::flow::{Ask, Flow};
use crate::portal::{Shell, page};
use crate::routes::{Answer, Route, get};
use crate::when::When;
use askama::Template;
use domain::appointment::{Appointment, State};
use domain::id::TherapistId;
use domain::obligation::ObligationKind;
use domain::offer::Offer;
use domain::practice::{Relationship, RelationshipState, Therapist};
use domain::time::Instant;
use std::collections::BTreeMap;
use store::Tx;
use store::appointment::{Filter, Order};

/// Sessions to come that are listed.
const COMING: u32 = 20;
/// Past sessions that are listed.
const PAST: u32 = 20;
/// Relationships that a client may have at most on this page.
const RELATIONSHIPS: u32 = 20;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/c", home).about("appointment").says("The client's sessions, and choices that wait")]
}

/// Everything on the page.
struct Scene {
    therapists: BTreeMap<TherapistId, Therapist>,
    relationships: Vec<Relationship>,
    coming: Vec<Appointment>,
    past: Vec<Appointment>,
    offers: Vec<(Offer, Instant)>,
    promises: Vec<(TherapistId, Instant)>,
}

/// The next session.
struct Next {
    title: String,
    near: String,
    how: String,
    icon: &'static str,
    free: String,
    href: String,
    may_change: bool,
}

/// Times that are held for a choice.
struct Waiting {
    text: String,
    until: String,
    href: String,
}

/// A time that the client asked for and that nobody has answered yet.
struct Asked {
    text: String,
    detail: String,
    href: String,
}

/// A line of a list.
struct Line {
    when: String,
    detail: String,
    href: String,
}

#[derive(Template)]
#[template(path = "client/home.html")]
struct HomePage {
    shell: Shell,
    next: Option<Next>,
    waiting: Vec<Waiting>,
    asked: Vec<Asked>,
    promises: Vec<String>,
    coming: Vec<Line>,
    past: Vec<Line>,
    book: Vec<(String, String)>,
    empty: String,
}

async fn home(app: App, call: Call<Client>) -> Answer {
    let scene = desk::read(&app, &call, |tx, _, ask| load(tx, ask)).await?;
    let when = When::of(&call);
    let first = |id: &TherapistId| scene.therapists.get(id).map_or("your therapist", |found| found.person.first_name());
    let active = scene.relationships.iter().filter(|relationship| relationship.state == RelationshipState::Active);
    let book = active.map(|one| (Door::Portal.booking(&app, one.id), first(&one.therapist).to_owned())).collect();
    let empty = match scene.relationships.first() {
        Some(one) => format!("Nothing booked. {} is expecting to hear from you.", first(&one.therapist)),
        None => "Nothing booked yet. Call or write to us to begin.".to_owned(),
    };
    let waiting = scene.offers.iter().map(|(offer, start)| Waiting {
        text: waiting_words(
            first(&offer.therapist),
            offer,
            scene.coming.iter().any(|one| one.pending_move == Some(offer.id)),
        ),
        until: match offer.is_make_up() {
            true => {
                format!("For your session {}. Any free time until {}.", when.on(*start), when.near(offer.expires_at))
            }
            false => format!("For your session {}. Held until {}.", when.on(*start), when.near(offer.expires_at)),
        },
        href: choose::path(&app, offer),
    });
    let promised =
        |(id, by): &(TherapistId, Instant)| format!("{} will contact you by {}.", first(id), when.moment(*by));
    let (asked, booked): (Vec<_>, Vec<_>) =
        scene.coming.iter().partition(|one| matches!(one.state, State::Requested) && when.now < one.start);
    let next = booked.first().map(|appointment| next(&app, &scene, appointment, &when));
    let page_view = HomePage {
        shell: Shell::new(&app, &call, "Your sessions").at("/c"),
        next,
        waiting: waiting.collect(),
        asked: asked.iter().map(|one| asked_for(&app, one, first(&one.therapist), &when)).collect(),
        promises: scene.promises.iter().map(promised).collect(),
        coming: booked.iter().skip(1).map(|one| line(&app, one, first(&one.therapist), &when)).collect(),
        past: scene.past.iter().map(|one| line(&app, one, first(&one.therapist), &when)).collect(),
        book,
        empty,
    };
    page(&page_view)
}

fn load(tx: &mut Tx<'_>, ask: &Ask) -> Flow<Scene> {
    let scope = ask.who.scope();
    let relationships = store::relationship::list(tx, &scope, None, None, RELATIONSHIPS)?.items;
    let mut therapists = BTreeMap::new();
    for relationship in &relationships {
        if let Some(found) = store::therapist::load(tx, relationship.therapist)? {
            therapists.insert(found.id, found);
        }
    }
    let coming = store::appointment::next_of(tx, &scope, ask.now, COMING)?;
    let filter = Filter { to: Some(ask.now), order: Order::Descending, ..Filter::default() };
    let mut past = store::appointment::list(tx, &scope, &filter, None, PAST)?.items;
    past.retain(|one| coming.iter().all(|next| next.id != one.id));
    let (mut offers, mut promises) = (Vec::new(), Vec::new());
    for offer in store::offer::open_of_client(tx, &scope)?.into_iter().filter(|offer| ask.now < offer.expires_at) {
        if let Some(ended) = store::appointment::load(tx, &scope, offer.appointment)? {
            offers.push((offer, ended.start));
        }
    }
    for duty in store::obligation::owed_first(tx, &scope, [ObligationKind::KeepPromise; 2], COMING)? {
        let of = relationships.iter().find(|relationship| relationship.id == duty.relationship);
        if let (ObligationKind::KeepPromise, Some(of)) = (duty.kind, of) {
            promises.push((of.therapist, duty.due_at));
        }
    }
    Ok(Scene { therapists, relationships, coming, past, offers, promises })
}

fn next(app: &App, scene: &Scene, appointment: &Appointment, when: &When) -> Next {
    let name = scene.therapists.get(&appointment.therapist).map_or("your therapist", |found| found.person.first_name());
    let cutoff = appointment.policy.effective_cutoff();
    let is_pending = appointment.state.is_pending() && when.now < appointment.start;
    let free = match (is_pending, cutoff > when.now) {
        (true, true) => format!("You can change this free until {}.", when.near(cutoff)),
        (true, false) => String::new(),
        (false, _) => "It’s time.".to_owned(),
    };
    Next {
        title: format!("{} with {name}", when.moment(appointment.start)),
        near: nearness(appointment.start, when),
        how: format!("{}, {}", kind_words(appointment.kind), when.range(appointment.interval())),
        icon: kind_icon(appointment.kind),
        free,
        href: Door::Portal.session(app, appointment.id),
        may_change: is_pending,
    }
}

/// What the client asked for, and that nothing is settled before the answer.
fn asked_for(app: &App, appointment: &Appointment, name: &str, when: &When) -> Asked {
    Asked {
        text: format!("You asked {name} for {}", when.moment(appointment.start)),
        detail: format!(
            "{}. It isn’t booked yet: {name} answers first, and you get an email at once.",
            kind_words(appointment.kind)
        ),
        href: Door::Portal.session(app, appointment.id),
    }
}

/// "Today", "Tomorrow", nothing for other days.
fn nearness(start: Instant, when: &When) -> String {
    match when.near_day(start).as_str() {
        "today" => "Today".to_owned(),
        "tomorrow" => "Tomorrow".to_owned(),
        _ => String::new(),
    }
}

fn line(app: &App, appointment: &Appointment, name: &str, when: &When) -> Line {
    let state = state_words(appointment, when.locale);
    let detail = match state {
        Some(state) => format!("{name}. {state}"),
        None => format!("{name}, {}", kind_words(appointment.kind).to_lowercase()),
    };
    Line { when: when.moment(appointment.start), detail, href: Door::Portal.session(app, appointment.id) }
}

/// What the client is asked to choose.
fn waiting_words(name: &str, offer: &Offer, asked_to_move: bool) -> String {
    match (offer.is_make_up(), asked_to_move) {
        (true, _) => format!("Choose a make-up session with {name}, at no charge"),
        (false, true) => format!("{name} asks you for another time"),
        (false, false) => format!("Choose a new time with {name}"),
    }
}
