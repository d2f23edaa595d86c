//! The booked commitment, its states, and the transitions that consume it (`domain` 2.2).

mod moves;

use crate::attendance::Attendance;
use crate::audit::Hash;
use crate::id::{AppointmentId, ClientId, OfferId, PracticeId, RelationshipId, ReservedSlotId, TherapistId};
use crate::money::Money;
use crate::person::PersonRef;
use crate::policy::{Boundary, Preset};
use crate::practice::AgreementHow;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::time::{Instant, Interval, Span, Zone};
use serde::{Deserialize, Serialize};

mod live;

pub use crate::policy::money::PaymentState;
pub use crate::reason::Initiator;
pub use crate::schedule::MeetingKind;
pub use moves::Before;
pub(crate) use moves::not_confirmed;

mod concluded;

/// An explicit yes of the client to a time (H-09).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// How they said it.
    pub how: AgreementHow,
    /// When they said it, UTC.
    pub at: Instant,
}

/// What was agreed about money and notice when the appointment was booked; later policy changes do not alter it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySnapshot {
    /// The preset that the practice started from.
    pub preset: Preset,
    /// The version of the practice's policy.
    pub version: u32,
    /// Until when the client may cancel free, UTC.
    pub cutoff: Instant,
    /// Whether a message exactly at the cutoff counts as in time.
    pub boundary: Boundary,
    /// The therapist's late fee as shown to the client; `None` is no fee.
    pub late_cancel_fee: Option<Money>,
    /// The therapist's fee for not coming as shown to the client; `None` is no fee.
    pub no_show_fee: Option<Money>,
    /// The first cutoff that a late move has missed: moving late never resets the fee clock (`domain` 2.6.6).
    pub cutoff_floor: Option<Instant>,
    /// The name of the document that was agreed where a pathway or a therapist changed the version (`policy::Terms`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Hash>,
}

impl PolicySnapshot {
    /// The cutoff that counts: the first one missed, or that of the present start.
    pub fn effective_cutoff(&self) -> Instant {
        self.cutoff_floor.map_or(self.cutoff, |floor| floor.min(self.cutoff))
    }
}

/// The payment of one appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Where it stands.
    pub state: PaymentState,
    /// When it is to be taken, UTC, while it is planned.
    pub due_at: Option<Instant>,
}

/// How a cancellation came about; kept for ever with the appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Who called it off.
    pub initiator: Initiator,
    /// Why, from the practice's list; clients need not say.
    pub reason: Option<Reason>,
    /// A short note for the file; the client may ask to see it.
    pub note: Option<String>,
    /// When the word reached us, UTC: this decides late or in time (`domain` 2.6.2).
    pub received_at: Instant,
    /// When it was typed in, UTC.
    pub recorded_at: Instant,
    /// Who typed it in: a person's id or the name of a link or job.
    pub recorded_by: String,
    /// What the attendance section calls it, in the practice's own words (V-14).
    pub label: String,
    /// Whether a client's notice was too short.
    pub late: bool,
    /// Whether a therapist's or practice's notice was short (V-03: a parameter).
    pub short_notice: bool,
    /// Whether it was only ever asked for: a request that was declined, taken back or not answered in time. It never
    /// stood, so it costs nobody anything and counts for nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_a_request: bool,
}

/// The states (`domain` 2.2). What a state needs to be true is inside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum State {
    Requested,
    Booked,
    InProgress,
    AwaitingUpdate,
    Attended,
    Cancelled(Cancellation),
    ClientNoShow,
    LateNotSeen,
    TherapistNoShow,
    TechnicalFailure,
    EnteredInError,
}

impl State {
    /// The words on the wire, in the order of the contract.
    pub const WORDS: [&'static str; 13] = [
        "requested",
        "booked",
        "in_progress",
        "awaiting_update",
        "attended",
        "cancelled_by_client",
        "cancelled_by_therapist",
        "cancelled_by_practice",
        "client_no_show",
        "late_not_seen",
        "therapist_no_show",
        "technical_failure",
        "entered_in_error",
    ];

