//! Every consequence of a decision, as values to be saved together.

use crate::appointment::Appointment;
use crate::change_request::ChangeRequest;
use crate::contact::{ContactAttempt, Note};
use crate::disruption::Disruption;
use crate::id::{AppointmentId, ObligationId, OfferId};
use crate::ledger::LedgerEntry;
use crate::message::Notice;
use crate::obligation::Obligation;
use crate::offer::Offer;
use crate::person::{ContactPreference, PersonRef};
use crate::policy::RuleUse;
use crate::policy::reliability::Counted;
use crate::practice::Relationship;
use crate::reserved::ReservedSlot;
use crate::risk::Screening;
use crate::statement::Statement;
use crate::time::{Instant, Interval};
use crate::undo::Undo;
use serde::Serialize;

/// A change of who takes which time; the database refuses an overlap (`rulings` 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OccupancyChange {
    /// Frees whatever the appointment took.
    ReleaseAppointment(AppointmentId),
    /// Frees whatever the offer held.
    ReleaseOffer(OfferId),
    /// Takes time of a therapist or client for an appointment.
    Take(PersonRef, AppointmentId, Interval),
    /// Keeps freed time of an appointment from others until a moment, so that the change can be undone.
    KeepFreed(PersonRef, AppointmentId, Interval, Instant),
    /// Holds time of a therapist for an offer until a moment.
    Hold(PersonRef, OfferId, Interval, Instant),
}

/// What becomes of the way back from a staff edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UndoChange {
    /// It is open.
    Open(Box<Undo>),
    /// It was taken: the waiting messages of that revision never go.
    Taken(AppointmentId, u32),
}

/// What a job is to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobToWake {
    /// The scheduled end of an appointment; where the practice asks for it, on the way the moment to see whether the
    /// client has come (T13, T17). One job for both, so that a booking costs no more.
    AppointmentEnd(AppointmentId),
    /// The moment to take a payment.
    Capture(AppointmentId),
    /// The end of an offer.
    OfferExpiry(OfferId),
    /// Until when the client may choose what becomes of their money.
    RefundChoice(AppointmentId),
    /// Whether somebody else has taken the time of an appointment that was cancelled late.
    SlotRefilled(AppointmentId),
    /// By when the client should have answered whether their appointment moves.
    MoveUnanswered(OfferId),
    /// By when a time that was asked for should have been answered.
    RequestExpiry(AppointmentId),
    /// The clock of a duty.
    ObligationClock(ObligationId),
}

/// A moment to wake at; replaces an earlier one for the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wake {
    /// What for.
    pub job: JobToWake,
    /// When, UTC; `None` takes it off the list.
    pub at: Option<Instant>,
}

/// What the client was given to go on with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NextStepTaken {
    /// The offer that holds times.
    pub offer: Option<Offer>,
    /// By when they will hear, UTC.
    pub promise_contact_by: Option<Instant>,
    /// Whether they got the booking link.
    pub booking_link: bool,
    /// The appointment that is already in the diary, or was just booked.
    pub appointment: Option<AppointmentId>,
    /// Whether their wish for the money back was noted.
    pub refund: bool,
}

/// Everything that follows from one command.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The appointment as it is now.
    pub appointment: Option<Appointment>,
    /// An appointment that was made in the same step.
    pub booked: Option<Appointment>,
    /// The relationship, where it changed.
    pub relationship: Option<Relationship>,
    /// The case, opened or changed.
    pub disruption: Option<Disruption>,
    /// Duties opened or changed.
    pub obligations: Vec<Obligation>,
    /// Offers opened or changed.
    pub offers: Vec<Offer>,
    /// Changes of who takes which time, in order.
    pub occupancy: Vec<OccupancyChange>,
    /// Who is told what.
    pub notices: Vec<Notice>,
    /// Entries on the client's account.
    pub ledger: Vec<LedgerEntry>,
    /// An attempt to put on file.
    pub attempt: Option<ContactAttempt>,
    /// What waits to tell the client what they know now.
    pub spared: Option<Spared>,
    /// A note to put on file.
    pub note: Option<Note>,
    /// Other appointments of the two that changed in the same step.
    pub others: Vec<Appointment>,
    /// Reserved times made or changed.
    pub reserved: Vec<ReservedSlot>,
    /// What is said at the top of the screen where a reserved time has gone (H-12).
    pub reserved_banner: Option<String>,
    /// A statement to put on file.
    pub statement: Option<Statement>,
    /// How the client wishes to be reached, where they said so.
    pub preference: Option<ContactPreference>,
    /// A risk screening.
    pub screening: Option<Screening>,
    /// What was asked of the team, or answered by it.
    pub requests: Vec<ChangeRequest>,
    /// A staff edit that may be taken back, or one that no longer may.
    pub undo: Option<UndoChange>,
    /// Whose word it is, where somebody else acts on it (E-06, V-17).
    pub on_behalf_of: Option<PersonRef>,
    /// Moments to wake at.
    pub wakes: Vec<Wake>,
    /// What the client was given to go on with.
    pub next_step: Option<NextStepTaken>,
    /// Whether it counts in the therapist's record, and why.
    pub reliability: Option<Counted>,
    /// The rules that decided, in the order in which a person would want to read them.
    pub because: Vec<RuleUse>,
    /// What the record keeps of it.
    pub record: Record,
}

/// Messages that wait and need not go any more, for the client was told in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Spared {
    /// Somebody spoke with them: news of the moment is old.
    NewsOfTheMoment,
    /// Somebody sent the text by hand that no gateway took.
    StuckTexts,
    /// They have opened what one way brought them: what waits behind it says the same.
    Behind,
}

/// What the audit entry says beside who and when.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Record {
    /// What was done, for example `appointment_cancelled`; empty where nothing happened.
    pub word: &'static str,
    /// Ids that the entry is about.
    pub subjects: Vec<String>,
    /// What it was before and is now, and why; no clinical content.
    pub details: serde_json::Value,
}
