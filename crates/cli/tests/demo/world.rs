//! A demo that runs as its own process, and a program that speaks to it.

use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use testkit::child::Server;
use testkit::scratch::Scratch;
use testkit::wait;

/// A Monday morning.
pub const MONDAY: &str = "2026-03-09T08:00:00Z";

/// A running demo.
pub struct Demo {
    server: Server,
    pub base: String,
}

impl Demo {
    /// Starts one in this directory.
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        let log = data.join("said.txt");
        std::fs::create_dir_all(data).expect("a directory");
        // What an earlier start said must not be taken for what this one says.
        let _ = std::fs::remove_file(&log);
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdspace"));
        command.args(["demo", "--port", "0", "--data"]).arg(data).args(arguments);
        // Links are the same wherever it listens.
        command.env("HOLDSPACE_BASE_URL", "http://demo.example");
        let server = Server::start("holdspace demo", "TERM", &mut command, &log);
        let listening = wait::until("the demo to listen", || {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            said.lines().find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned))
        });
        Self { server, base: format!("http://{listening}") }
    }

    /// Starts one that stands at Monday morning.
    pub fn monday(scratch: &Scratch, preset: &str) -> Self {
        Self::start(&scratch.join("data"), &["--now", MONDAY, "--preset", preset])
    }

    /// Ends it as a service manager would.
    pub fn stop(self) {
        assert!(self.server.stop().success(), "it ends well when asked to");
    }

    pub fn get(&self, path: &str) -> Value {
        self.get_as("", path)
    }

    pub fn get_as(&self, token: &str, path: &str) -> Value {
        let (status, body) = self.ask("GET", token, path, None);
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", "", path, Some(body))
    }

    pub fn post_as(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", token, path, Some(body))
    }

    /// Every page of a list.
    pub fn all(&self, token: &str, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = String::new();
        loop {
            let glue = if path.contains('?') { '&' } else { '?' };
            let page = self.get_as(token, &format!("{path}{next}"));
            items.extend(page["items"].as_array().expect("items").clone());
            match page["next"].as_str() {
                Some(cursor) => next = format!("{glue}cursor={cursor}"),
                None => return items,
            }
        }
    }

    fn ask(&self, method: &str, token: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let url = format!("{}{path}", self.base);
        let bearer = format!("Bearer {token}");
        let answered = match (method, body) {
            ("POST", Some(body)) => {
                let request = agent.post(&url);
                let request = if token.is_empty() { request } else { request.header("Authorization", &bearer) };
                request.send_json(body)
            }
            _ => {
                let request = agent.get(&url);
                let request = if token.is_empty() { request } else { request.header("Authorization", &bearer) };
                request.call()
            }
        };
        let mut response = answered.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Moves the clock and answers the new now.
    pub fn advance(&self, by: &str) -> String {
        let (status, answer) = self.post("/demo/clock", &json!({ "advance": by }));
        assert_eq!(status, 200, "{answer}");
        answer["now"].as_str().expect("a moment").to_owned()
    }

    /// The letters that this query finds.
    pub fn outbox(&self, query: &str) -> Vec<Value> {
        self.get(&format!("/demo/outbox{query}"))["items"].as_array().expect("items").clone()
    }

    /// The practices.
    pub fn practices(&self) -> Vec<Value> {
        self.get("/demo/people")["practices"].as_array().expect("practices").clone()
    }
}

/// The people of a practice who have this role.
pub fn of_role<'a>(practice: &'a Value, role: &str) -> Vec<&'a Value> {
    practice["people"].as_array().expect("people").iter().filter(|person| person["role"] == role).collect()
}

/// A text of an object.
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no text {field} in {value}"))
}
