//! One session as a calendar file. Its words are neutral: whoever looks over a shoulder learns nothing (`ux` 5).

use super::desk;
use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::routes::Answer;
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use domain::appointment::{Appointment, State};
use domain::id::AppointmentId;
use domain::time::Instant;
use outside::ical::write::{FeedEvent, NEUTRAL_SUMMARY, feed};

/// The file of one appointment in scope.
pub(super) async fn file<A: Scoped>(app: App, call: Call<A>, id: AppointmentId) -> Answer {
    let found = desk::read(&app, &call, move |tx, _, ask| Ok(store::appointment::load(tx, &ask.who.scope(), id)?));
    let appointment = found.await?.ok_or_else(Problem::not_found)?;
    let mut response = Response::new(Body::from(text(&appointment, call.now)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"appointment.ics\""));
    Ok(response)
}

fn text(appointment: &Appointment, now: Instant) -> String {
    let event = FeedEvent {
        uid: appointment.uid(),
        sequence: appointment.sequence,
        stamp: now,
        start: appointment.start,
        end: appointment.end,
        summary: NEUTRAL_SUMMARY.to_owned(),
        location: None,
        url: None,
        description: String::new(),
        cancelled: matches!(appointment.state, State::Cancelled(_)),
    };
    feed(NEUTRAL_SUMMARY, &[event])
}
