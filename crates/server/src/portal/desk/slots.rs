//! Free times to choose from: by day, without those that the client has something else in.

use super::words;
use crate::flow::{self, Ask, Flow, Tools};
use crate::when::When;
use domain::appointment::Appointment;
use domain::id::{ClientId, TherapistId};
use domain::schedule::MeetingKind;
use domain::time::{Instant, Interval, Span};
use store::Tx;

/// A time to tick or choose.
#[derive(Debug, Clone)]
pub struct SlotView {
    /// What the form sends: the start, RFC 3339.
    pub value: String,
    /// "Thu 26 Nov, 14:00" or, under its day, "14:00".
    pub label: String,
    /// Whether it is ticked or chosen.
    pub is_chosen: bool,
}

/// The times of one day.
#[derive(Debug, Clone)]
pub struct DayView {
    /// "Thursday 26 November".
    pub day: String,
    /// "12 times".
    pub free: String,
    /// Whether its times are unfolded: the first day, and the one with the chosen time.
    pub is_open: bool,
    /// Its times.
    pub slots: Vec<SlotView>,
}

/// Free times of this therapist for this client, from now on, so many days ahead at most.
pub fn free(
    tx: &mut Tx<'_>,
    tools: &Tools,
    ask: &Ask,
    therapist: TherapistId,
    client: ClientId,
    kind: MeetingKind,
    days: i64,
) -> Flow<Vec<Interval>> {
    let window = Interval::new(ask.now, ask.now + Span::hours(24 * days.min(flow::slots::WINDOW_DAYS_MAX)));
    flow::slots::free(tx, tools, ask, flow::slots::Wanted { therapist, client: Some(client), kind, window })
}

/// The next free times to offer in place of an appointment: of each day the ones nearest to its own hour, at most
/// `a_day` of them, `wanted` in all.
pub fn near(free: &[Interval], about: &Appointment, when: &When, wanted: usize, a_day: usize) -> Vec<Interval> {
    let minute = |at: Instant| {
        let clock = at.in_zone(&when.zone);
        i32::from(clock.hour()) * 60 + i32::from(clock.minute())
    };
    let hour = minute(about.start);
    let mut chosen: Vec<Interval> = Vec::new();
    for day in free.chunk_by(|a, b| when.date(a.from) == when.date(b.from)) {
        let mut nearest = day.to_vec();
        nearest.sort_by_key(|slot| ((minute(slot.from) - hour).abs(), slot.from));
        let mut of_day: Vec<Interval> = Vec::new();
        for slot in nearest {
            if of_day.len() < a_day && of_day.iter().all(|taken| !taken.meets(slot)) {
                of_day.push(slot);
            }
        }
        of_day.sort();
        chosen.extend(of_day);
        if chosen.len() >= wanted {
            break;
        }
    }
    chosen.truncate(wanted);
    chosen
}

/// Times under their days, as radios show them.
pub fn by_day(free: &[Interval], when: &When, chosen: &str) -> Vec<DayView> {
    let days = free.chunk_by(|a, b| when.date(a.from) == when.date(b.from));
    let view = |(at, day): (usize, &[Interval])| {
        let slots: Vec<SlotView> =
            day.iter().map(|slot| slot_view(*slot, when.clock(slot.from), |value| value == chosen)).collect();
        let is_open = at == 0 || slots.iter().any(|slot| slot.is_chosen);
        DayView { day: when.day(day[0].from), free: words::count(slots.len(), "time"), is_open, slots }
    };
    days.enumerate().map(view).collect()
}

/// Times with their days, as ticks show them.
pub fn with_days(free: &[Interval], when: &When, is_chosen: impl Fn(&str) -> bool) -> Vec<SlotView> {
    free.iter().map(|slot| slot_view(*slot, when.short_moment(slot.from), &is_chosen)).collect()
}

fn slot_view(slot: Interval, label: String, is_chosen: impl Fn(&str) -> bool) -> SlotView {
    let value = slot.from.to_string();
    SlotView { is_chosen: is_chosen(&value), label, value }
}
