//! What acts send, parsed into the domain's own commands.

use domain::appointment::{Agreement, Initiator};
use domain::decide::{AskToMove, BookNow, Cancel, NextStep, Reschedule};
use domain::id::AppointmentId;
use domain::reason::Reason;
use domain::refusal::Refusal;
use domain::schedule::MeetingKind;
use domain::time::Instant;
use serde::Deserialize;

/// The body of a booking.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BookBody {
    pub therapist: domain::id::TherapistId,
    pub client: domain::id::ClientId,
    pub start: Instant,
    pub kind: MeetingKind,
    pub agreement: Option<Agreement>,
    #[serde(default)]
    pub accepts_policy: bool,
}

/// The body of a cancellation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelBody {
    pub initiator: Initiator,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub received_at: Option<Instant>,
    pub next_step: Option<NextStepBody>,
    #[serde(default)]
    pub share_reason: bool,
    pub words: Option<String>,
}

/// What the client is given to go on with.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NextStepBody {
    #[serde(default)]
    pub offer_slots: Vec<Instant>,
    pub promise_contact_by: Option<Instant>,
    #[serde(default)]
    pub booking_link: bool,
    pub next_appointment: Option<AppointmentId>,
    pub book: Option<BookBodyNow>,
    #[serde(default)]
    pub refund: bool,
}

/// A time agreed just now.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BookBodyNow {
    pub start: Instant,
    pub agreement: Agreement,
}

/// The body of a move: a time that was agreed, or times to ask the client about (T6).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RescheduleBody {
    pub start: Option<Instant>,
    pub offer_slots: Option<Vec<Instant>>,
    pub initiator: Initiator,
    pub agreement: Option<Agreement>,
    pub reason: Option<String>,
    pub received_at: Option<Instant>,
    pub words: Option<String>,
}

/// What a move asks for.
#[derive(Debug, Clone)]
pub(super) enum MoveWish {
    /// Move it now.
    Now(Reschedule),
    /// Ask the client.
    Ask(AskToMove),
}

impl TryFrom<CancelBody> for Cancel {
    type Error = Refusal;
    fn try_from(body: CancelBody) -> Result<Self, Refusal> {
        Ok(Self {
            initiator: body.initiator,
            reason: reason(body.reason)?,
            note: body.note,
            received_at: body.received_at,
            next_step: body.next_step.unwrap_or_default().into(),
            share_reason: body.share_reason,
            words: body.words,
        })
    }
}

impl From<NextStepBody> for NextStep {
    fn from(body: NextStepBody) -> Self {
        Self {
            offer_slots: body.offer_slots,
            promise_contact_by: body.promise_contact_by,
            booking_link: body.booking_link,
            next_appointment: body.next_appointment,
            book: body.book.map(|book| BookNow { start: book.start, agreement: book.agreement }),
            refund: body.refund,
        }
    }
}

impl TryFrom<RescheduleBody> for MoveWish {
    type Error = Refusal;
    fn try_from(body: RescheduleBody) -> Result<Self, Refusal> {
        let RescheduleBody { initiator, agreement, received_at, words, .. } = body;
        let reason = reason(body.reason)?;
        match (body.start, body.offer_slots) {
            (Some(start), None) => Ok(Self::Now(Reschedule { start, initiator, agreement, reason, received_at })),
            (None, Some(offer_slots)) => Ok(Self::Ask(AskToMove { offer_slots, initiator, reason, words })),
            (Some(_), Some(_)) => {
                let detail = "Send start for a time that is agreed, or offer_slots to ask the client; not both.";
                Err(Refusal::invalid("next_step_conflict", "offer_slots", detail))
            }
            (None, None) => {
                let detail = "Send start for a time that is agreed, or offer_slots to ask the client.";
                Err(Refusal::invalid("required", "start", detail))
            }
        }
    }
}

/// A reason's code, if one was given; `reason_required` is for the rules to say.
pub(crate) fn reason(code: Option<String>) -> Result<Option<Reason>, Refusal> {
    let given = code.filter(|code| !code.is_empty());
    given.map(|code| code.parse()).transpose().map_err(|_| {
        let codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        Refusal::invalid("reason_unknown", "reason", format!("Use one of these reasons: {}.", codes.join(", ")))
    })
}
