//! All times of one event: its rules and dates, without its exceptions, with its changed times in their places.

use super::event::{Event, Extent};
use super::expand::{Budget, Occurrences, last, shift};
use super::rule::Rule;
use super::zones::{Clock, Stamp};
use super::{DiaryEvent, Place, Problems};
use domain::time::{Instant, Interval, Zone};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The events of one UID: the version of the whole that counts, and its changed times.
pub(super) struct Group<'a> {
    master: Option<&'a Event>,
    /// By the moment of the original time.
    changed: Vec<&'a Event>,
}

/// Sorts events into groups, in order of appearance. Events without a UID stand alone.
pub(super) fn by_uid(events: &[Event]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for event in events {
        let fresh = groups.len();
        let index = if event.uid.is_empty() { fresh } else { *known.entry(&event.uid).or_insert(fresh) };
        if index == fresh {
            groups.push(Group { master: None, changed: Vec::new() });
        }
        let group = &mut groups[index];
        if event.recurrence.is_some() {
            group.changed.push(event);
        } else if group.master.is_none_or(|other| other.sequence <= event.sequence) {
            group.master = Some(event);
        }
    }
    groups
}

/// Turns groups into diary events.
pub(super) struct Reader<'a> {
    zone: &'a Zone,
    window: Interval,
    limit: usize,
    budget: &'a mut Budget,
    problems: &'a mut Problems,
    events: Vec<DiaryEvent>,
    /// Whether the limit was reached and said so.
    full: bool,
}

/// A change that holds from a moment on.
struct Shift<'a> {
    from: Instant,
    event: &'a Event,
    by: SignedDuration,
}

/// The changes of one group.
#[derive(Default)]
struct Changes<'a> {
    /// The version that counts for each original moment.
    single: BTreeMap<Instant, &'a Event>,
    /// Days whose time was changed, where the change names only a day.
    days: BTreeSet<Date>,
    /// In order.
    shifts: Vec<Shift<'a>>,
}

impl<'a> Changes<'a> {
    fn of(group: &Group<'a>, zone: &Zone) -> Self {
        let mut changes = Self::default();
        for event in &group.changed {
            let Some(recurrence) = &event.recurrence else { continue };
            let of = as_master(&recurrence.of, group.master);
            let at = moment(&of, zone);
            let newest = changes.single.get(&at).is_none_or(|other| other.sequence <= event.sequence);
            if !newest {
                continue;
            }
            changes.single.insert(at, event);
            if let Stamp::Day(day) = of {
                changes.days.insert(day);
            }
            if recurrence.and_future {
                let by = event.start.civil().duration_since(of.civil());
                changes.shifts.push(Shift { from: at, event, by });
            }
        }
        changes.shifts.sort_by_key(|shift| shift.from);
        changes
    }

    /// How far a time may end up from where its rule puts it, and how long it may last.
    fn reach(&self, master: &Event) -> SignedDuration {
        let longest = master.dates.iter().map(|(_, extent)| extent.at_most()).max().unwrap_or_default();
        let own = master.extent.at_most().max(longest);
        let moved = self.shifts.iter().map(|s| s.by.abs().saturating_add(s.event.extent.at_most())).max();
        own.max(moved.unwrap_or_default()).min(SignedDuration::from_hours(24 * 3_660))
    }
}

/// The original time that a change names. Where the whole is a matter of days, a time stands for its day.
fn as_master(of: &Stamp, master: Option<&Event>) -> Stamp {
    match (of, master.map(|event| &event.start)) {
        (Stamp::Time(civil, _), Some(Stamp::Day(_))) => Stamp::Day(civil.date()),
        _ => of.clone(),
    }
}

/// A rule that ends before the event starts: how some programs write that a whole series was deleted.
fn is_over_before_it_starts(event: &Event, clock: &Clock) -> bool {
    event.rules.iter().any(|(rule, _)| rule.until.is_some_and(|until| last(until, clock) < event.start.civil()))
}

