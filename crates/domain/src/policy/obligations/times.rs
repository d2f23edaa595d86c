//! When duties are due and when they are breached.

use super::{Owed, Setting};
use crate::policy::kinds_of_duty::{ObligationKind, OwnerRole};
use crate::policy::working::WorkingTime;
use crate::policy::{Parameters, notice};
use crate::time::{Instant, Span};

/// How soon a client must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// It is happening now.
    Live,
    /// It starts soon.
    ShortNotice,
    /// There is time.
    Plain,
}

/// Reckons the times of one appointment's duties.
pub struct Times<'a> {
    parameters: &'a Parameters,
    working: WorkingTime<'a>,
    now: Instant,
    start: Instant,
}

impl<'a> Times<'a> {
    pub fn new(parameters: &'a Parameters, working: WorkingTime<'a>, setting: &Setting) -> Self {
        Self { parameters, working, now: setting.now, start: setting.start }
    }

    /// How soon the client must know of a cancellation made now.
    pub fn pace(&self) -> Pace {
        if notice::short_notice(self.parameters, self.start, self.now) { Pace::ShortNotice } else { Pace::Plain }
    }

    /// Counted from now, as the policy has it for this kind.
    pub fn counted_now(&self, kind: ObligationKind, owner: OwnerRole) -> Owed {
        self.counted_from(kind, owner, self.now)
    }

    /// Counted from another moment.
    pub fn counted_from(&self, kind: ObligationKind, owner: OwnerRole, from: Instant) -> Owed {
        anchored(self.parameters, &self.working, kind, owner, from)
    }

    /// While an offer lives it is due when the offer ends.
    pub fn offered(&self, owner: OwnerRole, expires: Instant) -> Owed {
        offered(self.parameters, &self.working, owner, expires)
    }

    /// A duty to tell somebody: minutes where it is live or at short notice, else as the policy has informing clients,
    /// and never later than the appointment that it is about.
    pub fn informing(&self, kind: ObligationKind, owner: OwnerRole, pace: Pace) -> Owed {
        let inform = &self.parameters.inform;
        let minutes = |n: u32| self.now + Span::minutes(n.into());
        let (due, breach, second) = match pace {
            Pace::Live if kind == ObligationKind::NotifyPractice => return self.counted_now(kind, owner),
            Pace::Live => (inform.target_minutes, inform.breach_minutes, inform.escalate_minutes),
            Pace::ShortNotice => {
                (inform.short_notice_minutes, inform.short_notice_breach_minutes, inform.short_notice_escalate_minutes)
            }
            Pace::Plain => return self.in_good_time(kind, owner),
        };
        Owed { kind, owner, due: minutes(due), breach: Some(minutes(breach)), second_breach: Some(minutes(second)) }
    }

    /// The duty to read what a client wrote: minutes while the appointment is on or near, else as the policy has it.
    pub fn answering(&self, owner: OwnerRole, pace: Pace) -> Owed {
        let kind = ObligationKind::AnswerClient;
        match pace {
            Pace::Live => self.informing(kind, owner, pace),
            Pace::ShortNotice | Pace::Plain => self.counted_now(kind, owner),
        }
    }

    fn in_good_time(&self, kind: ObligationKind, owner: OwnerRole) -> Owed {
        let mut owed = Owed { kind, ..self.counted_now(ObligationKind::InformClient, owner) };
        if self.start > self.now {
            owed.due = owed.due.min(self.start);
            owed.breach = owed.breach.map(|breach| breach.min(self.start));
        }
        owed
    }
}

/// The times of this kind, counted from `from`.
pub fn anchored(
    parameters: &Parameters,
    working: &WorkingTime<'_>,
    kind: ObligationKind,
    owner: OwnerRole,
    from: Instant,
) -> Owed {
    let times = parameters.obligation.of(kind);
    let due = times.due.after(from, working);
    let breach = times.breach.map(|deadline| deadline.after(from, working).max(due));
    let second = times.escalate.map(|deadline| deadline.after(from, working).max(breach.unwrap_or(due)));
    Owed { kind, owner, due, breach, second_breach: second }
}

/// Due when the offer ends; then as much longer as the policy gives `next_step`, once for each breach.
pub fn offered(parameters: &Parameters, working: &WorkingTime<'_>, owner: OwnerRole, expires: Instant) -> Owed {
    let more = parameters.obligation.next_step.due;
    let breach = more.after(expires, working);
    let second = more.after(breach, working);
    Owed { kind: ObligationKind::NextStep, owner, due: expires, breach: Some(breach), second_breach: Some(second) }
}
