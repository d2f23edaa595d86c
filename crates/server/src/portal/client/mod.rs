//! The client portal: phone first, one thing per page, plain HTML. Whoever holds a link of a message and whoever is
//! signed in see the same pages (`ux` 3); only the addresses differ.

mod account;
mod booking;
mod calendar;
mod change;
mod choose;
mod desk;
mod help;
mod home;
mod link;
mod messages;
mod policy;
mod policy_words;
mod preferences;
mod refusal;
mod result;
mod scene;
mod session;
mod times;
mod words;

pub(super) use help::show as help_again;
pub(super) use policy::sentences as terms_sentences;

use crate::actor::Client;
use crate::app::App;
use crate::call::Call;
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::id::RelationshipId;

/// The routes of clients and of links.
pub(super) fn routes() -> Vec<Route> {
    let own = vec![
        get("/c/offers/{id}", offer).about("offer").says("Choose a new time"),
        post("/c/offers/{id}", answer).about("offer").audits("offer_accepted").says("Answers an offer"),
        get("/c/offers/{id}/times", more).about("slot").says("More free times than those offered"),
        get("/c/offers/{id}/confirm", check_more).about("appointment").says("The last look before booking"),
        post("/c/offers/{id}/confirm", book_more)
            .about("appointment")
            .audits("appointment_booked")
            .says("Books a time"),
        get("/c/book/{id}", times).about("slot").says("Free times with one's therapist"),
        get("/c/book/{id}/confirm", check).about("appointment").says("The last look before booking"),
        post("/c/book/{id}/confirm", book).about("appointment").audits("appointment_booked").says("Books a time"),
        get("/c/sessions/{id}", one).about("appointment").says("One session"),
        get("/c/sessions/{id}/calendar", file).about("appointment").says("The session as a calendar file"),
        get("/c/sessions/{id}/move", move_page).about("appointment").says("Free times to move to, or the last look"),
        post("/c/sessions/{id}/move", moved).about("appointment").audits("appointment_rescheduled").says("Moves it"),
        get("/c/sessions/{id}/cancel", cancel_page).about("appointment").says("What cancelling means"),
        post("/c/sessions/{id}/cancel", cancel).about("appointment").audits("appointment_cancelled").says("Cancels it"),
        post("/c/sessions/{id}/statement", say)
            .about("statement")
            .audits("statement_made")
            .says("Puts the client’s own account of it on file"),
        get::<Client>("/c/account", account::page).about("ledger").says("The client's own account, in plain words"),
        post("/c/sessions/{id}/late", late)
            .about("appointment")
            .audits("late_answer")
            .says("Waits, or takes another time"),
        post("/c/sessions/{id}/not-come", not_come)
            .about("appointment")
            .audits("therapist_missed")
            .says("Says that the therapist has not come"),
        post("/c/sessions/{id}/technical", technical)
            .about("appointment")
            .audits("technical_failure")
            .says("Says that the connection failed"),
        get::<Client>("/c/messages", messages::page).about("message").says("Everything that was sent to the client"),
        get::<Client>("/c/policy", policy::page).about("policy").says("The policy in plain sentences"),
    ];
    [home::routes(), help::routes(), preferences::routes(), own, link::routes()].concat()
}

async fn offer(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/offers"), call.id("id")?);
    choose::page(app, call, base, id).await
}

async fn answer(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/offers"), call.id("id")?);
    choose::answer(app, call, base, id).await
}

async fn more(app: App, call: Call<Client>) -> Answer {
    let booking = choose::of_offer(&app, &call, desk::base(&call, "/c/offers"), call.id("id")?).await?;
    booking::times(app, call, booking, None, StatusCode::OK).await
}

async fn check_more(app: App, call: Call<Client>) -> Answer {
    let booking = choose::of_offer(&app, &call, desk::base(&call, "/c/offers"), call.id("id")?).await?;
    booking::check(app, call, booking).await
}

async fn book_more(app: App, call: Call<Client>) -> Answer {
    let booking = choose::of_offer(&app, &call, desk::base(&call, "/c/offers"), call.id("id")?).await?;
    booking::book(app, call, booking).await
}

async fn times(app: App, call: Call<Client>) -> Answer {
    let booking = own_booking(&call, call.id("id")?);
    booking::times(app, call, booking, None, StatusCode::OK).await
}

async fn check(app: App, call: Call<Client>) -> Answer {
    let booking = own_booking(&call, call.id("id")?);
    booking::check(app, call, booking).await
}

async fn book(app: App, call: Call<Client>) -> Answer {
    let booking = own_booking(&call, call.id("id")?);
    booking::book(app, call, booking).await
}

async fn one(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/sessions"), call.id("id")?);
    session::page(app, call, base, id).await
}

async fn say(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/sessions"), call.id("id")?);
    session::tell(app, call, base, id).await
}

async fn file(app: App, call: Call<Client>) -> Answer {
    let id = call.id("id")?;
    calendar::file(app, call, id).await
}

async fn move_page(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/sessions"), call.id("id")?);
    session::move_page(app, call, base, id).await
}

async fn moved(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/sessions"), call.id("id")?);
    session::moved(app, call, base, id).await
}

async fn cancel_page(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/sessions"), call.id("id")?);
    session::cancel_page(app, call, base, id).await
}

async fn cancel(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/sessions"), call.id("id")?);
    session::cancel(app, call, base, id).await
}

async fn late(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/sessions"), call.id("id")?);
    session::late_answer(app, call, base, id).await
}

async fn not_come(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/sessions"), call.id("id")?);
    session::not_come(app, call, base, id).await
}

async fn technical(app: App, call: Call<Client>) -> Answer {
    let (base, id) = (desk::base(&call, "/c/sessions"), call.id("id")?);
    session::technical(app, call, base, id).await
}

/// The booking page of a client who is signed in: its first page is the times themselves.
fn own_booking(call: &Call<Client>, relationship: RelationshipId) -> booking::Booking {
    let base = desk::base(call, "/c/book");
    booking::Booking { times: base.clone(), confirm: format!("{base}/confirm"), base, relationship, offer: None }
}
