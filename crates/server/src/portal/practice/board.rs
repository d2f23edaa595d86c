//! The live board: every open case, the one that needs somebody soonest on top (`ux` 4.10).

use crate::actor::Staff;
use crate::app::App;
use crate::call::Call;
use crate::flow::{Ask, Flow};
use crate::portal::desk::words::{self, TagView};
use crate::portal::desk::{self, DutyView, People, When};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::appointment::Appointment;
use domain::contact::{AttemptResult, ContactAttempt};
use domain::id::ClientId;
use domain::message::Message;
use domain::obligation::{Obligation, ObligationKind};
use domain::person::{Person, PersonRef};
use domain::time::Span;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;
use store::obligation::Cases;

/// Duties that the board shows at most: the most urgent ones.
const MANY: u32 = 500;

#[derive(Debug, Clone, Default, Deserialize)]
struct Query {
    #[serde(default)]
    show: String,
}

/// A number that is a filter too.
struct TallyView {
    show: &'static str,
    count: u32,
    label: &'static str,
    kind: &'static str,
    is_chosen: bool,
}

/// One case on the board.
#[derive(Debug, Clone)]
struct RowView {
    href: String,
    kind: &'static str,
    client: String,
    happened: String,
    tag: TagView,
    detail: String,
    owner: String,
    duty: DutyView,
    is_flagged: bool,
    band: Band,
    shows: Vec<&'static str>,
}

impl RowView {
    /// Whether its action is a call.
    fn is_call(&self) -> bool {
        self.duty.is_urgent() && !self.duty.dial.is_empty()
    }
}

/// The parts of the board, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Band {
    Now,
    NoNextTime,
    Rest,
}

#[derive(Template)]
#[template(path = "practice/board.html")]
struct BoardPage {
    shell: Shell,
    day: String,
    tallies: Vec<TallyView>,
    total: u32,
    is_cut: bool,
    is_filtered: bool,
    now: Vec<RowView>,
    no_next_time: Vec<RowView>,
    rest: Vec<RowView>,
}

impl BoardPage {
    fn is_empty(&self) -> bool {
        self.now.is_empty() && self.no_next_time.is_empty() && self.rest.is_empty()
    }
}

/// GET.
pub(super) async fn page(app: App, call: Call<Staff>) -> Answer {
    let show = call.query::<Query>()?.show;
    let (ask, when) = (desk::ask(&call), When::of(&call));
    let inner = when.clone();
    let kinds = kinds(&show);
    let (rows, cases, closed) = desk::read(&app, move |tx| {
        let cases = store::obligation::cases(tx, &ask.who.scope(), ask.now)?;
        let closed = store::disruption::closed_since(tx, &ask.who.scope(), inner.today().from)?;
        Ok((rows(tx, &ask, &inner, kinds)?, cases, closed))
    })
    .await?;
    let tallies = tallies(cases, closed, &show);
    let is_filtered = tallies.iter().any(|tally| tally.is_chosen);
    let wanted = |row: &&RowView| !is_filtered || row.shows.contains(&show.as_str());
    let of = |band: Band| rows.iter().filter(wanted).filter(|row| row.band == band).cloned().collect();
    let page = BoardPage {
        shell: Shell::new(&app, &call, "Live board").at("/p").count("/p", cases.all as usize),
        day: format!("{}, {}", when.day(when.now), when.clock(when.now)),
        now: of(Band::Now),
        no_next_time: of(Band::NoNextTime),
        rest: of(Band::Rest),
        total: cases.all,
        is_cut: cases.all as usize > rows.len(),
        tallies,
        is_filtered,
    };
    render(&page)
}

/// The duties that matter most where this is chosen; telling the client before all else.
fn kinds(show: &str) -> [ObligationKind; 2] {
    match show {
        "next" => [ObligationKind::NextStep, ObligationKind::KeepPromise],
        "money" => [ObligationKind::DecideMoney; 2],
        "notes" => [ObligationKind::WriteContactNote; 2],
        _ => [ObligationKind::InformClient; 2],
    }
}

