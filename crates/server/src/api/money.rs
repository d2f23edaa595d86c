//! Fees let go, money given back, and what was settled by hand.

use super::{preview, write};
use crate::actor::{Colleague, Staff, Team};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::routes::{Answer, Route, post};
use axum::body::{Body, to_bytes};
use axum::http::{Response, StatusCode};
use domain::decide::{AskRefund, CarryPayment, GiveBack, MoneyAct, SettleByHand, SettledHow};
use domain::id::AppointmentId;
use domain::money::Money;
use serde::Deserialize;
use serde_json::Value;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post::<Colleague>("/api/v1/appointments/{id}/waive", waive)
            .about("ledger")
            .audits("fee_waived")
            .says("Let a fee or price go, with the reason")
            .previews(),
        post::<Colleague>("/api/v1/appointments/{id}/refund", refund)
            .about("ledger")
            .audits("refund_due")
            .says("Give money back that was taken")
            .previews(),
        post::<Colleague>("/api/v1/appointments/{id}/refund-request", refund_request)
            .about("change request")
            .audits("team_asked")
            .says("Ask the team for a new client's money"),
        post::<Staff>("/api/v1/appointments/{id}/settle", settle)
            .about("ledger")
            .audits("settled_by_hand")
            .says("Put down what was paid, returned or given up by hand")
            .previews(),
        post::<Team>("/api/v1/appointments/{id}/carry-over", carry)
            .about("ledger")
            .audits("payment_carried")
            .says("Carry a past payment to another appointment")
            .previews(),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GiveBackBody {
    #[serde(default)]
    reason: String,
    amount: Option<Money>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundRequestBody {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    confirm_refund: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleBody {
    how: SettledHow,
    amount: Option<Money>,
    reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CarryBody {
    to: AppointmentId,
    #[serde(default)]
    reason: String,
}

impl From<GiveBackBody> for GiveBack {
    fn from(body: GiveBackBody) -> Self {
        Self { reason: body.reason, amount: body.amount }
    }
}

async fn waive(app: App, call: Call<Colleague>) -> Answer {
    let body: GiveBackBody = call.json()?;
    act(app, call, None, MoneyAct::Waive(body.into())).await
}

async fn refund(app: App, call: Call<Colleague>) -> Answer {
    let body: GiveBackBody = call.json()?;
    act(app, call, None, MoneyAct::Refund(body.into())).await
}

async fn settle(app: App, call: Call<Staff>) -> Answer {
    let SettleBody { how, amount, reason } = call.json()?;
    act(app, call, None, MoneyAct::Settle(SettleByHand { how, amount, reason })).await
}

async fn carry(app: App, call: Call<Team>) -> Answer {
    let CarryBody { to, reason } = call.json()?;
    act(app, call, Some(to), MoneyAct::Carry(CarryPayment { reason })).await
}

async fn act<A: crate::actor::Scoped>(app: App, call: Call<A>, to: Option<AppointmentId>, act: MoneyAct) -> Answer {
    let id: AppointmentId = call.id("id")?;
    if call.preview {
        return preview(app, call, move |tx, app, ask| flow::money::preview(tx, &app.tools, ask, id, to, act.clone()))
            .await;
    }
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::money::act(tx, &app.tools, ask, id, to, act.clone()))
        .await
}

/// Answers like every act, with the request's own id and clock in front, as a ticket has them.
async fn refund_request(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (AppointmentId, RefundRequestBody) = (call.id("id")?, call.json()?);
    let wish = AskRefund { reason: body.reason, confirm_refund: body.confirm_refund };
    let answered = write(app, call, StatusCode::OK, move |tx, app, ask| {
        flow::moves::ask_refund(tx, &app.tools, ask, id, wish.clone())
    });
    as_ticket(answered.await?).await
}

async fn as_ticket(response: Response<Body>) -> Answer {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.map_err(Problem::fault)?;
    let mut body: Value = serde_json::from_slice(&bytes).map_err(Problem::fault)?;
    let request = body["request"].clone();
    let is_its_duty = |duty: &&Value| duty["id"] == request["obligation"];
    let duty = body["obligations"].as_array().and_then(|duties| duties.iter().find(is_its_duty)).cloned();
    if let Some(fields) = body.as_object_mut() {
        fields.insert("id".into(), request["id"].clone());
        fields.insert("route".into(), "ticket".into());
        fields.insert("due_at".into(), duty.map_or(Value::Null, |duty| duty["due_at"].clone()));
    }
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    let text = serde_json::to_string(&body).map_err(Problem::fault)?;
    Ok(Response::from_parts(parts, Body::from(text)))
}
