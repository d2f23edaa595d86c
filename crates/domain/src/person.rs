//! People: clients, therapists and staff, how they are reached, and their names for one another.

use crate::id::{ClientId, NotAnId, PersonId, PracticeId, TherapistId};
use crate::refusal::Refusal;
use crate::telling::consent::{ContactFile, Source};
use crate::time::{Instant, Zone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// What a person is in a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Role {
    Client,
    Therapist,
    Admin,
    Support,
    ClinicalLead,
    RiskDuty,
    Owner,
}

impl Role {
    /// Every role, in the order of pages and tables.
    pub const ALL: [Self; 7] =
        [Self::Client, Self::Therapist, Self::Admin, Self::Support, Self::ClinicalLead, Self::RiskDuty, Self::Owner];

    /// The word on the wire and in storage.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Therapist => "therapist",
            Self::Admin => "admin",
            Self::Support => "support",
            Self::ClinicalLead => "clinical_lead",
            Self::RiskDuty => "risk_duty",
            Self::Owner => "owner",
        }
    }

    /// Whether the person works in the practice's office: admin, support, clinical lead, risk duty, owner.
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Client | Self::Therapist)
    }

    /// "The team" of the wire contract: admin or support.
    pub const fn is_team(self) -> bool {
        matches!(self, Self::Admin | Self::Support)
    }
}

impl FromStr for Role {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|role| role.word() == word).ok_or(())
    }
}

/// One person, under the name that fits what they are: `thp_…`, `cli_…` or `per_…`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonRef {
    /// A therapist.
    Therapist(TherapistId),
    /// A client.
    Client(ClientId),
    /// Anyone of the practice's staff.
    Staff(PersonId),
}

impl fmt::Display for PersonRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Therapist(id) => id.fmt(f),
            Self::Client(id) => id.fmt(f),
            Self::Staff(id) => id.fmt(f),
        }
    }
}
impl fmt::Debug for PersonRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for PersonRef {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        match text.get(..4) {
            Some("thp_") => text.parse().map(Self::Therapist),
            Some("cli_") => text.parse().map(Self::Client),
            _ => text.parse().map(Self::Staff),
        }
    }
}
impl Serialize for PersonRef {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for PersonRef {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A way to reach a person, or one that an attempt used (`rulings` 17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// A text message.
    Sms,
    /// A person speaks with them on the phone.
    Phone,
    /// A message in their portal.
    InApp,
    /// A push notice of their browser.
    Push,
    /// A message left on voicemail: an attempt, never a preference of its own (V-10).
    Voicemail,
    /// Face to face: an attempt only.
    InPerson,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 7] =
        [Self::Email, Self::Sms, Self::Phone, Self::InApp, Self::Push, Self::Voicemail, Self::InPerson];

    /// The word on the wire and in storage.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Phone => "phone",
            Self::InApp => "in_app",
            Self::Push => "push",
            Self::Voicemail => "voicemail",
            Self::InPerson => "in_person",
        }
    }

    /// Whether a client may name it as a preference.
    pub const fn can_be_preferred(self) -> bool {
        !matches!(self, Self::Voicemail | Self::InPerson)
    }
}

impl FromStr for Channel {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|channel| channel.word() == word).ok_or(())
    }
}

/// Which English a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum Locale {
    /// British: 24-hour clock, "Tuesday 24 November".
    #[default]
    #[serde(rename = "en-GB")]
    EnGb,
    /// American: 12-hour clock, "Tuesday, November 24".
    #[serde(rename = "en-US")]
    EnUs,
}

impl Locale {
    /// In which English sentences of the rules are written.
    pub const fn language(self) -> crate::policy::Language {
        match self {
            Self::EnGb => crate::policy::Language::British,
            Self::EnUs => crate::policy::Language::American,
        }
    }

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::EnGb => "en-GB",
            Self::EnUs => "en-US",
        }
    }
}

impl FromStr for Locale {
    type Err = ();
    fn from_str(tag: &str) -> Result<Self, ()> {
        match tag {
            "en-GB" => Ok(Self::EnGb),
            "en-US" => Ok(Self::EnUs),
            _ => Err(()),
        }
    }
}

