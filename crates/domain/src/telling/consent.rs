//! What a client has said about being told: which ways are welcome since when and by whose word, when not to disturb,
//! how little a message may say, and a number that turned out not to be theirs (V-05, `domain` 7.1 to 7.4).
//!
//! All of it is one document in the person's row, so that whoever loads the person has it.

use crate::person::{Channel, ContactPreference, Locale, Person};
use crate::policy::choices::words;
use crate::refusal::Refusal;
use crate::schedule::TimeOfDay;
use crate::time::{Instant, Zone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// How we know.
    Source {
        /// The client said so in their own pages.
        Portal = "portal",
        /// Somebody of the practice wrote down the client's word.
        Staff = "staff",
        /// The client wrote STOP or START.
        Text = "text",
        /// It came with a file that the practice brought along.
        Import = "import",
        /// The network says that nobody has this number.
        Network = "network",
    }
}

/// A yes or no to one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whether they may be told this way.
    pub given: bool,
    /// Since when, UTC.
    pub at: Instant,
    /// How we know.
    pub source: Source,
}

/// Hours in which a client does not wish to be disturbed, in place of the practice's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnQuiet {
    /// The evening's beginning, on their clock.
    pub from: TimeOfDay,
    /// The morning's end, on their clock.
    pub to: TimeOfDay,
    /// Whether what cannot wait may come all the same: a start that is near, a therapist who is late or missed it.
    pub urgent: bool,
}

/// A number that is not used any more until it is changed or somebody says that it is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongNumber {
    /// The number as it was.
    pub number: String,
    /// Since when, UTC.
    pub at: Instant,
    /// Who says so.
    pub source: Source,
}

/// What is on file about telling one client.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactFile {
    /// The last word about each channel of which there was one.
    pub consents: BTreeMap<Channel, Consent>,
    /// Whether subject and text say only that there is news.
    pub safe_content: bool,
    /// When not to disturb them; the practice's hours where they gave none.
    pub quiet: Option<OwnQuiet>,
    /// A number that is not theirs.
    pub wrong_number: Option<WrongNumber>,
}

impl ContactFile {
    /// Whether nothing was ever said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether they said no to this channel. A voicemail is left by phone.
    pub fn refuses(&self, channel: Channel) -> bool {
        let channel = if channel == Channel::Voicemail { Channel::Phone } else { channel };
        self.consents.get(&channel).is_some_and(|consent| !consent.given)
    }

    /// Whether they wrote STOP: then only START, or they themselves in their pages, bring texts back.
    pub fn stopped_by_text(&self) -> Option<Instant> {
        let no = self.consents.get(&Channel::Sms).filter(|consent| !consent.given && consent.source == Source::Text);
        no.map(|consent| consent.at)
    }

    /// Whether this number is one that turned out to be somebody else's.
    pub fn is_wrong(&self, number: &str) -> bool {
        self.wrong_number.as_ref().is_some_and(|wrong| wrong.number == number)
    }

    /// With a yes or no to one channel.
    ///
    /// # Errors
    /// `opted_out` where they wrote STOP and somebody else says yes for them.
    pub fn consent(mut self, channel: Channel, given: bool, source: Source, now: Instant) -> Result<Self, Refusal> {
        let theirs = matches!(source, Source::Portal | Source::Text);
        if channel == Channel::Sms && given && !theirs && self.stopped_by_text().is_some() {
            let detail =
                "They wrote STOP, so only they can ask for texts again: by writing START, or in their own pages.";
            return Err(Refusal::conflict("opted_out", detail));
        }
        if channel == Channel::Sms && !given && self.stopped_by_text().is_some() {
            // A no that anybody repeats is still the word of whoever wrote STOP: only they take it back.
            return Ok(self);
        }
        if self.consents.get(&channel).is_none_or(|before| before.given != given || !given) {
            self.consents.insert(channel, Consent { given, at: now, source });
        }
        Ok(self)
    }

    /// Naming channels in order is a yes to them, save to texts after STOP: the order is kept, and passed over.
    pub(crate) fn named(mut self, channels: &[Channel], source: Source, now: Instant) -> Self {
        let stopped = self.stopped_by_text().is_some();
        for channel in channels.iter().filter(|channel| **channel != Channel::Sms || !stopped) {
            let known = self.consents.get(channel).is_some_and(|before| before.given);
            if !known {
                self.consents.insert(*channel, Consent { given: true, at: now, source });
            }
        }
        self
    }

    /// Knowing that a number is not theirs.
    #[must_use]
    pub fn wrong(self, number: &str, source: Source, now: Instant) -> Self {
        Self { wrong_number: Some(WrongNumber { number: number.to_owned(), at: now, source }), ..self }
    }
}

/// What a client wishes, or somebody writes down for them. What is not named stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wish {
    /// Channels in the order of preference.
    pub channels: Vec<Channel>,
    /// Whether a voicemail may be left and counts as telling them.
    pub voicemail: bool,
    /// An express yes or no to channels.
    pub consents: BTreeMap<Channel, bool>,
    /// Whether messages say only that there is news.
    pub safe_content: Option<bool>,
    /// Own quiet hours; an inner none for the practice's.
    pub quiet: Option<Option<OwnQuiet>>,
    /// Which English they read.
    pub locale: Option<Locale>,
    /// Where their clock is.
    pub zone: Option<Zone>,
}

impl Wish {
    /// Channels in this order, and nothing else said.
    pub fn of(channels: Vec<Channel>, voicemail: bool) -> Self {
        Self { channels, voicemail, ..Self::default() }
    }

    /// The client as they are with this wish.
    ///
    /// # Errors
    /// Those of [`ContactPreference::stated`]; `channel_unknown` for a yes or no to what nobody can prefer, `opted_out`
    /// for somebody else's yes to texts after STOP, `quiet_hours_empty` where they end when they begin.
    pub fn granted(self, of: &Person, source: Source, now: Instant) -> Result<Person, Refusal> {
        let mut preference = ContactPreference::stated(self.channels, self.voicemail, of, source, now)?;
        for (channel, given) in self.consents {
            if !channel.can_be_preferred() {
                let detail = "Say yes or no to email, sms, phone, in_app or push.";
                return Err(Refusal::invalid("channel_unknown", "consents", detail));
            }
            preference.file = preference.file.consent(channel, given, source, now)?;
        }
        if let Some(quiet) = self.quiet {
            if quiet.is_some_and(|own| own.from == own.to) {
                let detail = "Quiet hours end at another time than they begin. Leave both empty for the usual ones.";
                return Err(Refusal::invalid("quiet_hours_empty", "quiet_hours", detail));
            }
            preference.file.quiet = quiet;
        }
        if let Some(safe) = self.safe_content {
            preference.file.safe_content = safe;
        }
        let locale = self.locale.unwrap_or(of.locale);
        let zone = self.zone.unwrap_or_else(|| of.zone.clone());
        Ok(Person { preference, locale, zone, ..of.clone() })
    }
}

#[cfg(test)]
mod tests;
