//! One call of a handler: who, when, and what they sent, read once at the edge and passed down by value.

use crate::actor::{ActorKind, Caller, Manner, Place, Scoped};
use crate::body::multipart::Upload;
use crate::body::{self, Raw};
use crate::error::{FieldErrors, Problem};
use crate::flow::Ask;
use axum::body::Bytes;
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use domain::access::Scope;
use domain::id::{CommandId, Id, Ids, Kind};
use domain::person::Locale;
use domain::time::{Instant, Zone};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// What arrived, before anybody knows whether it may pass. Built by `routes`; handlers see it through [`Call`].
#[derive(Debug)]
pub struct Arrived {
    /// The method.
    pub method: Method,
    /// The address as sent.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The path's parameters by name.
    pub params: Vec<(String, String)>,
    /// The body; empty for reads.
    pub body: Bytes,
    /// The body's fields where it is a form, our own taken out.
    pub raw: Raw,
    /// The files that came with it, where the route takes any.
    pub uploads: Vec<Upload>,
    /// Who stands before us.
    pub caller: Caller,
    /// The moment of this call.
    pub now: Instant,
    /// What all ids of this call derive from.
    pub command: CommandId,
    /// The caller's own key, if they sent one.
    pub idempotency: Option<Idempotency>,
    /// The hidden field of this caller's forms.
    pub form_token: String,
    /// The hash of this caller's session secret, where they came with one.
    pub session: Option<[u8; 32]>,
    /// A fresh key for the form on this page, so that pressing twice acts once.
    pub form_key: String,
    /// Where it came from, for limits: a network address.
    pub from: String,
}

/// The caller's own key for a write: the same key and the same body get the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// As sent, at most 200 visible ASCII characters.
    pub key: String,
    /// SHA-256 of method, address and body: what "the same body" means.
    pub fingerprint: [u8; 32],
}

/// A call by an actor of kind `A`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Call<A> {
    /// Who calls.
    pub actor: A,
    /// The moment of this call, read once.
    pub now: Instant,
    /// What all ids of this call derive from (`rulings` 20).
    pub command: CommandId,
    /// Whether they only want to know what would happen (`?preview=true`).
    pub preview: bool,
    arrived: Arc<Arrived>,
}

impl<A: ActorKind> Call<A> {
    /// The call, if this caller is of kind `A`.
    pub(crate) fn admit(arrived: Arc<Arrived>) -> Option<Self> {
        let actor = A::admit(&arrived.caller)?;
        let (now, command) = (arrived.now, arrived.command);
        let preview = query_of(&arrived.uri).has("preview", "true");
        Some(Self { actor, now, command, preview, arrived })
    }

    /// The id in the path under this name.
    ///
    /// # Errors
    /// 404 where the text is not such an id: there is no such thing.
    pub fn id<K: Kind>(&self, name: &str) -> Result<Id<K>, Problem> {
        self.param(name).parse().map_err(|_| Problem::not_found())
    }

    /// The text in the path under this name; empty where the path has none.
    pub fn param(&self, name: &str) -> &str {
        self.arrived.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The query as a type; fields that it does not have are refused. `preview` is read already.
    ///
    /// # Errors
    /// 422 naming the field.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut raw = self.raw_query();
        while raw.take("preview").is_some() {}
        Ok(raw.read()?)
    }

    /// The query as it was sent, for showing a search again.
    pub fn raw_query(&self) -> Raw {
        query_of(&self.arrived.uri)
    }

    /// The fields of a URL-encoded body that another server sent: no form of ours, so nothing of ours is in it.
    pub fn posted(&self) -> Raw {
        Raw::parse(&self.arrived.body)
    }

