//! "What if": one appointment, one thing that happens to it, and what each policy would make of that.

use super::{VERSIONS_MAX, VersionChoice, version_choices};
use crate::actor::Staff;
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::replay::Side;
use crate::flow::what_if::{Answer as Judgements, Judged, Question, look};
use crate::portal::desk::{self, People, When};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::appointment::Appointment;
use domain::id::AppointmentId;
use domain::policy::explain;
use domain::policy::money::Refund;
use domain::policy::self_service::SelfService;
use domain::policy::what_if::Happening;
use domain::time::{Instant, Span};
use serde::Deserialize;
use store::Tx;
use store::appointment::Filter;

/// Appointments to choose from.
const MANY: u32 = 25;

#[derive(Debug, Clone, Default, Deserialize)]
struct Query {
    q: Option<String>,
    appointment: Option<AppointmentId>,
    what: Option<Happening>,
    day: Option<jiff::civil::Date>,
    time: Option<String>,
    version: Option<u32>,
}

/// An appointment to choose.
struct Pick {
    href: String,
    label: String,
    is_chosen: bool,
}

/// One thing that may happen.
struct Act {
    value: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// What one policy makes of it, line by line.
struct Column {
    title: String,
    cells: Vec<Cell>,
    because: Vec<String>,
}

/// One line, and whether it differs from the first column.
struct Cell {
    text: String,
    differs: bool,
}

/// The questions that every column answers.
const ROWS: [&str; 6] =
    ["Free until", "On their own", "Costs the client", "Money taken", "Refund", "Counts in the record"];

#[derive(Template)]
#[template(path = "practice/policy_what_if.html")]
struct WhatIfPage {
    shell: Shell,
    errors: FieldErrors,
    q: String,
    picks: Vec<Pick>,
    acts: Vec<Act>,
    day: String,
    time: String,
    choices: Vec<VersionChoice>,
    replays: Vec<VersionChoice>,
    about: String,
    columns: Vec<Column>,
    is_manager: bool,
}

impl WhatIfPage {
    fn rows(&self) -> Vec<(&'static str, Vec<&Cell>)> {
        let row = |(number, name): (usize, &&'static str)| {
            (*name, self.columns.iter().filter_map(|column| column.cells.get(number)).collect())
        };
        ROWS.iter().enumerate().map(row).collect()
    }
}

/// GET.
pub(super) async fn page(app: App, call: Call<Staff>) -> Answer {
    let query: Query = call.query()?;
    let (ask, when, practice) = (desk::ask(&call), When::of(&call), call.actor.practice);
    let (made, picks) = {
        let (query, inner) = (query.clone(), when.clone());
        desk::read(&app, move |tx| {
            let made = store::policy::versions(tx, practice, VERSIONS_MAX)?;
            Ok((made, picks(tx, &ask, &query, &inner)?))
        })
        .await?
    };
    let latest = made.first().map_or(1, |made| made.version);
    let against = query.version.unwrap_or(latest);
    let what = query.what.unwrap_or(Happening::ClientCancels);
    let mut page = WhatIfPage {
        shell: Shell::new(&app, &call, "What if").at("/p/policy"),
        errors: FieldErrors::default(),
        q: query.q.clone().unwrap_or_default(),
        picks,
        acts: acts(what),
        day: String::new(),
        time: String::new(),
        choices: version_choices(&made, &when, against, latest),
        // The version before today's against today's: what the last change has done.
        replays: version_choices(&made, &when, made.get(1).map_or(latest, |before| before.version), latest),
        about: String::new(),
        columns: Vec::new(),
        is_manager: matches!(call.actor.role, domain::person::Role::Owner | domain::person::Role::Admin),
    };
    if let Some(appointment) = query.appointment {
        judge(&app, &call, &query, (appointment, what, against, latest), &mut page).await?;
    }
    render(&page)
}

type Asked = (AppointmentId, Happening, u32, u32);

async fn judge(
    app: &App,
    call: &Call<Staff>,
    query: &Query,
    (appointment, what, against, latest): Asked,
    page: &mut WhatIfPage,
) -> Result<(), crate::error::Problem> {
    let (ask, when) = (desk::ask(call), When::of(call));
    let (inner, query, tools) = (when.clone(), query.clone(), app.tools.clone());
    let (answer, at) = desk::read(app, move |tx| {
        let found = store::appointment::load(tx, &ask.who.scope(), appointment)?;
        let found = found.ok_or_else(|| domain::refusal::Refusal::not_found("appointment"))?;
        let at = moment(&query, &inner).unwrap_or(found.start - Span::hours(24));
        let mut versions = vec![latest];
        versions.extend(Some(against).filter(|version| *version != latest));
        let sides = versions.into_iter().map(|version| Side { version, set: Default::default() }).collect();
        Ok((look(tx, &tools, &ask, &Question { appointment, what, at, sides })?, at))
    })
    .await?;
    let local = at.in_zone(&when.zone);
    (page.day, page.time) = (local.date().to_string(), local.strftime("%H:%M").to_string());
    page.about = format!(
        "{} with {}, {}, booked under version {}",
        answer.client.name,
        answer.therapist.person.name,
        when.moment(answer.appointment.start),
        answer.appointment.policy.version
    );
    page.columns = columns(&answer, &when);
    Ok(())
}

fn moment(query: &Query, when: &When) -> Option<Instant> {
    let time: jiff::civil::Time = query.time.as_deref()?.parse().ok()?;
    let local = query.day?.to_datetime(time).to_zoned(when.zone.time_zone()).ok()?;
    Some(Instant::from(&local))
}

fn acts(chosen: Happening) -> Vec<Act> {
    let act = |what: &Happening| Act {
        value: what.as_str(),
        label: match what {
            Happening::ClientCancels => "The client cancels",
            Happening::ClientMoves => "The client asks to move it",
            Happening::ClientMisses => "The client doesn’t come",
            Happening::TherapistCancels => "The therapist cancels",
            Happening::PracticeCancels => "The practice cancels",
            Happening::TherapistMisses => "The therapist doesn’t come",
        },
        is_chosen: *what == chosen,
    };
    Happening::ALL.iter().map(act).collect()
}

fn columns(answer: &Judgements, when: &When) -> Vec<Column> {
    let texts: Vec<Vec<String>> = answer.judged.iter().map(|judged| cells(judged, when)).collect();
    let language = when.locale.language();
    let column = |(judged, own): (&Judged, &Vec<String>)| Column {
        title: if judged.agreed { "As agreed".to_owned() } else { format!("Version {}", judged.policy.version) },
        cells: own
            .iter()
            .enumerate()
            .map(|(row, text)| Cell { text: text.clone(), differs: texts[0].get(row) != Some(text) })
            .collect(),
        because: judged.verdict.because.iter().map(|rule| explain(rule, language, &when.zone)).collect(),
    };
    answer.judged.iter().zip(&texts).map(column).collect()
}

/// In the order of `ROWS`.
fn cells(judged: &Judged, when: &When) -> Vec<String> {
    let verdict = &judged.verdict;
    let money = &verdict.money;
    vec![
        when.moment(verdict.cutoff),
        match verdict.self_service {
            None => "doesn’t apply".into(),
            Some(SelfService::Allowed) => "yes".into(),
            Some(SelfService::AllowedWithFee { .. }) => "yes, with the cost shown first".into(),
            Some(SelfService::Refused(_)) => "no, they contact the therapist".into(),
        },
        money.cost().to_string(),
        super::value::plain(verdict.payment.as_str()),
        match money.refund {
            Refund::None => "none".into(),
            Refund::Auto | Refund::Requested => "goes back by itself".into(),
            Refund::ClientChoice => "the client chooses".into(),
            Refund::TeamRequest => "asked of the team".into(),
        },
        match &verdict.counted {
            None => "doesn’t apply".into(),
            Some(counted) if counted.counts => "yes".into(),
            Some(_) => "no".into(),
        },
    ]
}

/// The appointments to choose from: by the client's name, else those that come next.
fn picks(tx: &mut Tx<'_>, ask: &crate::flow::Ask, query: &Query, when: &When) -> crate::flow::Flow<Vec<Pick>> {
    let search = query.q.clone().filter(|q| !q.trim().is_empty());
    let from = if search.is_some() { None } else { Some(when.now - Span::hours(24)) };
    let filter = Filter { words: search, from, ..Filter::default() };
    let page = store::appointment::list(tx, &ask.who.scope(), &filter, None, MANY)?;
    let mut people = People::default();
    let mut picks = Vec::with_capacity(page.items.len());
    for found in &page.items {
        picks.push(pick(tx, &mut people, found, query, when)?);
    }
    Ok(picks)
}

fn pick(
    tx: &mut Tx<'_>,
    people: &mut People,
    found: &Appointment,
    query: &Query,
    when: &When,
) -> crate::flow::Flow<Pick> {
    let (client, therapist) = (people.client(tx, found.client)?, people.therapist(tx, found.therapist)?);
    Ok(Pick {
        href: found.id.to_string(),
        label: format!("{client}, {} with {therapist}", when.short_moment(found.start)),
        is_chosen: query.appointment == Some(found.id),
    })
}
