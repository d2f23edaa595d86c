//! The fault matrix: one cancellation the day before, under each fault that lasts all day, for clients who are told in
//! different ways. What became of it is judged from what the client saw.

use crate::faults::{Fault, Profile};
use crate::modes::{Failure, play};
use crate::people::Source;
use crate::plan::{Crashes, Plan};
use crate::run::Told;
use crate::script::Step;
use crate::stage::Stage;
use domain::policy::Preset;
use domain::time::Span;

/// The clients of the matrix, by their place in the practice, and how they wish to be told.
pub const CLIENTS: [(usize, &str); 3] = [(1, "letters"), (0, "texts, letters behind"), (3, "texts alone")];

/// One fault and one client.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What goes wrong; nothing in the first line.
    pub fault: Option<Fault>,
    /// How the client wishes to be told.
    pub client: &'static str,
    /// How they came to know.
    pub told: Option<Told>,
    /// The promise that was broken, if one was: conflicting facts among them.
    pub failure: Option<Failure>,
}

/// Faults of which the client could know, and how often they happen in a thousand. Those that would stop every worker for
/// good happen often, and no fault of people is among them.
fn faults() -> impl Iterator<Item = (Fault, u16)> {
    let of_people = [Fault::SickDay, Fault::DoubleClick, Fault::StaleForm];
    let often = |fault: &Fault| match fault {
        Fault::Crash | Fault::Pause | Fault::Slow => 300,
        _ => 1000,
    };
    Fault::ALL.iter().filter(move |fault| !of_people.contains(fault)).map(move |fault| (*fault, often(fault)))
}

/// Plays the whole matrix, row by row.
pub fn matrix(stage: &Stage) -> Vec<Cell> {
    let rows = std::iter::once(None).chain(faults().map(Some));
    rows.flat_map(|row| CLIENTS.map(|(client, words)| cell(stage, row, client, words))).collect()
}

fn cell(stage: &Stage, row: Option<(Fault, u16)>, client: usize, words: &'static str) -> Cell {
    let script = vec![(Span::hours(10), Step::Book(28)), (Span::hours(15), Step::TherapistPromises)];
    let calm = Profile::calm();
    let profile = row.map_or(calm.clone(), |(fault, rate)| calm.with(fault, rate));
    let plan = Plan { profile, client, crashes: Crashes::ByChance, ..Plan::scripted(11, Preset::Clinic, script) };
    let report = play(stage, &plan);
    let failure = report.broken.map(|broken| Failure { plan, broken });
    Cell { fault: row.map(|(fault, _)| fault), client: words, told: report.told, failure }
}

impl Cell {
    /// How the client came to know, and how soon: "text, 1 min".
    pub fn words(&self) -> String {
        if let Some(failure) = &self.failure {
            return format!("BROKEN {}", failure.broken.promise);
        }
        let Some(told) = self.told else { return "nothing happened".into() };
        let how = match told.by {
            Some(Source::Own) => format!("their page, {}", soon(told.after)),
            Some(Source::Letter) => format!("letter, {}", soon(told.after)),
            Some(Source::Text) => format!("text, {}", soon(told.after)),
            Some(Source::Phone) => format!("a call, {}", soon(told.after)),
            None if told.owed => "a person is asked".into(),
            None => "NOT TOLD".into(),
        };
        if told.twice == 0 { how } else { format!("{how} (twice: {})", told.twice) }
    }

    /// Whether the client knows or a person owes them a word, and nothing was broken.
    pub fn is_kept(&self) -> bool {
        self.failure.is_none() && self.told.is_some_and(|told| told.by.is_some() || told.owed)
    }
}

/// A span as a band, so that the table does not change with every second.
fn soon(span: Span) -> &'static str {
    const BANDS: [(i64, &str); 6] = [
        (1, "within 1 min"),
        (5, "within 5 min"),
        (15, "within 15 min"),
        (60, "within 1 h"),
        (4 * 60, "within 4 h"),
        (24 * 60, "within a day"),
    ];
    let band = BANDS.iter().find(|(minutes, _)| span <= Span::minutes(*minutes));
    band.map_or("later", |(_, words)| words)
}

/// The matrix as a table: a row for each fault, a column for each client.
pub fn table(cells: &[Cell]) -> String {
    let mut lines = vec![format!("| fault | {} |", CLIENTS.map(|(_, words)| words).join(" | "))];
    lines.push(format!("|---|{}", "---|".repeat(CLIENTS.len())));
    for row in cells.chunks(CLIENTS.len()) {
        let fault = row.first().and_then(|cell| cell.fault).map_or("none", Fault::word);
        let words: Vec<String> = row.iter().map(Cell::words).collect();
        lines.push(format!("| {} | {} |", fault.replace('_', " "), words.join(" | ")));
    }
    let broken = cells.iter().filter(|cell| cell.failure.is_some()).count();
    let told = cells.iter().filter(|cell| cell.is_kept()).count();
    let twice: u32 = cells.iter().filter_map(|cell| cell.told).map(|told| told.twice).sum();
    lines.push(String::new());
    lines.push(format!(
        "{} cases: {told} told or in a person's hands, {broken} with conflicting facts or another broken promise, {twice} copies of \
         the same words.",
        cells.len()
    ));
    lines.join("\n") + "\n"
}
