//! What a surface answers when it cannot do what was asked: one problem, as JSON (RFC 9457) or as a page.

use crate::rate::TooMany;
use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use domain::id::CommandId;
use domain::refusal::{Class, Contact, Refusal};
use serde::Serialize;
use std::fmt;
use std::ops::Deref;
use store::DbError;

/// Why there is no answer. Small to pass around; see [`Details`].
#[derive(Debug, Clone, PartialEq)]
pub struct Problem(Box<Details>);

/// The parts of a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable word, part of the wire contract.
    pub code: &'static str,
    /// One or two sentences for a person: what is wrong and what to do.
    pub detail: String,
    /// The fields it is about.
    pub errors: Vec<FieldError>,
    /// Whom to contact, where the answer is "please talk to them" (G-03, G-04).
    pub contact: Option<Box<Contact>>,
    /// Whole seconds after which to try again.
    pub retry_after: Option<u64>,
    /// Under which the fault stands in the log; said to the person so that support can find it.
    pub incident: Option<CommandId>,
    /// The methods that this path has, for 405.
    pub allow: Option<String>,
    /// What went wrong inside: for the log, never for the answer.
    fault: Option<String>,
}

/// One field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's name, dotted; in a form also the id of its control.
    pub field: String,
    /// `missing`, `unknown`, `malformed`, or the refusal's own word.
    pub code: &'static str,
    /// What to do about it.
    pub message: String,
}

/// What is wrong with a form, for the error summary and beside each field. Empty on a fresh page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(pub Vec<FieldError>);

/// The wire shape.
#[derive(Serialize)]
struct Wire<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<&'a Contact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<CommandId>,
}

impl Problem {
    /// A problem with this status, word and sentence.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Details {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            contact: None,
            retry_after: None,
            incident: None,
            allow: None,
            fault: None,
        }))
    }

    /// No such thing, as far as this person may know.
    pub fn not_found() -> Self {
        let detail = "There is nothing here, or it is not yours to see. Check the address, or begin at the first page.";
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// Nobody is signed in and somebody has to be.
    pub fn unauthenticated() -> Self {
        let detail = "Send a valid token as `Authorization: Bearer <token>`.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// A field will not do.
    pub fn field(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        FieldErrors(vec![FieldError { field: field.into(), code, message: message.into() }]).into()
    }

    /// A fault of ours: 500. `inside` goes to the log only.
    pub fn fault(inside: impl fmt::Display) -> Self {
        let detail = "Something went wrong on our side, and nothing was changed. Try again; if it happens again, tell \
                      support the number below.";
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail);
        problem.0.fault = Some(inside.to_string());
        problem
    }

    /// Not able to answer for the moment: 503 with a time to try again.
    pub fn unavailable(inside: impl fmt::Display) -> Self {
        let detail = "We can’t do this for the moment. What you just did was not saved. Try again in a few seconds.";
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        problem.0.fault = Some(inside.to_string());
        problem.0.retry_after = Some(5);
        problem
    }

    /// The path is there, the method is not.
    pub fn method_not_allowed(allow: Option<String>) -> Self {
        let detail = format!("This address can be used with {} only.", allow.as_deref().unwrap_or("other methods"));
        let mut problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
        problem.0.allow = allow;
        problem
    }

    /// What went wrong inside, for the log.
    pub fn inside(&self) -> Option<&str> {
        self.0.fault.as_deref()
    }

    /// The same, with the number under which it stands in the log.
    #[must_use]
    pub fn with_incident(mut self, incident: CommandId) -> Self {
        self.0.incident = Some(incident);
        self
    }

    /// A few words for the status: the title of the page and of the document.
    pub fn title(&self) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED => "Sign in first",
            StatusCode::FORBIDDEN => "This isn’t possible",
            StatusCode::NOT_FOUND => "We can’t find that page",
            StatusCode::METHOD_NOT_ALLOWED => "Not with this method",
            StatusCode::CONFLICT => "This isn’t possible as things stand",
            StatusCode::PRECONDITION_FAILED => "This changed while you were looking",
            StatusCode::PAYLOAD_TOO_LARGE => "That is too much at once",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "Not in a form we can read",
            StatusCode::UNPROCESSABLE_ENTITY => "There is a problem",
            StatusCode::TOO_MANY_REQUESTS => "A little too fast",
            StatusCode::SERVICE_UNAVAILABLE => "Not available for the moment",
            status if status.is_client_error() => "There is a problem",
            _ => "Something went wrong on our side",
        }
    }

    /// The problem document.
    pub fn to_json(&self) -> Response<Body> {
        let wire = Wire {
            r#type: format!("urn:holdspace:problem:{}", self.code),
            title: self.title(),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            errors: &self.errors,
            contact: self.contact.as_deref(),
            incident: self.incident,
        };
        // These are strings and numbers under string keys, which JSON can always say.
        let text = serde_json::to_string(&wire).unwrap_or_default();
        self.respond("application/problem+json", text)
    }

    /// The problem as FHIR programs read it: an OperationOutcome with our word as the detail's code.
    pub fn to_operation_outcome(&self) -> Response<Body> {
        let severity = if self.status.is_server_error() { "fatal" } else { "error" };
        let kind = match self.status.as_u16() {
            401 => "login",
            403 => "forbidden",
            404 => "not-found",
            405 => "not-supported",
            409 | 412 => "conflict",
            413 => "too-long",
            429 => "throttled",
            503 => "transient",
            500..=599 => "exception",
            _ => "invalid",
        };
        let outcome = serde_json::json!({
            "resourceType": "OperationOutcome",
            "issue": [{
                "severity": severity,
                "code": kind,
                "details": {"coding": [{"system": "urn:holdspace:problem", "code": self.code}], "text": self.title()},
                "diagnostics": self.detail,
                "expression": self.errors.iter().map(|error| &error.field).collect::<Vec<_>>(),
            }],
        });
        self.respond("application/fhir+json", outcome.to_string())
    }

    /// A response with this problem's status and headers around a body.
    pub fn respond(&self, content_type: &'static str, body: String) -> Response<Body> {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(allow) = self.allow.as_deref().and_then(|methods| HeaderValue::from_str(methods).ok()) {
            headers.insert(ALLOW, allow);
        }
        response
    }
}

