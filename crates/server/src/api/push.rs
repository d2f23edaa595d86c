//! Browsers of clients and therapists that are told when something is new.

use super::{json, read, write_value};
use crate::actor::Browsing;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::push::{self, Which};
use crate::flow::{Failed, once};
use crate::portal::push::subscription;
use crate::routes::{Answer, Route, delete, get, post};
use axum::http::StatusCode;
use domain::id::PushDeviceId;
use domain::telling::push::PushDevice;
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::Done;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Browsing>("/api/v1/push-devices", list)
            .about("push device")
            .says("One's own browsers that are told when something is new, and the key to ask them with"),
        post::<Browsing>("/api/v1/push-devices", start)
            .about("push device")
            .audits("push_started")
            .says("Be told in this browser, by its push subscription"),
        delete::<Browsing>("/api/v1/push-devices/{id}", stop)
            .about("push device")
            .audits("push_stopped")
            .says("Be told there no more"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    endpoint: String,
    keys: Keys,
    label: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    p256dh: String,
    auth: String,
}

async fn list(app: App, call: Call<Browsing>) -> Answer {
    let ask = super::ask(&call);
    let found = read(&app, move |tx| push::list(tx, &ask)).await?;
    let key = app.keys.push().public_text();
    json(StatusCode::OK, &object!({ "key": key, "items": found.iter().map(wire).collect::<Vec<_>>() }))
}

async fn start(app: App, call: Call<Browsing>) -> Answer {
    let body: Body = call.json()?;
    let found = subscription(&app, &body.endpoint, &body.keys.p256dh, &body.keys.auth);
    let browser = found.map_err(|refused| Problem::from(Failed::from(refused)))?;
    let label: String = body.label.as_deref().unwrap_or("A browser").chars().take(60).collect();
    write_value(app, call, StatusCode::CREATED, move |tx, app, ask, _| {
        let done = push::subscribe(tx, &app.tools, ask, &browser, &label)?;
        Ok(Done { answer: wire(&done.answer), audit: done.audit, more: done.more })
    })
    .await
}

async fn stop(app: App, call: Call<Browsing>) -> Answer {
    let (ask, id, inner): (_, PushDeviceId, _) = (super::ask(&call), call.id("id")?, app.clone());
    let asked = ask.clone();
    let done = once::write(&app, &ask, None, move |tx| push::unsubscribe(tx, &inner.tools, &asked, &Which::Id(id)));
    match done.await {
        Ok(_) => json(StatusCode::OK, &object!({ "removed": id })),
        Err(Failed::Nothing { .. }) => Err(Problem::not_found()),
        Err(failed) => Err(failed.into()),
    }
}

/// The address at the push service is a secret of the browser's, so it is not told.
fn wire(device: &PushDevice) -> Value {
    object!({ "id": device.id, "label": device.label, "created_at": device.created_at })
}