    /// The JSON body as a type; fields that it does not have are refused.
    ///
    /// # Errors
    /// 415, 400 or 422, see [`body::json`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        body::json(&self.arrived.headers, &self.arrived.body)
    }

    /// The form as a type. An empty control is an absent field.
    ///
    /// # Errors
    /// What is wrong by field: show the form again with these, [`Call::raw`] and status 422.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T, FieldErrors> {
        self.arrived.raw.read()
    }

    /// The form as it was sent, for showing it again. Empty on a GET.
    pub fn raw(&self) -> &Raw {
        &self.arrived.raw
    }

    /// The files that were sent with the form; an empty control sends none.
    pub fn uploads(&self) -> &[Upload] {
        &self.arrived.uploads
    }

    /// The body's bytes, for formats of their own (FHIR, iCalendar).
    pub fn body(&self) -> &Bytes {
        &self.arrived.body
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.arrived.headers
    }

    /// The path as it was sent.
    pub fn path(&self) -> &str {
        self.arrived.uri.path()
    }

    /// The caller's own key, if they sent one.
    pub fn idempotency(&self) -> Option<&Idempotency> {
        self.arrived.idempotency.as_ref()
    }

    /// The revision that the caller saw (`If-Match: "3"`), if they say.
    ///
    /// # Errors
    /// 422 `if_match_malformed` where it is not a revision of ours.
    pub fn if_match(&self) -> Result<Option<u32>, Problem> {
        let Some(value) = self.arrived.headers.get(IF_MATCH) else { return Ok(None) };
        let said = value.to_str().ok().map(str::trim).unwrap_or("");
        if said == "*" {
            return Ok(None);
        }
        let revision = said.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|n| n.parse().ok());
        revision.map(Some).ok_or_else(|| {
            let message = "Send the ETag of the last answer as it was, quotes included, for example \"3\".";
            Problem::field("If-Match", "if_match_malformed", message)
        })
    }

    /// Ids of this call.
    pub fn ids(&self) -> Ids {
        Ids::new(self.command, self.now)
    }

    /// Which English the caller reads.
    pub fn locale(&self) -> Locale {
        self.arrived.caller.manner().locale
    }

    /// Where the caller's clock is.
    pub fn zone(&self) -> Zone {
        self.arrived.caller.manner().zone
    }

    /// How the caller reads times and words.
    pub fn manner(&self) -> Manner {
        self.arrived.caller.manner()
    }

    /// The caller's practice as pages name it; empty where we do not know them.
    pub fn place(&self) -> Place {
        self.arrived.caller.place()
    }

    /// The hidden `_csrf` field of forms on this page.
    pub fn form_token(&self) -> &str {
        &self.arrived.form_token
    }

    /// The hidden `_key` field of forms on this page: the key sent with the form, or a fresh one.
    pub fn form_key(&self) -> &str {
        self.arrived.idempotency.as_ref().map_or(&self.arrived.form_key, |idempotency| &idempotency.key)
    }

    /// Whether this call is meant to change something.
    pub fn is_write(&self) -> bool {
        !matches!(self.arrived.method, Method::GET | Method::HEAD)
    }

    /// Whether a person opened this page: not a fetch ahead of the click, a look at the headers alone, a page's own script, or
    /// a program that follows links in messages to see whether they are safe. A browser says of itself that it was led here;
    /// whoever says nothing counts as nobody, for somebody who is taken to know is not called any more (U2).
    pub fn is_opened(&self) -> bool {
        let said = |name: &str| self.arrived.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let ahead = ["purpose", "sec-purpose", "x-moz", "x-purpose"];
        self.arrived.method == Method::GET
            && ahead.iter().all(|name| !said(name).contains("prefetch") && !said(name).contains("preview"))
            && (said("sec-fetch-dest"), said("sec-fetch-mode")) == ("document", "navigate")
    }

    /// Whether htmx asks for a part of the page.
    pub fn is_fragment(&self) -> bool {
        self.arrived.headers.contains_key("HX-Request")
    }

    /// Who stands before us, for the page's frame.
    pub fn caller(&self) -> &Caller {
        &self.arrived.caller
    }

    /// The hash of the caller's session secret, where they came with one.
    pub fn session(&self) -> Option<[u8; 32]> {
        self.arrived.session
    }

    /// The network address it came from, for limits.
    pub fn from(&self) -> &str {
        &self.arrived.from
    }
}

impl<A: Scoped> Call<A> {
    /// What the caller may see.
    pub fn scope(&self) -> Scope<'_> {
        self.actor.scope()
    }

    /// Who asks, when, and under which command: what every flow takes.
    pub fn ask(&self) -> Ask {
        Ask { who: self.scope().into(), now: self.now, command: self.command }
    }
}

pub(crate) fn query_of(uri: &Uri) -> Raw {
    Raw::parse(uri.query().unwrap_or("").as_bytes())
}

/// The `ETag` of a revision: `"3"`.
pub fn etag(revision: u32) -> String {
    format!("\"{revision}\"")
}

/// The problem of a key that was used before with another body.
pub fn key_reused() -> Problem {
    let detail = "This Idempotency-Key was used before with another request. Use a new key for a new request.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
}
