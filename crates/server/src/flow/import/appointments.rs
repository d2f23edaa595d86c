//! Appointments from a table: what is to come is booked by the rules of a booking, what is over becomes history.

mod draft;
mod world;

use super::calendar::{Calendars, Taken, overlaps};
use super::place::Place;
use super::report::{Problem, Progress, Report};
use super::{Mode, Settings, Work, carry_out};
use crate::flow::{Ask, Flow, Tools, save};
use domain::appointment::{Agreement, Appointment};
use domain::audit::Entry;
use domain::decide::{Asker, Became, Command, Import, Outcome, Situation, decide};
use domain::id::Ids;
use domain::money::Money;
use domain::practice::AgreementHow;
use domain::refusal::Refusal;
use domain::time::{Instant, Interval, NotAMoment, Span};
use draft::{Draft, told};
use jiff::civil::Date;
use outside::table::{self, AppointmentRow, Limits, Table};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;
use store::{Store, Tx};
use world::World;

/// How and when the clients agreed to what is still to come (H-09), said once for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// How.
    pub how: AgreementHow,
    /// When.
    pub when: When,
}

/// A day, or a moment of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A day of the practice.
    Day(Date),
    /// A moment, UTC.
    Moment(Instant),
}

impl FromStr for When {
    type Err = NotAMoment;
    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        match text.parse() {
            Ok(moment) => Ok(Self::Moment(moment)),
            Err(_) => text.parse().map(Self::Day).map_err(|_| NotAMoment),
        }
    }
}

impl Agreed {
    fn at(self, place: &Place) -> Agreement {
        let at = match self.when {
            When::Moment(moment) => moment,
            When::Day(day) => place.practice.zone.start_of(day),
        };
        Agreement { how: self.how, at }
    }
}

/// A table of appointments, and what whoever imports it says once for all of them.
#[derive(Debug, Clone)]
pub struct Appointments {
    table: Table<AppointmentRow>,
    agreed: Option<Agreed>,
    tell: bool,
}

impl Appointments {
    /// Reads the table out of the file; what is wrong with it is said by the import. `tell` sends a confirmation of each
    /// that is still to come.
    pub fn read(settings: &Settings, agreed: Option<Agreed>, tell: bool) -> Self {
        Self { table: table::appointments(&settings.file, &Limits::default()), agreed, tell }
    }
}

/// Takes the appointments of a table over, or says what would be done.
///
/// # Errors
/// Faults of the store; what is wrong with the file is in the report.
pub fn appointments(
    store: &Store,
    mode: &Mode,
    settings: &Settings,
    wish: Appointments,
    progress: &Arc<dyn Progress>,
) -> Flow<Report> {
    carry_out(store, mode, settings, Task { settings: settings.clone(), wish }, progress)
}

struct Task {
    settings: Settings,
    wish: Appointments,
}

/// What one line becomes.
struct Decided {
    line: u64,
    ask: Ask,
    ids: Ids,
    situation: Arc<Situation>,
    outcome: Outcome,
}

impl Work for Task {
    type World = World;
    type Plan = Vec<Decided>;
    const WHAT: &'static str = "appointments";

    fn look(&self, tx: &mut Tx, place: &Place) -> Flow<World> {
        World::look(tx, place, &self.wish.table.rows, self.settings.now)
    }

    fn plan(&self, place: &Place, world: &World, report: &mut Report, progress: &dyn Progress) -> Vec<Decided> {
        let rows = &self.wish.table.rows;
        report.problems.extend(self.wish.table.problems.iter().cloned().map(Problem::from));
        if rows.is_empty() && report.problems.is_empty() {
            let remedy = "Write a line for each appointment below the header.";
            report.problems.push(Problem::of_line(1, "", "there is no appointment in this table", remedy));
        }
        progress.begin("Checking appointments", rows.len() as u64);
        let mut drafts = Vec::new();
        for row in rows {
            match draft::of(row, place, world) {
                Ok(draft) => drafts.push(draft),
                Err(problem) => report.problems.push(problem),
            }
        }
        let agreement = self.agreement(&drafts, place, report);
        let bad = contradictions(&drafts, world, report);
        let decided = self.decide_all(drafts, &bad, agreement, place, world, report, progress);
        self.payments_due_now(&decided, report);
        decided
    }