    /// The word on the wire and in storage.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Booked => "booked",
            Self::InProgress => "in_progress",
            Self::AwaitingUpdate => "awaiting_update",
            Self::Attended => "attended",
            Self::Cancelled(c) => match c.initiator {
                Initiator::Client => "cancelled_by_client",
                Initiator::Therapist => "cancelled_by_therapist",
                Initiator::Practice => "cancelled_by_practice",
            },
            Self::ClientNoShow => "client_no_show",
            Self::LateNotSeen => "late_not_seen",
            Self::TherapistNoShow => "therapist_no_show",
            Self::TechnicalFailure => "technical_failure",
            Self::EnteredInError => "entered_in_error",
        }
    }

    /// Whether it takes up time in both diaries.
    pub const fn is_live(&self) -> bool {
        matches!(self, Self::Requested | Self::Booked | Self::InProgress | Self::AwaitingUpdate)
    }

    /// Whether it is yet to begin and may still be cancelled or moved.
    pub const fn is_pending(&self) -> bool {
        matches!(self, Self::Requested | Self::Booked)
    }
}

/// The booked commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Which.
    pub id: AppointmentId,
    /// Whose practice.
    pub practice: PracticeId,
    /// The relationship that it belongs to.
    pub relationship: RelationshipId,
    /// The therapist.
    pub therapist: TherapistId,
    /// The client.
    pub client: ClientId,
    /// Begins, UTC.
    pub start: Instant,
    /// Ends, UTC.
    pub end: Instant,
    /// Time that the therapist keeps free after it.
    pub buffer_after: Span,
    /// The therapist's zone at booking: the wall clock that was agreed.
    pub zone: Zone,
    /// In person, by video, by phone.
    pub kind: MeetingKind,
    /// Where it stands.
    pub state: State,
    /// Goes up by one with each change.
    pub revision: u32,
    /// iCalendar SEQUENCE: goes up with each change of time and with cancellation.
    pub sequence: u32,
    /// What it costs.
    pub price: Money,
    /// What was agreed about notice and fees.
    pub policy: PolicySnapshot,
    /// Where the payment stands.
    pub payment: Payment,
    /// What happened on the day.
    pub attendance: Attendance,
    /// The client's yes to this time.
    pub agreement: Agreement,
    /// The appointment that this one stands in for.
    pub replaces: Option<AppointmentId>,
    /// The weekly time of the client's that it fills, if it does (H-03).
    pub reserved_slot: Option<ReservedSlotId>,
    /// An offer that asks the client to move it (`rulings` 4).
    pub pending_move: Option<OfferId>,
    /// When it was booked, UTC.
    pub created_at: Instant,
}

impl Appointment {
    /// The time that it takes in the client's diary.
    pub fn interval(&self) -> Interval {
        Interval::new(self.start, self.end)
    }

    /// The time that it takes in the therapist's diary, buffer included.
    pub fn interval_with_buffer(&self) -> Interval {
        Interval::new(self.start, self.end + self.buffer_after)
    }

    /// What the attendance section says, while the policy that named it may have changed since (V-14).
    pub fn attendance_label(&self) -> &str {
        match &self.state {
            State::Cancelled(how) => &how.label,
            State::Requested => "Requested",
            State::Booked => "Booked",
            State::InProgress => "In progress",
            State::AwaitingUpdate => "Awaiting update",
            State::Attended => "Attended",
            State::ClientNoShow => "Did not attend",
            State::LateNotSeen => "Arrived too late to be seen",
            State::TherapistNoShow => "Missed by therapist",
            State::TechnicalFailure => "Technical failure",
            State::EnteredInError => "Entered in error",
        }
    }

