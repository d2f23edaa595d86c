//! The therapist's first page: what needs them now (V-12, V-16, G-14).

use crate::actor::Therapist;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::{self, Ask, Failed, Flow, Who};
use crate::links::LinkKey;
use crate::portal::desk::{self, DutyView, LiveView, People, Story, When, words};
use crate::portal::desk::{Choice, relationship_choices};
use crate::portal::{Shell, page as render, redirect};
use crate::routes::Answer;
use askama::Template;
use domain::appointment::Appointment;
use domain::id::{ClientId, RelationshipId};
use domain::message::LinkTo;
use domain::obligation::{Obligation, ObligationKind};
use domain::person::{PersonRef, Role};
use domain::practice::RelationshipState;
use domain::time::Span;
use serde::Deserialize;
use std::collections::BTreeSet;
use store::Tx;
use store::appointment::Filter;

/// Appointments of one day at most, and duties on the page.
const MANY: u32 = 200;

#[derive(Debug, Deserialize)]
struct Query {
    relationship: Option<RelationshipId>,
    #[serde(default)]
    done: String,
}

/// One line of today's agenda.
struct AgendaView {
    id: String,
    at: String,
    at_exact: String,
    client: String,
    place: &'static str,
    icon: &'static str,
    minutes: i64,
    tag: words::TagView,
    is_flagged: bool,
    class: &'static str,
    /// Whether it begins within the hour or is under way.
    is_near: bool,
}

/// A client's booking link.
#[derive(Debug, Clone)]
struct LinkView {
    relationship: String,
    id: ClientId,
    client: String,
    url: String,
}

#[derive(Template)]
#[template(path = "therapist/your_practice.html")]
struct YourPractice {
    shell: Shell,
    clients: Vec<Choice>,
    link: Option<LinkView>,
    /// That a link was just sent, said once.
    sent: String,
}

#[derive(Template)]
#[template(path = "therapist/today.html")]
struct TodayPage {
    shell: Shell,
    base: &'static str,
    here: &'static str,
    greeting: String,
    day: String,
    agenda: Vec<AgendaView>,
    now: Vec<DutyView>,
    promises: Vec<DutyView>,
    waiting: Vec<DutyView>,
    notes: Vec<DutyView>,
    updates: Vec<AgendaView>,
    clients: Vec<Choice>,
    link: Option<LinkView>,
    sent: String,
    /// Clients whom nobody has asked how they wish to be reached: relationship and name (V-06).
    unasked: Vec<(String, String)>,
    owes_terms: Option<OwesTerms>,
    live: Vec<LiveCard>,
}

/// One appointment of this hour.
struct LiveCard {
    story: Story,
    live: LiveView,
}

struct Read {
    live: Vec<LiveCard>,
    agenda: Vec<AgendaView>,
    updates: Vec<AgendaView>,
    duties: Vec<(ObligationKind, DutyView)>,
    clients: Vec<Choice>,
    link: Option<LinkView>,
    unasked: Vec<(String, String)>,
    owes_terms: Option<OwesTerms>,
}

/// Clients who have yet to accept the policy and terms, in one line (H-05).
struct OwesTerms {
    /// "Daniel, Grace and 3 more".
    names: String,
    /// Where it is noted: the client's page, or the list where there are several.
    href: String,
}

impl OwesTerms {
    /// The first of them by name, and how many more.
    fn of(clients: &[(String, String)]) -> Option<Self> {
        const NAMED: usize = 3;
        let (first, _) = clients.first()?;
        let href = if clients.len() == 1 { format!("/t/clients/{first}#check") } else { "/t/clients".to_owned() };
        let named: Vec<&str> = clients.iter().take(NAMED).map(|(_, name)| name.as_str()).collect();
        let names = match (named.as_slice(), clients.len().saturating_sub(NAMED)) {
            ([others @ .., last], 0) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
            (named, 0) => named.concat(),
            (named, more) => format!("{} and {more} more", named.join(", ")),
        };
        Some(Self { names, href })
    }
}

