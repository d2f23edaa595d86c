//! What a decision may look at, loaded before it and never reached for during it.

use crate::access::Scope;
use crate::appointment::Appointment;
use crate::change_request::ChangeRequest;
use crate::contact::ContactAttempt;
use crate::disruption::Disruption;
use crate::ledger::LedgerEntry;
use crate::obligation::Obligation;
use crate::offer::Offer;
use crate::person::{Person, PersonRef, Role};
use crate::policy::Policy;
use crate::practice::{Practice, Relationship, Therapist};
use crate::refusal::Refusal;
use crate::reserved::ReservedSlot;
use crate::risk::Screening;
use crate::time::{Instant, Interval};
use crate::undo::Undo;
use std::sync::Arc;

/// Everything that bears on one relationship and one appointment of it.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The practice.
    pub practice: Practice,
    /// The policy version that applies: the appointment's own, or today's for a new booking.
    pub policy: Arc<Policy>,
    /// Today's policy: what a new booking would be under.
    pub policy_today: Arc<Policy>,
    /// The therapist.
    pub therapist: Therapist,
    /// The client.
    pub client: Person,
    /// Their relationship.
    pub relationship: Relationship,
    /// Whether the client has attended no appointment with this therapist yet (E-04).
    pub new_client: bool,
    /// Whether these two never had an appointment; looked up only while the therapist takes no new clients (E-11).
    pub is_stranger: bool,
    /// Whether the client has cancelled late or missed an appointment of this relationship before.
    pub late_before: bool,
    /// The appointment that it is about; for a new booking the one whose open case waits for a time.
    pub appointment: Option<Appointment>,
    /// Another appointment that the command names as the next one.
    pub next_appointment: Option<Appointment>,
    /// The offer that it is about, or the open one of the case.
    pub offer: Option<Offer>,
    /// The open case of the appointment.
    pub disruption: Option<Disruption>,
    /// The duties of the appointment and its case.
    pub obligations: Vec<Obligation>,
    /// What was asked of the team, where the command answers it.
    pub request: Option<ChangeRequest>,
    /// What of the client's account is about the appointment, where the command is about money.
    pub account: Vec<LedgerEntry>,
    /// The way back from the last staff edit, where the command takes it.
    pub undo: Option<Undo>,
    /// What takes the therapist's time around what is asked: appointments with buffers, holds; no expired holds.
    pub therapist_busy: Vec<Interval>,
    /// What takes the client's time around what is asked.
    pub client_busy: Vec<Interval>,
    /// Who is written to when the practice must act, in order.
    pub admins: Vec<Person>,
    /// The practice owners, for the second escalation.
    pub owners: Vec<Person>,
    /// What only the acts of the day itself look at; loaded for them alone.
    pub live: LiveFacts,
    /// What only acts about the record look at; empty for every other.
    pub file: OnFile,
}

/// What the acts of the day itself look at.
#[derive(Debug, Clone, Default)]
pub struct LiveFacts {
    /// Attempts to reach the client about this appointment, in order.
    pub attempts: Vec<ContactAttempt>,
    /// Whether the client's file carries a risk flag: then a missed appointment goes to risk duty (`domain` 2.5).
    pub client_at_risk: bool,
    /// Appointments of these two that the client missed one after the other until now.
    pub missed_in_a_row: u32,
    /// When the client was last told the time of this appointment, or reminded of it, UTC.
    pub client_told_at: Option<Instant>,
    /// Whether the client wrote in the portal just now, and not by text or letter.
    pub wrote_in_portal: bool,
    /// Whether what came in under the client's name answers nothing that we wrote: then it shows neither that they know
    /// anything nor, where it is a letter, that it is theirs.
    pub answers_nothing: bool,
}

/// What is on file about two people and one appointment of theirs, read only where an act is about the record itself.
#[derive(Debug, Clone, Default)]
pub struct OnFile {
    /// What is booked for them from now on, the soonest first.
    pub upcoming: Vec<Appointment>,
    /// The entries on the client's account about the appointment.
    pub entries: Vec<LedgerEntry>,
    /// Their reserved times, those that were removed included.
    pub reserved: Vec<ReservedSlot>,
    /// The client's last risk screening.
    pub screening: Option<Screening>,
    /// Duties about the two people themselves.
    pub duties: Vec<Obligation>,
}

impl Situation {
    /// The appointment; not found where the command needs one and there is none in scope.
    pub fn appointment(&self) -> Result<Appointment, Refusal> {
        self.appointment.clone().ok_or_else(|| Refusal::not_found("appointment"))
    }

    /// The offer; not found where the command needs one and there is none in scope.
    pub fn offer(&self) -> Result<Offer, Refusal> {
        self.offer.clone().ok_or_else(|| Refusal::not_found("offer"))
    }
}

/// Who asks, as the record names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// Person id, `token:<id>` or `system:<job>`.
    pub signature: String,
    /// Who it is; `None` for a clock.
    pub person: Option<PersonRef>,
    /// In what capacity; a link acts as its client. `None` for a clock.
    pub role: Option<Role>,
}

impl Asker {
    /// The one who asks, from the scope that they act in.
    pub fn of(scope: &Scope<'_>) -> Self {
        let signature = scope.signature();
        match scope {
            Scope::Actor(actor) => Self { signature, person: Some(actor.person), role: Some(actor.role) },
            Scope::Token { client, .. } => {
                Self { signature, person: Some(PersonRef::Client(*client)), role: Some(Role::Client) }
            }
            Scope::System(_) => Self { signature, person: None, role: None },
        }
    }

    /// Whether the client acts for themselves.
    pub fn is_client(&self) -> bool {
        self.role == Some(Role::Client)
    }

    /// Whether it is the practice's office.
    pub fn is_staff(&self) -> bool {
        self.role.is_some_and(Role::is_staff)
    }
}
