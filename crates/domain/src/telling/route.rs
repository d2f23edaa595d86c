//! By which ways a person is told one thing, and when (`domain` 2.1 *contact preference*, 7.4; V-05, G-10, A-12).
//!
//! A notice says what is told. Which letters and texts that becomes is decided here, in one place, from what the person
//! prefers, what this installation can send, and the hour on their clock.

use crate::message::{MessageKind, Notice};
use crate::person::{Channel, Person, PersonRef};
use crate::policy::Parameters;
use crate::time::{Instant, Span};

/// Ways that this installation can send by itself. Letters it always can; the phone is always a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// A gateway for short texts is set up.
    pub sms: bool,
}

/// How long a text may stay without a word of where it is, before the letter that waits behind it goes: where seconds
/// matter, and else.
const SILENCE: [Span; 2] = [Span::minutes(3), Span::minutes(30)];

/// The notices that this one becomes, each by one way: at least one, so that nothing is decided and then not told. Behind
/// a text waits a letter: it goes when the text fails or nothing is heard of it, and never when the text has arrived.
pub fn ways(notice: &Notice, to: &Person, reach: Reach, parameters: &Parameters) -> Vec<Notice> {
    let channels = channels(notice.kind, to, reach);
    let by = |channel| {
        let send_at = send_at(notice, to, channel, parameters);
        let calendar = notice.calendar.filter(|_| channel == Channel::Email);
        Notice { channel, send_at, calendar, ..notice.clone() }
    };
    let mut ways: Vec<Notice> = channels.iter().copied().map(by).collect();
    let first = ways.first().filter(|way| way.channel == Channel::Sms).map(|way| way.send_at);
    if let (Some(at), false, true) = (first, channels.contains(&Channel::Email), to.email.is_some()) {
        let [urgent, other] = SILENCE;
        let silence = if notice.urgent || notice.kind.is_live() { urgent } else { other };
        ways.push(Notice { send_at: at + silence, ..by(Channel::Email) });
    }
    ways
}

/// In the order of preference; never empty.
fn channels(kind: MessageKind, to: &Person, reach: Reach) -> Vec<Channel> {
    if !matches!(to.id, PersonRef::Client(_)) || !can_be_short(kind) {
        return vec![Channel::Email];
    }
    let listed: Vec<Channel> =
        to.preference.channels.iter().copied().filter(|channel| can(*channel, to, reach)).collect();
    // News of the very moment goes by every way that they gave, the rest by the one that they like best.
    let mut chosen = if kind.is_live() { listed } else { listed.into_iter().take(1).collect() };
    let letter = chosen.is_empty() || always_a_letter(kind);
    if letter && !chosen.contains(&Channel::Email) && (to.email.is_some() || chosen.is_empty()) {
        chosen.push(Channel::Email);
    }
    chosen
}

/// Whether it can go that way at all.
fn can(channel: Channel, to: &Person, reach: Reach) -> bool {
    match channel {
        Channel::Email => to.email.is_some(),
        Channel::Sms => reach.sms && to.phone.is_some(),
        Channel::Phone | Channel::InApp | Channel::Push | Channel::Voicemail | Channel::InPerson => false,
    }
}

/// Whether a letter goes whatever else does: it carries the calendar part, and every cancellation is e-mailed (G-10).
const fn always_a_letter(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::Confirmation | MessageKind::Cancellation | MessageKind::Rescheduled)
}

/// Whether its sense fits a short text. Money, corrections and closing words are letters: a text that asks for money
/// looks like fraud (`domain` 7.1).
const fn can_be_short(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::Confirmation
            | MessageKind::Cancellation
            | MessageKind::Rescheduled
            | MessageKind::Offer
            | MessageKind::TimeKept
            | MessageKind::Requested
            | MessageKind::RequestDeclined
            | MessageKind::Promise
            | MessageKind::BookingLink
            | MessageKind::RunningLate
            | MessageKind::Missed
            | MessageKind::ClientLate
            | MessageKind::SteppedAway
            | MessageKind::ClientNoShow
            | MessageKind::TechnicalFailure
            | MessageKind::MakeUp
            | MessageKind::PassedOn
    )
}

/// When it may go by this way: letters at once; a text that would disturb somebody's night waits for the morning on
/// their clock, unless the start is near or it is news of the very moment. It waits, it is never dropped.
fn send_at(notice: &Notice, to: &Person, channel: Channel, parameters: &Parameters) -> Instant {
    let quiet = &parameters.quiet_hours;
    let near = notice.facts.time.from - notice.send_at <= Span::hours(i64::from(quiet.urgent));
    if channel != Channel::Sms || notice.kind.is_live() || near {
        return notice.send_at;
    }
    let here = notice.send_at.in_zone(&to.zone);
    let clock = here.hour() as u16 * 60 + here.minute() as u16;
    let (evening, morning) = (quiet.from.minutes(), quiet.to.minutes());
    if !is_quiet(clock, evening, morning) {
        return notice.send_at;
    }
    let is_evening = evening > morning && clock >= evening;
    let day = if is_evening { here.date().tomorrow().unwrap_or(here.date()) } else { here.date() };
    // A morning that the clocks skip begins when they have.
    let until = quiet.to.on(day).to_zoned(to.zone.time_zone());
    until.map_or(notice.send_at, |until| Instant::from(&until).max(notice.send_at))
}

/// Whether a clock at this minute stands between the evening and the morning; the evening may be after midnight.
const fn is_quiet(clock: u16, evening: u16, morning: u16) -> bool {
    if evening <= morning { evening <= clock && clock < morning } else { clock >= evening || clock < morning }
}

#[cfg(test)]
mod tests;
