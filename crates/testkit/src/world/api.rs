//! A program that speaks to the server over HTTP.

use serde_json::Value;
use std::collections::BTreeMap;

/// A client of the API; clones share connections. `Send` and cheap to clone, for many callers at once.
#[derive(Debug, Clone)]
pub struct Api {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers by their lower-case name; of several of one name the last.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Api {
    /// A program with this token, or with none.
    #[must_use]
    pub fn new(base: &str, token: Option<&str>) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self { agent: config.into(), base: base.to_owned(), token: token.map(str::to_owned) }
    }

    /// Reads.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &[], "")
    }

    /// Writes.
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path, &[], &body.to_string())
    }

    /// Writes with headers, such as `Idempotency-Key`.
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        self.call("POST", path, headers, &body.to_string())
    }

    /// Replaces.
    pub fn put(&self, path: &str, body: &Value) -> Reply {
        self.call("PUT", path, &[], &body.to_string())
    }

    /// Any request. Panics where no answer comes back at all.
    pub fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        self.try_call(method, path, headers, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// As `call`.
    ///
    /// # Errors
    /// Where no answer came back: nobody listens, or the connection died.
    pub fn try_call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Reply, String> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.to_owned()).map_err(|error| error.to_string())?;
        let mut response = self.agent.run(request).map_err(|error| error.to_string())?;
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let status = response.status().as_u16();
        let body = response.body_mut().read_to_string().map_err(|error| error.to_string())?;
        Ok(Reply { status, headers, body })
    }
}

impl Reply {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}: not JSON: {}", self.status, self.body))
    }

    /// The body of an answer that went well; panics with the problem where it did not.
    pub fn good(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.body);
        self.json()
    }

    /// Status and code of a problem.
    #[must_use]
    pub fn problem(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Panics where it is not this problem.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.json()["code"].as_str()), (status, Some(code)), "{}", self.body);
    }

    /// A header; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}
