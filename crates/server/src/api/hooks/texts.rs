//! Where gateways call: what became of a text. The address itself proves that we gave it out, for one text.

use crate::actor::Public;
use crate::api::json;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::reply::{self, Said};
use crate::flow::{Ask, Who};
use crate::rate::RateClass;
use crate::routes::{Answer, Route, Surface, get, post};
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use domain::person::Channel;
use outside::sms::{Inbound, Kind, NotUnderstood, Receipt};
use serde_json::json as value;
use store::Tx;

pub(super) fn routes() -> Vec<Route> {
    let all = [
        get::<Public>("/hooks/sms/replies/{secret}", reply_by_kannel).says("Kannel hands over what somebody wrote"),
        post::<Public>("/hooks/sms/replies/{secret}", reply_by_twilio).says("Twilio hands over what somebody wrote"),
        get::<Public>("/hooks/sms/reports/{word}", by_kannel).says("Kannel says what became of a text"),
        post::<Public>("/hooks/sms/reports/{word}", by_twilio).says("Twilio says what became of a text"),
    ];
    all.map(|route| route.about("message").rate(RateClass::Free).surface(Surface::Api)).into()
}

/// GET: everything stands in the query.
async fn reply_by_kannel(app: App, call: Call<Public>) -> Answer {
    let said = Inbound::read(Kind::Kannel, call.raw_query().pairs());
    take_in(app, call, said, String::new()).await
}

/// POST: a form. An empty answer in Twilio's own language says that nothing is to be texted back by it.
async fn reply_by_twilio(app: App, call: Call<Public>) -> Answer {
    signed(&app, &call)?;
    let said = Inbound::read(Kind::Twilio, call.posted().pairs());
    take_in(app, call, said, "<Response/>".into()).await
}

/// Where an account at Twilio is set up, what comes in its language must carry its signature: an address can be read in
/// somebody's log.
fn signed(app: &App, call: &Call<Public>) -> Result<(), Problem> {
    let signature = call.headers().get("x-twilio-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (url, posted) = (format!("{}{}", app.tools.base_url.trim_end_matches('/'), call.path()), call.posted());
    let mut accounts =
        app.config.sms.iter().filter_map(|one| one.has_signed(&url, posted.pairs(), signature)).peekable();
    if accounts.peek().is_none() || accounts.any(|has_signed| has_signed) { Ok(()) } else { Err(Problem::not_found()) }
}

/// Answered alike whoever wrote, and before it is read: a fault of ours loses no word of theirs.
async fn take_in(app: App, call: Call<Public>, said: Result<Inbound, NotUnderstood>, answer: String) -> Answer {
    if !app.tools.link_key.is_hook("sms", call.param("secret")) {
        return Err(Problem::not_found());
    }
    let inbound = said.map_err(|why| Problem::field(why.field, "not_understood", format!("It {}.", why.why)))?;
    let said = Said {
        channel: Channel::Sms,
        reference: format!("sms:{}:{}", inbound.to, inbound.reference),
        address: inbound.from,
        body: inbound.body,
        answers: Vec::new(),
    };
    let ask = Ask { who: Who::System("sms"), now: call.now, command: call.command };
    if !app.store.write_unaudited_async(move |tx: &mut Tx| reply::take_in(tx, &ask, &said)).await? {
        tracing::info!("a text came from a number that nobody here has");
    }
    app.nudge.ring();
    let kind = if answer.is_empty() { "text/plain; charset=utf-8" } else { "text/xml; charset=utf-8" };
    let mut response = Response::new(Body::from(answer));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

/// GET: the kind of report and the network's own words stand in the query.
async fn by_kannel(app: App, call: Call<Public>) -> Answer {
    let said = Receipt::read(Kind::Kannel, call.raw_query().pairs());
    report(app, call, said).await
}

/// POST: a form.
async fn by_twilio(app: App, call: Call<Public>) -> Answer {
    signed(&app, &call)?;
    let said = Receipt::read(Kind::Twilio, call.posted().pairs());
    report(app, call, said).await
}

/// Answered well whether or not it was news, so that nobody calls again.
async fn report(app: App, call: Call<Public>, said: Result<Receipt, NotUnderstood>) -> Answer {
    let message = app.tools.link_key.reported(call.param("word")).ok_or_else(Problem::not_found)?;
    let said = said.map_err(|why| Problem::field(why.field, "not_understood", format!("It {}.", why.why)))?;
    let ask = Ask { who: Who::System("sms"), now: call.now, command: call.command };
    super::keep(&app, &ask, message, said).await?;
    json(StatusCode::OK, &value!({ "status": "ok" }))
}
