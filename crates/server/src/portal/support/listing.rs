//! How a therapist is listed: what each choice does, for whole months where the practice counts in months (E-10).

use super::{record, save};
use crate::actor::{Manager, Therapist};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::standing;
use crate::portal::desk::{self};
use crate::portal::redirect;
use crate::routes::Answer;
use crate::when::When;
use axum::http::StatusCode;
use domain::id::TherapistId;
use domain::listing::{Listing, ListingState, Wish};
use domain::person::PersonRef;
use domain::time::Instant;
use jiff::ToSpan;
use store::Done;

/// How many months ahead may be chosen.
const MONTHS: i32 = 12;

/// A calendar month to choose.
pub struct Month {
    /// "2026-12".
    pub value: String,
    /// "December 2026".
    pub label: String,
}

/// A listing in words.
pub struct ListingView {
    /// How they are listed now.
    pub state: &'static str,
    /// In a sentence.
    pub words: String,
    /// Why, as the practice put it.
    pub reason: String,
    /// Whether the therapist may change it.
    pub is_own: bool,
    /// Whether everything is as usual.
    pub is_listed: bool,
}

impl ListingView {
    /// The view of a listing.
    pub(super) fn of(listing: &Listing, when: &When) -> Self {
        let state = listing.at(when.now);
        let until = listing.until.map(|until| format!(" until {}", when.day(until))).unwrap_or_default();
        let begins = listing.from.filter(|from| *from > when.now);
        let words = match (state, begins) {
            (_, Some(from)) => {
                format!("Listed now. From {} {}{until}.", when.day(from), later_words(listing.state))
            }
            (ListingState::Listed, _) => "Listed, and open to new clients.".to_owned(),
            (other, None) => format!("{}{until}.", crate::when::capital(later_words(other))),
        };
        Self {
            state: state.as_str(),
            words,
            reason: listing.reason.clone().unwrap_or_default(),
            is_own: state.is_own_choice(),
            is_listed: state == ListingState::Listed && begins.is_none(),
        }
    }
}

fn later_words(state: ListingState) -> &'static str {
    match state {
        ListingState::Listed => "listed",
        ListingState::HiddenByTherapist => "hidden by choice",
        ListingState::ClosedToNew => "closed to new clients",
        ListingState::PausedReferrals => "no new clients are sent",
        ListingState::Dropped => "not on display, as the practice decided",
    }
}

/// This month and those to come.
pub(super) fn months(when: &When) -> Vec<Month> {
    let first = when.zone.day_of(when.now).first_of_month();
    (0..MONTHS)
        .filter_map(|n| first.checked_add(n.months()).ok())
        .map(|day| Month { value: day.strftime("%Y-%m").to_string(), label: day.strftime("%B %Y").to_string() })
        .collect()
}

/// The first moment of a month, or of the month after it.
fn month_start(text: &str, when: &When, after: bool) -> Option<Instant> {
    let first: jiff::civil::Date = format!("{text}-01").parse().ok()?;
    let first = if after { first.checked_add(1.month()).ok()? } else { first };
    Some(when.zone.start_of(first))
}

/// POST: the therapist's own choice.
pub(super) async fn by_therapist(app: App, call: Call<Therapist>) -> Answer {
    let raw = call.raw().clone();
    let PersonRef::Therapist(id) = call.actor.person else { return Err(Problem::not_found()) };
    let practice = call.actor.practice;
    let read = app.store.read_async(move |tx: &mut store::Tx| -> crate::flow::Flow<_> {
        Ok(store::practice::load(tx, practice)?.map(|practice| practice.zone))
    });
    let when = When::of(&call);
    let when = read.await?.map_or_else(|| when.clone(), |zone| When { zone, ..when.clone() });
    let wish = match own_wish(&raw, &when) {
        Ok(wish) => wish,
        Err(errors) => return record::show(&app, &call, errors, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    let done = save(&app, &call, move |tx, app, ask, _| {
        let done = standing::list(tx, &app.tools, ask, id, wish.clone())?;
        Ok(Done { answer: (), audit: done.audit, more: done.more })
    })
    .await;
    match done {
        Ok(()) => Ok(redirect("/t/record?done=listing")),
        Err(failed) => {
            let refused = desk::refused(failed)?;
            record::show(&app, &call, refused.errors, refused.status).await
        }
    }
}

fn own_wish(raw: &Raw, when: &When) -> Result<Wish, FieldErrors> {
    let mut errors = FieldErrors::default();
    let Ok(state) = raw.get("state").parse::<ListingState>() else {
        errors.push("state", "Choose how you would like to be listed.");
        return Err(errors);
    };
    let (mut from, mut until) = (None, None);
    if state == ListingState::HiddenByTherapist {
        from = month_start(raw.get("from_month"), when, false);
        until = month_start(raw.get("until_month"), when, true);
        if from.is_none() || until.is_none() {
            errors.push("from_month", "Choose the first month and the last one.");
        } else if until <= from {
            errors.push("until_month", "The last month is before the first one.");
        }
    }
    let reason = Some(raw.get("reason").to_owned()).filter(|words| !words.trim().is_empty());
    if errors.is_empty() { Ok(Wish { state, from, until, reason }) } else { Err(errors) }
}

/// POST: the practice's choice, with a reason.
pub(super) async fn by_practice(app: App, call: Call<Manager>) -> Answer {
    let (id, raw): (TherapistId, _) = (call.id("id")?, call.raw().clone());
    let when = When::of(&call);
    let state = raw
        .get("state")
        .parse::<ListingState>()
        .map_err(|_| Problem::field("state", "malformed", "Choose how they are to be listed."))?;
    let until = when.typed(raw.get("until_day"), "00:00");
    let reason = Some(raw.get("reason").to_owned());
    let wish = Wish { state, from: None, until, reason };
    let done = save(&app, &call, move |tx, app, ask, _| {
        let done = standing::list(tx, &app.tools, ask, id, wish.clone())?;
        Ok(Done { answer: (), audit: done.audit, more: done.more })
    })
    .await;
    match done {
        Ok(()) => Ok(redirect(&format!("/p/therapists/{id}?done=listing"))),
        Err(failed) => {
            let refused = desk::refused(failed)?;
            super::practice_record::show(&app, &call, id, refused.errors, refused.status).await
        }
    }
}
