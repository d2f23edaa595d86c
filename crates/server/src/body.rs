//! Reads bodies and queries into types. One place refuses what is unknown, missing or of the wrong shape, and names
//! the field.

pub mod multipart;

use crate::error::{FieldError, FieldErrors, Problem};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;

/// A form as it was sent, for showing it again: names and texts in order, our own `_` fields left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw(Vec<(String, String)>);

impl Raw {
    /// The pairs of a URL-encoded text.
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The pairs themselves, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value of this field; empty where there is none.
    pub fn get(&self, field: &str) -> &str {
        self.0.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }

    /// Every value of this field.
    pub fn all<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// Whether this field has this value among its values: a ticked box, a chosen radio.
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.all(field).any(|v| v == value)
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every value of every field.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.as_str())
    }

    /// Takes a field of our own out.
    pub(crate) fn take(&mut self, field: &str) -> Option<String> {
        let at = self.0.iter().position(|(name, _)| name == field)?;
        Some(self.0.remove(at).1)
    }

    /// As text again, empty fields left out: an empty control is an absent value.
    fn encode(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(self.0.iter().filter(|(_, value)| !value.trim().is_empty()));
        text.finish()
    }

    /// The pairs as a type.
    ///
    /// # Errors
    /// What is missing, unknown or malformed, by field.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, FieldErrors> {
        let text = self.encode();
        read(serde_html_form::Deserializer::new(form_urlencoded::parse(text.as_bytes())))
    }
}

/// A JSON body as a type. An empty body reads as `{}`.
///
/// # Errors
/// 415 for another content type, 400 for what is not JSON, 422 for JSON that is no object, 422 naming the field for what
/// does not fit.
pub fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Problem> {
    let body = if body.is_empty() { b"{}" } else { body };
    if body != b"{}" && !is_content_type(headers, "application/json") {
        let detail = "Send the body as JSON with `Content-Type: application/json`.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", detail));
    }
    if has_nul(body) {
        return Err(nul());
    }
    // Parsed twice so that "not JSON at all" and "JSON that does not fit" are told apart; bodies are at most 64 KiB.
    serde_json::from_slice::<serde::de::IgnoredAny>(body).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "not_json", format!("The body is not JSON: {error}."))
    })?;
    if let Some(came) = not_an_object(body) {
        let detail =
            format!("Send a JSON object with the fields by name, as in {{\"field\": \"value\"}}; what came is {came}.");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "object_expected", detail));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    Ok(read(&mut deserializer)?)
}

/// What JSON this is, where it is no object. A list is refused as well: its values would be taken for the fields in order.
fn not_an_object(body: &[u8]) -> Option<&'static str> {
    match body.iter().find(|byte| !byte.is_ascii_whitespace())? {
        b'{' => None,
        b'[' => Some("a list"),
        b'"' => Some("a text"),
        b'n' => Some("null"),
        b't' | b'f' => Some("true or false"),
        _ => Some("a number"),
    }
}

/// Whether some text holds the character NUL, as it is or as JSON writes it: PostgreSQL cannot store it.
pub(crate) fn has_nul(text: &[u8]) -> bool {
    text.contains(&0) || text.windows(6).any(|six| six == b"\\u0000")
}

/// The problem of a text that holds NUL.
pub(crate) fn nul() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "nul_character", "Take the character NUL out of the text and send it again.")
}

/// Whether the body says it is of this type, parameters aside.
pub fn is_content_type(headers: &HeaderMap, wanted: &str) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    said.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(wanted)
}

fn read<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(from: D) -> Result<T, FieldErrors>
where
    D::Error: Display,
{
    let mut track = serde_path_to_error::Track::new();
    let mut unknown = Vec::new();
    let tracked = serde_path_to_error::Deserializer::new(from, &mut track);
    let value = serde_ignored::deserialize(tracked, |path| unknown.push(path.to_string()));
    match value {
        Ok(value) if unknown.is_empty() => Ok(value),
        Ok(_) => Err(FieldErrors(unknown.into_iter().map(unknown_field).collect())),
        Err(error) => Err(FieldErrors(vec![named(&track.path().to_string(), &error.to_string())])),
    }
}

fn unknown_field(path: String) -> FieldError {
    // serde_ignored marks the steps into an Option with a question mark.
    let field = path.replace(".?", "").trim_start_matches("?.").to_owned();
    let message = format!("There is no field {field} here. Leave it out, or check its spelling.");
    FieldError { field, code: "unknown", message }
}

