//! What a reply answers: the question that was asked last. *Yes* and *no* mean nothing without
//! one, and a person reads them then.

use super::reply::{Clock, Reply};
use crate::attendance::LateAnswer;
use crate::message::{LinkTo, MessageKind};
use crate::person::Channel;
use crate::time::{Instant, Span, Zone};
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

/// What a message to a client asks of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Can they wait, or would they rather have another time?
    CanTheyWait,
    /// Shall a new time be found for what was missed?
    NewTime,
    /// Are they coming?
    AreTheyComing,
    /// When will they be ready?
    WhenReady,
    /// Which of these times?
    WhichTime,
}

impl Question {
    /// What a message of this kind with this link asks, if anything.
    pub const fn of(kind: MessageKind, link: Option<LinkTo>) -> Option<Self> {
        match (kind, link) {
            (MessageKind::RunningLate, _) => Some(Self::CanTheyWait),
            (MessageKind::Missed, _) => Some(Self::NewTime),
            (MessageKind::ClientLate, _) => Some(Self::AreTheyComing),
            (MessageKind::SteppedAway, _) => Some(Self::WhenReady),
            (_, Some(LinkTo::Offer(_))) => Some(Self::WhichTime),
            _ => None,
        }
    }
}

/// What a client says of their appointment, in words of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientWord {
    /// They would like a new time for what was missed.
    NewTime,
    /// They would rather not, for now.
    NoNewTime,
    /// They are coming; in so many minutes, where they said so.
    Coming(Option<u32>),
    /// They are not coming.
    NotComing,
    /// They are ready at this moment, UTC.
    ReadyAt(Instant),
    /// Something else: a person reads it.
    Unread,
}

impl ClientWord {
    /// The word for templates and the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewTime => "new_time",
            Self::NoNewTime => "no_new_time",
            Self::Coming(_) => "coming",
            Self::NotComing => "not_coming",
            Self::ReadyAt(_) => "ready_at",
            Self::Unread => "unread",
        }
    }
}

/// What a reply means, given what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// No more texts to this number.
    Stop,
    /// Texts may come again.
    Start,
    /// How to reach somebody.
    Help,
    /// The answer to news of lateness.
    Late(LateAnswer),
    /// They take the time at this place of the list, from 1.
    Take(usize),
    /// A word about their appointment.
    Says(ClientWord),
}

impl Meaning {
    /// What it means coming by this way. STOP and START are about texts: by letter somebody asks which news they wish to
    /// have no more and how else to be told, and in the portal help is on the page. Words that prove nothing (`proven` is
    /// false: a letter that answers none of ours bears whatever sender somebody wrote on it) mean nothing but that a person
    /// reads them.
    #[must_use]
    pub const fn coming_by(self, channel: Channel, proven: bool) -> Self {
        match (channel, self) {
            (Channel::Email, _) if !proven => Self::Says(ClientWord::Unread),
            (Channel::Email, Self::Stop | Self::Start) => Self::Says(ClientWord::Unread),
            (Channel::InApp, Self::Stop | Self::Start | Self::Help) => Self::Says(ClientWord::Unread),
            (_, other) => other,
        }
    }
}

/// What the reply means. `asked` is the question that the client was asked last, `now` when they wrote.
pub fn meaning(reply: Reply, asked: Option<Question>, zone: &Zone, now: Instant) -> Meaning {
    use ClientWord as Word;
    use Question as Q;
    let says = match (reply, asked) {
        (Reply::Stop, _) => return Meaning::Stop,
        (Reply::Start, _) => return Meaning::Start,
        (Reply::Help, _) => return Meaning::Help,
        (Reply::Take(place), Some(Q::NewTime | Q::WhichTime)) => return Meaning::Take(place),
        (Reply::Wait, Some(Q::CanTheyWait)) => return Meaning::Late(LateAnswer::Wait),
        (Reply::Reschedule, Some(Q::CanTheyWait)) => return Meaning::Late(LateAnswer::Reschedule),
        (Reply::Yes(None) | Reply::Reschedule, Some(Q::NewTime)) => Word::NewTime,
        (Reply::No, Some(Q::NewTime)) => Word::NoNewTime,
        (Reply::Yes(minutes), Some(Q::AreTheyComing)) => Word::Coming(minutes),
        (Reply::No, Some(Q::AreTheyComing)) => Word::NotComing,
        (Reply::Yes(Some(minutes)), Some(Q::WhenReady)) => Word::ReadyAt(now + Span::minutes(minutes.into())),
        (Reply::ReadyAt(clock), Some(Q::AreTheyComing | Q::WhenReady)) => {
            ready_at(clock, zone, now).map_or(Word::Unread, Word::ReadyAt)
        }
        _ => Word::Unread,
    };
    Meaning::Says(says)
}

/// The moment of today that a clock means: as it reads, or in the afternoon where that may be meant and the morning is
/// over. None where that time of today is long past.
fn ready_at(clock: Clock, zone: &Zone, now: Instant) -> Option<Instant> {
    let here = now.in_zone(zone);
    let on = |time: jiff::civil::Time| here.date().to_datetime(time).to_zoned(zone.time_zone()).ok();
    let afternoon = clock.or_afternoon.then(|| clock.time.wrapping_add(12.hours()));
    let mut moments = [Some(clock.time), afternoon].into_iter().flatten().filter_map(on).map(|at| Instant::from(&at));
    moments.find(|at| *at + Span::minutes(5) >= now)
}

#[cfg(test)]
mod tests;