fn tallies(cases: Cases, closed: u32, chosen: &str) -> Vec<TallyView> {
    let tally = |show: &'static str, count, label, kind| {
        let kind = if count > 0 { kind } else { "" };
        TallyView { show, count, label, kind, is_chosen: chosen == show && !show.is_empty() }
    };
    vec![
        tally("overdue", cases.untold_overdue, "don’t know yet, overdue", "over"),
        tally("telling", cases.untold_in_time, "being told now", "due"),
        tally("next", cases.no_next_step, "have no next time", ""),
        tally("money", cases.money, "money to decide", ""),
        tally("notes", cases.notes, "notes to write", ""),
        tally("", closed, "closed today", ""),
    ]
}

/// The open cases as rows: overdue first, then due, then promises and the rest.
fn rows(tx: &mut Tx<'_>, ask: &Ask, when: &When, kinds: [ObligationKind; 2]) -> Flow<Vec<RowView>> {
    let mut cases: BTreeMap<String, Vec<Obligation>> = BTreeMap::new();
    for duty in store::obligation::owed_first(tx, &ask.who.scope(), kinds, MANY)? {
        let case = duty.disruption.map(|id| id.to_string()).or(duty.appointment.map(|id| id.to_string()));
        cases.entry(case.unwrap_or_default()).or_default().push(duty);
    }
    let mut people = People::default();
    // For those who may know of it, clients who need more care come first within each part.
    let flagged = store::risk::flagged(tx, &ask.who.scope())?;
    let mut rows = Vec::with_capacity(cases.len());
    for duties in cases.into_values() {
        if let Some(row) = row(tx, &mut people, ask, when, &flagged, &duties)? {
            rows.push(row);
        }
    }
    rows.sort_by_key(|row| (row.band, !row.is_flagged, row.duty.clock.as_ref().map(|clock| clock.at.clone())));
    Ok(rows)
}

fn row(
    tx: &mut Tx<'_>,
    people: &mut People,
    ask: &Ask,
    when: &When,
    flagged: &BTreeSet<ClientId>,
    duties: &[Obligation],
) -> Flow<Option<RowView>> {
    let lead = duties.iter().min_by_key(|duty| (weight(duty, when), duty.due_at));
    let Some((lead, about)) = lead.and_then(|lead| lead.appointment.map(|id| (lead, id))) else { return Ok(None) };
    let Some(about) = store::appointment::load(tx, &ask.who.scope(), about)? else { return Ok(None) };
    let Some(client) = people.find(tx, PersonRef::Client(about.client))?.cloned() else { return Ok(None) };
    let duty = desk::duty_view(tx, people, when, lead, &client)?;
    let (tag, detail) = standing(tx, ask, when, lead, &about, &client, duties)?;
    let kind = duty.clock.as_ref().map_or("calm", |clock| clock.kind);
    Ok(Some(RowView {
        href: match lead.disruption {
            Some(case) => format!("/p/cases/{case}"),
            None => format!("/p/appointments/{}", about.id),
        },
        kind: if kind == "calm" { "" } else { kind },
        client: client.name.clone(),
        happened: happened(tx, people, ask, when, lead, &about)?,
        tag,
        detail,
        owner: duty.owner.clone(),
        is_flagged: flagged.contains(&about.client),
        band: band(lead, when),
        shows: shows(duties, when),
        duty,
    }))
}

/// Which of a case's duties leads its row: telling the client before all else, then what is overdue.
fn weight(duty: &Obligation, when: &When) -> u8 {
    match (duty.kind, duty.due_at < when.now) {
        (ObligationKind::InformClient, _) => 0,
        (_, true) => 1,
        (ObligationKind::NextStep | ObligationKind::KeepPromise, false) => 2,
        _ => 3,
    }
}

