//! Times that are held for a client at once, ahead of anybody else: what "priority to reschedule" means.

use crate::appointment::Appointment;
use crate::decide::{NextStep, Situation};
use crate::slots::{self, Search};
use crate::time::{Instant, Interval, Span};

/// Times in one offer, where there are as many.
const TIMES: usize = 3;
/// How far ahead they may lie: the diary is loaded so far.
const AHEAD: Span = Span::hours(24 * 14);
/// How soon one may begin: the client reads the message first.
const NOTICE: Span = Span::hours(2);
/// Between two of them, so that one bad day does not rule them all out.
const APART: Span = Span::hours(18);

/// The therapist's next free times for this client, or their booking link where nothing is free.
pub(super) fn priority(situation: &Situation, ended: &Appointment, now: Instant) -> NextStep {
    let starts = next_free(situation, ended, now);
    NextStep { booking_link: starts.is_empty(), offer_slots: starts, ..NextStep::default() }
}

fn next_free(situation: &Situation, ended: &Appointment, now: Instant) -> Vec<Instant> {
    let parameters = &situation.policy_today.parameters;
    let mut busy = crate::decide::slot::without(&situation.therapist_busy, ended.interval_with_buffer());
    // The weekly times of other clients are not ours to give (H-03).
    let ahead = Interval::new(now, now + AHEAD);
    busy.extend(situation.therapist.kept_for_others(ahead, Some(situation.relationship.id)));
    let search = Search::for_staff(parameters, now + NOTICE, now + AHEAD, now);
    let mut starts: Vec<Instant> = Vec::new();
    for free in slots::free(&situation.therapist.schedule, ended.kind, &busy, search) {
        let clashes = situation.client_busy.iter().any(|busy| *busy != ended.interval() && busy.meets(free));
        if !clashes && starts.last().is_none_or(|last| free.from - *last >= APART) {
            starts.push(free.from);
        }
        if starts.len() == TIMES {
            break;
        }
    }
    starts
}

/// The moments around which the diaries must be loaded for this.
pub fn around(now: Instant) -> Vec<Instant> {
    (0..=14).map(|day| now + Span::hours(24 * day)).collect()
}
