//! A small world for these tests: the application over a fresh database with one person of each role.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::id::{CommandId, Id, Ids, TokenId};
use domain::message::LinkTo;
use domain::person::{PersonRef, Role};
use domain::time::{Instant, Span};
use holdspace_server::app::{App, Parts};
use holdspace_server::clock::{Clock, Pace};
use holdspace_server::config::Config;
use holdspace_server::dice::{Dice, hash_of};
use holdspace_server::flow::Tools;
use holdspace_server::flow::signin::{SignInLetter, link_of, open_for};
use holdspace_server::keys::Keys;
use holdspace_server::links;
use holdspace_server::rate::Rates;
use holdspace_server::routes::{Route, build, table};
use holdspace_server::work::Nudge;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::link::{self, Link};
use store::{DbError, Done, Store, token};
use tower::ServiceExt as _;

/// The application, what it posted, and a router to speak to.
pub struct World {
    pub app: App,
    router: Router,
    letters: Arc<Mutex<Vec<SignInLetter>>>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// A browser: keeps cookies, and fills in the hidden field of the page that it saw last.
pub struct Browser<'a> {
    world: &'a World,
    pub cookies: BTreeMap<String, String>,
    pub form_token: String,
}

pub fn start() -> Instant {
    "2026-11-24T09:12:00Z".parse().expect("a moment")
}

/// The sample's person of a role.
pub fn person(role: Role) -> PersonRef {
    let text = match role {
        Role::Client => "cli_00000000000000000000000031",
        Role::Therapist => "thp_00000000000000000000000032",
        Role::Admin => "per_00000000000000000000000033",
        Role::Support => "per_00000000000000000000000034",
        Role::ClinicalLead => "per_00000000000000000000000035",
        Role::RiskDuty => "per_00000000000000000000000036",
        Role::Owner => "per_00000000000000000000000037",
    };
    text.parse().expect("a person")
}

impl World {
    pub fn new() -> Self {
        Self::with(&[], table())
    }

    /// A world with these settings and routes.
    pub fn with(settings: &[(&str, &str)], routes: Vec<Route>) -> Self {
        Self::over(Store::memory().expect("a store"), settings, routes)
    }

    pub fn over(store: Store, settings: &[(&str, &str)], routes: Vec<Route>) -> Self {
        store.load_sample(store::sample::PEOPLE).expect("people");
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::parse(None, settings).expect("a configuration");
        let letters = Arc::new(Mutex::new(Vec::new()));
        let posted = letters.clone();
        let keys = Keys::from_bytes([1; 32], [2; 32]);
        let app = App::new(Parts {
            store,
            clock: Clock::standing(start()),
            pace: Pace::Clock,
            dice: Dice::seeded(1),
            rates: Rates::new(config.limits.rate_factor),
            tools: Tools::new(&config, &keys),
            nudge: Nudge::default(),
            config,
            keys,
            post_letter: Arc::new(move |_, letter| {
                posted.lock().expect("letters").push(letter.clone());
                Ok(())
            }),
            is_demo: false,
        });
        Self { router: build(&app, routes), app, letters }
    }

    pub fn advance(&self, by: Span) {
        self.app.clock.advance_to(self.app.now() + by).expect("time moves forward");
    }

    /// The letters posted so far, oldest first.
    pub fn letters(&self) -> Vec<SignInLetter> {
        self.letters.lock().expect("letters").clone()
    }

    /// The path of the link in the last letter.
    pub fn last_link(&self) -> String {
        let letter = self.letters().pop().expect("a letter");
        link_of(&self.app, letter.token).strip_prefix(self.app.config.base_url.origin()).expect("ours").to_owned()
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 2_000_000).await.expect("a body");
        Reply { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// A program's request with a body of JSON.
    pub async fn call(&self, method: Method, path: &str, bearer: Option<&str>, body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, "application/json");
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    /// A browser in which nobody is signed in.
    pub fn browser(&self) -> Browser<'_> {
        Browser { world: self, cookies: BTreeMap::new(), form_token: String::new() }
    }

    /// A browser in which this role's person is signed in.
    pub async fn signed_in(&self, role: Role) -> Browser<'_> {
        let opened = open_for(&self.app, person(role), self.app.now()).await.expect("works").expect("a person");
        let mut browser = self.browser();
        browser.form_token = self.app.keys.form_token(&opened.secret.hash());
        let name = if self.app.config.base_url.is_https() { "__Host-holdspace" } else { "holdspace" };
        browser.cookies.insert(name.to_owned(), opened.secret.text());
        browser
    }

    /// A token of a program of this role's person.
    pub async fn bearer(&self, role: Role) -> String {
        let text = format!("token-of-{}", role.word());
        let (hash, now) = (hash_of(&text), self.app.now());
        let id: TokenId = Ids::new(self.app.dice.command(now), now).mint();
        self.write(move |tx| token::add_api(tx, id, hash, person(role), "test", now)).await;
        text
    }

    /// A link of a message for the sample's client, and its text.
    pub async fn link(&self, to: LinkTo, expires_at: Option<Instant>) -> String {
        let now = self.app.now();
        let key = self.app.keys.links();
        let (id, text, purpose) = (key.token(to), key.secret(to), links::purpose(to));
        let PersonRef::Client(client) = person(Role::Client) else { panic!("a client") };
        let practice = "prc_00000000000000000000000003".parse().expect("a practice");
        let secret_hash = hash_of(&text);
        let link =
            Link { id, practice, client, purpose: purpose.expect("a token"), secret_hash, created_at: now, expires_at };
        self.write(move |tx| link::ensure(tx, &link)).await;
        text
    }

    async fn write(&self, act: impl Fn(&mut store::Tx<'_>) -> Result<(), DbError> + Send + 'static) {
        let now = self.app.now();
        let command: CommandId = self.app.dice.command(now);
        let entry = domain::audit::Entry {
            practice: "prc_00000000000000000000000003".parse().expect("a practice"),
            command,
            at: now,
            actor: "system:test".into(),
            on_behalf_of: None,
            word: "token_made".into(),
            subjects: vec!["tok_test".into()],
            details: serde_json::Value::Null,
            salt: [0; 16],
        };
        let done = self.app.store.write_async(move |tx| act(tx).map(|()| Done::new((), entry.clone()))).await;
        done.map(drop).map_err(|e: DbError| e).expect("written");
    }
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Reply {
        self.request(Method::GET, path, &[], "").await
    }

    /// Sends a form as the page's own button would: with its hidden field, from our origin.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.form_token.clone();
        let fields = [fields, &[("_csrf", token.as_str())]].concat();
        let headers = [("sec-fetch-site", "same-origin"), ("origin", "null")];
        self.request(Method::POST, path, &headers, &encode(&fields)).await
    }

    pub async fn request(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header(HOST, "127.0.0.1:8080");
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(if *name == "origin" { ORIGIN.as_str() } else { name }, *value);
        }
        let reply = self.world.send(request.body(Body::from(body.to_owned())).expect("a request")).await;
        for cookie in reply.headers.get_all(SET_COOKIE) {
            let (pair, rest) = cookie.to_str().expect("text").split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some((_, after)) = reply.body.split_once("name=\"_csrf\" value=\"") {
            self.form_token = after.split('"').next().unwrap_or("").to_owned();
        }
        reply
    }
}

impl Reply {
    /// Where it sends the browser.
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }
}

/// Fields as a form sends them.
pub fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Some id of this kind, for paths.
pub fn some_id<K: domain::id::Kind>() -> Id<K> {
    Id::from_bytes([7; 16])
}
