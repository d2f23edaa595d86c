//! Behind the link of a message: one purpose, one object, no sign-in. What it is not for is not there.

use super::booking::Booking;
use super::{booking, calendar, choose, desk, policy, session};
use crate::actor::LinkHolder;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::access::Purpose;
use domain::id::{AppointmentId, RelationshipId};
use domain::offer::OfferState;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/r/{token}", open).about("link").says("What the link of a message is for: choose, book, or manage"),
        post("/r/{token}", answer).about("offer").audits("offer_accepted").says("Answers the offer behind a link"),
        get("/r/{token}/times", times).about("slot").says("More free times than those offered"),
        get("/r/{token}/confirm", check).about("appointment").says("The last look before booking"),
        post("/r/{token}/confirm", book).about("appointment").audits("appointment_booked").says("Books a time"),
        get("/r/{token}/calendar", file).about("appointment").says("The session as a calendar file"),
        get("/r/{token}/policy", terms).about("policy").says("The policy in plain sentences"),
        get("/r/{token}/move", move_page).about("appointment").says("Free times to move to, or the last look"),
        post("/r/{token}/move", moved).about("appointment").audits("appointment_rescheduled").says("Moves the session"),
        get("/r/{token}/cancel", cancel_page).about("appointment").says("What cancelling means"),
        post("/r/{token}/late", late).about("appointment").audits("late_answer").says("Waits, or takes another time"),
        post("/r/{token}/not-come", not_come)
            .about("appointment")
            .audits("therapist_missed")
            .says("Says that the therapist has not come"),
        post("/r/{token}/technical", technical)
            .about("appointment")
            .audits("technical_failure")
            .says("Says that the connection failed"),
        post("/r/{token}/cancel", cancel)
            .about("appointment")
            .audits("appointment_cancelled")
            .says("Cancels the session"),
    ]
}

async fn open(app: App, call: Call<LinkHolder>) -> Answer {
    let base = desk::base(&call, "");
    if call.is_opened() && !matches!(call.actor.purpose, Purpose::ChooseTime(_)) {
        note_opened(&app, &call).await;
    }
    match call.actor.purpose {
        Purpose::ChooseTime(offer) => choose::page(app, call, base, offer).await,
        Purpose::Book(relationship) => {
            booking::times(app, call, of_link(base, relationship), None, StatusCode::OK).await
        }
        Purpose::Manage(appointment) => session::page(app, call, base, appointment).await,
    }
}

/// Whoever opens their link knows what waited to be told to them. The page is shown even where this cannot be kept.
async fn note_opened(app: &App, call: &Call<LinkHolder>) {
    let (inner, ask, purpose) = (app.clone(), desk::ask(call), call.actor.purpose);
    let kept =
        app.store.write_async(move |tx: &mut store::Tx<'_>| flow::offer::opened(tx, &inner.tools, &ask, purpose));
    match kept.await {
        Ok(_) | Err(flow::Failed::Nothing { .. } | flow::Failed::Refused(_)) => {}
        Err(fault) => {
            tracing::error!(?fault, link = %call.actor.token, "that a client opened their link could not be kept")
        }
    }
}

async fn answer(app: App, call: Call<LinkHolder>) -> Answer {
    let base = desk::base(&call, "");
    match call.actor.purpose {
        Purpose::ChooseTime(offer) => choose::answer(app, call, base, offer).await,
        Purpose::Book(_) | Purpose::Manage(_) => Err(Problem::not_found()),
    }
}

async fn times(app: App, call: Call<LinkHolder>) -> Answer {
    let booking = booking_of(&app, &call).await?;
    booking::times(app, call, booking, None, StatusCode::OK).await
}

async fn check(app: App, call: Call<LinkHolder>) -> Answer {
    let booking = booking_of(&app, &call).await?;
    booking::check(app, call, booking).await
}

async fn book(app: App, call: Call<LinkHolder>) -> Answer {
    let booking = booking_of(&app, &call).await?;
    booking::book(app, call, booking).await
}

async fn file(app: App, call: Call<LinkHolder>) -> Answer {
    let id = match call.actor.purpose {
        Purpose::Manage(id) => id,
        Purpose::ChooseTime(offer) => {
            match choose::of_offer(&app, &call, String::new(), offer).await?.offer.map(|offer| offer.state) {
                Some(OfferState::Accepted { appointment, .. }) => appointment,
                _ => return Err(Problem::not_found()),
            }
        }
        Purpose::Book(_) => return Err(Problem::not_found()),
    };
    calendar::file(app, call, id).await
}

async fn terms(app: App, call: Call<LinkHolder>) -> Answer {
    policy::page(app, call).await
}

async fn move_page(app: App, call: Call<LinkHolder>) -> Answer {
    let (base, id) = managed(&call)?;
    session::move_page(app, call, base, id).await
}

async fn moved(app: App, call: Call<LinkHolder>) -> Answer {
    let (base, id) = managed(&call)?;
    session::moved(app, call, base, id).await
}

async fn cancel_page(app: App, call: Call<LinkHolder>) -> Answer {
    let (base, id) = managed(&call)?;
    session::cancel_page(app, call, base, id).await
}

async fn cancel(app: App, call: Call<LinkHolder>) -> Answer {
    let (base, id) = managed(&call)?;
    session::cancel(app, call, base, id).await
}

async fn late(app: App, call: Call<LinkHolder>) -> Answer {
    let (base, id) = managed(&call)?;
    session::late_answer(app, call, base, id).await
}

async fn not_come(app: App, call: Call<LinkHolder>) -> Answer {
    let (base, id) = managed(&call)?;
    session::not_come(app, call, base, id).await
}

async fn technical(app: App, call: Call<LinkHolder>) -> Answer {
    let (base, id) = managed(&call)?;
    session::technical(app, call, base, id).await
}

fn managed(call: &Call<LinkHolder>) -> Result<(String, AppointmentId), Problem> {
    match call.actor.purpose {
        Purpose::Manage(id) => Ok((desk::base(call, ""), id)),
        Purpose::ChooseTime(_) | Purpose::Book(_) => Err(Problem::not_found()),
    }
}

async fn booking_of(app: &App, call: &Call<LinkHolder>) -> Result<Booking, Problem> {
    let base = desk::base(call, "");
    match call.actor.purpose {
        Purpose::ChooseTime(offer) => choose::of_offer(app, call, base, offer).await,
        Purpose::Book(relationship) => Ok(of_link(base, relationship)),
        Purpose::Manage(_) => Err(Problem::not_found()),
    }
}

/// The booking behind a booking link: its first page is the times themselves.
fn of_link(base: String, relationship: RelationshipId) -> Booking {
    Booking { times: base.clone(), confirm: format!("{base}/confirm"), base, relationship, offer: None }
}
