//! A therapist's diary: its busy times close their hours. Nothing else of it is kept, least of all titles.

use super::place::Place;
use super::report::{Problem, Progress, Report};
use super::{Mode, Settings, Work, carry_out};
use crate::flow::{Flow, Tools};
use domain::audit::Entry;
use domain::id::TherapistId;
use domain::practice::Therapist;
use domain::schedule::{Away, Schedule};
use domain::time::{Interval, Span, Zone};
use outside::address::EmailAddress;
use outside::ical::read::{self, DiaryEvent};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::occupancy::{Busy, Kind};
use store::{Store, Tx};

/// The most stretches of busy time that one diary may bring: they are read with every search for free times.
const STRETCHES: usize = 5_000;
/// A single time that is longer than this is worth a note: it may be a reminder and not an absence.
const LONG: Span = Span::hours(24 * 31);
/// What ends the UID of our own appointments (`Appointment::uid`): they are here already.
const OWN: &str = "@holdspace";

/// A diary that is to be taken over.
#[derive(Debug, Clone)]
pub struct Diary {
    /// Whose.
    pub therapist: EmailAddress,
    /// Where times without a zone are meant; the therapist's own zone where nobody says.
    pub zone: Option<Zone>,
    /// The diary's name: importing one of the same name again replaces what it said before.
    pub source: String,
    /// Whether to go on without what cannot be understood.
    pub leave_out: bool,
}

/// Takes the busy times of a diary over, or says what would be done.
///
/// # Errors
/// Faults of the store; what is wrong with the file is in the report.
pub fn diary(
    store: &Store,
    mode: &Mode,
    settings: &Settings,
    wish: Diary,
    progress: &Arc<dyn Progress>,
) -> Flow<Report> {
    carry_out(store, mode, settings, Task { settings: settings.clone(), wish }, progress)
}

struct Task {
    settings: Settings,
    wish: Diary,
}

/// The therapist's schedule after the import.
struct Plan {
    therapist: TherapistId,
    before: Schedule,
    after: Schedule,
    stretches: usize,
}

impl Work for Task {
    type World = Vec<Busy>;
    type Plan = Option<Plan>;
    const WHAT: &'static str = "diary";

    fn look(&self, tx: &mut Tx, place: &Place) -> Flow<Vec<Busy>> {
        let Some(therapist) = place.therapist(&self.wish.therapist) else { return Ok(Vec::new()) };
        let mut busy = store::occupancy::busy(tx, &therapist.id.to_string(), self.window(place), self.settings.now)?;
        busy.retain(|taken| taken.kind == Kind::Appointment);
        Ok(busy)
    }

    fn plan(&self, place: &Place, booked: &Vec<Busy>, report: &mut Report, progress: &dyn Progress) -> Option<Plan> {
        let Some(therapist) = place.therapist(&self.wish.therapist) else {
            report.problems.push(place.no_therapist(0, "--therapist", &self.wish.therapist));
            return None;
        };
        let zone = self.wish.zone.as_ref().unwrap_or(&therapist.schedule.zone);
        let found = read::read(&self.settings.file, zone, self.window(place));
        progress.begin("Reading the diary", found.events.len() as u64);
        for problem in found.problems {
            self.not_understood(problem, report);
        }
        let mut by_line: BTreeMap<u32, Vec<&DiaryEvent>> = BTreeMap::new();
        for event in &found.events {
            progress.step();
            by_line.entry(event.line).or_default().push(event);
        }
        let mut times = Vec::new();
        for (line, events) in by_line {
            self.event(line.into(), &events, zone, report, &mut times);
        }
        conflicts(&times, booked, therapist, report);
        let times = times.into_iter().map(|(_, time)| time).collect();
        self.schedule(therapist, Away::new(self.wish.source.as_str(), times), report)
    }

    fn subjects(&self, plan: &Option<Plan>) -> Vec<String> {
        plan.iter().map(|plan| plan.therapist.to_string()).collect()
    }

    fn changes_nothing(&self, plan: &Option<Plan>) -> bool {
        plan.as_ref().is_none_or(|plan| plan.before == plan.after)
    }