/// GET.
pub(super) async fn page(app: App, call: Call<Therapist>) -> Answer {
    let Query { relationship: chosen, done } = call.query()?;
    let (ask, when) = (desk::ask(&call), When::of(&call));
    let (inner, key, base_url) = (when.clone(), app.tools.link_key.clone(), app.tools.base_url.clone());
    let Read { live, agenda, updates, duties, clients, link, unasked, owes_terms } =
        desk::read(&app, move |tx| read(tx, &ask, &inner, chosen, &key, &base_url)).await?;
    if chosen.is_some() && link.is_none() {
        return Err(Problem::not_found());
    }
    let of = |wanted: &[ObligationKind]| -> Vec<DutyView> {
        duties.iter().filter(|(kind, _)| wanted.contains(kind)).map(|(_, duty)| duty.clone()).collect()
    };
    let known = [
        ObligationKind::KeepPromise,
        ObligationKind::NextStep,
        ObligationKind::WriteContactNote,
        ObligationKind::BookNext,
    ];
    let others = duties.iter().filter(|(kind, _)| !known.contains(kind) && *kind != ObligationKind::AttendanceUpdate);
    let first = call.actor.name.split_whitespace().next().unwrap_or_default().to_owned();
    let sessions = words::count(agenda.len(), "appointment");
    let page = TodayPage {
        shell: Shell::new(&app, &call, "Dashboard").at("/t"),
        base: "/t",
        here: "/t",
        greeting: format!("{}, {first}", when.greeting()),
        day: format!("{} · {sessions} · it’s {}", when.day(when.now), when.clock(when.now)),
        now: others.map(|(_, duty)| duty.clone()).collect(),
        promises: of(&[ObligationKind::KeepPromise]),
        waiting: of(&[ObligationKind::NextStep]),
        notes: of(&[ObligationKind::WriteContactNote, ObligationKind::BookNext]),
        agenda,
        updates,
        clients,
        link,
        sent: desk::file::booking_link::sent(&done).unwrap_or_default(),
        unasked,
        owes_terms,
        live,
    };
    render(&page)
}

/// POST: shows a client's booking link, and makes sure that it opens something (G-14).
pub(super) async fn booking_link(app: App, call: Call<Therapist>) -> Answer {
    let Ok(id) = call.raw().get("relationship").parse::<RelationshipId>() else {
        return Ok(redirect("/t#your-practice"));
    };
    let (ask, inner) = (desk::ask(&call), app.clone());
    let asked = ask.clone();
    match flow::once::write(&app, &ask, None, move |tx| flow::link::booking(tx, &inner.tools, &asked, id)).await {
        Ok(_) | Err(Failed::Nothing { .. }) => {}
        Err(failed) => return Err(failed.into()),
    }
    if !call.is_fragment() {
        return Ok(redirect(&format!("/t?relationship={id}#your-practice")));
    }
    let (ask, key, base_url) = (ask, app.tools.link_key.clone(), app.tools.base_url.clone());
    let (clients, link) = desk::read(&app, move |tx| {
        let clients = relationship_choices::<Therapist>(tx, &ask, Some(id))?;
        Ok((clients, link(tx, &mut People::default(), &ask, id, &key, &base_url)?))
    })
    .await?;
    render(&YourPractice { shell: Shell::new(&app, &call, "Dashboard"), clients, link, sent: String::new() })
}

fn read(
    tx: &mut Tx<'_>,
    ask: &Ask,
    when: &When,
    chosen: Option<RelationshipId>,
    key: &LinkKey,
    base_url: &str,
) -> Flow<Read> {
    let mut people = People::default();
    let flagged = store::risk::flagged(tx, &ask.who.scope())?;
    let today = when.today();
    let filter = Filter { from: Some(today.from), to: Some(today.to), ..Filter::default() };
    let agenda = lines(tx, &mut people, when, ask, &filter, &flagged)?;
    let live = live_cards(tx, when, ask, &agenda)?;
    let mut updates = Vec::new();
    for about in desk::file::updates::waiting(tx, ask)? {
        let client = people.client(tx, about.client)?;
        updates.push(line(&about, client, when, &flagged));
    }
    let mut duties = Vec::new();
    for duty in store::obligation::owed(tx, &ask.who.scope(), MANY)? {
        if let Some((client, view)) = mine(tx, &mut people, when, ask, &duty)? {
            duties.push((!flagged.contains(&client), duty.kind, view));
        }
    }
    // Clients who need more care come first in each part, else by the clock.
    duties.sort_by_key(|(calm, _, _)| *calm);
    let duties = duties.into_iter().map(|(_, kind, view)| (kind, view)).collect();
    let clients = relationship_choices::<Therapist>(tx, ask, chosen)?;
    let link = match chosen {
        Some(id) => link(tx, &mut people, ask, id, key, base_url)?,
        None => None,
    };
    let (unasked, owes_terms) = still_to_ask(tx, &mut people, ask)?;
    let owes_terms = OwesTerms::of(&owes_terms);
    Ok(Read { live, agenda, updates, duties, clients, link, unasked, owes_terms })
}

