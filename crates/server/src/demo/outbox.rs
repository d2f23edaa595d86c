//! Every letter of the demo, caught: what would have gone out, in the order of hand-off, and what became of it. Kept in
//! a file beside the database, so that a demo that is started again still shows it.

use domain::id::AppointmentId;
use domain::message::MessageKind;
use domain::person::{Channel, PersonRef};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A letter that was caught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caught {
    /// The message's id, the same at every try.
    pub id: String,
    /// By which way it went.
    pub channel: Channel,
    /// The address.
    pub to: String,
    /// To whom.
    pub to_person: PersonRef,
    /// Its subject.
    pub subject: String,
    /// Its plain text with the real link.
    pub body: String,
    /// The same as HTML, where there is one.
    pub html: Option<String>,
    /// Its other parts: the calendar.
    pub attachments: Vec<Attachment>,
    /// The appointment that it is about.
    pub appointment: Option<AppointmentId>,
    /// What it is for.
    pub kind: MessageKind,
    /// What became of it.
    pub status: Status,
    /// When it was handed over last, UTC.
    pub sent_at: Instant,
    /// How often it was handed over.
    pub tries: u32,
}

/// A part of a letter beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its MIME type.
    pub content_type: String,
    /// What is in it.
    pub text: String,
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The other side has it.
    Sent,
    /// The other side said that it will never take it.
    Rejected,
    /// The other side did not take it yet.
    Deferred,
    /// It arrived, and the answer that says so was lost.
    Unknown,
    /// It is in the portal.
    Delivered,
    /// It was opened there.
    Read,
}

impl Status {
    /// The word on the wire and on the page.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Rejected => "rejected",
            Self::Deferred => "deferred",
            Self::Unknown => "unknown",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }

    /// Whether the person has the letter.
    pub const fn arrived(self) -> bool {
        matches!(self, Self::Sent | Self::Unknown | Self::Delivered | Self::Read)
    }
}

/// Which letters are wanted. The default wants all.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only to this person.
    pub to_person: Option<PersonRef>,
    /// Only by this way.
    pub channel: Option<Channel>,
    /// Only for this purpose.
    pub kind: Option<MessageKind>,
    /// Only from this moment on, UTC.
    pub since: Option<Instant>,
}

impl Wanted {
    fn has(&self, letter: &Caught) -> bool {
        self.to_person.is_none_or(|who| letter.to_person == who)
            && self.channel.is_none_or(|channel| letter.channel == channel)
            && self.kind.is_none_or(|kind| letter.kind == kind)
            && self.since.is_none_or(|since| letter.sent_at >= since)
    }
}

/// All letters of a demo.
pub struct Outbox {
    letters: Mutex<Letters>,
}

struct Letters {
    caught: Vec<Caught>,
    file: File,
}

impl Outbox {
    /// The outbox that is kept in this file; a file that is not there is begun.
    ///
    /// # Errors
    /// What the machine says about the file, or where it is not ours.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut caught = Vec::new();
        // A last line that was cut off by a crash is left out: its letter is handed over again.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in whole.lines() {
            let letter = serde_json::from_str(line).map_err(std::io::Error::other)?;
            place(&mut caught, letter);
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        file.set_len(if whole.is_empty() { 0 } else { whole.len() as u64 + 1 })?;
        Ok(Self { letters: Mutex::new(Letters { caught, file }) })
    }

    /// Catches a letter. One that was handed over before under the same id is the same letter.
    pub fn catch(&self, mut letter: Caught) {
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = letters.caught.iter().rev().find(|before| before.id == letter.id) {
            letter.tries = before.tries + 1;
            if before.status.arrived() {
                letter.sent_at = before.sent_at;
            }
        }
        // Letters are strings and ids under string keys, which JSON can always say.
        let line = serde_json::to_string(&letter).unwrap_or_default();
        if let Err(error) = writeln!(letters.file, "{line}") {
            tracing::warn!(%error, "the outbox cannot be written to its file; it is kept in memory");
        }
        place(&mut letters.caught, letter);
    }

    /// The letters that are wanted, in the order of hand-off.
    pub fn list(&self, wanted: &Wanted) -> Vec<Caught> {
        let letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.caught.iter().filter(|letter| wanted.has(letter)).cloned().collect()
    }

    /// One letter.
    pub fn find(&self, id: &str) -> Option<Caught> {
        let letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.caught.iter().find(|letter| letter.id == id).cloned()
    }
}

/// A letter that arrived keeps its place; one that did not goes to the end with its next try.
fn place(caught: &mut Vec<Caught>, letter: Caught) {
    match caught.iter().position(|before| before.id == letter.id) {
        Some(at) if caught[at].status.arrived() => caught[at] = letter,
        Some(at) => {
            caught.remove(at);
            caught.push(letter);
        }
        None => caught.push(letter),
    }
}
