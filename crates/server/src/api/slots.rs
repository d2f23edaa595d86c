//! Free times of a therapist.

use super::wire::{Page, SlotWire};
use super::{json, read};
use crate::actor::AnyRole;
use crate::app::App;
use crate::call::Call;
use crate::flow;
use crate::routes::{Answer, Route, get};
use axum::http::StatusCode;
use domain::id::ClientId;
use domain::schedule::MeetingKind;
use domain::time::{Instant, Interval};
use serde::Deserialize;

pub(super) fn routes() -> Vec<Route> {
    vec![get::<AnyRole>("/api/v1/therapists/{id}/slots", slots).about("slot").says("Free times, 31 days at most")]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotsQuery {
    from: Instant,
    to: Instant,
    kind: MeetingKind,
    client: Option<ClientId>,
}

async fn slots(app: App, call: Call<AnyRole>) -> Answer {
    let query: SlotsQuery = call.query()?;
    let wanted = flow::slots::Wanted {
        therapist: call.id("id")?,
        client: query.client,
        kind: query.kind,
        window: Interval::new(query.from, query.to),
    };
    let (ask, tools) = (super::ask(&call), app.tools.clone());
    let found = read(&app, move |tx| flow::slots::free(tx, &tools, &ask, wanted)).await?;
    let items: Vec<SlotWire> = found.iter().map(Into::into).collect();
    json(StatusCode::OK, &Page { items, next: None })
}
