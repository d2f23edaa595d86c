//! Where gateways call: what became of a text. The address itself proves that we gave it out, for one text.

use crate::api::json;
use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::{Ask, Failed, Who, receipt};
use crate::rate::RateClass;
use crate::routes::{Answer, Route, Surface, get, post};
use axum::http::StatusCode;
use outside::sms::{Kind, NotUnderstood, Receipt};
use serde_json::json as value;
use store::Tx;

pub(super) fn routes() -> Vec<Route> {
    let both = [
        get::<Public>("/hooks/sms/reports/{word}", by_kannel).says("Kannel says what became of a text"),
        post::<Public>("/hooks/sms/reports/{word}", by_twilio).says("Twilio says what became of a text"),
    ];
    both.map(|route| route.about("message").rate(RateClass::Free).surface(Surface::Api)).into()
}

/// GET: the kind of report and the network's own words stand in the query.
async fn by_kannel(app: App, call: Call<Public>) -> Answer {
    let said = Receipt::read(Kind::Kannel, call.raw_query().pairs());
    report(app, call, said).await
}

/// POST: a form.
async fn by_twilio(app: App, call: Call<Public>) -> Answer {
    let said = Receipt::read(Kind::Twilio, call.posted().pairs());
    report(app, call, said).await
}

/// Answered well whether or not it was news, so that nobody calls again.
async fn report(app: App, call: Call<Public>, said: Result<Receipt, NotUnderstood>) -> Answer {
    let message = app.tools.link_key.reported(call.param("word")).ok_or_else(Problem::not_found)?;
    let said = said.map_err(|why| Problem::field(why.field, "not_understood", format!("It {}.", why.why)))?;
    let ask = Ask { who: Who::System("sms"), now: call.now, command: call.command };
    let inner = app.clone();
    let kept = app.store.write_async(move |tx: &mut Tx| receipt::heard(tx, &inner.tools, &ask, message, &said));
    match kept.await {
        Ok(_) => app.nudge.ring(),
        Err(Failed::Nothing { .. }) => {}
        Err(other) => return Err(other.into()),
    }
    json(StatusCode::OK, &value!({ "status": "ok" }))
}