    fn subjects(&self, plan: &Vec<Decided>) -> Vec<String> {
        let both = |decided: &Decided| {
            let relationship = &decided.situation.relationship;
            [relationship.therapist.to_string(), relationship.client.to_string()]
        };
        plan.iter().flat_map(both).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn changes_nothing(&self, plan: &Vec<Decided>) -> bool {
        plan.is_empty()
    }

    fn save(
        &self,
        tx: &mut Tx,
        tools: &Tools,
        place: &Place,
        plan: &Vec<Decided>,
        progress: &dyn Progress,
    ) -> Flow<Vec<Entry>> {
        progress.begin("Writing appointments", plan.len() as u64);
        let file = self.settings.digest();
        let details = json!({ "file": file, "appointments": plan.len(), "agreement": self.wish.agreed.map(|agreed| agreed.at(place)),
            "clients_told": self.wish.tell });
        let mut entries = vec![self.settings.file_entry(tools, place, "appointments_imported", details)];
        for Decided { line, ask, ids, situation, outcome } in plan {
            let done = save::save(tx, tools, ask, situation, outcome.clone(), &mut ids.clone())?;
            let mut entry = Entry { on_behalf_of: place.by.map(|person| person.to_string()), ..done.audit };
            entry.details["file"] = json!(file);
            entry.details["line"] = json!(line);
            entries.push(entry);
            progress.step();
        }
        Ok(entries)
    }
}

impl Task {
    /// The yes that everything still to come rests on (H-09). Where it is missing, one problem says so for all of them.
    fn agreement(&self, drafts: &[Draft<'_>], place: &Place, report: &mut Report) -> Option<Agreement> {
        let now = self.settings.now;
        let ahead = drafts.iter().filter(|draft| draft.time.from > now).count();
        let stand_in = Agreement { how: AgreementHow::Portal, at: now };
        match self.wish.agreed.map(|agreed| agreed.at(place)) {
            None if ahead > 0 => {
                let what =
                    format!("{ahead} appointments are still to come, and nothing is booked without a client's yes");
                let remedy = "Say how and when they agreed: --agreed phone --agreed-at 2026-03-01. \
                              It is one of in_session, phone, email, sms, portal.";
                report.problems.push(Problem::of_option("--agreed", what, remedy));
                Some(stand_in)
            }
            Some(agreed) if agreed.at > now + Span::minutes(1) => {
                let what = "the clients' agreement cannot lie in the future";
                report.problems.push(Problem::of_option("--agreed-at", what, "Write when they agreed."));
                Some(stand_in)
            }
            agreed => agreed,
        }
    }

    /// From the last appointment to the first, so that each knows how much time is left free after it.
    #[allow(clippy::too_many_arguments)]
    fn decide_all(
        &self,
        mut drafts: Vec<Draft<'_>>,
        bad: &BTreeSet<u64>,
        agreement: Option<Agreement>,
        place: &Place,
        world: &World,
        report: &mut Report,
        progress: &dyn Progress,
    ) -> Vec<Decided> {
        let attended = drafts.iter().filter(|draft| draft.became == Became::Attended).map(Draft::pair).collect();
        let mut situations: BTreeMap<_, Arc<Situation>> = BTreeMap::new();
        let mut calendars = Calendars::of(&world.busy);
        let mut ids = Ids::new(self.settings.command, self.settings.now);
        drafts.sort_by_key(|draft| std::cmp::Reverse((draft.time, draft.line)));
        let mut decided = Vec::new();
        for draft in drafts.iter().filter(|draft| !bad.contains(&draft.line)) {
            let situation =
                situations.entry(draft.pair()).or_insert_with(|| Arc::new(draft.situation(place, &attended)));
            let ask = self.settings.ask(&mut ids);
            match self.decide_one(draft, situation, &ask, agreement, &mut calendars) {
                Ok((outcome, ids)) => {
                    if let Some(appointment) = &outcome.appointment {
                        say(draft, appointment, report);
                    }
                    decided.push(Decided { line: draft.line, ask, ids, situation: situation.clone(), outcome });
                }
                Err(refusal) => report.problems.push(refused(draft, &refusal)),
            }
            progress.step();
        }
        decided
    }

    fn decide_one(
        &self,
        draft: &Draft<'_>,
        situation: &Situation,
        ask: &Ask,
        agreement: Option<Agreement>,
        calendars: &mut Calendars,
    ) -> Result<(Outcome, Ids), Refusal> {
        let (therapist, client) = (draft.therapist.id.to_string(), draft.client.id.to_string());
        let around = Situation {
            therapist_busy: calendars.around(&therapist, draft.time),
            client_busy: calendars.around(&client, draft.time),
            ..situation.clone()
        };
        let import = Import {
            time: draft.time,
            kind: draft.kind,
            price: draft.price,
            became: draft.became,
            agreement,
            tell: self.wish.tell,
        };
        let mut ids = Ids::new(ask.command, ask.now);
        let asker = Asker::of(&ask.who.scope());
        let outcome = decide(&around, &asker, Command::Import(import), ask.now, &mut ids)?;
        if let Some(booked) = outcome.appointment.as_ref().filter(|appointment| appointment.state.is_live()) {
            calendars.take(&therapist, booked.interval_with_buffer());
            calendars.take(&client, booked.interval());
        }
        Ok((outcome, ids))
    }

    /// A practice that takes payments early would take them all at once: whoever imports should know before.
    fn payments_due_now(&self, decided: &[Decided], report: &mut Report) {
        let now = self.settings.now;
        let appointments = decided.iter().filter_map(|decided| decided.outcome.appointment.as_ref());
        let due: Vec<Money> = appointments
            .filter(|appointment| appointment.payment.due_at.is_some_and(|due| due <= now))
            .map(|appointment| appointment.price)
            .collect();
        let Some(first) = due.first() else { return };
        let sum = Money::new(due.iter().map(|price| price.amount_minor).sum(), first.currency);
        let said = format!("{} payments, {sum} in all, fall due at once by the practice's policy", due.len());
        report.note(0, said);
    }
}

/// What is said of a line that can be taken over.
fn say(draft: &Draft<'_>, appointment: &Appointment, report: &mut Report) {
    let word = appointment.state.word();
    let start = told(draft.time.from, &appointment.zone);
    report.line(draft.line, format!("{start}, {} with {}: {word}", draft.email, draft.therapist.person.name));
    report.count(word);
    let schedule = &draft.therapist.schedule;
    if draft.became == Became::Booked && !schedule.covers(draft.kind, draft.time) {
        report.note(
            draft.line,
            format!("{start} is outside the therapist's hours, or they are away; it is booked all the same"),
        );
    }
}

/// Lines that say the same time twice, or a time that is here already. Each is named; nothing of them is decided.
fn contradictions(drafts: &[Draft<'_>], world: &World, report: &mut Report) -> BTreeSet<u64> {
    let mut bad = BTreeSet::new();
    let both = |draft: &Draft<'_>| {
        let (line, time) = (draft.line, draft.time);
        let of = |who: String| Taken { who, time, line };
        [of(draft.therapist.id.to_string()), of(draft.client.id.to_string())]
    };
    let taking = drafts.iter().filter(|draft| draft.became.takes_time()).flat_map(both).collect();
    for (line, other) in overlaps(taking) {
        bad.insert(line);
        let what = format!("this overlaps line {other}");
        report.problems.push(Problem::of_line(line, "start", what, "Correct one of the two, or leave it out."));
    }
    for draft in drafts {
        if let Some((what, remedy)) = world.known(draft) {
            bad.insert(draft.line);
            report.problems.push(Problem::of_line(draft.line, "start", what, remedy));
        }
    }
    bad
}

/// A refusal says what is wrong and then what to do, in sentences.
fn refused(draft: &Draft<'_>, refusal: &Refusal) -> Problem {
    let (what, remedy) =
        refusal.detail.split_once(". ").unwrap_or((&refusal.detail, "Correct the line, or leave it out."));
    Problem::of_line(draft.line, refusal.field.unwrap_or("start"), what, remedy)
}

/// The time that a line's appointment takes.
fn time_of(start: Instant, length: Span) -> Interval {
    Interval::new(start, start + length)
}
