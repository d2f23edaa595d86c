//! A conversation of one client and one therapist, in the portal: times and arrangements, in plain text. What the client
//! writes there is understood as a text of theirs would be; what we write there they know once they have opened it.

use crate::id::{ClientId, InboundId, MessageId, PracticeId, RelationshipId, TherapistId};
use crate::message::{LinkTo, MessageKind};
use crate::person::PersonRef;
use crate::practice::{Relationship, RelationshipState};
use crate::refusal::Refusal;
use crate::time::Instant;

/// Letters that one line may have.
pub const WORDS_MAX: usize = 1_000;

/// Where the words of a line are, and with them who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineId {
    /// The client wrote it.
    Said(InboundId),
    /// It was written to the client, by a person or as a notice of the house.
    Told(MessageId),
}

impl std::fmt::Display for LineId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Said(id) => id.fmt(f),
            Self::Told(id) => id.fmt(f),
        }
    }
}

impl std::str::FromStr for LineId {
    type Err = crate::id::NotAnId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Said).or_else(|_| text.parse().map(Self::Told))
    }
}

/// Whose conversation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// Their practice.
    pub practice: PracticeId,
    /// The two together.
    pub relationship: RelationshipId,
    /// The therapist.
    pub therapist: TherapistId,
    /// The client.
    pub client: ClientId,
}

impl From<&Relationship> for Between {
    fn from(pair: &Relationship) -> Self {
        Self { practice: pair.practice, relationship: pair.id, therapist: pair.therapist, client: pair.client }
    }
}

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub id: LineId,
    /// Whose conversation.
    pub between: Between,
    /// Who wrote it; nobody by name where it is a notice of the house.
    pub author: Option<PersonRef>,
    /// The words; `{link}` and `{receipt}` stay open in a notice.
    pub words: String,
    /// What it is for, where it was written to the client.
    pub kind: Option<MessageKind>,
    /// The link that `{link}` stands for.
    pub link: Option<LinkTo>,
    /// What it was understood as, where the client wrote it and it was read.
    pub understood: Option<String>,
    /// When, UTC.
    pub written_at: Instant,
    /// When the other side opened it, UTC.
    pub read_at: Option<Instant>,
}

impl Line {
    /// Whether the client wrote it.
    pub const fn is_from_client(&self) -> bool {
        matches!(self.id, LineId::Said(_))
    }
}

/// A conversation in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread {
    /// Whose.
    pub between: Between,
    /// When the newest line was written, UTC.
    pub newest_at: Instant,
    /// Lines of the client's that nobody has opened.
    pub unread_of_client: u32,
    /// Lines to the client that they have not opened.
    pub unread_by_client: u32,
}

/// Words as somebody typed them, checked.
///
/// # Errors
/// `required` where there are none, `too_long` beyond [`WORDS_MAX`].
pub fn checked(words: &str) -> Result<&str, Refusal> {
    let words = words.trim();
    if words.is_empty() {
        return Err(Refusal::invalid("required", "words", "Write what they should know."));
    }
    if words.chars().count() > WORDS_MAX {
        let detail = format!("Keep it under {WORDS_MAX} letters. For more, a call is better.");
        return Err(Refusal::invalid("too_long", "words", detail));
    }
    Ok(words)
}

/// Whether these two may write to each other.
///
/// # Errors
/// `relationship_ended` where they no longer work together: what was written stays, and the practice's number is beside it.
pub fn is_open(pair: &Relationship) -> Result<(), Refusal> {
    match pair.state {
        RelationshipState::Ended => {
            let detail = "You no longer work together, so nothing new is written here. Call the practice instead.";
            Err(Refusal::conflict("relationship_ended", detail))
        }
        RelationshipState::Active | RelationshipState::Paused => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_there_and_not_too_many() {
        assert_eq!(checked("  Could we start at three?\n"), Ok("Could we start at three?"));
        assert_eq!(checked(" \n ").map_err(|refused| refused.code), Err("required"));
        let long = "é".repeat(WORDS_MAX);
        assert_eq!(checked(&long), Ok(long.as_str()), "letters are counted, not bytes");
        assert_eq!(checked(&format!("{long}x")).map_err(|refused| refused.code), Err("too_long"));
    }
}