/// A field error from serde's words: "missing field `x`" and "unknown field `x`" say which, the path says where.
fn named(path: &str, said: &str) -> FieldError {
    let quoted = said.split('`').nth(1).unwrap_or("");
    let below = |name: &str| match path {
        "." | "" | "?" => name.to_owned(),
        path if path.ends_with(name) => path.to_owned(),
        path => format!("{path}.{name}"),
    };
    if said.starts_with("missing field") {
        let field = below(quoted);
        let message = format!("{field} is missing.");
        FieldError { field, code: "missing", message }
    } else if said.starts_with("unknown field") {
        unknown_field(below(quoted))
    } else {
        let field = if path == "." { String::new() } else { path.to_owned() };
        let reason = said.split(" at line ").next().unwrap_or(said);
        let message = if field.is_empty() { format!("{reason}.") } else { format!("{field}: {reason}.") };
        FieldError { field, code: "malformed", message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use domain::id::AppointmentId;
    use domain::time::Instant;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Agreement {
        how: String,
        at: Instant,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Body {
        appointment: Option<AppointmentId>,
        minutes: u32,
        agreement: Option<Agreement>,
        #[serde(default)]
        times: Vec<Instant>,
    }

    fn headers(content_type: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))])
    }

    fn refused(text: &str) -> (u16, String, String) {
        let problem = json::<Body>(&headers("application/json; charset=utf-8"), text.as_bytes()).expect_err("refused");
        let field = problem.errors.first().map(|e| e.field.clone()).unwrap_or_default();
        (problem.status.as_u16(), problem.code.to_owned(), field)
    }

    #[test]
    fn what_does_not_fit_names_its_field() {
        let said = |status: u16, code: &str, field: &str| (status, code.to_owned(), field.to_owned());
        assert_eq!(refused("{"), said(400, "not_json", ""));
        assert_eq!(refused("{}"), said(422, "field_missing", "minutes"));
        assert_eq!(refused(r#"{"minutes":"ten"}"#), said(422, "field_malformed", "minutes"));
        assert_eq!(refused(r#"{"minutes":1,"colour":1}"#), said(422, "field_unknown", "colour"));
        assert_eq!(
            refused(r#"{"minutes":1,"agreement":{"how":"phone","at":"2026-03-09T08:00:00Z","who":1}}"#),
            said(422, "field_unknown", "agreement.who")
        );
        assert_eq!(refused(r#"{"minutes":1,"agreement":{"how":"x"}}"#), said(422, "field_missing", "agreement.at"));
        assert_eq!(
            refused(r#"{"minutes":1,"agreement":{"how":"x","at":"soon"}}"#),
            said(422, "field_malformed", "agreement.at")
        );
        assert_eq!(refused(r#"{"minutes":1,"times":["soon"]}"#), said(422, "field_malformed", "times[0]"));
    }

    #[test]
    fn json_that_is_no_object_says_what_was_expected_and_what_came() {
        let all = [
            ("null", "null"),
            (" []", "a list"),
            ("[null, 1]", "a list"),
            ("\"x\"", "a text"),
            ("\n3", "a number"),
            ("-1", "a number"),
            ("true", "true or false"),
        ];
        for (text, came) in all {
            let problem = json::<Body>(&headers("application/json"), text.as_bytes()).expect_err("refused");
            assert_eq!((problem.status.as_u16(), problem.code), (422, "object_expected"), "{text}");
            assert!(problem.detail.ends_with(&format!("what came is {came}.")), "{text}: {}", problem.detail);
        }
    }

    #[test]
    fn another_content_type_is_refused_and_an_empty_body_is_an_empty_object() {
        let problem = json::<Body>(&headers("text/plain"), br#"{"minutes":1}"#).expect_err("refused");
        assert_eq!(problem.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let empty: serde_json::Value = json(&HeaderMap::new(), b"").expect("an object");
        assert_eq!(empty, serde_json::json!({}));
    }

    #[test]
    fn a_form_reads_lists_and_takes_an_empty_control_as_absent() {
        let raw = Raw::parse(b"minutes=10&times=2026-03-09T08%3A00%3A00Z&times=2026-03-09T09%3A00%3A00Z&appointment=");
        let body: Body = raw.read().expect("fits");
        assert_eq!((body.minutes, body.times.len(), body.appointment), (10, 2, None));
        assert!(raw.has("minutes", "10"));
        let errors = Raw::parse(b"minutes=&colour=red").read::<Body>().expect_err("refused");
        assert!(errors.of("minutes").is_some(), "{errors:?}");
        let errors = Raw::parse(b"minutes=soon").read::<Body>().expect_err("refused");
        assert!(errors.of("minutes").is_some(), "{errors:?}");
    }
}
