//! Booking a free time with one's therapist: choose, check, book. Behind a booking link (G-12, G-14), behind an offer
//! whose times do not suit, and for a client who is signed in (H-08).

use super::desk::{self, Acted, Door};
use super::times::{self, Times, day, moment};
use super::words::kind_words;
use super::{policy_words, scene};
use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow;
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::decide::Book;
use domain::id::RelationshipId;
use domain::offer::{Offer, OfferState};
use domain::policy::Policy;
use domain::practice::{Practice, Relationship, RelationshipState, Therapist};
use domain::refusal::Refusal;
use domain::schedule::MeetingKind;
use domain::time::{Instant, Span};
use store::Tx;

/// Where a booking happens and for whom.
#[derive(Debug, Clone)]
pub(super) struct Booking {
    /// The page that somebody came from.
    pub base: String,
    /// Where the times are.
    pub times: String,
    /// Where one is checked and booked.
    pub confirm: String,
    /// Between whom.
    pub relationship: RelationshipId,
    /// The offer that it stands in for, if one: it fixes the kind, and its own times are taken as an answer to it.
    pub offer: Option<Offer>,
}

/// What stands above the times.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    kind: &'static str,
    icon: &'static str,
    text: String,
}

impl Notice {
    /// Somebody else was quicker.
    pub fn taken() -> Self {
        Self { kind: "due", icon: "clock", text: "That time has just gone. These are still free.".to_owned() }
    }

    /// Any free time, at no charge.
    pub fn make_up(name: &str) -> Self {
        let text = format!("This one is on {name}: choose any free time. It costs you nothing.");
        Self { kind: "done", icon: "heart", text }
    }

    /// The offer ran out.
    pub fn expired(held_until: &str, name: &str) -> Self {
        let text = format!("Those times were held until {held_until}. Here are {name}’s free times now.");
        Self { kind: "live", icon: "clock", text }
    }

    /// The offer was settled another way.
    pub fn withdrawn() -> Self {
        let text = "Those times are no longer held for you. Here is what is free now.".to_owned();
        Self { kind: "live", icon: "info", text }
    }
}

/// Both people, their agreement, and today's policy.
struct Pair {
    practice: Practice,
    therapist: Therapist,
    relationship: Relationship,
    policy: Policy,
}

impl Pair {
    fn kind(&self, booking: &Booking, wanted: &str) -> Option<MeetingKind> {
        let kinds = &self.therapist.schedule.kinds;
        let fixed = booking.offer.as_ref().map(|offer| offer.kind);
        fixed
            .or_else(|| wanted.parse().ok())
            .filter(|kind| kinds.contains_key(kind))
            .or_else(|| kinds.keys().next().copied())
    }

    /// Whether the client has yet to agree to today's policy (H-05).
    fn must_accept(&self) -> bool {
        self.relationship.accepted_policy.is_none_or(|accepted| accepted.version < self.policy.version)
    }
}

