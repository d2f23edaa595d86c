//! The client's answer to offered times.

use super::{json, preview, read, write};
use crate::actor::{AnyRole, Client, Colleague};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::id::OfferId;
use domain::time::Instant;
use serde::Deserialize;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<AnyRole>("/api/v1/offers/{id}", one).about("offer").says("One offer of times"),
        post::<Client>("/api/v1/offers/{id}/accept", accept)
            .previews()
            .about("offer")
            .audits("offer_accepted")
            .says("Take one of the offered times"),
        post::<Client>("/api/v1/offers/{id}/decline", decline)
            .about("offer")
            .audits("offer_declined")
            .says("Want none of them, perhaps the money back"),
        post::<Colleague>("/api/v1/offers/{id}/withdraw", withdraw)
            .about("offer")
            .audits("move_withdrawn")
            .says("No longer ask the client for another time"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptBody {
    start: Instant,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclineBody {
    #[serde(default)]
    refund: bool,
}

async fn one(app: App, call: Call<AnyRole>) -> Answer {
    let (ask, id): (_, OfferId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| Ok(store::offer::load(tx, &ask.who.scope(), id)?)).await?;
    json(StatusCode::OK, &super::wire::offer(&found.ok_or_else(Problem::not_found)?))
}

async fn accept(app: App, call: Call<Client>) -> Answer {
    let (id, AcceptBody { start }): (OfferId, _) = (call.id("id")?, call.json()?);
    if call.preview {
        return preview(app, call, move |tx, app, ask| flow::offer::preview_accept(tx, &app.tools, ask, id, start))
            .await;
    }
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::offer::accept(tx, &app.tools, ask, id, start)).await
}

async fn withdraw(app: App, call: Call<Colleague>) -> Answer {
    let id: OfferId = call.id("id")?;
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::moves::withdraw(tx, &app.tools, ask, id)).await
}

async fn decline(app: App, call: Call<Client>) -> Answer {
    let (id, DeclineBody { refund }): (OfferId, _) = (call.id("id")?, call.json()?);
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::offer::decline(tx, &app.tools, ask, id, refund)).await
}
