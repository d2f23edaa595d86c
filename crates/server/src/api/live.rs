//! The day itself: running late, missed, the client late or here, technical failures; and what is settled after it.

use super::{preview, write};
use crate::actor::{AnyRole, Colleague, Scoped};
use crate::app::App;
use crate::call::Call;
use crate::flow;
use crate::routes::{Answer, Route, post};
use axum::http::StatusCode;
use domain::attendance::{LateAnswer, Plan, TechnicalSide};
use domain::decide::{CaseOutcome, Connection, Live, MakeUpDecision, Missed};
use domain::id::{AppointmentId, DisruptionId};
use domain::person::Role;
use domain::reason::Fault;
use domain::time::Instant;
use serde::Deserialize;

pub(super) fn routes() -> Vec<Route> {
    [of_the_day(), after_it()].concat()
}

fn of_the_day() -> Vec<Route> {
    vec![
        post::<Colleague>("/api/v1/appointments/{id}/running-late", running_late)
            .about("appointment")
            .audits("running_late")
            .says("Say that the therapist is late, and by how much")
            .previews(),
        post::<Colleague>("/api/v1/appointments/{id}/connected", connected)
            .about("appointment")
            .audits("connected_after_lateness")
            .says("Say what was agreed once the two connected")
            .previews(),
        post::<AnyRole>("/api/v1/appointments/{id}/therapist-missed", missed)
            .about("appointment")
            .audits("therapist_missed")
            .says("Say that the therapist did not come")
            .previews(),
        post::<Colleague>("/api/v1/appointments/{id}/check-in", check_in)
            .about("appointment")
            .audits("checked_in_with_client")
            .says("Ask a late client whether they are coming")
            .previews(),
        post::<Colleague>("/api/v1/appointments/{id}/stepped-away", stepped_away)
            .about("appointment")
            .audits("stepped_away")
            .says("Tell a late client that the therapist steps away for now")
            .previews(),
        post::<Colleague>("/api/v1/appointments/{id}/client-arrived", client_arrived)
            .about("appointment")
            .audits("client_arrived")
            .says("Say that the client is here, since when")
            .previews(),
        post::<Colleague>("/api/v1/appointments/{id}/client-no-show", client_no_show)
            .about("appointment")
            .audits("client_no_show")
            .says("Say that the client did not come")
            .previews(),
        post::<AnyRole>("/api/v1/appointments/{id}/technical-failure", technical)
            .about("appointment")
            .audits("technical_failure")
            .says("Say that it failed technically, and on which side")
            .previews(),
    ]
}

fn after_it() -> Vec<Route> {
    vec![
        post::<AnyRole>("/api/v1/disruptions/{id}/late-answer", late_answer)
            .about("disruption")
            .audits("late_answer")
            .says("Answer news of lateness: wait, or another time")
            .previews(),
        post::<Colleague>("/api/v1/disruptions/{id}/outcome", outcome)
            .about("disruption")
            .audits("outcome_confirmed")
            .says("Tell the practice what came of a missed appointment")
            .previews(),
        post::<Colleague>("/api/v1/disruptions/{id}/fault", fault)
            .about("disruption")
            .audits("fault_settled")
            .says("Say whose doing it was: therapists propose, the practice settles")
            .previews(),
        post::<Colleague>("/api/v1/disruptions/{id}/make-up", make_up)
            .about("disruption")
            .audits("make_up_decided")
            .says("Offer a make-up at the therapist's own expense, or say why not")
            .previews(),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LateBody {
    minutes: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectedBody {
    apologised: bool,
    plan: Plan,
    ends_at: Option<Instant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MissedBody {
    reported_by: Role,
    fault: Fault,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArrivedBody {
    at: Option<Instant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SideBody {
    side: TechnicalSide,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerBody {
    answer: LateAnswer,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeBody {
    outcome: CaseOutcome,
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    fault: Fault,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MakeUpBody {
    decision: MakeUpDecision,
    reason: Option<String>,
}

async fn running_late(app: App, call: Call<Colleague>) -> Answer {
    let LateBody { minutes } = call.json()?;
    act(app, call, Live::RunningLate(minutes)).await
}

async fn connected(app: App, call: Call<Colleague>) -> Answer {
    let ConnectedBody { apologised, plan, ends_at } = call.json()?;
    act(app, call, Live::Connected(Connection { apologised, plan, ends_at })).await
}

async fn missed(app: App, call: Call<AnyRole>) -> Answer {
    let MissedBody { reported_by, fault } = call.json()?;
    act(app, call, Live::Missed(Missed { reported_by, fault })).await
}

async fn check_in(app: App, call: Call<Colleague>) -> Answer {
    act(app, call, Live::CheckIn).await
}

async fn stepped_away(app: App, call: Call<Colleague>) -> Answer {
    act(app, call, Live::StepAway).await
}

async fn client_arrived(app: App, call: Call<Colleague>) -> Answer {
    let ArrivedBody { at } = call.json()?;
    let at = at.unwrap_or(call.now);
    act(app, call, Live::Arrived(at)).await
}

async fn client_no_show(app: App, call: Call<Colleague>) -> Answer {
    act(app, call, Live::ClientNoShow).await
}

async fn technical(app: App, call: Call<AnyRole>) -> Answer {
    let SideBody { side } = call.json()?;
    act(app, call, Live::TechnicalFailure(side)).await
}

async fn late_answer(app: App, call: Call<AnyRole>) -> Answer {
    let AnswerBody { answer } = call.json()?;
    on_case(app, call, Live::Answer(answer)).await
}

async fn outcome(app: App, call: Call<Colleague>) -> Answer {
    let OutcomeBody { outcome, text } = call.json()?;
    on_case(app, call, Live::Outcome(outcome, text)).await
}

async fn fault(app: App, call: Call<Colleague>) -> Answer {
    let FaultBody { fault, reason } = call.json()?;
    on_case(app, call, Live::Attribute(fault, reason)).await
}

async fn make_up(app: App, call: Call<Colleague>) -> Answer {
    let MakeUpBody { decision, reason } = call.json()?;
    on_case(app, call, Live::MakeUp(decision, reason)).await
}

async fn act<A: Scoped>(app: App, call: Call<A>, live: Live) -> Answer {
    let id: AppointmentId = call.id("id")?;
    if call.preview {
        return preview(app, call, move |tx, app, ask| flow::live::preview(tx, &app.tools, ask, id, live.clone()))
            .await;
    }
    let seen = call.if_match()?;
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::live::act(tx, &app.tools, ask, id, live.clone(), seen))
        .await
}

async fn on_case<A: Scoped>(app: App, call: Call<A>, live: Live) -> Answer {
    let id: DisruptionId = call.id("id")?;
    if call.preview {
        return preview(app, call, move |tx, app, ask| {
            flow::live::preview_on_case(tx, &app.tools, ask, id, live.clone())
        })
        .await;
    }
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::live::on_case(tx, &app.tools, ask, id, live.clone()))
        .await
}
