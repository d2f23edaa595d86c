//! What the rules say no with: a stable code, a sentence with the remedy, and the field that it is about.

use std::fmt;

/// Why something is refused. The word is part of the wire contract; the surface decides the status from [`Class`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The stable word, for example `next_step_required`.
    pub code: &'static str,
    /// What kind of no this is.
    pub class: Class,
    /// One or two sentences for a person: what is wrong and what to do.
    pub detail: String,
    /// The field of the request that it is about, dotted.
    pub field: Option<&'static str>,
    /// Each thing that is wrong, where several may be or the field's name is the sender's own; else nothing beside `field`.
    pub problems: Vec<Named>,
    /// Whom to contact and what it may cost, where the answer is "please talk to them" (G-03, G-04).
    pub contact: Option<Box<Contact>>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The field, dotted, as it was sent.
    pub field: String,
    /// The stable word.
    pub code: &'static str,
    /// What to do about it.
    pub message: String,
}

/// Whom a refused client may turn to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Contact {
    /// The therapist's name.
    pub therapist: String,
    /// The practice's support phone.
    pub phone: String,
    /// The practice's support e-mail.
    pub email: String,
    /// The fee that may apply; `None` where there is none.
    pub fee: Option<crate::money::Money>,
}

/// The kinds of no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The request does not make sense as it stands: 422.
    Invalid,
    /// A rule forbids it to this person or at this time: 403.
    Forbidden,
    /// The world is not in the state that it needs: 409.
    Conflict,
    /// There is no such thing, as far as this person may know: 404.
    NotFound,
    /// It changed while they were looking: 412.
    Stale,
}

impl Refusal {
    /// The request is wrong in this field.
    pub fn invalid(code: &'static str, field: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            class: Class::Invalid,
            detail: detail.into(),
            field: Some(field),
            problems: Vec::new(),
            contact: None,
        }
    }
    /// A rule forbids it.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, class: Class::Forbidden, detail: detail.into(), field: None, problems: Vec::new(), contact: None }
    }
    /// The state of things does not allow it.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, class: Class::Conflict, detail: detail.into(), field: None, problems: Vec::new(), contact: None }
    }
    /// No such thing.
    pub fn not_found(what: &str) -> Self {
        let detail = format!("There is no such {what} here.");
        Self { code: "not_found", class: Class::NotFound, detail, field: None, problems: Vec::new(), contact: None }
    }
    /// Somebody changed it since this person looked.
    pub fn stale() -> Self {
        let detail = "This changed while you were looking. See it now and try again.".into();
        Self { code: "stale", class: Class::Stale, detail, field: None, problems: Vec::new(), contact: None }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}
impl std::error::Error for Refusal {}
