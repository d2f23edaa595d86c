//! A practice's policy: read by its people, changed by its owner.

use super::{json, once, read};
use crate::actor::{Colleague, Owner};
use crate::app::App;
use crate::call::Call;
use crate::flow;
use crate::routes::{Answer, Route, get, put};
use axum::http::StatusCode;
use domain::id::PracticeId;
use domain::policy::Policy;
use serde::Deserialize;
use serde_json::{Map, Value, json as object};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Colleague>("/api/v1/practices/{id}/policy", one).about("policy").says("Today's policy"),
        put::<Owner>("/api/v1/practices/{id}/policy", set)
            .about("policy")
            .audits("policy_changed")
            .says("Make the next version of the policy"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetBody {
    set: Map<String, Value>,
}

fn wire(policy: &Policy) -> Value {
    object!({ "preset": policy.preset, "version": policy.version, "parameters": policy.values() })
}

async fn one(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, PracticeId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| flow::settings::policy_in_scope(tx, &ask, id)).await?;
    json(StatusCode::OK, &wire(&found))
}

async fn set(app: App, call: Call<Owner>) -> Answer {
    let (id, SetBody { set }): (PracticeId, _) = (call.id("id")?, call.json()?);
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = flow::settings::policy(tx, &inner.tools, &asked, id, &set)?;
        Ok(store::Done::new(wire(&done.answer), done.audit))
    });
    json(StatusCode::OK, &done.await?.answer)
}
