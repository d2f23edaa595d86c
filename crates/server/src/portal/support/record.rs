//! A therapist's own record: what counts and why, an appeal beside each entry, and how they are listed (E-08 to E-11).

use super::listing::{ListingView, Month, months};
use super::save;
use crate::actor::Therapist;
use crate::api::reliability::standing_why;
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::standing::{self, Standing};
use crate::portal::desk::{self, People, read};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::id::AppointmentId;
use domain::person::PersonRef;
use domain::policy::explain;
use domain::policy::reliability::EventKind;
use domain::refusal::Refusal;
use domain::standing::{AppealState, Report};
use store::{Done, Tx};

/// One entry.
pub struct EventView {
    /// The appointment.
    pub appointment: String,
    /// What happened.
    pub kind: EventKind,
    /// The same in words.
    pub title: String,
    /// Whose appointment.
    pub client: String,
    /// When.
    pub at: String,
    /// Whether it counts.
    pub counts: bool,
    /// Why, or why not.
    pub why: String,
    /// What was said against it, and what was decided.
    pub appeal: Option<AppealView>,
}

/// What was said against an entry.
pub struct AppealView {
    /// Which.
    pub id: String,
    /// The words.
    pub words: String,
    /// What became of it.
    pub decision: String,
    /// Whether somebody has still to decide.
    pub is_open: bool,
}

/// A record as pages show it.
pub struct RecordView {
    /// The sums.
    pub report: Report,
    /// "95.0 %", or why there is none.
    pub score: String,
    /// How sure that is.
    pub sure: String,
    /// Every entry, newest first.
    pub events: Vec<EventView>,
    /// What it suggests to the therapist.
    pub advice: Vec<String>,
    /// What it suggests to the practice.
    pub to_practice: Vec<String>,
}

/// The view of a record.
pub(super) fn view(tx: &mut Tx, when: &When, standing: Standing) -> crate::flow::Flow<RecordView> {
    let practice = store::practice::load(tx, standing.therapist.person.practice)?;
    let practice = practice.ok_or_else(|| Refusal::not_found("practice"))?;
    let mut people = People::default();
    let report = standing.report;
    let mut events = Vec::with_capacity(report.lines.len());
    for line in &report.lines {
        let system = domain::access::Scope::System("record");
        let Some(about) = store::appointment::load(tx, &system, line.event.appointment)? else { continue };
        let judged = explain(&line.event.judged.why, practice.locale.language(), &practice.zone);
        let appeal = line.appeal.as_ref().map(|appeal| AppealView {
            id: appeal.id.to_string(),
            words: appeal.words.clone(),
            decision: appeal.decision.as_ref().map(|decision| decision.reason.clone()).unwrap_or_default(),
            is_open: appeal.state == AppealState::Open,
        });
        events.push(EventView {
            appointment: about.id.to_string(),
            kind: line.event.kind,
            title: title(line.event.kind).to_owned(),
            client: people.client(tx, about.client)?,
            at: when.short_moment(line.event.at),
            counts: line.counts,
            why: standing_why(line, judged),
            appeal,
        });
    }
    let said = |for_practice: bool| {
        report.suggestions.iter().filter(|s| s.is_for_practice() == for_practice).map(|s| s.text()).collect()
    };
    Ok(RecordView {
        score: report.score.map(|score| format!("{score:.1} %")).unwrap_or_default(),
        sure: report.interval.map(|sure| format!("{:.1} to {:.1} %", sure.low, sure.high)).unwrap_or_default(),
        advice: said(false),
        to_practice: said(true),
        events,
        report,
    })
}

fn title(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Cancelled => "Called off",
        EventKind::Moved => "Moved",
        EventKind::Late => "Running late",
        EventKind::Missed => "Missed",
        EventKind::TechnicalFailure => "Connection failed",
    }
}

#[derive(Template)]
#[template(path = "support/record.html")]
struct RecordPage {
    shell: Shell,
    errors: FieldErrors,
    record: RecordView,
    listing: ListingView,
    can_hide: bool,
    months: Vec<Month>,
    done: &'static str,
}

/// GET.
pub(super) async fn page(app: App, call: Call<Therapist>) -> Answer {
    show(&app, &call, FieldErrors::default(), StatusCode::OK).await
}

/// The page with what was refused.
pub(super) async fn show(app: &App, call: &Call<Therapist>, errors: FieldErrors, status: StatusCode) -> Answer {
    let (ask, when) = (call.ask(), When::of(call));
    let PersonRef::Therapist(id) = call.actor.person else { return Err(crate::error::Problem::not_found()) };
    let (inner, tools) = (when.clone(), app.tools.clone());
    let (record, listing, profile, zone) = read(app, move |tx| {
        let standing = standing::standing(tx, &tools, &ask, id)?;
        let listing = ListingView::of(&standing.therapist.listing, &inner);
        let profile = standing.policy.parameters.profile.clone();
        let zone = store::practice::load(tx, standing.therapist.person.practice)?.map(|practice| practice.zone);
        Ok((view(tx, &inner, standing)?, listing, profile, zone))
    })
    .await?;
    let done = match call.raw_query().get("done") {
        "listing" => "Saved. Clients you already see are not affected.",
        "appeal" => "Sent. Somebody at the practice will decide and say why.",
        _ => "",
    };
    let page = RecordPage {
        shell: Shell::new(app, call, "My record").at("/t/record").with(&errors),
        errors,
        record,
        listing,
        can_hide: profile.can_hide,
        months: months(&zone.map_or_else(|| when.clone(), |zone| When { zone, ..when.clone() })),
        done,
    };
    page_with(status, &page)
}

/// POST: why an entry should not count.
pub(super) async fn appeal(app: App, call: Call<Therapist>) -> Answer {
    let raw = call.raw().clone();
    let PersonRef::Therapist(id) = call.actor.person else { return Err(crate::error::Problem::not_found()) };
    let event = (raw.get("appointment").parse::<AppointmentId>(), raw.get("kind").parse::<EventKind>());
    let (Ok(appointment), Ok(kind)) = event else { return Err(crate::error::Problem::not_found()) };
    let words = raw.get("words").to_owned();
    let done = save(&app, &call, move |tx, app, ask, ids| {
        let done = standing::appeal(tx, &app.tools, ask, ids, id, (appointment, kind), &words)?;
        Ok(Done { answer: (), audit: done.audit, more: done.more })
    })
    .await;
    match done {
        Ok(()) => Ok(redirect("/t/record?done=appeal")),
        Err(failed) => {
            let refused = desk::refused(failed)?;
            show(&app, &call, refused.errors, refused.status).await
        }
    }
}
