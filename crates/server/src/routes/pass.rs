//! How a request passes: who, how often, whose form, then the handler, then the headers that every answer has.

use super::{Route, Surface};
use crate::actor::{Caller, Who};
use crate::app::App;
use crate::body::multipart::{self, Upload};
use crate::body::{Raw, has_nul, is_content_type, nul};
use crate::call::{Arrived, Idempotency, query_of};
use crate::dice::{Secret, hash_of};
use crate::error::Problem;
use crate::rate::RateClass;
use crate::security::{self, Binding, Cookie};
use crate::{portal, session};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Method, Response, StatusCode};
use domain::id::CommandId;
use domain::time::{Instant, Span};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A request on its way through, before its caller is admitted.
struct Passing {
    app: App,
    route: Arc<Route>,
    params: Vec<(String, String)>,
    now: Instant,
    from: String,
}

/// Serves one request of one route.
pub(super) async fn serve(
    app: App,
    route: Arc<Route>,
    params: Vec<(String, String)>,
    request: Request,
) -> Response<Body> {
    let now = app.now();
    let from = security::network_address(&app, request.headers(), request.extensions());
    let surface = route.surface;
    let passing = Passing { app: app.clone(), route, params, now, from };
    let response = match tokio::time::timeout(app.config.limits.request, passing.serve(request)).await {
        Ok(response) => response,
        Err(_) => tell(&app, surface, &Caller::Nobody, Problem::unavailable("the request took too long"), now),
    };
    security::protect(response, &app.config.base_url)
}

/// Answers where there is no route, or not with this method.
pub(super) async fn serve_nothing(app: App, problem: Problem, request: Request) -> Response<Body> {
    let now = app.now();
    let surface = Surface::of(request.uri().path());
    let caller = match surface {
        Surface::Page => session::by_cookie(&app, request.headers(), now).await.unwrap_or(Caller::Nobody),
        Surface::Api | Surface::Fhir => Caller::Nobody,
    };
    security::protect(tell(&app, surface, &caller, problem, now), &app.config.base_url)
}

impl Passing {
    async fn serve(self, request: Request) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let caller = match self.identify(&parts.headers).await {
            Ok(caller) => caller,
            Err(problem) => return self.tell(&Caller::Nobody, problem),
        };
        if let Err(problem) = self.count(&caller) {
            return self.tell(&caller, problem);
        }
        if let Some(elsewhere) = self.send_to_sign_in(&caller, &parts.headers) {
            return elsewhere;
        }
        let only_looks = query_of(&parts.uri).has("preview", "true");
        let usual = self.app.config.limits.body_bytes;
        let limit = self.route.body_max.map_or(usual, |larger| larger.max(usual));
        let body = match self.route.is_write() {
            true => to_bytes(body, limit).await.map_err(|_| too_large(limit)),
            false => Ok(Bytes::new()),
        };
        let told = caller.clone();
        let arrived = match body.and_then(|body| self.arrive(parts.method, parts.uri, parts.headers, body, caller)) {
            Ok(arrived) => arrived,
            Err(problem) => return self.tell(&told, problem),
        };
        let (arrived, fresh) = arrived;
        let running = (self.route.handler)(self.app.clone(), Arc::new(arrived));
        // A route closed to this role is a route that is not there (`rulings` 23).
        let answer = match running {
            Some(_) if only_looks && self.cannot_preview() => Err(Problem::field(
                "preview",
                "preview_not_available",
                "This call has no preview and nothing was done. Send it without preview to do it.",
            )),
            Some(running) => running.await,
            None => Err(Problem::not_found()),
        };
        let mut response = answer.unwrap_or_else(|problem| self.tell(&told, problem));
        if let Some(secret) = fresh.filter(|_| self.route.surface == Surface::Page && self.route.who == Who::Anyone) {
            let cookie = Cookie::Form.set(&secret, &self.app.config.base_url, Span::hours(24));
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }

    fn cannot_preview(&self) -> bool {
        self.route.is_write() && self.route.surface != Surface::Page && !self.route.previews
    }

    /// Who calls: by cookie on pages, by token elsewhere, by link where the route is a link's.
    async fn identify(&self, headers: &HeaderMap) -> Result<Caller, Problem> {
        if self.route.rate == RateClass::Free {
            return Ok(Caller::Nobody);
        }
        match (self.route.who, self.route.surface) {
            (Who::Link, _) => {
                let text = self.params.iter().find(|(name, _)| name == "token").map_or("", |(_, text)| text);
                session::by_link(&self.app, text, self.now).await
            }
            (_, Surface::Page) => session::by_cookie(&self.app, headers, self.now).await,
            (_, Surface::Api | Surface::Fhir) => session::by_bearer(&self.app, headers).await,
        }
    }

    /// Counts the request: by caller where we know them, else by where it came from. Strangers' tries at routes that
    /// are not theirs count as well.
    fn count(&self, caller: &Caller) -> Result<(), Problem> {
        let key = match self.route.rate {
            RateClass::SignIn => self.from.clone(),
            _ => caller.signature().unwrap_or_else(|| self.from.clone()),
        };
        Ok(self.app.rates.take(self.route.rate, &key, self.app.pace.now(self.now))?)
    }