    /// The NHS code ATTENDED OR DID NOT ATTEND (`domain` 6.4); none where there is none to give yet.
    pub fn attendance_code(&self) -> Option<&'static str> {
        match &self.state {
            State::Requested | State::Booked => Some("0"),
            State::Cancelled(how) => match (how.reason, how.initiator) {
                (Some(reason), initiator) => reason.attendance_code(initiator),
                (None, Initiator::Client) => Some("2"),
                (None, _) => Some("4"),
            },
            State::ClientNoShow => Some("3"),
            State::LateNotSeen => Some("7"),
            State::TherapistNoShow | State::TechnicalFailure => Some("4"),
            State::Attended => Some(self.attendance.seen_code(self.interval())),
            State::InProgress | State::AwaitingUpdate | State::EnteredInError => None,
        }
    }

    /// The UID that calendars know it by; never changes (`rulings` 5).
    pub fn uid(&self) -> String {
        format!("{}@holdspace", self.id)
    }

    /// Whether this is the person's own.
    pub fn belongs_to(&self, person: PersonRef) -> bool {
        person == PersonRef::Client(self.client) || person == PersonRef::Therapist(self.therapist)
    }

    /// T7 to T10: calls it off. From `requested` or `booked` only; a later word of the client still counts when their
    /// message came before the start (`rulings` 18), which `in_progress` and `awaiting_update` allow.
    pub fn cancel(self, cancellation: Cancellation) -> Result<Self, Refusal> {
        let reopened_by_client = cancellation.initiator == Initiator::Client
            && cancellation.received_at < self.start
            && matches!(self.state, State::InProgress | State::AwaitingUpdate);
        match self.state {
            State::Cancelled(_) => {
                Err(Refusal::conflict("already_cancelled", "This appointment is already cancelled."))
            }
            State::Requested | State::Booked => Ok(self.called_off(cancellation)),
            _ if reopened_by_client => Ok(self.called_off(cancellation)),
            _ => Err(already_over()),
        }
    }

    /// T4, T5, T6: takes another time; same id, same UID, SEQUENCE + 1.
    pub fn move_to(
        self,
        to: Interval,
        policy: PolicySnapshot,
        payment: Payment,
        agreement: Agreement,
    ) -> Result<Self, Refusal> {
        match self.state {
            // Once it has begun only the team gets this far (E-06).
            State::Booked | State::InProgress | State::AwaitingUpdate => {
                // What was said of the old time's day does not hold for the new one.
                let attendance = Attendance::default();
                let moved = Self {
                    start: to.from,
                    end: to.to,
                    policy,
                    payment,
                    agreement,
                    attendance,
                    pending_move: None,
                    ..self
                };
                Ok(moved.changed(State::Booked, true))
            }
            State::Cancelled(_) => {
                Err(Refusal::conflict("already_cancelled", "This appointment is already cancelled."))
            }
            State::Requested => Err(moves::not_confirmed()),
            _ => Err(already_over()),
        }
    }

    /// T17: the scheduled end has passed, the therapist's update is awaited.
    pub fn end_reached(self) -> Result<Self, Refusal> {
        match self.state {
            State::Booked | State::InProgress => Ok(self.changed(State::AwaitingUpdate, false)),
            _ => Err(already_over()),
        }
    }

    /// The same appointment with another payment, as a change of its own.
    pub fn with_payment(self, payment: Payment) -> Self {
        let state = self.state.clone();
        Self { payment, ..self }.changed(state, false)
    }

    /// Called off, and with that no longer asked to move.
    fn called_off(self, cancellation: Cancellation) -> Self {
        Self { pending_move: None, ..self }.changed(State::Cancelled(cancellation), true)
    }

    fn changed(self, state: State, times_changed: bool) -> Self {
        let sequence = self.sequence + u32::from(times_changed);
        Self { state, revision: self.revision + 1, sequence, ..self }
    }
}

fn already_over() -> Refusal {
    let detail = "This appointment has already begun or is over. Ask the practice to change the record.";
    Refusal::conflict("already_over", detail)
}