/// The appointments of this hour, with what can be said about them.
fn live_cards(tx: &mut Tx<'_>, when: &When, ask: &Ask, agenda: &[AgendaView]) -> Flow<Vec<LiveCard>> {
    let mut cards = Vec::new();
    let Who::Actor(actor) = &ask.who else { return Ok(cards) };
    for line in agenda.iter().filter(|line| line.is_near) {
        let Ok(id) = line.id.parse() else { continue };
        if let Some((story, live)) = desk::live_of(tx, &ask.who, when, id, actor.person, true)? {
            cards.push(LiveCard { story, live });
        }
    }
    Ok(cards)
}

/// Relationships and first names.
type Pairs = Vec<(String, String)>;

/// Whom nobody has asked how they wish to be reached, and whom nobody has asked for their yes to the terms.
fn still_to_ask(tx: &mut Tx<'_>, people: &mut People, ask: &Ask) -> Flow<(Pairs, Pairs)> {
    let (mut unasked, mut owes_terms) = (Vec::new(), Vec::new());
    for pair in store::relationship::list(tx, &ask.who.scope(), Some(RelationshipState::Active), None, MANY)?.items {
        let Some(client) = people.find(tx, PersonRef::Client(pair.client))?.cloned() else { continue };
        if desk::file::clients::is_unasked(tx, &pair, &client)? {
            unasked.push((pair.id.to_string(), client.first_name().to_owned()));
        }
        if desk::file::clients::owes_terms(tx, &pair)? {
            owes_terms.push((pair.id.to_string(), client.first_name().to_owned()));
        }
    }
    Ok((unasked, owes_terms))
}

fn lines(
    tx: &mut Tx<'_>,
    people: &mut People,
    when: &When,
    ask: &Ask,
    filter: &Filter,
    flagged: &BTreeSet<ClientId>,
) -> Flow<Vec<AgendaView>> {
    let found = store::appointment::list(tx, &ask.who.scope(), filter, None, MANY)?;
    let mut lines = Vec::with_capacity(found.items.len());
    for about in found.items {
        let client = people.client(tx, about.client)?;
        lines.push(line(&about, client, when, flagged));
    }
    Ok(lines)
}

fn line(about: &Appointment, client: String, when: &When, flagged: &BTreeSet<ClientId>) -> AgendaView {
    let at = if when.is_today(about.start) { when.clock(about.start) } else { when.short_moment(about.start) };
    let class = match (about.start <= when.now, when.now < about.end) {
        (true, true) if about.state.is_live() => "now",
        (true, _) => "past",
        _ => "",
    };
    AgendaView {
        id: about.id.to_string(),
        at,
        at_exact: about.start.to_string(),
        client,
        place: words::place(about.kind),
        icon: words::place_icon(about.kind),
        minutes: (about.end - about.start).as_minutes(),
        is_flagged: flagged.contains(&about.client),
        tag: words::state(about),
        class,
        is_near: about.start - Span::hours(1) <= when.now && when.now < about.end,
    }
}

/// A duty of this therapist, with whom it is about: theirs, or handed up from them, so that they see who has it now.
fn mine(
    tx: &mut Tx<'_>,
    people: &mut People,
    when: &When,
    ask: &Ask,
    duty: &Obligation,
) -> Flow<Option<(ClientId, DutyView)>> {
    if duty.owner.role != Role::Therapist
        && !matches!(duty.state, domain::obligation::ObligationState::Escalated { .. })
    {
        return Ok(None);
    }
    let Some(relationship) = store::relationship::load(tx, &ask.who.scope(), duty.relationship)? else {
        return Ok(None);
    };
    let Some(client) = people.find(tx, PersonRef::Client(relationship.client))?.cloned() else { return Ok(None) };
    Ok(Some((relationship.client, desk::duty_view(tx, people, when, duty, &client)?)))
}

/// The client's own booking link, made from the relationship; nothing where it is not this therapist's (G-12, G-14).
fn link(
    tx: &mut Tx<'_>,
    people: &mut People,
    ask: &Ask,
    id: RelationshipId,
    key: &LinkKey,
    base_url: &str,
) -> Flow<Option<LinkView>> {
    let Some(relationship) = store::relationship::load(tx, &ask.who.scope(), id)? else { return Ok(None) };
    let client = people.client(tx, relationship.client)?;
    let url = key.url(base_url, LinkTo::Booking(id));
    Ok(Some(LinkView { relationship: id.to_string(), id: relationship.client, client, url }))
}