    /// Where somebody has to sign in first: a page sends them there, a program is told.
    fn send_to_sign_in(&self, caller: &Caller, headers: &HeaderMap) -> Option<Response<Body>> {
        let needs = matches!(self.route.who, Who::Roles(_)) && matches!(caller, Caller::Nobody);
        match self.route.surface {
            _ if !needs => None,
            Surface::Page => Some(portal::to_sign_in(headers)),
            Surface::Api | Surface::Fhir => Some(self.tell(caller, Problem::unauthenticated())),
        }
    }

    /// Reads form fields and keys, refuses foreign forms, and makes the call's ids.
    fn arrive(
        &self,
        method: Method,
        uri: axum::http::Uri,
        headers: HeaderMap,
        body: Bytes,
        caller: Caller,
    ) -> Result<(Arrived, Option<Secret>), Problem> {
        let binding = self.binding(&headers, &caller);
        let (mut raw, mut uploads) = (Raw::default(), Vec::new());
        let mut key = header_key(&headers)?;
        if self.route.surface == Surface::Page && self.route.is_write() {
            (raw, uploads) = form_fields(&headers, &body, self.route.body_max.is_some())?;
            security::refuse_foreign_form(&self.app, &headers, raw.take("_csrf").as_deref(), &binding.hash)?;
            key = raw.take("_key").map(checked_key).transpose()?.or(key);
        }
        let who = caller.signature().unwrap_or_else(|| self.from.clone());
        let fingerprint = |key| Idempotency { key, fingerprint: fingerprint(&method, &uri, &body) };
        let idempotency = key.map(fingerprint);
        let command = match &idempotency {
            Some(Idempotency { key, .. }) => command_of(&who, key),
            None => self.app.dice.command(self.now),
        };
        let arrived = Arrived {
            params: self.params.clone(),
            body,
            raw,
            uploads,
            session: session::secret_hash(&self.app, &headers, &caller),
            caller,
            now: self.now,
            command,
            idempotency,
            form_token: self.app.keys.form_token(&binding.hash),
            form_key: self.app.dice.secret().text(),
            from: self.from.clone(),
            method,
            uri,
            headers,
        };
        Ok((arrived, binding.fresh))
    }

    /// What this caller's forms are bound to.
    fn binding(&self, headers: &HeaderMap, caller: &Caller) -> Binding {
        let hash = match caller {
            Caller::Link(holder) => Some(self.app.keys.link_binding(holder.token)),
            Caller::Person(_) => session::secret_hash(&self.app, headers, caller),
            Caller::Nobody => None,
        };
        hash.map_or_else(|| security::form_binding(&self.app, headers), |hash| Binding { hash, fresh: None })
    }

    fn tell(&self, caller: &Caller, problem: Problem) -> Response<Body> {
        tell(&self.app, self.route.surface, caller, problem, self.now)
    }
}

/// A problem the way its surface tells it. Faults of ours are logged here, once, under the number that is shown.
fn tell(app: &App, surface: Surface, caller: &Caller, problem: Problem, now: Instant) -> Response<Body> {
    let problem = match problem.inside().map(str::to_owned) {
        Some(inside) => {
            let incident = app.dice.command(now);
            tracing::error!(%incident, code = problem.code, inside, "a request failed");
            problem.with_incident(incident)
        }
        None => problem,
    };
    match surface {
        Surface::Page => portal::problem_page(app, caller, &problem),
        Surface::Api => problem.to_json(),
        Surface::Fhir => problem.to_operation_outcome(),
    }
}

fn too_large(limit: usize) -> Problem {
    let detail = format!("Send at most {limit} bytes at once.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
}

/// The fields of a form, and its files where the route takes any.
fn form_fields(headers: &HeaderMap, body: &[u8], takes_files: bool) -> Result<(Raw, Vec<Upload>), Problem> {
    let (raw, files) = if takes_files && is_content_type(headers, "multipart/form-data") {
        multipart::read(headers, body)?
    } else if body.is_empty() || is_content_type(headers, "application/x-www-form-urlencoded") {
        (Raw::parse(body), Vec::new())
    } else {
        let detail = "Send the form as application/x-www-form-urlencoded.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", detail));
    };
    if raw.values().any(|text| has_nul(text.as_bytes())) { Err(nul()) } else { Ok((raw, files)) }
}

fn header_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    checked_key(value.to_str().unwrap_or("").to_owned()).map(Some)
}

fn checked_key(key: String) -> Result<String, Problem> {
    if (1..=200).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(key);
    }
    let message = "Send 1 to 200 visible ASCII characters, for example a UUID.";
    Err(Problem::field("Idempotency-Key", "idempotency_key_malformed", message))
}

/// The command of a caller's own key: the same key gives the same command, so the same ids.
fn command_of(who: &str, key: &str) -> CommandId {
    let hash = hash_of(&format!("command\n{who}\n{key}"));
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    CommandId::from_bytes(bytes)
}

fn fingerprint(method: &Method, uri: &axum::http::Uri, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("{method} {uri}\n"));
    hash.update(body);
    hash.finalize().into()
}