fn band(lead: &Obligation, when: &When) -> Band {
    match lead.kind {
        ObligationKind::InformClient => Band::Now,
        _ if lead.due_at < when.now => Band::Now,
        ObligationKind::NextStep | ObligationKind::KeepPromise => Band::NoNextTime,
        _ if lead.due_at - when.now < Span::hours(1) => Band::Now,
        _ => Band::Rest,
    }
}

fn shows(duties: &[Obligation], when: &When) -> Vec<&'static str> {
    let mut shows = Vec::new();
    for duty in duties {
        shows.push(match duty.kind {
            ObligationKind::InformClient if duty.due_at < when.now => "overdue",
            ObligationKind::InformClient => "telling",
            ObligationKind::NextStep | ObligationKind::KeepPromise => "next",
            ObligationKind::DecideMoney => "money",
            ObligationKind::WriteContactNote => "notes",
            _ => "",
        });
    }
    shows
}

fn happened(
    tx: &mut Tx<'_>,
    people: &mut People,
    ask: &Ask,
    when: &When,
    lead: &Obligation,
    about: &Appointment,
) -> Flow<String> {
    let therapist = people.therapist(tx, about.therapist)?;
    let case = match lead.disruption {
        Some(id) => store::disruption::load(tx, &ask.who.scope(), id)?,
        None => None,
    };
    let what = case.map_or_else(|| format!("with {therapist}"), |case| words::happened(&case, &therapist));
    Ok(format!("{} {what}", when.brief(about.start)))
}

/// What has been done so far, as a tag and a line under it.
fn standing(
    tx: &mut Tx<'_>,
    ask: &Ask,
    when: &When,
    lead: &Obligation,
    about: &Appointment,
    client: &Person,
    duties: &[Obligation],
) -> Flow<(TagView, String)> {
    let name = client.first_name();
    if lead.kind != ObligationKind::InformClient {
        let (title, icon) = words::duty(lead.kind, name);
        let kind = if lead.due_at < when.now { "over" } else { "" };
        return Ok((TagView::new(kind, title, icon), also(lead, duties, name)));
    }
    let attempts = store::contact::attempts_of(tx, &ask.who.scope(), about.client)?;
    let attempts: Vec<&ContactAttempt> = attempts.iter().filter(|made| made.appointment == Some(about.id)).collect();
    let messages = store::message::of_appointment(tx, about.id)?;
    let told = messages.iter().rev().find(|message| message.to == client.id && message.revision == about.revision);
    let sent = told.map(|message| sent(message, when)).unwrap_or_default();
    let prefers = format!("Prefers {}", words::channel(client.preference.preferred()));
    Ok(match attempts.last() {
        Some(last) => (
            tried(last, attempts.len()),
            format!(
                "{}: {} {}. {sent}",
                desk::capital(words::channel(last.channel)),
                words::outcome(last.result),
                when.brief(last.at)
            ),
        ),
        None if sent.is_empty() => (TagView::new("over", "Not told yet", "triangle-alert"), prefers),
        None => (told.map_or_else(|| TagView::new("", "", ""), words::message_state), format!("{sent}. {prefers}")),
    })
}

fn also(lead: &Obligation, duties: &[Obligation], name: &str) -> String {
    let others: Vec<String> =
        duties.iter().filter(|duty| duty.id != lead.id).map(|duty| words::duty(duty.kind, name).0).collect();
    if others.is_empty() {
        String::new()
    } else {
        format!("Also owed: {}", others.join(", ").to_lowercase().replace(&name.to_lowercase(), name))
    }
}

fn tried(last: &ContactAttempt, count: usize) -> TagView {
    match last.result {
        AttemptResult::LeftVoicemail => TagView::new("over", "Voicemail left, doesn’t count", "triangle-alert"),
        _ => TagView::new("over", format!("{}, no word yet", words::tries(count)), "phone"),
    }
}

fn sent(message: &Message, when: &When) -> String {
    let way = desk::capital(words::channel(message.channel));
    format!("{way} {}", when.brief(message.handed_at.unwrap_or(message.send_at)))
}