impl Deref for Problem {
    type Target = Details;
    fn deref(&self) -> &Details {
        &self.0
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.class {
            Class::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Class::Forbidden => StatusCode::FORBIDDEN,
            Class::Conflict => StatusCode::CONFLICT,
            Class::NotFound => StatusCode::NOT_FOUND,
            Class::Stale => StatusCode::PRECONDITION_FAILED,
        };
        let field = refusal.field.map(|field| FieldError {
            field: field.to_owned(),
            code: refusal.code,
            message: refusal.detail.clone(),
        });
        let named = refusal.problems.into_iter();
        let named: Vec<FieldError> =
            named.map(|one| FieldError { field: one.field, code: one.code, message: one.message }).collect();
        let mut problem = Self::new(status, refusal.code, refusal.detail);
        problem.0.errors = if named.is_empty() { field.into_iter().collect() } else { named };
        problem.0.contact = refusal.contact;
        problem
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy
            | DbError::Stopped
            | DbError::Unavailable(_)
            | DbError::Retry(_)
            | DbError::NotCommitted(_)
            | DbError::ReadOnly => Self::unavailable(error),
            DbError::Unknown => {
                let mut problem = Self::unavailable(error);
                problem.0.code = "outcome_unknown";
                problem.0.detail = "The connection was lost while this was being saved, so it may or may not have \
                                    been. Look first; then send it again with the same key, which never acts twice."
                    .into();
                problem
            }
            // The guarantee behind the friendly check: two callers took one time at the same moment (`rulings` 6).
            DbError::Overlap => {
                Refusal::conflict("slot_taken", "That time has just gone. See the times that are free now.").into()
            }
            error => Self::fault(error),
        }
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        let detail =
            errors.0.first().map_or("This is not valid as it stands.".to_owned(), |first| first.message.clone());
        let code = errors.0.first().map_or("invalid", |first| match first.code {
            "missing" => "field_missing",
            "unknown" => "field_unknown",
            "malformed" => "field_malformed",
            other => other,
        });
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        problem.0.errors = errors.0;
        problem
    }
}

impl From<TooMany> for Problem {
    fn from(too_many: TooMany) -> Self {
        let seconds = too_many.retry_after.as_micros().max(0).unsigned_abs().div_ceil(1_000_000).max(1);
        let detail = format!("That was a lot in a short time. Nothing was changed. Try again in {seconds} seconds.");
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail);
        problem.0.retry_after = Some(seconds);
        problem
    }
}

impl FieldErrors {
    /// Whether there is nothing wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The message beside this field, if it has one.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }

    /// Adds one that the page itself found.
    pub fn push(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), code: "invalid", message: message.into() });
    }

    /// Says it in the page's own words, where this field is wrong.
    #[must_use]
    pub fn say(mut self, field: &str, message: &str) -> Self {
        for error in self.0.iter_mut().filter(|error| error.field == field) {
            message.clone_into(&mut error.message);
        }
        self
    }
}

/// What a page shows again: a 422 problem that names fields becomes their errors, anything else stays a problem.
///
/// # Errors
/// The problem itself, where it is not about fields of the form.
pub fn fields_or(problem: impl Into<Problem>) -> Result<FieldErrors, Problem> {
    let problem = problem.into();
    if problem.status == StatusCode::UNPROCESSABLE_ENTITY && !problem.errors.is_empty() {
        Ok(FieldErrors(problem.errors.clone()))
    } else {
        Err(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Span;

    fn body(problem: &Problem) -> serde_json::Value {
        let response = problem.to_json();
        let bytes = tokio::runtime::Runtime::new()
            .expect("a runtime")
            .block_on(axum::body::to_bytes(response.into_body(), 10_000))
            .expect("a body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    #[test]
    fn a_refusal_keeps_its_word_and_names_its_field() {
        let problem = Problem::from(Refusal::invalid("next_step_required", "next_step", "Choose what happens next."));
        assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
        let json = body(&problem);
        assert_eq!(json["code"], "next_step_required");
        assert_eq!(json["errors"][0]["field"], "next_step");
        assert_eq!(json["status"], 422);
        assert_eq!(Problem::from(Refusal::stale()).status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(Problem::from(Refusal::conflict("slot_taken", "Gone.")).status, StatusCode::CONFLICT);
    }

    #[test]
    fn what_went_wrong_inside_never_leaves() {
        let problem = Problem::fault("a secret of the table note");
        assert!(!body(&problem).to_string().contains("secret"));
        assert_eq!(problem.inside(), Some("a secret of the table note"));
    }

    #[test]
    fn too_many_says_when_to_come_back() {
        let problem = Problem::from(TooMany { retry_after: Span::micros(1_200_000) });
        let response = problem.to_json();
        assert_eq!(response.headers()[RETRY_AFTER], "2");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    }
}
