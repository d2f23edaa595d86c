//! The risk screening of a client: for the therapist, the clinical lead and whoever is on duty for risk. For everybody else
//! these addresses are not there.

use super::{json, read, write};
use crate::actor::Insider;
use crate::app::App;
use crate::call::Call;
use crate::flow;
use crate::routes::{Answer, Route, get, put};
use axum::http::StatusCode;
use domain::decide::{FileAct, Screen};
use domain::id::ClientId;
use domain::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json as object};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Insider>("/api/v1/clients/{id}/risk", one)
            .about("risk screening")
            .says("The client's last risk screening"),
        put::<Insider>("/api/v1/clients/{id}/risk", set)
            .about("risk screening")
            .audits("risk_screened")
            .says("Say what was found, and by when somebody looks again"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScreenBody {
    flag: bool,
    review_by: Option<Instant>,
}

async fn one(app: App, call: Call<Insider>) -> Answer {
    let (ask, id): (_, ClientId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| {
        flow::file::with_client(tx, &ask, id)?;
        Ok(store::risk::load(tx, &ask.who.scope(), id)?)
    });
    let body = found.await?.map_or_else(
        || object!({ "flag": false, "set_by": Value::Null, "set_at": Value::Null, "review_by": Value::Null }),
        |s| object!({ "flag": s.flagged, "set_by": s.set_by, "set_at": s.set_at, "review_by": s.review_by }),
    );
    json(StatusCode::OK, &body)
}

async fn set(app: App, call: Call<Insider>) -> Answer {
    let (id, body): (ClientId, ScreenBody) = (call.id("id")?, call.json()?);
    let wish = Screen { flagged: body.flag, review_by: body.review_by };
    write(app, call, StatusCode::OK, move |tx, app, ask| {
        let pair = flow::file::with_client(tx, ask, id)?;
        flow::file::about_two(tx, &app.tools, ask, pair.id, FileAct::Screen(wish))
    })
    .await
}
