//! Notices in a browser: turned on and off on the page that says how somebody is reached.

use super::redirect;
use crate::actor::{Client, Scoped, Therapist};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::push::Which;
use crate::flow::{self, Ask, Failed, Flow};
use crate::routes::{Answer, Route, post};
use crate::when::When;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::refusal::Refusal;
use domain::telling::push::{Subscription, label};
use store::Tx;

/// What the page shows.
pub(super) struct PushView {
    /// What is told here.
    pub what: &'static str,
    /// Our key, for the browser.
    pub key: String,
    /// Where a yes goes; a no goes to `stop` below it.
    pub here: &'static str,
    /// Their browsers: id, name, since when.
    pub devices: Vec<(String, String, String)>,
}

/// Somebody who is told in browsers.
pub(super) trait Told: Scoped {
    /// Where a yes goes.
    const HERE: &'static str;
    /// The page that it stands on.
    const PAGE: &'static str;
    /// What is told here.
    const WHAT: &'static str;
}

impl Told for Client {
    const HERE: &'static str = "/c/push";
    const PAGE: &'static str = "/c/preferences";
    const WHAT: &'static str = "When there is something new for you, this browser can say so at once.";
}
impl Told for Therapist {
    const HERE: &'static str = "/t/push";
    const PAGE: &'static str = "/t/settings";
    const WHAT: &'static str = "When a client writes to you, this browser can say so at once.";
}

/// The routes of this module.
pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/c/push", start::<Client>)
            .about("push device")
            .audits("push_started")
            .says("Tells the client in this browser"),
        post("/c/push/stop", stop::<Client>)
            .about("push device")
            .audits("push_stopped")
            .says("Tells them there no more"),
        post("/t/push", start::<Therapist>)
            .about("push device")
            .audits("push_started")
            .says("Tells the therapist in this browser"),
        post("/t/push/stop", stop::<Therapist>)
            .about("push device")
            .audits("push_stopped")
            .says("Tells them there no more"),
    ]
}

/// What the page shows of somebody's browsers.
pub(super) fn view<P: Told>(tx: &mut Tx<'_>, app: &App, ask: &Ask, when: &When) -> Flow<PushView> {
    let devices = flow::push::list(tx, ask)?;
    let shown = |device: &domain::telling::push::PushDevice| {
        (device.id.to_string(), device.label.clone(), when.moment(device.created_at))
    };
    Ok(PushView {
        what: P::WHAT,
        key: app.keys.push().public_text(),
        here: P::HERE,
        devices: devices.iter().map(shown).collect(),
    })
}

/// A subscription as a browser wrote it, its keys in base64url.
pub(crate) fn subscription(app: &App, endpoint: &str, p256dh: &str, auth: &str) -> Result<Subscription, Refusal> {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).unwrap_or_default();
    let found = Subscription::checked(endpoint.trim(), bytes(p256dh), bytes(auth))?;
    if !outside::push::may_be_written_to(&found.endpoint, app.config.push.private) {
        let detail = "That is not the address of a push service on the open Internet.";
        return Err(Refusal::invalid("not_a_subscription", "endpoint", detail));
    }
    Ok(found)
}

async fn start<P: Told>(app: App, call: Call<P>) -> Answer {
    let raw = call.raw().clone();
    let found = subscription(&app, raw.get("endpoint"), raw.get("p256dh"), raw.get("auth"));
    let browser = found.map_err(|refused| Problem::from(Failed::from(refused)))?;
    let name = label(call.headers().get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or(""));
    let (ask, inner, again) = (call.ask(), app.clone(), raw.has("again", "yes"));
    let done = app.store.write_async(move |tx: &mut Tx<'_>| {
        let told = if again { flow::push::still } else { flow::push::subscribe };
        told(tx, &inner.tools, &ask, &browser, &name)
    });
    match done.await {
        Ok(_) | Err(Failed::Nothing { .. }) => Ok(said::<P>(&call)),
        Err(failed) => Err(failed.into()),
    }
}

async fn stop<P: Told>(app: App, call: Call<P>) -> Answer {
    let raw = call.raw();
    let which = raw.get("device").parse().map_or_else(|_| Which::Address(raw.get("endpoint").to_owned()), Which::Id);
    let (ask, inner) = (call.ask(), app.clone());
    match app.store.write_async(move |tx: &mut Tx<'_>| flow::push::unsubscribe(tx, &inner.tools, &ask, &which)).await {
        Ok(_) | Err(Failed::Nothing { .. }) => Ok(said::<P>(&call)),
        Err(failed) => Err(failed.into()),
    }
}

/// A script hears that it is so; a form leads back to its page.
fn said<P: Told>(call: &Call<P>) -> Response<Body> {
    if !call.is_fragment() {
        return redirect(&format!("{}#push", P::PAGE));
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