    fn save(
        &self,
        tx: &mut Tx,
        tools: &Tools,
        place: &Place,
        plan: &Option<Plan>,
        _: &dyn Progress,
    ) -> Flow<Vec<Entry>> {
        let Some(plan) = plan else { return Ok(Vec::new()) };
        store::therapist::update_schedule(tx, plan.therapist, &plan.after)?;
        let window = self.window(place);
        let details = json!({ "diary": self.wish.source, "file": self.settings.digest(), "stretches": plan.stretches,
            "from": window.from, "to": window.to });
        let mut entry = self.settings.file_entry(tools, place, "diary_imported", details);
        entry.subjects = vec![plan.therapist.to_string()];
        Ok(vec![entry])
    }
}

impl Task {
    /// From now to the last day on which the practice offers times: what is over, or beyond, closes nothing.
    fn window(&self, place: &Place) -> Interval {
        let days = i64::from(place.policy.parameters.slot.horizon_days) + 1;
        Interval::new(self.settings.now, self.settings.now + Span::hours(24 * days))
    }

    fn not_understood(&self, problem: read::Problem, report: &mut Report) {
        let problem = Problem::of_line(problem.line.into(), &problem.column.to_string(), problem.what, problem.remedy);
        if self.wish.leave_out {
            report.note(problem.line, format!("left out: {}", problem.what));
            report.count("problems left out");
        } else {
            report.problems.push(problem);
        }
    }

    /// One event of the file, which may happen many times.
    fn event(
        &self,
        line: u64,
        events: &[&DiaryEvent],
        zone: &Zone,
        report: &mut Report,
        times: &mut Vec<(u64, Interval)>,
    ) {
        if events.iter().all(|event| event.uid.ends_with(OWN)) {
            report.count("own appointments");
            return report.line(line, "one of this practice's own appointments, left out");
        }
        let busy: Vec<Interval> = events
            .iter()
            .filter(|event| event.busy && event.start < event.end && !event.uid.ends_with(OWN))
            .map(|event| Interval::new(event.start, event.end))
            .collect();
        let Some(first) = busy.first() else {
            report.count("not busy");
            return report.line(line, "takes no time, left out");
        };
        if let Some(long) = busy.iter().find(|time| time.to - time.from > LONG) {
            let days = (long.to - long.from).as_minutes() / (24 * 60);
            report.note(line, format!("takes {days} days without a break. Mark it free in the diary if it should not"));
        }
        report.count("busy events");
        let from = first.from.in_zone(zone).strftime("%A %-d %B %Y %H:%M").to_string();
        report.line(
            line,
            match busy.len() {
                1 => format!("busy from {from}"),
                many => format!("busy {many} times, first from {from}"),
            },
        );
        times.extend(busy.into_iter().map(|time| (line, time)));
    }

    fn schedule(&self, therapist: &Therapist, away: Away, report: &mut Report) -> Option<Plan> {
        let stretches = away.times().len();
        if stretches > STRETCHES {
            let what = format!("the diary takes {stretches} separate stretches of time, more than {STRETCHES}");
            report.problems.push(Problem::of_line(0, "", what, "Export only what keeps the therapist from working."));
            return None;
        }
        report.counts.insert("stretches of busy time", stretches as u64);
        let (before, mut after) = (therapist.schedule.clone(), therapist.schedule.clone());
        after.set_away(away);
        if before == after {
            report.note(0, "nothing has changed since it was imported last");
        }
        Some(Plan { therapist: therapist.id, before, after, stretches })
    }
}

/// What is booked stays booked; whoever imports hears of it.
fn conflicts(times: &[(u64, Interval)], booked: &[Busy], therapist: &Therapist, report: &mut Report) {
    for taken in booked {
        if let Some((line, _)) = times.iter().find(|(_, time)| time.meets(taken.time)) {
            let start = taken.time.from.in_zone(&therapist.schedule.zone).strftime("%A %-d %B %Y %H:%M").to_string();
            let said = format!("overlaps the appointment {} on {start}, which stays as it is", taken.owner);
            report.note(*line, said);
            report.count("conflicts");
        }
    }
}
