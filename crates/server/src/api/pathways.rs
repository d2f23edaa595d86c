//! Pathways, who is on one, and what therapists would like to differ from the practice's policy.

use super::wire::relationship;
use super::{json, once, read};
use crate::actor::{Colleague, Owner, Staff};
use crate::app::App;
use crate::call::Call;
use crate::flow;
use crate::routes::{Answer, Route, get, post, put};
use axum::http::StatusCode;
use domain::id::{PathwayId, RelationshipId, TherapistId};
use domain::pathway::{Overrides, Pathway, Wish};
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::Done;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Colleague>("/api/v1/pathways", list).about("pathway").says("The practice's pathways"),
        post::<Owner>("/api/v1/pathways", add).about("pathway").audits("pathway_added").says("Add a pathway"),
        get::<Colleague>("/api/v1/pathways/{id}", one).about("pathway").says("One pathway"),
        put::<Owner>("/api/v1/pathways/{id}", change)
            .about("pathway")
            .audits("pathway_changed")
            .says("Change a pathway; what was booked keeps what was agreed"),
        put::<Staff>("/api/v1/relationships/{id}/pathway", assign)
            .about("relationship")
            .audits("pathway_assigned")
            .says("Put a relationship on a pathway, or on none"),
        get::<Colleague>("/api/v1/therapists/{id}/policy", wishes)
            .about("therapist")
            .says("What a therapist would like to differ from the practice's policy"),
        put::<Colleague>("/api/v1/therapists/{id}/policy", set_wishes)
            .about("therapist")
            .audits("therapist_policy_changed")
            .says("Say what should differ, where fees are each therapist's own"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AssignBody {
    pathway: Option<PathwayId>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WishesBody {
    overrides: Overrides,
}

fn wire(pathway: &Pathway) -> Value {
    object!({ "id": pathway.id, "name": pathway.name, "payer": pathway.payer, "allowance": pathway.allowance,
        "overrides": pathway.overrides, "revision": pathway.revision })
}

async fn list(app: App, call: Call<Colleague>) -> Answer {
    let ask = super::ask(&call);
    let found = read(&app, move |tx| flow::pathway::list(tx, &ask)).await?;
    json(StatusCode::OK, &object!({ "items": found.iter().map(wire).collect::<Vec<_>>(), "next": null }))
}

async fn one(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, PathwayId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| flow::pathway::one(tx, &ask, id)).await?;
    json(StatusCode::OK, &wire(&found))
}

async fn add(app: App, call: Call<Owner>) -> Answer {
    let wish: Wish = call.json()?;
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = flow::pathway::add(tx, &inner.tools, &asked, wish.clone())?;
        Ok(Done::new(wire(&done.answer), done.audit))
    });
    json(StatusCode::CREATED, &done.await?.answer)
}

async fn change(app: App, call: Call<Owner>) -> Answer {
    let (id, wish): (PathwayId, Wish) = (call.id("id")?, call.json()?);
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = flow::pathway::change(tx, &inner.tools, &asked, id, wish.clone())?;
        Ok(Done::new(wire(&done.answer), done.audit))
    });
    json(StatusCode::OK, &done.await?.answer)
}

async fn assign(app: App, call: Call<Staff>) -> Answer {
    let (id, body): (RelationshipId, AssignBody) = (call.id("id")?, call.json()?);
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = flow::pathway::assign(tx, &inner.tools, &asked, id, body.pathway)?;
        Ok(Done::new(relationship(&done.answer, None), done.audit))
    });
    json(StatusCode::OK, &done.await?.answer)
}

async fn wishes(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, TherapistId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| flow::settings::therapist_in_scope(tx, &ask, id)).await?;
    json(StatusCode::OK, &object!({ "overrides": found.overrides }))
}

async fn set_wishes(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (TherapistId, WishesBody) = (call.id("id")?, call.json()?);
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = flow::pathway::wishes(tx, &inner.tools, &asked, id, body.overrides.clone())?;
        Ok(Done::new(object!({ "overrides": done.answer.overrides }), done.audit))
    });
    json(StatusCode::OK, &done.await?.answer)
}