fn moment(stamp: &Stamp, zone: &Zone) -> Instant {
    match stamp {
        Stamp::Day(day) => zone.start_of(*day),
        Stamp::Time(civil, clock) => clock.instant(*civil),
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        zone: &'a Zone,
        window: Interval,
        limit: usize,
        budget: &'a mut Budget,
        problems: &'a mut Problems,
    ) -> Self {
        Self { zone, window, limit, budget, problems, events: Vec::new(), full: false }
    }

    pub(super) fn finish(self) -> Vec<DiaryEvent> {
        self.events
    }

    /// Adds all times of one group that meet the window.
    pub(super) fn group(&mut self, group: &Group<'_>) {
        let changes = Changes::of(group, self.zone);
        if let Some(master) = group.master {
            self.master(master, &changes);
        }
        let (days, moments) = group.master.map(exceptions).unwrap_or_default();
        for (at, event) in &changes.single {
            // An exception of a newer version takes an older change away too.
            let excepted = moments.contains(at) || days.contains(&self.zone.day_of(*at));
            if excepted && group.master.is_some_and(|master| master.sequence > event.sequence) {
                continue;
            }
            self.emit(event, &event.start, event.extent);
        }
    }

    fn master(&mut self, master: &Event, changes: &Changes<'_>) {
        let clock = match &master.start {
            Stamp::Day(_) => Clock::Known(self.zone.time_zone()),
            Stamp::Time(_, clock) => clock.clone(),
        };
        let reach = changes.reach(master);
        let from = shift(clock.civil(self.window.from), -reach);
        let to = shift(clock.civil(self.window.to), reach);
        let mut times = self.times(&master.rules, master, &clock, (from, to));
        if !is_over_before_it_starts(master, &clock) {
            times.insert(master.start.civil(), master.extent);
        }
        for (stamp, extent) in &master.dates {
            // A date on another clock is the same moment on this one.
            times.insert(on_clock(stamp, &clock), *extent);
        }
        for except in self.times(&master.except_rules, master, &clock, (from, to)).keys() {
            times.remove(except);
        }
        let (except_days, except_moments) = exceptions(master);
        for (civil, extent) in times {
            let stamp = like(&master.start, civil, &clock);
            let at = moment(&stamp, self.zone);
            let changed = changes.single.contains_key(&at) || changes.days.contains(&civil.date());
            if !changed && !except_days.contains(&civil.date()) && !except_moments.contains(&at) {
                self.time(master, changes, (&stamp, at), extent);
            }
        }
    }

    /// One time of the whole, or what a change that holds from earlier on makes of it.
    fn time(&mut self, master: &Event, changes: &Changes<'_>, (stamp, at): (&Stamp, Instant), extent: Extent) {
        let begun = changes.shifts.partition_point(|shift| shift.from <= at);
        match changes.shifts[..begun].last() {
            None => self.emit(master, stamp, extent),
            Some(later) => {
                let civil = shift(stamp.civil(), later.by);
                let moved = match &later.event.start {
                    Stamp::Day(_) => Stamp::Day(civil.date()),
                    Stamp::Time(_, clock) => Stamp::Time(civil, clock.clone()),
                };
                self.emit(later.event, &moved, later.event.extent);
            }
        }
    }

    fn times(
        &mut self,
        rules: &[(Rule, Place)],
        master: &Event,
        clock: &Clock,
        (from, to): (DateTime, DateTime),
    ) -> BTreeMap<DateTime, Extent> {
        let mut times = BTreeMap::new();
        let room = self.limit.saturating_sub(self.events.len()).saturating_add(1);
        for (rule, place) in rules {
            let found = Occurrences::new(rule, master.start.civil(), clock, to, self.budget).skip_to(from);
            times.extend(found.filter(|at| *at >= from).take(room).map(|at| (at, master.extent)));
            if self.budget.is_spent() {
                let remedy = "Give the rule an end, or export a shorter stretch of time.";
                self.problems.add(*place, "this repeats more often than can be read; later times are missing", remedy);
            }
        }
        times
    }

    fn emit(&mut self, event: &Event, start: &Stamp, extent: Extent) {
        let (from, to) = extent.bounds(start, self.zone);
        let to = to.max(from);
        let inside = from < self.window.to && (to > self.window.from || (to == from && from >= self.window.from));
        if !inside {
            return;
        }
        if self.events.len() >= self.limit {
            if !self.full {
                self.full = true;
                let what = format!("there are more than {} events; later ones are missing", self.limit);
                self.problems.add((event.line, 1), what, "Export a shorter stretch of time.");
            }
            return;
        }
        self.events.push(DiaryEvent {
            uid: event.uid.clone(),
            start: from,
            end: to,
            all_day: matches!(start, Stamp::Day(_)),
            summary: event.summary.clone(),
            busy: event.busy,
            cancelled: event.cancelled,
            line: event.line,
        });
    }
}

/// The wall time of a stamp on another clock.
fn on_clock(stamp: &Stamp, clock: &Clock) -> DateTime {
    match stamp {
        Stamp::Day(day) => day.at(0, 0, 0, 0),
        Stamp::Time(civil, own) => clock.civil(own.instant(*civil)),
    }
}

/// A stamp of the same kind as `model`.
fn like(model: &Stamp, civil: DateTime, clock: &Clock) -> Stamp {
    match model {
        Stamp::Day(_) => Stamp::Day(civil.date()),
        Stamp::Time(..) => Stamp::Time(civil, clock.clone()),
    }
}

/// Days and moments on which the event does not happen.
fn exceptions(master: &Event) -> (BTreeSet<Date>, BTreeSet<Instant>) {
    let mut days = BTreeSet::new();
    let mut moments = BTreeSet::new();
    for stamp in &master.except_dates {
        match stamp {
            Stamp::Day(day) => {
                days.insert(*day);
            }
            // For an event of whole days, a time stands for its day.
            Stamp::Time(civil, _) if matches!(master.start, Stamp::Day(_)) => {
                days.insert(civil.date());
            }
            Stamp::Time(civil, clock) => {
                moments.insert(clock.instant(*civil));
            }
        }
    }
    (days, moments)
}
