//! Who acts, and what they may see. Every read of the store takes a [`Scope`]; out of scope is *not found*.

use crate::id::{AppointmentId, ClientId, OfferId, PracticeId, RelationshipId, TherapistId, TokenId};
use crate::person::{PersonRef, Role};
use serde::{Deserialize, Serialize};

/// Through which door somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Signed in to a portal.
    Portal,
    /// A bearer token of the API.
    Api,
    /// A link in a message.
    Link,
    /// A text that they wrote back.
    Text,
    /// A letter that they wrote back.
    Mail,
}

/// Somebody who is signed in, or holds a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonRef,
    /// Their practice.
    pub practice: PracticeId,
    /// What they are there.
    pub role: Role,
    /// Their name, for the record and for "who changed this".
    pub name: String,
    /// Through which door.
    pub via: Via,
}

/// What a link in a message is for: one purpose, one object (`architecture` 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "purpose", content = "object")]
pub enum Purpose {
    /// Choose one of the offered times.
    ChooseTime(OfferId),
    /// Book with this therapist (G-12); lives as long as the relationship.
    Book(RelationshipId),
    /// See one appointment, move or cancel it.
    Manage(AppointmentId),
}

/// What a read may see.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// What this person may see.
    Actor(&'a Actor),
    /// Everything of every practice: the named job only, never a request.
    System(&'static str),
    /// One client's things, reached by a link.
    Token {
        /// The link.
        token: TokenId,
        /// Its practice.
        practice: PracticeId,
        /// Whose things.
        client: ClientId,
        /// What it may be used for.
        purpose: Purpose,
    },
}

/// The narrowing that every query applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Only this practice; `None` is every practice (system only).
    pub practice: Option<PracticeId>,
    /// Only this therapist's things.
    pub therapist: Option<TherapistId>,
    /// Only this client's things.
    pub client: Option<ClientId>,
}

impl Scope<'_> {
    /// The narrowing that a query must apply for this scope.
    pub fn limits(&self) -> Limits {
        match self {
            Self::System(_) => Limits { practice: None, therapist: None, client: None },
            Self::Token { practice, client, .. } => {
                Limits { practice: Some(*practice), therapist: None, client: Some(*client) }
            }
            Self::Actor(actor) => {
                let (therapist, client) = match actor.person {
                    PersonRef::Therapist(id) => (Some(id), None),
                    PersonRef::Client(id) => (None, Some(id)),
                    PersonRef::Staff(_) => (None, None),
                };
                Limits { practice: Some(actor.practice), therapist, client }
            }
        }
    }

    /// The name that the record keeps: a person's id, `system:<job>` or `token:<id>`.
    pub fn signature(&self) -> String {
        match self {
            Self::Actor(actor) => actor.person.to_string(),
            Self::System(job) => format!("system:{job}"),
            Self::Token { token, .. } => format!("token:{token}"),
        }
    }
}
