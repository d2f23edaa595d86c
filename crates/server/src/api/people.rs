//! Therapists and relationships: who works with whom, and what a therapist charges.

use super::wire::{Page, relationship};
use super::{json, once, read};
use crate::actor::{AnyRole, Colleague};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::routes::{Answer, Route, get, post, put};
use axum::http::StatusCode;
use domain::id::{AppointmentId, RelationshipId, TherapistId};
use domain::message::LinkTo;
use domain::money::Money;
use domain::person::PersonRef;
use domain::practice::{RelationshipState, Therapist};
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::Done;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<AnyRole>("/api/v1/relationships", relationships).about("relationship").says("Who works with whom"),
        get::<AnyRole>("/api/v1/relationships/{id}", one_relationship).about("relationship").says("One relationship"),
        get::<AnyRole>("/api/v1/relationships/{id}/booking-link", booking_link)
            .about("relationship")
            .says("The client's own booking link"),
        post::<Colleague>("/api/v1/relationships/{id}/booking-link", send_booking_link)
            .about("message")
            .audits("booking_link_sent")
            .says("Send the client their own booking link by the way that they prefer"),
        get::<Colleague>("/api/v1/therapists/{id}/fees", fees).about("therapist").says("A therapist's fees"),
        put::<Colleague>("/api/v1/therapists/{id}/fees", set_fees)
            .about("therapist")
            .audits("fees_changed")
            .says("Set a therapist's fees within the practice's cap"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RelationshipsQuery {
    state: Option<RelationshipState>,
    cursor: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeesBody {
    late_cancel: Option<Money>,
    no_show: Option<Money>,
}

async fn relationships(app: App, call: Call<AnyRole>) -> Answer {
    let query: RelationshipsQuery = call.query()?;
    let (ask, limit, after) = (super::ask(&call), super::page_size(query.limit)?, super::cursor(query.cursor)?);
    let page =
        read(&app, move |tx| Ok(store::relationship::list(tx, &ask.who.scope(), query.state, after.as_ref(), limit)?))
            .await?;
    let items = page.items.iter().map(|found| relationship(found, None)).collect();
    json(StatusCode::OK, &Page { items, next: page.next.map(|cursor| cursor.to_string()) })
}

async fn one_relationship(app: App, call: Call<AnyRole>) -> Answer {
    let (ask, id): (_, RelationshipId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| {
        let Some(found) = store::relationship::load(tx, &ask.who.scope(), id)? else { return Ok(None) };
        let client = store::person::load(tx, PersonRef::Client(found.client))?;
        Ok(Some((found, client)))
    });
    let (found, client) = found.await?.ok_or_else(Problem::not_found)?;
    json(StatusCode::OK, &relationship(&found, client.as_ref()))
}

/// The link's own row is made here if no message has carried it yet, so this read is a write on the record.
async fn booking_link(app: App, call: Call<AnyRole>) -> Answer {
    let (ask, id): (_, RelationshipId) = (super::ask(&call), call.id("id")?);
    let (inner, asked) = (app.clone(), ask.clone());
    let made = flow::once::write(&app, &ask, None, move |tx| flow::link::booking(tx, &inner.tools, &asked, id)).await;
    let url = match made {
        Ok(made) => made.answer,
        Err(flow::Failed::Nothing { .. }) => app.tools.link_key.url(&app.tools.base_url, LinkTo::Booking(id)),
        Err(failed) => return Err(failed.into()),
    };
    json(StatusCode::OK, &object!({ "url": url }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SendLinkBody {
    appointment: Option<AppointmentId>,
}

async fn send_booking_link(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (RelationshipId, SendLinkBody) = (call.id("id")?, call.json()?);
    super::write_value(app, call, StatusCode::CREATED, move |tx, app, ask, _| {
        let done = flow::link::send(tx, &app.tools, ask, id, body.appointment)?;
        let sent = &done.answer;
        let answer = object!({ "id": sent.id, "to_person": sent.to, "channel": sent.channel, "kind": sent.kind,
            "send_at": sent.send_at, "subject": sent.subject, "body": flow::letter::masked(&sent.text) });
        Ok(Done { answer, audit: done.audit, more: done.more })
    })
    .await
}

fn fees_wire(therapist: &Therapist) -> Value {
    object!({ "late_cancel": therapist.late_cancel_fee, "no_show": therapist.no_show_fee })
}

async fn fees(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, TherapistId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| flow::settings::therapist_in_scope(tx, &ask, id)).await?;
    json(StatusCode::OK, &fees_wire(&found))
}

async fn set_fees(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (TherapistId, FeesBody) = (call.id("id")?, call.json()?);
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = flow::settings::fees(tx, &inner.tools, &asked, id, body.late_cancel, body.no_show)?;
        Ok(Done::new(fees_wire(&done.answer), done.audit))
    });
    json(StatusCode::OK, &done.await?.answer)
}
