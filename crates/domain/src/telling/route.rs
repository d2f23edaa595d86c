//! By which ways a person is told one thing, and when (`domain` 2.1 *contact preference*, 7.4; V-05, G-10, A-12).
//!
//! A notice says what is told. Which letters and texts that becomes is decided here, in one place, from what the person
//! prefers, what this installation can send, and the hour on their clock.

use crate::message::{MessageKind, Notice};
use crate::person::{Channel, Person, PersonRef};
use crate::policy::Parameters;
use crate::schedule::TimeOfDay;
use crate::time::{Instant, Span};

/// Ways that this installation can send by itself. Letters it always can; the phone is always a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// A gateway for short texts is set up.
    pub sms: bool,
    /// Messages appear in clients' own pages.
    pub in_app: bool,
    /// Browsers that asked for it are notified.
    pub push: bool,
}

/// How long a text may stay without a word of where it is, before what waits behind it goes: where seconds matter, and else.
/// Where seconds matter a message in the portal has no longer.
const SILENCE: [Span; 2] = [Span::minutes(3), Span::minutes(30)];

/// The notices that this one becomes, each by one way: at least one, so that nothing is decided and then not told. Behind
/// a text, and behind a message in the portal, waits the next way that they allow: it goes when the first fails, when
/// nothing is heard of the text, or when the message stays unopened, and never when they have it. A client who said no to
/// every way that there is gets a letter without an address, which a person takes over (U3).
pub fn ways(notice: &Notice, to: &Person, reach: Reach, parameters: &Parameters) -> Vec<Notice> {
    let night = Night::of(notice.kind, notice.facts.time.from, notice.send_at, to, parameters);
    let channels = channels(notice.kind, to, reach, &night);
    let by = |channel| {
        let rings = matches!(channel, Channel::Sms | Channel::Push);
        let send_at = if rings { night.text_at(notice.send_at) } else { notice.send_at };
        let safe = to.preference.file.safe_content;
        let calendar = notice.calendar.filter(|_| channel == Channel::Email && !safe);
        Notice { channel, send_at, calendar, ..notice.clone() }
    };
    let mut ways: Vec<Notice> = channels.iter().copied().map(by).collect();
    if let Some(behind) = behind(notice, to, reach, parameters, &night, &ways) {
        let way = by(behind.0);
        ways.push(Notice { send_at: behind.1.max(way.send_at), ..way });
    }
    ways
}

/// By which way it goes after all, and when.
fn behind(
    notice: &Notice,
    to: &Person,
    reach: Reach,
    parameters: &Parameters,
    night: &Night,
    ways: &[Notice],
) -> Option<(Channel, Instant)> {
    let (first, [urgent, other]) = (ways.first()?, SILENCE);
    let portal = matches!(first.channel, Channel::InApp | Channel::Push);
    let others: &[Channel] = match first.channel {
        Channel::Sms => &[Channel::Email],
        Channel::InApp | Channel::Push => &[Channel::Sms, Channel::Email],
        _ => return None,
    };
    // What goes anyway needs nobody behind it.
    let goes = |channel: &Channel| ways.iter().any(|way| way.channel == *channel);
    if others.iter().any(goes) {
        return None;
    }
    let open = |channel: &&Channel| can(**channel, to, reach) && !(**channel == Channel::Sms && night.forbids_texts());
    let in_their_order = to.preference.channels.iter().filter(|channel| others.contains(channel));
    let next =
        in_their_order.chain([&Channel::Email, &Channel::Sms]).filter(|channel| others.contains(channel)).find(open)?;
    let silence = match (notice.urgent || notice.kind.is_live(), portal) {
        (true, _) => urgent,
        (false, true) => Span::minutes(parameters.in_app.unread_minutes.into()),
        (false, false) => other,
    };
    Some((*next, first.send_at + silence))
}

/// By which way one message about nothing that changes reaches them: the way that they like best of those that can carry
/// it, else a letter. None where no way may be used.
pub fn one_way(to: &Person, reach: Reach) -> Option<Channel> {
    let carries = |channel: &Channel| matches!(channel, Channel::Email | Channel::Sms) && can(*channel, to, reach);
    let liked = to.preference.channels.iter().copied().find(carries);
    liked.or(Some(Channel::Email).filter(carries)).or(Some(Channel::Sms).filter(carries))
}

/// When a text that can wait may go: at once, or when the quiet ends on their clock.
pub fn text_may_go(to: &Person, parameters: &Parameters, now: Instant) -> Instant {
    let (usual, own) = (&parameters.quiet_hours, to.preference.file.quiet);
    let (evening, morning) = own.map_or((usual.from, usual.to), |own| (own.from, own.to));
    morning_after(now, to, evening, morning).map_or(now, |morning| morning.max(now))
}

