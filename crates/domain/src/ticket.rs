//! A request for help: who asks whom, how fast, and until when somebody by name has taken it (V-11, V-17 to V-19, E-12).

mod route;
mod thread;

pub use route::{Contact, Deadlines, Route, deadlines, route};
pub use thread::{Act, Line, LineKind};

use crate::id::{AppointmentId, ClientId, ObligationId, PracticeId, RelationshipId, TicketId};
use crate::person::{Channel, PersonRef, Role};
use crate::policy::choices::words;
use crate::refusal::Refusal;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// Letters that a request, an answer or a note on it may have.
pub const BODY_MAX: usize = 4_000;

words! {
    /// What is asked for, which decides who gets it.
    TicketKind {
        /// Something does not work, or support is to act in somebody's place (V-11, V-17).
        Technical = "technical",
        /// Clinical advice (V-18).
        Clinical = "clinical",
        /// Worry about somebody's safety (V-19).
        Risk = "risk",
        /// Anything else that the practice does: an account, time away, a return (E-12).
        Admin = "admin",
    }
}

impl TicketKind {
    /// Whose work it is, first those who are written to.
    pub const fn team(self) -> &'static [Role] {
        match self {
            Self::Technical | Self::Admin => &[Role::Support, Role::Admin],
            Self::Clinical => &[Role::ClinicalLead],
            Self::Risk => &[Role::RiskDuty],
        }
    }

    /// Whether somebody of this role sees requests of this kind that are not their own. What somebody worries about in
    /// confidence stays with those whose work it is, and with the owner who answers for it.
    pub const fn is_seen_by(self, role: Role) -> bool {
        matches!(
            (self, role),
            (_, Role::Owner)
                | (Self::Technical | Self::Admin, Role::Support | Role::Admin)
                | (Self::Clinical | Self::Risk, Role::ClinicalLead | Role::RiskDuty)
        )
    }

    /// Whether somebody of this role may raise one: clients ask for what the office does; their worries go to a person.
    pub const fn may_be_raised_by(self, role: Role) -> bool {
        !matches!((self, role), (Self::Clinical | Self::Risk, Role::Client))
    }

    /// The kinds whose requests this role sees.
    pub fn seen_by(role: Role) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |kind| kind.is_seen_by(role))
    }
}

words! {
    /// Where a request stands.
    TicketState {
        /// Nobody has taken it yet.
        Open = "open",
        /// Somebody by name has taken it.
        Acknowledged = "acknowledged",
        /// It is answered; the one who asked may still write.
        Answered = "answered",
        /// Done.
        Closed = "closed",
    }
}

/// Somebody did something at a moment, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Who.
    pub by: PersonRef,
    /// When, UTC.
    pub at: Instant,
}

/// What a therapist hands over: support tells the client in their place (V-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Which client.
    pub client: ClientId,
    /// By which way.
    pub channel: Channel,
    /// The words.
    pub text: String,
    /// By when, UTC.
    pub deadline: Instant,
    /// Who told them and when, once somebody has.
    pub done: Option<Done>,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Which.
    pub id: TicketId,
    /// Whose practice.
    pub practice: PracticeId,
    /// What is asked for.
    pub kind: TicketKind,
    /// How fast it goes.
    pub route: Route,
    /// The appointment that it is about.
    pub appointment: Option<AppointmentId>,
    /// The relationship of that appointment.
    pub relationship: Option<RelationshipId>,
    /// Who typed it in; `None` where it came by e-mail from an address that nobody here has.
    pub raised_by: Option<PersonRef>,
    /// Whose word it is, where somebody else typed it (V-17).
    pub on_behalf_of: Option<PersonRef>,
    /// The address that it came from, where it came by e-mail.
    pub from_address: Option<String>,
    /// What they wrote.
    pub body: String,
    /// What support is to tell a client.
    pub hand_over: Option<HandOver>,
    /// When it was raised, UTC.
    pub opened_at: Instant,
    /// When it should be taken, or the client told, UTC.
    pub due_at: Instant,
    /// When an admin hears that nobody took it, UTC.
    pub breach_at: Option<Instant>,
    /// When the owner hears, UTC.
    pub second_breach_at: Option<Instant>,
    /// How often it went up: once to the admins, twice to the owner.
    pub escalated: u8,
    /// Where it stands.
    pub state: TicketState,
    /// Who took it.
    pub acknowledged: Option<Done>,
    /// Whether somebody phoned as well, where that is owed (V-19).
    pub phoned: Option<Done>,
    /// The duty that goes with it, on the appointment's file.
    pub obligation: Option<ObligationId>,
}

impl Ticket {
    /// The one whose question it is: who is answered and who sees the answer.
    pub fn asker(&self) -> Option<PersonRef> {
        self.on_behalf_of.or(self.raised_by)
    }

    /// Whether this person may see it: whose question it is, who typed it, and those whose work it is.
    pub fn is_seen_by(&self, person: PersonRef, role: Role) -> bool {
        let own = [self.raised_by, self.on_behalf_of].contains(&Some(person));
        own || (role.is_staff() && self.kind.is_seen_by(role))
    }

    /// Whether this person works on it: takes it, answers it, closes it.
    pub fn is_worked_by(&self, role: Role) -> bool {
        self.kind.is_seen_by(role)
    }

    /// Whether nobody has taken it and it is not over.
    pub const fn is_waiting(&self) -> bool {
        matches!(self.state, TicketState::Open)
    }

    /// Whether a phone call is owed beside the message: until somebody has made it or taken the request (V-19).
    pub const fn owes_a_call(&self) -> bool {
        matches!(self.kind, TicketKind::Risk) && self.phoned.is_none() && self.is_waiting()
    }

    /// When the clock should next look at it, UTC. A duty on file has a clock of its own.
    pub fn next_look(&self) -> Option<Instant> {
        match (self.is_waiting() && self.obligation.is_none(), self.escalated) {
            (true, 0) => self.breach_at.or(self.second_breach_at),
            (true, 1) => self.second_breach_at,
            _ => None,
        }
    }

    /// The clock has run: who hears of it now, and the request as it is then. Nothing while neither moment has come.
    pub fn escalate(self, now: Instant) -> Option<(Self, Role)> {
        if self.next_look().is_none_or(|at| at > now) {
            return None;
        }
        let second = self.second_breach_at.is_some_and(|at| at <= now);
        let (times, role) = if second { (2, Role::Owner) } else { (1, Role::Admin) };
        Some((Self { escalated: times, ..self }, role))
    }
}

/// Words that somebody typed, trimmed and within the limit.
///
/// # Errors
/// `required` or `too_long`, naming the field.
pub fn checked_words(field: &'static str, words: &str) -> Result<String, Refusal> {
    let words = words.trim();
    if words.is_empty() {
        return Err(Refusal::invalid("required", field, "Write in a few words what it is about."));
    }
    if words.chars().count() > BODY_MAX {
        return Err(Refusal::invalid("too_long", field, format!("Keep it under {BODY_MAX} letters.")));
    }
    Ok(words.to_owned())
}

#[cfg(test)]
mod tests;