/// How a client wishes to be reached (V-05, V-06, V-10).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ContactPreference {
    /// Channels in the order of preference; the first is the one that counts.
    pub channels: Vec<Channel>,
    /// Whether a voicemail may be left and counts as telling them.
    pub voicemail: bool,
    /// When it was asked, UTC; `None` while nobody has asked (a data-quality alert after the first appointment).
    pub asked_at: Option<Instant>,
    /// What else they said about being told, and what was found out.
    #[serde(default, skip_serializing_if = "ContactFile::is_empty")]
    pub file: ContactFile,
}

impl ContactPreference {
    /// A preference as somebody states it now, checked against how the person can be reached.
    ///
    /// # Errors
    /// `channel_unknown` for a channel that nobody can prefer or is named twice, `address_missing` where the person has
    /// no address or number for one.
    pub fn stated(
        channels: Vec<Channel>,
        voicemail: bool,
        of: &Person,
        source: Source,
        now: Instant,
    ) -> Result<Self, Refusal> {
        let twice = channels.iter().enumerate().any(|(n, channel)| channels[..n].contains(channel));
        if channels.is_empty() || twice || channels.iter().any(|channel| !channel.can_be_preferred()) {
            let detail = "Name each of email, sms, phone, in_app or push at most once, in the order of preference.";
            return Err(Refusal::invalid("channel_unknown", "channels", detail));
        }
        let no_email = channels.contains(&Channel::Email) && of.email.is_none();
        let by_number = |channel: &Channel| matches!(channel, Channel::Sms | Channel::Phone);
        if no_email || (of.phone.is_none() && channels.iter().any(by_number)) {
            let detail = "Add the address or number first, then prefer it.";
            return Err(Refusal::invalid("address_missing", "channels", detail));
        }
        let file = of.preference.file.clone().named(&channels, source, now);
        Ok(Self { channels, voicemail, asked_at: Some(now), file })
    }

    /// The first choice; e-mail where nobody has asked yet.
    pub fn preferred(&self) -> Channel {
        self.channels.first().copied().unwrap_or(Channel::Email)
    }
}

/// A person as the practice knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonRef,
    /// Their practice.
    pub practice: PracticeId,
    /// What they are there.
    pub role: Role,
    /// Full name as they write it.
    pub name: String,
    /// Address for e-mail, if there is one.
    pub email: Option<String>,
    /// Phone number as written, with `+`, if there is one.
    pub phone: Option<String>,
    /// Where their clock is.
    pub zone: Zone,
    /// Which English they read.
    pub locale: Locale,
    /// How they wish to be reached; asked of clients, e-mail for everyone else.
    pub preference: ContactPreference,
    /// Whether they may still sign in and be written to.
    pub active: bool,
}

impl Person {
    /// The name to greet them by: the first word of their name.
    pub fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }

    /// The number on file, unless it turned out to be somebody else's: for a person who dials.
    pub fn number(&self) -> Option<&str> {
        self.phone.as_deref().filter(|number| !self.preference.file.is_wrong(number))
    }

    /// The address or number by which this channel reaches them now: none where there is none, where they said no to the
    /// channel, or where the number turned out not to be theirs.
    pub fn address(&self, channel: Channel) -> Option<&str> {
        let file = &self.preference.file;
        let known = match channel {
            Channel::Email => self.email.as_deref(),
            Channel::Sms | Channel::Phone | Channel::Voicemail => self.number(),
            Channel::InApp | Channel::Push | Channel::InPerson => None,
        };
        known.filter(|_| !file.refuses(channel))
    }
}

/// An address that a mail server could take: one `@`, something on both sides, no space or control character,
/// at most 254 bytes (RFC 5321 4.5.3.1.3).
pub fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    text.len() <= 254
        && !local.is_empty()
        && local.len() <= 64
        && host.len() >= 3
        && host.contains('.')
        && !host.contains('@')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b',' | b';' | b'<' | b'>' | b'"'))
}

/// A phone number in international form: `+` and 8 to 15 digits (E.164); spaces are ours to strip before.
pub fn is_phone(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|digits| (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_would_break_a_header_are_refused() {
        assert!(is_email("daniel.reyes@example.org"));
        for bad in ["", "daniel", "a@b", "a b@example.org", "a@example.org\r\nBcc: x@y.zz", "a@@example.org", "a@.org."]
        {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn every_word_reads_back() {
        for role in Role::ALL {
            assert_eq!(role.word().parse(), Ok(role));
        }
        for channel in Channel::ALL {
            assert_eq!(channel.word().parse(), Ok(channel));
        }
        assert!(is_phone("+447700900412") && !is_phone("07700 900412"));
    }
}
