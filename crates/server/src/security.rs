//! What protects a browser from other people's pages: response headers, cookies, and the origin of forms.

use crate::app::App;
use crate::config::BaseUrl;
use crate::dice::{Secret, hash_of};
use crate::error::Problem;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Extensions, HeaderMap, HeaderValue, Response, StatusCode};
use domain::time::Span;
use std::net::{IpAddr, SocketAddr};
use subtle::ConstantTimeEq as _;

/// Scripts, styles and pictures of our own only; nobody frames us; forms go nowhere else.
pub const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every response, whatever it is.
static ALWAYS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds the headers of every response. Nothing is kept by caches unless the response itself says so.
pub fn protect(mut response: Response<Body>, base: &BaseUrl) -> Response<Body> {
    let headers = response.headers_mut();
    for (name, value) in &ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if base.is_https() {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(STRICT_TRANSPORT_SECURITY, two_years);
    }
    response
}

/// Our two cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// Holds the session's secret.
    Session,
    /// Holds a secret that forms of people who are not signed in are bound to.
    Form,
}

impl Cookie {
    /// Its name: with the prefix that makes browsers insist on Secure, our host and no domain where we are on https.
    pub fn name(self, base: &BaseUrl) -> &'static str {
        match (self, base.is_https()) {
            (Self::Session, true) => "__Host-holdspace",
            (Self::Session, false) => "holdspace",
            (Self::Form, true) => "__Host-holdspace-form",
            (Self::Form, false) => "holdspace-form",
        }
    }

    /// Its value in these headers.
    pub fn find<'a>(self, headers: &'a HeaderMap, base: &BaseUrl) -> Option<&'a str> {
        let pairs =
            headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
        let named = |pair: &'a str| pair.trim().split_once('=').filter(|(name, _)| *name == self.name(base));
        pairs.filter_map(named).map(|(_, value)| value).next()
    }

    /// The `Set-Cookie` that gives it to a browser for this long.
    pub fn set(self, secret: &Secret, base: &BaseUrl, lasts: Span) -> HeaderValue {
        let seconds = lasts.as_micros() / 1_000_000;
        self.header(&format!("{}; Max-Age={seconds}", secret.text()), base)
    }

    /// The `Set-Cookie` that takes it away.
    pub fn clear(self, base: &BaseUrl) -> HeaderValue {
        self.header("; Max-Age=0", base)
    }

    fn header(self, value: &str, base: &BaseUrl) -> HeaderValue {
        let secure = if base.is_https() { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}", self.name(base));
        // Names and base64url values are plain ASCII.
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }
}

/// Refuses a form that another site's page sent: by what the browser says of its origin, then by the hidden field.
///
/// `Origin: null` says nothing (our own `no-referrer` makes browsers send it), so there the hidden field decides.
///
/// # Errors
/// 403 `cross_site` or `form_expired`.
pub fn refuse_foreign_form(
    app: &App,
    headers: &HeaderMap,
    token: Option<&str>,
    binding: &[u8; 32],
) -> Result<(), Problem> {
    let said = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = said(&HeaderName::from_static("sec-fetch-site"));
    let origin = said(&ORIGIN).filter(|origin| *origin != "null");
    let host_of = |origin: &str| origin.split_once("://").map_or("", |(_, host)| host).to_ascii_lowercase();
    let is_ours = |origin: &str| {
        origin.eq_ignore_ascii_case(app.config.base_url.origin())
            || said(&HOST).is_some_and(|host| host.eq_ignore_ascii_case(&host_of(origin)))
    };
    if site.is_some_and(|site| site != "same-origin") || origin.is_some_and(|origin| !is_ours(origin)) {
        let detail = "This was sent from another site, so nothing was changed. Open our page and send it from there.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "cross_site", detail));
    }
    let wanted = app.keys.form_token(binding);
    if token.is_some_and(|token| bool::from(token.as_bytes().ct_eq(wanted.as_bytes()))) {
        return Ok(());
    }
    let detail = "This page was open for too long, so nothing was changed. Go back, load the page again, and send it \
                  once more.";
    Err(Problem::new(StatusCode::FORBIDDEN, "form_expired", detail))
}

/// What forms of this caller are bound to, and a new form cookie where they come without any.
pub struct Binding {
    /// The hash that the hidden field is made from.
    pub hash: [u8; 32],
    /// To be set on the way out.
    pub fresh: Option<Secret>,
}

/// The binding of somebody without session or link: their form cookie, or a fresh one.
pub fn form_binding(app: &App, headers: &HeaderMap) -> Binding {
    match Cookie::Form.find(headers, &app.config.base_url) {
        Some(text) => Binding { hash: hash_of(text), fresh: None },
        None => {
            let secret = app.dice.secret();
            Binding { hash: secret.hash(), fresh: Some(secret) }
        }
    }
}

/// The address that limits go by: the peer, or what a trusted proxy says, read from the right past trusted ones.
pub fn network_address(app: &App, headers: &HeaderMap, extensions: &Extensions) -> String {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let Some(peer) = peer else { return "unknown".to_owned() };
    let trusted = &app.config.trusted_proxies;
    if !trusted.contains(&peer) {
        return peer.to_string();
    }
    let said = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> = said.flat_map(|text| text.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.into_iter().rev().find(|hop| !trusted.contains(hop)).unwrap_or(peer).to_string()
}