/// In the order of preference; never empty.
fn channels(kind: MessageKind, to: &Person, reach: Reach, night: &Night) -> Vec<Channel> {
    if !matches!(to.id, PersonRef::Client(_)) || !can_be_short(kind) {
        return vec![Channel::Email];
    }
    let rings = |channel: &Channel| matches!(channel, Channel::Sms | Channel::Push);
    let can = |channel: &Channel| can(*channel, to, reach) && !(rings(channel) && night.forbids_texts());
    let mut listed: Vec<Channel> = Vec::new();
    for channel in to.preference.channels.iter().filter(|channel| can(channel)) {
        // Older rows may name a way twice; nobody is told twice by one way (U1).
        if !listed.contains(channel) {
            listed.push(*channel);
        }
    }
    // News of the very moment goes by every way that they gave, the rest by the one that they like best.
    let mut chosen = if kind.is_live() { listed } else { listed.into_iter().take(1).collect() };
    // A notice from the browser says only that there is something: the words are in the portal, and one who is told there
    // hears of it by the browser too, where they asked for it.
    let portal = chosen.iter().position(|channel| matches!(channel, Channel::InApp | Channel::Push));
    if let Some(at) = portal {
        let asked = |channel| to.preference.file.consents.get(&channel).is_some_and(|consent| consent.given);
        for (channel, wanted) in [(Channel::InApp, reach.in_app), (Channel::Push, asked(Channel::Push))] {
            if wanted && !chosen.contains(&channel) && can(&channel) {
                chosen.insert(at + 1, channel);
            }
        }
    }
    let letter = chosen.is_empty() || always_a_letter(kind);
    if letter && !chosen.contains(&Channel::Email) && (to.address(Channel::Email).is_some() || chosen.is_empty()) {
        chosen.push(Channel::Email);
    }
    chosen
}

/// Whether it can go that way at all.
fn can(channel: Channel, to: &Person, reach: Reach) -> bool {
    let welcome = !to.preference.file.refuses(channel);
    match channel {
        Channel::Email => to.address(channel).is_some(),
        Channel::Sms => reach.sms && to.address(channel).is_some(),
        // The portal is always there, whatever they said of letters and texts.
        Channel::InApp => reach.in_app && welcome,
        Channel::Push => reach.push && welcome,
        Channel::Phone | Channel::Voicemail | Channel::InPerson => false,
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
            | MessageKind::Reminder
            | MessageKind::PassedOn
    )
}

/// When something that rings may go that had to wait: at once, or in the morning where it has become night meanwhile (N13).
/// `start` is when the appointment begins that it is about, UTC.
pub fn rings_at(kind: MessageKind, start: Instant, to: &Person, parameters: &Parameters, now: Instant) -> Instant {
    let night = Night::of(kind, start, now, to, parameters);
    match night.ends {
        Some(morning) if night.forbids_texts() => morning.max(now),
        _ => night.text_at(now),
    }
}

/// What began longer ago is not near any more: the client is not on their way to it.
const JUST_BEGUN: Span = Span::hours(-1);

/// What the hour on the client's clock means for a text: letters disturb nobody.
struct Night {
    /// When the morning comes; none by day.
    ends: Option<Instant>,
    /// It cannot wait: the start is near, or it is news of the very moment.
    urgent: bool,
    /// They are content to be woken for what cannot wait.
    may_wake: bool,
}

impl Night {
    /// The hours are the client's own, or else the practice's.
    fn of(kind: MessageKind, start: Instant, at: Instant, to: &Person, parameters: &Parameters) -> Self {
        let (usual, own) = (&parameters.quiet_hours, to.preference.file.quiet);
        let (evening, morning) = own.map_or((usual.from, usual.to), |own| (own.from, own.to));
        let near = (JUST_BEGUN..=Span::hours(i64::from(usual.urgent))).contains(&(start - at));
        Self {
            ends: morning_after(at, to, evening, morning),
            urgent: kind.is_live() || near,
            may_wake: own.is_none_or(|own| own.urgent),
        }
    }

    /// When a text may go: it waits for the morning, and is never dropped.
    fn text_at(&self, now: Instant) -> Instant {
        self.ends.filter(|_| !self.urgent).map_or(now, |morning| morning.max(now))
    }

    /// What cannot wait and may not wake them goes by another way: in the morning it would be old.
    const fn forbids_texts(&self) -> bool {
        self.ends.is_some() && self.urgent && !self.may_wake
    }
}

/// When the quiet that there is at this moment ends on their clock; none where there is none.
fn morning_after(now: Instant, to: &Person, evening: TimeOfDay, morning: TimeOfDay) -> Option<Instant> {
    let here = now.in_zone(&to.zone);
    let clock = here.hour() as u16 * 60 + here.minute() as u16;
    if !is_quiet(clock, evening.minutes(), morning.minutes()) {
        return None;
    }
    let is_evening = evening > morning && clock >= evening.minutes();
    let day = if is_evening { here.date().tomorrow().unwrap_or(here.date()) } else { here.date() };
    // A morning that the clocks skip begins when they have.
    morning.on(day).to_zoned(to.zone.time_zone()).ok().map(|until| Instant::from(&until))
}

/// Whether a clock at this minute stands between the evening and the morning; the evening may be after midnight.
const fn is_quiet(clock: u16, evening: u16, morning: u16) -> bool {
    if evening <= morning { evening <= clock && clock < morning } else { clock >= evening || clock < morning }
}

#[cfg(test)]
pub(crate) mod tests;
