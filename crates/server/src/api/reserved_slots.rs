//! Weekly times that are kept for clients (H-03, H-11 to H-13).

use super::wire::{Page, reserved_slot};
use super::{json, once, read};
use crate::actor::{AnyRole, Colleague};
use crate::app::App;
use crate::call::Call;
use crate::flow::{self, Ask, Flow};
use crate::routes::{Answer, Route, delete, get, post};
use axum::http::StatusCode;
use domain::decide::{FileAct, Keep};
use domain::id::{RelationshipId, ReservedSlotId};
use domain::reserved::{Pattern, ReservedSlot};
use domain::schedule::TimeOfDay;
use domain::time::{Weekday, Zone};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use store::{Done, Tx};

pub(super) fn routes() -> Vec<Route> {
    let act = |path, keep: fn(ReservedSlotId) -> Keep, word, says| {
        let handler = move |app, call: Call<Colleague>| one(app, call, keep);
        post::<Colleague>(path, handler).about("reserved slot").audits(word).says(says).previews()
    };
    vec![
        get::<AnyRole>("/api/v1/reserved-slots", list).about("reserved slot").says("Weekly times kept for clients"),
        post::<Colleague>("/api/v1/reserved-slots", add)
            .about("reserved slot")
            .audits("slot_reserved")
            .says("Keep a weekly time for a client")
            .previews(),
        delete::<Colleague>("/api/v1/reserved-slots/{id}", |app, call| one(app, call, Keep::Remove))
            .about("reserved slot")
            .audits("slot_removed")
            .says("Give it up; it can be added back"),
        act("/api/v1/reserved-slots/{id}/restore", Keep::Restore, "slot_restored", "Add it back"),
        act("/api/v1/reserved-slots/{id}/pause", Keep::Pause, "slot_paused", "Let others have it for now"),
        act("/api/v1/reserved-slots/{id}/resume", Keep::Resume, "slot_resumed", "Keep it again"),
        post::<Colleague>("/api/v1/reserved-slots/{id}/release", release)
            .about("reserved slot")
            .audits("slot_week_released")
            .says("Let one of its days go; the others stay")
            .previews(),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    relationship: Option<RelationshipId>,
    cursor: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddBody {
    relationship: RelationshipId,
    weekday: Weekday,
    local_time: TimeOfDay,
    minutes: u16,
    every_weeks: Option<u8>,
    from: Option<Date>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseBody {
    date: Date,
}

async fn list(app: App, call: Call<AnyRole>) -> Answer {
    let query: ListQuery = call.query()?;
    let (ask, limit, after) = (super::ask(&call), super::page_size(query.limit)?, super::cursor(query.cursor)?);
    let (items, next) = read(&app, move |tx| {
        let page = store::reserved_slot::list(tx, &ask.who.scope(), after.as_ref(), limit)?;
        let wanted = page.items.into_iter().filter(|slot| query.relationship.is_none_or(|id| id == slot.relationship));
        let mut items = Vec::new();
        for slot in wanted {
            let zone = zone_of(tx, &ask, slot.relationship)?;
            items.push(reserved_slot(&slot, &zone, ask.now));
        }
        Ok((items, page.next))
    })
    .await?;
    json(StatusCode::OK, &Page { items, next: next.map(|cursor| cursor.to_string()) })
}

async fn add(app: App, call: Call<Colleague>) -> Answer {
    let body: AddBody = call.json()?;
    let pattern = Pattern {
        weekday: body.weekday,
        local_time: body.local_time,
        minutes: body.minutes,
        every_weeks: body.every_weeks.unwrap_or(1),
        from: body.from,
    };
    let relationship = body.relationship;
    write(app, call, StatusCode::CREATED, move |_, _| Ok((relationship, Keep::Add(pattern)))).await
}

async fn release(app: App, call: Call<Colleague>) -> Answer {
    let (id, ReleaseBody { date }): (ReservedSlotId, _) = (call.id("id")?, call.json()?);
    one(app, call, move |_| Keep::Release(id, date)).await
}

async fn one(app: App, call: Call<Colleague>, keep: impl Fn(ReservedSlotId) -> Keep + Send + 'static) -> Answer {
    let id: ReservedSlotId = call.id("id")?;
    write(app, call, StatusCode::OK, move |tx, ask| Ok((flow::file::reserved(tx, ask, id)?.relationship, keep(id))))
        .await
}

/// Carries the act out and answers the reserved time as it is then, with the banner where it has gone (H-12).
async fn write<F>(app: App, call: Call<Colleague>, status: StatusCode, mut find: F) -> Answer
where
    F: FnMut(&mut Tx, &Ask) -> Flow<(RelationshipId, Keep)> + Send + 'static,
{
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    if call.preview {
        let look = read(&app, move |tx| {
            let (relationship, keep) = find(tx, &asked)?;
            let act = FileAct::Keep(keep);
            let answer = flow::file::preview_about_two(tx, &inner.tools, &asked, relationship, act)?;
            wire(tx, &asked, &answer)
        });
        return json(StatusCode::OK, &look.await?);
    }
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let (relationship, keep) = find(tx, &asked)?;
        let done = flow::file::about_two(tx, &inner.tools, &asked, relationship, FileAct::Keep(keep))?;
        Ok(Done::new(wire(tx, &asked, &done.answer)?, done.audit))
    })
    .await?;
    let mut body = done.answer;
    if let (Some(object), Some(receipt)) = (body.as_object_mut(), done.receipt) {
        object.insert("receipt".into(), super::wire::receipt(receipt));
    }
    json(status, &body)
}

fn wire(tx: &mut Tx, ask: &Ask, answer: &flow::Answer) -> Flow<Value> {
    let Some(slot) = &answer.reserved.slot else { return Ok(Value::Null) };
    let mut body = of(tx, ask, slot)?;
    body["banner"] = Value::from(answer.reserved.banner.clone());
    if answer.preview {
        body["preview"] = Value::Bool(true);
    }
    Ok(body)
}

fn of(tx: &mut Tx, ask: &Ask, slot: &ReservedSlot) -> Flow<Value> {
    let zone = zone_of(tx, ask, slot.relationship)?;
    Ok(reserved_slot(slot, &zone, ask.now))
}

/// Where the therapist's clock hangs.
fn zone_of(tx: &mut Tx, ask: &Ask, id: RelationshipId) -> Flow<Zone> {
    let missing = || domain::refusal::Refusal::not_found("reserved slot");
    let pair = store::relationship::load(tx, &ask.who.scope(), id)?.ok_or_else(missing)?;
    Ok(store::therapist::load(tx, pair.therapist)?.ok_or_else(missing)?.schedule.zone)
}
