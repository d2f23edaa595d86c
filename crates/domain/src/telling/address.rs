//! A new address or number of a client. It is used from the moment that somebody has shown it to be theirs; until then the
//! old one goes on being used.

use crate::id::{AddressChangeId, ClientId, PracticeId};
use crate::person::{Person, PersonRef, is_email, is_phone};
use crate::policy::choices::words;
use crate::refusal::Refusal;
use crate::time::{Instant, Span};

/// How long a link or code can be used.
pub const LASTS: Span = Span::hours(72);
/// How often a code may be typed wrong.
pub const TRIES: u32 = 5;
/// Letters that the word of a confirmation may have.
const WORD_MAX: usize = 500;

words! {
    /// What changes.
    What {
        /// The address for letters.
        Email = "email",
        /// The number for texts and calls.
        Phone = "phone",
    }
}

words! {
    /// How it was shown to be theirs.
    Shown {
        /// They opened the link that went to it.
        Link = "link",
        /// They typed the code that went to it.
        Code = "code",
        /// Somebody of the practice spoke with them.
        Word = "word",
    }
}

/// A change that waits, or was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressChange {
    /// Which.
    pub id: AddressChangeId,
    /// Whose practice.
    pub practice: PracticeId,
    /// Whose.
    pub client: ClientId,
    /// Of what.
    pub what: What,
    /// The new address or number.
    pub to: String,
    /// When it was asked for, UTC.
    pub asked_at: Instant,
    /// How often a wrong code was typed.
    pub tries: u32,
    /// When it ended, UTC: confirmed, or overtaken by a newer one.
    pub ended_at: Option<Instant>,
}

impl AddressChange {
    /// A change as somebody types it.
    ///
    /// # Errors
    /// `not_an_address` for what no mail server or network could reach, `same_address` where nothing would change.
    pub fn asked(id: AddressChangeId, of: &Person, what: What, typed: &str, now: Instant) -> Result<Self, Refusal> {
        let PersonRef::Client(client) = of.id else { return Err(Refusal::not_found("client")) };
        let (to, before) = match what {
            What::Email => (typed.trim().to_owned(), of.email.as_deref()),
            What::Phone => (bare_number(typed), of.phone.as_deref()),
        };
        match what {
            What::Email if !is_email(&to) => {
                let detail = "Write the whole address, as in name@example.org.";
                return Err(Refusal::invalid("not_an_address", "email", detail));
            }
            What::Phone if !is_phone(&to) => {
                let detail = "Write the number with its country, as in +44 20 7946 0018.";
                return Err(Refusal::invalid("not_an_address", "phone", detail));
            }
            _ if before == Some(to.as_str()) => {
                return Err(Refusal::conflict("same_address", "That is what we use already. Nothing changes."));
            }
            _ => {}
        }
        Ok(Self { id, practice: of.practice, client, what, to, asked_at: now, tries: 0, ended_at: None })
    }

    /// Whether its link or code still opens anything.
    pub fn is_open(&self, now: Instant) -> bool {
        self.ended_at.is_none() && now < self.asked_at + LASTS && self.tries < TRIES
    }

    /// The client with the new address. A number that is new is not the wrong one any more.
    pub fn made(&self, mut client: Person) -> Person {
        match self.what {
            What::Email => client.email = Some(self.to.clone()),
            What::Phone => {
                client.phone = Some(self.to.clone());
                client.preference.file.wrong_number = None;
            }
        }
        client
    }
}

/// A number without the marks that people put between its digits.
fn bare_number(typed: &str) -> String {
    typed.chars().filter(|c| !matches!(c, ' ' | '(' | ')' | '-' | '.')).collect()
}

/// What somebody typed who may be on file by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// An address for letters, in lower case.
    Email(String),
    /// A number as it may stand on file: with its country; where they left that out, each that it may be.
    Phones(Vec<String>),
}

/// Reads an address or number; none where it is neither.
pub fn typed(text: &str) -> Option<Typed> {
    let text = text.trim();
    if text.contains('@') {
        return is_email(text).then(|| Typed::Email(text.to_ascii_lowercase()));
    }
    let bare = bare_number(text);
    let candidates = match (bare.strip_prefix("00"), bare.strip_prefix('0'), bare.starts_with('+')) {
        (Some(abroad), _, _) => vec![format!("+{abroad}")],
        (None, Some(home), _) => vec![format!("+44{home}")],
        (None, None, true) => vec![bare],
        (None, None, false) => vec![format!("+1{bare}"), format!("+{bare}")],
    };
    let phones: Vec<String> = candidates.into_iter().filter(|number| is_phone(number)).collect();
    (!phones.is_empty()).then_some(Typed::Phones(phones))
}

/// How somebody of the practice knows: a sentence for the record.
///
/// # Errors
/// `word_required` where there is none, `too_long`.
pub fn word(said: &str) -> Result<String, Refusal> {
    let said = said.trim();
    if said.is_empty() {
        let detail = "Say how you know, for example: spoke with her on the number that we had.";
        return Err(Refusal::invalid("word_required", "word", detail));
    }
    if said.chars().count() > WORD_MAX {
        return Err(Refusal::invalid("too_long", "word", format!("Keep it under {WORD_MAX} letters.")));
    }
    Ok(said.to_owned())
}

#[cfg(test)]
mod tests;
