//! Times offered to one client. They are held while the offer lives; one accept wins (T1, `rulings` 2 and 5).

use crate::id::{AppointmentId, ClientId, DisruptionId, OfferId, PracticeId, RelationshipId, TherapistId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::schedule::MeetingKind;
use crate::time::{Instant, Interval, Span};
use serde::{Deserialize, Serialize};

/// Where an offer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum OfferState {
    /// The client may still choose.
    Open,
    /// They took this time.
    Accepted {
        /// The start that they took, UTC.
        start: Instant,
        /// The appointment that came of it.
        appointment: AppointmentId,
    },
    /// They want none of them.
    Declined {
        /// Whether they asked for their money back (E-02).
        refund: bool,
    },
    /// Nobody answered in time; the held times are free again.
    Expired,
    /// Taken back by the practice, because the case was settled otherwise.
    Withdrawn,
}

impl OfferState {
    /// The word in storage.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted { .. } => "accepted",
            Self::Declined { .. } => "declined",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Times offered to one client in place of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub id: OfferId,
    /// Whose practice.
    pub practice: PracticeId,
    /// The relationship.
    pub relationship: RelationshipId,
    /// Whose times they are.
    pub therapist: TherapistId,
    /// Who may choose.
    pub client: ClientId,
    /// The appointment that one of them would replace.
    pub appointment: AppointmentId,
    /// The case that it belongs to.
    pub disruption: Option<DisruptionId>,
    /// In person, by video, by phone.
    pub kind: MeetingKind,
    /// The times, without buffer. None at all means any free time: a make-up at the therapist's own expense.
    pub slots: Vec<Interval>,
    /// Time that the therapist keeps free after each.
    pub buffer_after: Span,
    /// Until when they are held, UTC.
    pub expires_at: Instant,
    /// Why the client is asked, where an appointment that stands is to move (T6).
    pub reason: Option<Reason>,
    /// Where it stands.
    pub state: OfferState,
}

impl Offer {
    /// Whether it is a make-up: any free time of the therapist, at no charge.
    pub fn is_make_up(&self) -> bool {
        self.slots.is_empty()
    }

    /// The offered time that begins then.
    pub fn slot(&self, start: Instant) -> Option<Interval> {
        self.slots.iter().copied().find(|slot| slot.from == start)
    }

    /// What it holds of the therapist's diary, the time kept free after each included.
    pub fn held(&self) -> impl Iterator<Item = Interval> + '_ {
        self.slots.iter().map(|slot| Interval::new(slot.from, slot.to + self.buffer_after))
    }

    /// What it holds beside an appointment of the same therapist that stands meanwhile: two rows never share a moment.
    pub fn held_beside(&self, own: Interval) -> Vec<Interval> {
        self.held().flat_map(|held| without(held, &[own])).collect()
    }

    /// The client takes one. Refused when it is over, answered, or not among the times.
    pub fn accept(self, start: Instant, appointment: AppointmentId, now: Instant) -> Result<Self, Refusal> {
        self.still_open(now)?;
        if !self.is_make_up() && self.slot(start).is_none() {
            let detail = "That time is not among the ones offered. Choose one of those, or book from your link.";
            return Err(Refusal::invalid("not_offered", "start", detail));
        }
        if start <= now {
            let detail = "That time has gone by. Choose a later one, or see the times that are free now.";
            return Err(Refusal::conflict("offer_expired", detail));
        }
        Ok(Self { state: OfferState::Accepted { start, appointment }, ..self })
    }

    /// The client wants none of them.
    pub fn decline(self, refund: bool, now: Instant) -> Result<Self, Refusal> {
        self.still_open(now)?;
        Ok(Self { state: OfferState::Declined { refund }, ..self })
    }

    /// Its time has passed without an answer; anything else stays as it is.
    pub fn lapse(self, now: Instant) -> Option<Self> {
        let due = self.state == OfferState::Open && now >= self.expires_at;
        due.then_some(Self { state: OfferState::Expired, ..self })
    }

    /// The practice takes it back.
    pub fn withdraw(self) -> Option<Self> {
        (self.state == OfferState::Open).then_some(Self { state: OfferState::Withdrawn, ..self })
    }

    fn still_open(&self, now: Instant) -> Result<(), Refusal> {
        match self.state {
            OfferState::Open if now < self.expires_at => Ok(()),
            OfferState::Open | OfferState::Expired => Err(Refusal::conflict(
                "offer_expired",
                "These times are no longer held. See the times that are free now.",
            )),
            OfferState::Accepted { .. } => {
                Err(Refusal::conflict("already_answered", "You have already chosen a time."))
            }
            OfferState::Declined { .. } => Err(Refusal::conflict("already_answered", "You have already answered.")),
            OfferState::Withdrawn => Err(Refusal::conflict("offer_withdrawn", "These times are no longer offered.")),
        }
    }
}

/// What is left of a stretch when others are cut out of it.
pub fn without(whole: Interval, cut: &[Interval]) -> Vec<Interval> {
    let mut left = vec![whole];
    for other in cut {
        left = left
            .into_iter()
            .flat_map(|part| match part.meets(*other) {
                false => vec![part],
                true => vec![Interval::new(part.from, other.from), Interval::new(other.to, part.to)],
            })
            .filter(|part| part.from < part.to)
            .collect();
    }
    left
}
