//! Stylesheets, scripts and drawings, carried inside the program and served under a name that changes with their
//! bytes.

use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::rate::RateClass;
use crate::routes::{Answer, Route, get};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// What the build script made of the icon package.
mod drawings {
    include!(concat!(env!("OUT_DIR"), "/icons.rs"));
}

/// The notices of what we carry that others made.
pub const NOTICES: &str = include_str!(concat!(env!("OUT_DIR"), "/NOTICES.txt"));

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, content type and text of everything that we serve.
const ASSETS: &[(&str, &str, &str)] = &[
    ("tokens.css", CSS, include_str!("../assets/css/tokens.css")),
    ("app.css", CSS, include_str!("../assets/css/app.css")),
    ("week.css", CSS, include_str!("../assets/css/week.css")),
    ("app.js", SCRIPT, include_str!("../assets/js/app.js")),
    ("push.js", SCRIPT, include_str!("../assets/js/push.js")),
    ("htmx.js", SCRIPT, include_str!(concat!(env!("OUT_DIR"), "/htmx.min.js"))),
    ("hx-sse.js", SCRIPT, include_str!(concat!(env!("OUT_DIR"), "/hx-sse.min.js"))),
    ("mark.svg", "image/svg+xml", include_str!("../assets/img/mark.svg")),
    ("notices.txt", "text/plain; charset=utf-8", NOTICES),
];

/// Our own sign, what goes inside its `<svg>`: somebody held.
pub const MARK: &str = r#"<circle cx="12" cy="8.5" r="3.25"/><path d="M3.5 11.5a8.5 8.5 0 0 0 17 0"/>"#;

/// The version of each asset, in the order of [`ASSETS`]: the beginning of its SHA-256.
static VERSIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let version = |text: &str| Sha256::digest(text)[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    ASSETS.iter().map(|(_, _, text)| version(text)).collect()
});

/// The address of an asset: `/assets/app.css?v=…`. A name that we do not have answers 404 when it is fetched.
pub fn url(name: &str) -> String {
    match ASSETS.iter().position(|(known, _, _)| *known == name) {
        Some(at) => format!("/assets/{name}?v={}", VERSIONS[at]),
        None => format!("/assets/{name}"),
    }
}

/// The drawing of an icon by its name in the icon package, what goes inside its `<svg>`; empty for one that this
/// build does not carry (a test finds those in templates).
pub fn icon(name: &str) -> &'static str {
    drawings::icon(name)
}

/// Whether there is such an icon.
pub fn has_icon(name: &str) -> bool {
    !icon(name).is_empty()
}

/// Every icon of the package that this build carries.
pub fn icon_names() -> &'static [&'static str] {
    drawings::ICON_NAMES
}

/// The routes of this module.
pub fn routes() -> Vec<Route> {
    vec![
        get("/assets/{name}", serve).rate(RateClass::Free).about("asset").says("Stylesheets, scripts and drawings"),
        get("/sw.js", worker).rate(RateClass::Free).about("asset").says("What shows notices in a browser"),
    ]
}

/// The script that a browser keeps for notices. It stands at the root, for it may show only what is below it.
const WORKER: &str = include_str!("../assets/js/sw.js");

async fn worker(_: App, _: Call<Public>) -> Answer {
    let mut response = Response::new(Body::from(WORKER));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(SCRIPT));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

async fn serve(_: App, call: Call<Public>) -> Answer {
    let name = call.param("name");
    let at = ASSETS.iter().position(|(known, _, _)| *known == name).ok_or_else(Problem::not_found)?;
    let (_, content_type, text) = ASSETS[at];
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let is_named = call.raw_query().get("v") == VERSIONS[at];
    let keep = if is_named { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    Ok(response)
}
