//! How two people work together: ended, reopened, paused, and the checklist of the first appointment.

use super::{preview, write};
use crate::actor::Colleague;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::routes::{Answer, Route, post, put};
use axum::http::StatusCode;
use domain::decide::{Checked, EndRelationship, FileAct};
use domain::id::{AppointmentId, RelationshipId, TherapistId};
use domain::person::Channel;
use domain::practice::{AgreementHow, Referral};
use domain::time::Instant;
use serde::Deserialize;
use std::collections::BTreeSet;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post::<Colleague>("/api/v1/relationships/{id}/end", end)
            .about("relationship")
            .audits("relationship_ended")
            .says("End it; what is booked is called off")
            .previews(),
        post::<Colleague>("/api/v1/relationships/{id}/reopen", reopen)
            .about("relationship")
            .audits("relationship_reopened")
            .says("Work together again")
            .previews(),
        post::<Colleague>("/api/v1/relationships/{id}/pause", pause)
            .about("relationship")
            .audits("relationship_paused")
            .says("Book nothing for now")
            .previews(),
        put::<Colleague>("/api/v1/relationships/{id}/contracting", contracting)
            .about("relationship")
            .audits("contracting_noted")
            .says("What was gone through in the first appointment")
            .previews(),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndBody {
    #[serde(default)]
    reason: String,
    referral: Option<ReferralBody>,
    confirm: Option<BTreeSet<AppointmentId>>,
    words: Option<String>,
}

/// To whom the client goes: in words, or a therapist of the practice with the client's yes (H-15).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ReferralBody {
    Words(String),
    To(ReferralTo),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferralTo {
    therapist: Option<TherapistId>,
    words: Option<String>,
    agreement: Option<AgreedTo>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreedTo {
    how: AgreementHow,
    at: Instant,
}

impl From<ReferralBody> for Referral {
    fn from(body: ReferralBody) -> Self {
        match body {
            ReferralBody::Words(words) => Self { therapist: None, words, agreed_how: None, agreed_at: None },
            ReferralBody::To(to) => Self {
                therapist: to.therapist,
                words: to.words.unwrap_or_default(),
                agreed_how: to.agreement.as_ref().map(|agreed| agreed.how),
                agreed_at: to.agreement.as_ref().map(|agreed| agreed.at),
            },
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContractingBody {
    channels: Option<Vec<String>>,
    voicemail: Option<bool>,
    #[serde(rename = "continue")]
    continues: Option<bool>,
    #[serde(default)]
    policy_recap: bool,
    #[serde(default)]
    payment_recap: bool,
    accepts_policy: Option<AgreementHow>,
}

async fn end(app: App, call: Call<Colleague>) -> Answer {
    let body: EndBody = call.json()?;
    let referral = body.referral.map(Into::into);
    let wish = EndRelationship { reason: body.reason, referral, confirm: body.confirm, words: body.words };
    act(app, call, FileAct::End(wish)).await
}

async fn reopen(app: App, call: Call<Colleague>) -> Answer {
    act(app, call, FileAct::Reopen).await
}

async fn pause(app: App, call: Call<Colleague>) -> Answer {
    act(app, call, FileAct::Pause).await
}

async fn contracting(app: App, call: Call<Colleague>) -> Answer {
    let body: ContractingBody = call.json()?;
    let parsed = |words: Vec<String>| words.iter().map(|word| word.parse()).collect::<Result<Vec<Channel>, ()>>();
    let channels = body.channels.map(parsed).transpose().map_err(|()| {
        let message = "Name each of email, sms, phone, in_app or push at most once, in the order of preference.";
        Problem::field("channels", "channel_unknown", message)
    })?;
    let checked = Checked {
        channels,
        voicemail: body.voicemail,
        continues: body.continues,
        policy_recap: body.policy_recap,
        payment_recap: body.payment_recap,
        accepts_policy: body.accepts_policy,
    };
    act(app, call, FileAct::Check(checked)).await
}

async fn act(app: App, call: Call<Colleague>, act: FileAct) -> Answer {
    let id: RelationshipId = call.id("id")?;
    if call.preview {
        return preview(app, call, move |tx, app, ask| {
            flow::file::preview_about_two(tx, &app.tools, ask, id, act.clone())
        })
        .await;
    }
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::file::about_two(tx, &app.tools, ask, id, act.clone()))
        .await
}
