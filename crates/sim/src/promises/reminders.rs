//! Promises about reminders and about nights, judged at the moment of each hand-off: N11, N13.

use super::Truth;
use crate::run::Run;
use domain::message::{Message, MessageKind};
use domain::person::Channel;
use domain::policy::Policy;
use domain::time::{Instant, Span};
use server::work::Call;

/// A reminder that is in hand when the appointment changes cannot be stopped: so long is a worker's lease, and some.
const IN_HAND: Span = Span::minutes(3);

/// What began longer ago than this is not near any more.
const BEGUN: Span = Span::minutes(-65);

impl Run<'_> {
    /// N13: that somebody is late is told to nobody once it is over.
    pub(crate) fn it_is_news(&mut self, worker: usize, call: &Call, message: &Message) {
        let outlived = call.job.lease_until <= self.clocks.of_worker(worker, self.now);
        let Some(shadow) = message.appointment.and_then(|about| self.judge.shadow(about)) else { return };
        let over = message.kind.over_from(shadow.now.interval()).filter(|_| message.kind != MessageKind::Reminder);
        if outlived || self.clocks.wrong(worker, self.now).is_some() {
            return;
        }
        if over.is_some_and(|over| over + IN_HAND < self.now) {
            let what = format!("{} ({}) goes after it was over", message.id, message.kind);
            self.judge.accuse("N13", self.now, what);
        }
    }

    /// N11: nobody is reminded of what has changed. N13: nor of what has begun.
    pub(crate) fn reminder_is_true(&mut self, worker: usize, call: &Call, message: &Message) {
        let about = message.appointment.filter(|_| message.kind == MessageKind::Reminder);
        let Some(shadow) = about.and_then(|about| self.judge.shadow(about)) else { return };
        let (since, truth, revision) = (shadow.since(), shadow.truth(), shadow.now.revision);
        let outlived = call.job.lease_until <= self.clocks.of_worker(worker, self.now);
        if outlived || self.clocks.wrong(worker, self.now).is_some() {
            return;
        }
        self.sometimes.reach("a client was reminded");
        // Written before the time changed; whoever wrote it may have had a clock that was an hour behind.
        let is_older = revision != message.revision && message.written_at + Span::hours(1) < since;
        let changed = is_older || !matches!(truth, Truth::On(_));
        if changed && since + IN_HAND < self.now {
            let what = format!("{} reminds of revision {} and true is {truth:?}", message.id, message.revision);
            self.judge.accuse("N11", self.now, what);
        }
        if matches!(truth, Truth::On(start) if start + IN_HAND < self.now) {
            self.judge.accuse("N13", self.now, format!("{} reminds of what has begun", message.id));
        }
    }

    /// N13: a text rings at night only where it cannot wait.
    pub(crate) fn nobody_is_woken(&mut self, worker: usize, call: &Call, message: &Message) {
        let outlived = call.job.lease_until <= self.clocks.of_worker(worker, self.now);
        let about = message.appointment.filter(|_| message.channel == Channel::Sms && !message.kind.is_live());
        let Some(shadow) = about.and_then(|about| self.judge.shadow(about)) else { return };
        if outlived || self.clocks.wrong(worker, self.now).is_some() {
            return;
        }
        let quiet = Policy::preset(self.plan.preset).parameters.quiet_hours;
        let minute = |at: Instant| {
            let local = at.in_zone(&self.house.practice.zone);
            local.hour() as u16 * 60 + local.minute() as u16
        };
        let is_night = |at: Instant| minute(at) >= quiet.from.minutes() || minute(at) < quiet.to.minutes();
        // One in hand when the night began cannot be stopped.
        let deep = is_night(self.now) && is_night(self.now - IN_HAND);
        let near = (BEGUN..=Span::hours(i64::from(quiet.urgent) + 1)).contains(&(shadow.now.start - self.now));
        if deep && !near {
            let what = format!("{} ({}) rings at {} o'clock", message.id, message.kind, minute(self.now) / 60);
            self.judge.accuse("N13", self.now, what);
        }
    }
}