/// A kind of meeting to switch to.
struct KindLink {
    href: String,
    label: &'static str,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "client/times.html")]
struct TimesPage {
    shell: Shell,
    errors: FieldErrors,
    notice: Option<Notice>,
    lead: String,
    times: Times,
    kinds: Vec<KindLink>,
    kind: String,
    action: String,
    address: String,
    empty: String,
    back: Option<String>,
}

#[derive(Template)]
#[template(path = "client/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    errors: FieldErrors,
    action: String,
    back: String,
    facts: Vec<(&'static str, String)>,
    start: String,
    kind: String,
    policy: Vec<String>,
    must_accept: bool,
    practice: String,
    terms: String,
    button: &'static str,
    keep: &'static str,
}

/// Free times, a week at a time.
pub(super) async fn times<A: Scoped>(
    app: App,
    call: Call<A>,
    booking: Booking,
    notice: Option<Notice>,
    status: StatusCode,
) -> Answer {
    choose_time(app, call, booking, notice, FieldErrors::default(), status).await
}

async fn choose_time<A: Scoped>(
    app: App,
    call: Call<A>,
    booking: Booking,
    notice: Option<Notice>,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let (pair, kind, times) = load_times(&app, &call, &booking).await?;
    let name = pair.therapist.person.first_name().to_owned();
    let is_open = pair.relationship.state == RelationshipState::Active;
    let title = if booking.offer.is_some() { "Choose a new time" } else { "Book a session" };
    let empty = match (is_open, &times.earlier) {
        (false, _) => format!("Booking with {name} is closed for now. Call or write to us and we’ll help."),
        (true, None) => {
            format!("{name} has no free times at the moment. Call or write to us and we’ll help you find one.")
        }
        (true, Some(_)) => format!("{name} has no free times from here on."),
    };
    let held = booking
        .offer
        .as_ref()
        .is_some_and(|offer| offer.state == OfferState::Open && call.now < offer.expires_at && !offer.is_make_up());
    let minutes = pair.therapist.schedule.kinds.get(&kind).map_or(0, |setup| setup.minutes);
    let page = TimesPage {
        shell: Shell::new(&app, &call, title).with(&errors),
        errors,
        notice,
        lead: format!(
            "{minutes} minutes with {name}. Choose a time to see what it costs and until when you can change it."
        ),
        kinds: if booking.offer.is_some() { Vec::new() } else { kind_links(&pair.therapist, kind, &booking.times) },
        kind: kind.as_str().to_owned(),
        action: booking.confirm,
        address: booking.times,
        back: held.then_some(booking.base),
        times: if is_open { times } else { Times::default() },
        empty,
    };
    page_with(status, &page)
}

fn kind_links(therapist: &Therapist, current: MeetingKind, times: &str) -> Vec<KindLink> {
    let kinds = &therapist.schedule.kinds;
    let link = |kind: &MeetingKind| KindLink {
        href: format!("{times}?kind={}", kind.as_str()),
        label: kind_words(*kind),
        is_current: *kind == current,
    };
    if kinds.len() > 1 { kinds.keys().map(link).collect() } else { Vec::new() }
}

/// The last look before booking: when, what it costs, until when it is free, and the policy to agree to.
pub(super) async fn check<A: Scoped>(app: App, call: Call<A>, booking: Booking) -> Answer {
    let query = call.raw_query();
    let (start, kind) = (query.get("start").to_owned(), query.get("kind").to_owned());
    match moment(&start) {
        Some(start) => confirm_page(app, call, booking, start, &kind, FieldErrors::default()).await,
        None => no_choice(app, call, booking).await,
    }
}

/// Books it.
pub(super) async fn book<A: Scoped>(app: App, call: Call<A>, booking: Booking) -> Answer {
    let (start, kind) = (call.raw().get("start").to_owned(), call.raw().get("kind").to_owned());
    let Some(start) = moment(&start) else { return no_choice(app, call, booking).await };
    let pair = load_pair(&app, &call, booking.relationship).await?;
    if pair.must_accept() && !call.raw().has("policy", "yes") {
        let mut errors = FieldErrors::default();
        errors.push("policy", "Tick to say that you agree to the policy before you book");
        return confirm_page(app, call, booking, start, &kind, errors).await;
    }
    let Some(kind) = pair.kind(&booking, &kind) else { return no_choice(app, call, booking).await };
    let (relationship, wish) = (booking.relationship, Book { start, kind, agreement: None });
    let offered = booking.offer.as_ref().filter(|offer| is_answer(offer, start, call.now)).map(|offer| offer.id);
    let acted = desk::act(&app, &call, move |tx, app, ask| match offered {
        Some(offer) => flow::offer::accept(tx, &app.tools, ask, offer, start),
        None => flow::appointment::book(tx, &app.tools, ask, relationship, wish),
    });
    match acted.await? {
        Acted::Done(kept) => match kept.booked.or(kept.appointment) {
            Some(id) => Ok(redirect(&format!("{}?done=booked", Door::of(&call).session(&app, id)))),
            None => Ok(redirect(&booking.base)),
        },
        Acted::Over => Ok(redirect(&booking.base)),
        Acted::Refused(refusal) => refused(app, call, booking, *refusal).await,
    }
}

/// Whether the start is one of the times that are held: then taking it answers the offer, and a payment follows.
fn is_answer(offer: &Offer, start: Instant, now: Instant) -> bool {
    let is_its_own = offer.is_make_up() || offer.slot(start).is_some();
    offer.state == OfferState::Open && now < offer.expires_at && is_its_own
}

async fn refused<A: Scoped>(app: App, call: Call<A>, booking: Booking, refusal: Refusal) -> Answer {
    let status = Problem::from(refusal.clone()).status;
    match refusal.code {
        "slot_taken" | "outside_availability" | "in_the_past" | "offer_expired" => {
            choose_time(app, call, booking, Some(Notice::taken()), FieldErrors::default(), status).await
        }
        _ => Err(refusal.into()),
    }
}

async fn no_choice<A: Scoped>(app: App, call: Call<A>, booking: Booking) -> Answer {
    let mut errors = FieldErrors::default();
    errors.push("start", "Choose a time");
    choose_time(app, call, booking, None, errors, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn confirm_page<A: Scoped>(
    app: App,
    call: Call<A>,
    booking: Booking,
    start: Instant,
    kind: &str,
    errors: FieldErrors,
) -> Answer {
    let pair = load_pair(&app, &call, booking.relationship).await?;
    let Some(kind) = pair.kind(&booking, kind) else { return no_choice(app, call, booking).await };
    let (relationship, wish) = (booking.relationship, Book { start, kind, agreement: None });
    let offered = booking.offer.as_ref().filter(|offer| is_answer(offer, start, call.now)).map(|offer| offer.id);
    let looked = desk::try_read(&app, &call, move |tx, app, ask| match offered {
        Some(offer) => flow::offer::preview_accept(tx, &app.tools, ask, offer, start),
        None => flow::appointment::preview_book(tx, &app.tools, ask, relationship, wish, false),
    });
    let preview = match looked.await? {
        Ok(preview) => preview,
        Err(refusal) => return refused(app, call, booking, *refusal).await,
    };
    let Some(booked) = preview.booked.or(preview.appointment) else { return Err(Problem::not_found()) };
    let when = When::of(&call);
    let sentences = policy_words::of_booking(&pair.policy, &pair.therapist, &booked, &when);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ConfirmPage {
        shell: Shell::new(&app, &call, "Check and book").with(&errors),
        errors,
        facts: policy_words::facts(&pair.policy, &pair.therapist, &booked, &when),
        start: start.to_string(),
        kind: kind.as_str().to_owned(),
        policy: sentences,
        must_accept: pair.must_accept(),
        practice: pair.practice.name.clone(),
        terms: crate::portal::terms::address(pair.practice.id, Some(pair.policy.version)),
        back: booking.times,
        action: booking.confirm,
        button: "Book this session",
        keep: "Choose another time",
    };
    page_with(status, &page)
}

async fn load_pair<A: Scoped>(app: &App, call: &Call<A>, id: RelationshipId) -> Result<Pair, Problem> {
    desk::read(app, call, move |tx, _, ask| pair(tx, ask, id)).await
}

fn pair(tx: &mut Tx<'_>, ask: &flow::Ask, id: RelationshipId) -> flow::Flow<Pair> {
    let relationship = scene::found(store::relationship::load(tx, &ask.who.scope(), id)?, "relationship")?;
    let therapist = scene::found(store::therapist::load(tx, relationship.therapist)?, "therapist")?;
    let today = scene::found(store::policy::latest(tx, relationship.practice)?, "policy")?;
    let pathway = relationship.pathway.as_deref();
    Ok(Pair {
        practice: scene::found(store::practice::load(tx, relationship.practice)?, "practice")?,
        policy: today.between(pathway, therapist.id, &therapist.overrides).unwrap_or(today),
        therapist,
        relationship,
    })
}

async fn load_times<A: Scoped>(
    app: &App,
    call: &Call<A>,
    booking: &Booking,
) -> Result<(Pair, MeetingKind, Times), Problem> {
    let query = if call.raw().is_empty() { call.raw_query() } else { call.raw().clone() };
    let (from, wanted) = (day(query.get("from")), query.get("kind").to_owned());
    let (booking, when) = (booking.clone(), When::of(call));
    desk::read(app, call, move |tx, app, ask| {
        let pair = pair(tx, ask, booking.relationship)?;
        let kind = scene::found(pair.kind(&booking, &wanted), "kind")?;
        let search = times::Search {
            therapist: pair.therapist.id,
            zone: pair.therapist.schedule.zone.clone(),
            kind,
            from,
            horizon: Span::hours(24 * i64::from(pair.policy.parameters.slot.horizon_days)),
        };
        let times = times::load(tx, &app.tools, ask, &search, &when)?;
        Ok((pair, kind, times))
    })
    .await
}
