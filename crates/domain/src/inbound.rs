//! What somebody wrote back to us, by text or letter, as it came in.

use crate::id::{AppointmentId, ClientId, InboundId, MessageId, PracticeId};
use crate::person::Channel;
use crate::time::Instant;

/// A text or letter that came in from a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// Which.
    pub id: InboundId,
    /// The practice that the client belongs to.
    pub practice: PracticeId,
    /// Who wrote: whoever has the number or address, or was written to there last.
    pub client: ClientId,
    /// The message that it answers, as far as that is known.
    pub answers: Option<MessageId>,
    /// The appointment that it is about, as far as that is known.
    pub appointment: Option<AppointmentId>,
    /// By which way it came.
    pub channel: Channel,
    /// The number or address that it came from.
    pub address: String,
    /// Their own words.
    pub body: String,
    /// When it came in, UTC.
    pub received_at: Instant,
    /// What it was understood as, in a word; none until it is read, `unread` where a person has to.
    pub understood: Option<String>,
}

impl Inbound {
    /// Whether it shows that it is the client's. A letter does where it answers one of ours, whose name nobody can guess;
    /// any other bears whatever sender somebody wrote on it.
    pub fn is_proven(&self) -> bool {
        self.channel != Channel::Email || self.answers.is_some()
    }
}
