//! What came of an appointment: the update, corrections, and what each side says about it.

use super::wire::Page;
use super::{json, preview, read, write};
use crate::actor::{AnyRole, Colleague};
use crate::app::App;
use crate::call::Call;
use crate::flow;
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::appointment::Agreement;
use domain::attendance::{Attended, WeeklySpace};
use domain::decide::{BookNow, Correct, FileAct, Said, UpdateAttendance};
use domain::id::AppointmentId;
use domain::refusal::Refusal;
use domain::statement::Statement;
use domain::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json as object};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post::<Colleague>("/api/v1/appointments/{id}/attendance", update)
            .about("appointment")
            .audits("attendance_updated")
            .says("Say how it went, and how it goes on")
            .previews(),
        post::<Colleague>("/api/v1/appointments/{id}/correct", correct)
            .about("appointment")
            .audits("appointment_corrected")
            .says("Set the record right, with the reason")
            .previews(),
        get::<AnyRole>("/api/v1/appointments/{id}/statements", statements)
            .about("statement")
            .says("What each side says about it"),
        post::<AnyRole>("/api/v1/appointments/{id}/statements", say)
            .about("statement")
            .audits("statement_made")
            .says("Put one's own account of it on file"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UpdateBody {
    attended: Attended,
    therapist_ready_at: Option<Instant>,
    client_arrived_at: Option<Instant>,
    started_at: Option<Instant>,
    ended_at: Option<Instant>,
    #[serde(rename = "continue")]
    continues: Option<YesNo>,
    weekly_space: Option<WeeklySpace>,
    reserve_slot: Option<bool>,
    refund: Option<bool>,
    next: Option<NextBody>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum YesNo {
    Yes,
    No,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NextBody {
    start: Instant,
    agreement: Option<Agreement>,
}

impl TryFrom<UpdateBody> for UpdateAttendance {
    type Error = Refusal;
    fn try_from(body: UpdateBody) -> Result<Self, Refusal> {
        let next = body.next.map(|next| match next.agreement {
            Some(agreement) => Ok(BookNow { start: next.start, agreement }),
            None => {
                let detail = "Say how and when the client agreed to this time. Nothing is booked without their yes.";
                Err(Refusal::invalid("agreement_required", "next.agreement", detail))
            }
        });
        Ok(Self {
            attended: body.attended,
            therapist_ready_at: body.therapist_ready_at,
            client_arrived_at: body.client_arrived_at,
            started_at: body.started_at,
            ended_at: body.ended_at,
            continues: body.continues.map(|answer| answer == YesNo::Yes),
            weekly_space: body.weekly_space,
            reserve_slot: body.reserve_slot.unwrap_or(false),
            refund: body.refund.unwrap_or(false),
            next: next.transpose()?,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CorrectBody {
    state: String,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SayBody {
    #[serde(default)]
    words: String,
}

async fn update(app: App, call: Call<Colleague>) -> Answer {
    let wish = UpdateAttendance::try_from(call.json::<UpdateBody>()?)?;
    act(app, call, FileAct::Update(Box::new(wish))).await
}

async fn correct(app: App, call: Call<Colleague>) -> Answer {
    let CorrectBody { state, reason } = call.json()?;
    act(app, call, FileAct::Correct(Correct { state, reason })).await
}

async fn act(app: App, call: Call<Colleague>, act: FileAct) -> Answer {
    let id: AppointmentId = call.id("id")?;
    if call.preview {
        return preview(app, call, move |tx, app, ask| {
            flow::file::preview_about_appointment(tx, &app.tools, ask, id, act.clone())
        })
        .await;
    }
    let seen = call.if_match()?;
    write(app, call, StatusCode::OK, move |tx, app, ask| {
        flow::file::about_appointment(tx, &app.tools, ask, id, act.clone(), seen)
    })
    .await
}

async fn statements(app: App, call: Call<AnyRole>) -> Answer {
    let (ask, id): (_, AppointmentId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| {
        let about = store::appointment::load(tx, &ask.who.scope(), id)?;
        about.ok_or_else(|| Refusal::not_found("appointment"))?;
        Ok(store::statement::of(tx, &ask.who.scope(), id)?)
    });
    let items: Vec<Value> = found.await?.iter().map(wire).collect();
    json(StatusCode::OK, &Page { items, next: None })
}

async fn say(app: App, call: Call<AnyRole>) -> Answer {
    let id: AppointmentId = call.id("id")?;
    let SayBody { words } = call.json()?;
    write(app, call, StatusCode::CREATED, move |tx, app, ask| {
        let said = FileAct::Say(Said { words: words.clone() });
        flow::file::about_appointment(tx, &app.tools, ask, id, said, None)
    })
    .await
}

fn wire(said: &Statement) -> Value {
    object!({ "id": said.id, "appointment": said.appointment, "by": said.by, "role": said.role.word(),
        "words": said.words, "at": said.at })
}
