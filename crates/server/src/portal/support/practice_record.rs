//! Therapists as whoever runs the practice sees them: listing, record, what is worth a talk, and appeals to decide.

use super::listing::ListingView;
use super::record::{RecordView, view};
use super::save;
use crate::actor::Manager;
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::standing;
use crate::portal::desk::{self, Choice, read};
use crate::portal::{Shell, page as render, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::id::{AppealId, TherapistId};
use domain::listing::ListingState;
use store::Done;

/// One therapist in the list.
struct TherapistRow {
    id: String,
    name: String,
    listing: ListingView,
    counted: u32,
    score: String,
    talk: Vec<String>,
    appeals: usize,
}

#[derive(Template)]
#[template(path = "support/therapists.html")]
struct ListPage {
    shell: Shell,
    therapists: Vec<TherapistRow>,
}

/// GET: everybody.
pub(super) async fn list(app: App, call: Call<Manager>) -> Answer {
    let (practice, when, now) = (call.actor.practice, When::of(&call), call.now);
    let tools = app.tools.clone();
    let therapists = read(&app, move |tx| {
        let open = store::standing::open_appeals(tx, practice)?;
        let mut rows = Vec::new();
        for therapist in store::therapist::list(tx, practice)?.into_iter().filter(|one| one.person.active) {
            let (id, name) = (therapist.id, therapist.person.name.clone());
            let listing = ListingView::of(&therapist.listing, &when);
            let report = standing::of(tx, &tools, therapist, now)?.report;
            rows.push(TherapistRow {
                id: id.to_string(),
                name,
                listing,
                counted: report.counted,
                score: report.score.map(|score| format!("{score:.1} %")).unwrap_or_default(),
                talk: report.suggestions.iter().filter(|s| s.is_for_practice()).map(|s| s.text()).collect(),
                appeals: open.iter().filter(|appeal| appeal.therapist == id).count(),
            });
        }
        Ok(rows)
    })
    .await?;
    render(&ListPage { shell: Shell::new(&app, &call, "Therapists").at("/p/therapists"), therapists })
}

#[derive(Template)]
#[template(path = "support/therapist.html")]
struct TherapistPage {
    shell: Shell,
    errors: FieldErrors,
    id: String,
    name: String,
    record: RecordView,
    listing: ListingView,
    states: Vec<Choice>,
    done: &'static str,
}

/// GET: one.
pub(super) async fn page(app: App, call: Call<Manager>) -> Answer {
    let id = call.id("id")?;
    show(&app, &call, id, FieldErrors::default(), StatusCode::OK).await
}

/// The page with what was refused.
pub(super) async fn show(
    app: &App,
    call: &Call<Manager>,
    id: TherapistId,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let (ask, when) = (call.ask(), When::of(call));
    let tools = app.tools.clone();
    let (name, listing, record) = read(app, move |tx| {
        let standing = standing::standing(tx, &tools, &ask, id)?;
        let name = standing.therapist.person.name.clone();
        let listing = ListingView::of(&standing.therapist.listing, &when);
        Ok((name, listing, view(tx, &when, standing)?))
    })
    .await?;
    let state = |one: &ListingState| {
        let label = match one {
            ListingState::Listed => "Listed",
            ListingState::HiddenByTherapist => "Hidden, by their choice",
            ListingState::ClosedToNew => "Closed to new clients",
            ListingState::PausedReferrals => "No new clients are sent",
            ListingState::Dropped => "Not on display",
        };
        Choice::new(one.as_str(), label, one.as_str() == listing.state)
    };
    let done = match call.raw_query().get("done") {
        "listing" => "Saved, and on record with your reason.",
        "decided" => "Decided, and on record with your reason.",
        _ => "",
    };
    let page = TherapistPage {
        shell: Shell::new(app, call, name.clone()).at("/p/therapists").with(&errors),
        errors,
        id: id.to_string(),
        states: ListingState::ALL.iter().map(state).collect(),
        name,
        record,
        listing,
        done,
    };
    page_with(status, &page)
}

/// POST: an appeal is decided.
pub(super) async fn decide(app: App, call: Call<Manager>) -> Answer {
    let (id, raw): (AppealId, _) = (call.id("id")?, call.raw().clone());
    let (exclude, reason) = (raw.get("decision") == "exclude", raw.get("reason").to_owned());
    let back: Result<TherapistId, _> = raw.get("therapist").parse();
    let done = save(&app, &call, move |tx, app, ask, _| {
        let done = standing::decide(tx, &app.tools, ask, id, exclude, &reason)?;
        Ok(Done { answer: done.answer.therapist.to_string(), audit: done.audit, more: done.more })
    })
    .await;
    match (done, back) {
        (Ok(therapist), _) => Ok(redirect(&format!("/p/therapists/{therapist}?done=decided"))),
        (Err(failed), Ok(therapist)) => {
            let refused = desk::refused(failed)?;
            show(&app, &call, therapist, refused.errors, refused.status).await
        }
        (Err(failed), Err(_)) => Err(failed.into()),
    }
}
