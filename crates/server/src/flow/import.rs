//! What a practice brings along: a therapist's diary, clients and appointments. All or nothing, with a word on each line.
//!
//! Reading and deciding happen outside any transaction, over what the practice looked like then. The transaction locks
//! whoever is concerned, looks again, and saves only where nothing has changed meanwhile; otherwise it is all decided
//! anew. A dry run is the same without the last step.

mod appointments;
mod calendar;
mod clients;
mod diary;
mod place;
mod report;

pub use appointments::{Agreed, Appointments, When, appointments};
pub use clients::{Clients, clients};
pub use diary::{Diary, diary};
pub use report::{Line, Problem, Progress, Quiet, Report};

use super::{Ask, Failed, Flow, Tools, Who};
use domain::audit::Entry;
use domain::id::{CommandId, Ids, PracticeId};
use domain::refusal::{Class, Refusal};
use domain::time::Instant;
use place::Place;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{Done, Store, Tx};

/// What every import needs to know beside its rows.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The practice's id or name; may be left out where there is only one.
    pub practice: Option<String>,
    /// The e-mail address of whoever imports, for the record.
    pub by: Option<String>,
    /// The file as it is.
    pub file: Arc<Vec<u8>>,
    /// Now, UTC.
    pub now: Instant,
    /// The command: ids of new things derive from it.
    pub command: CommandId,
}

/// Whether it is meant.
#[derive(Clone)]
pub enum Mode {
    /// Says what would be done and changes nothing.
    DryRun,
    /// Does it.
    Write(Tools),
}

/// How often the practice may change under our hands before we ask for a quieter hour.
const ATTEMPTS: usize = 5;

/// One kind of import. `World` is what it looks at, and must be the same when it is saved.
trait Work: Send + Sync + 'static {
    /// What it looks at beside the practice.
    type World: PartialEq + Send + Sync + 'static;
    /// What it has decided.
    type Plan: Send + Sync + 'static;

    /// The word for people and programs.
    const WHAT: &'static str;

    /// Reads what bears on the rows.
    fn look(&self, tx: &mut Tx, place: &Place) -> Flow<Self::World>;

    /// Decides; what is wrong goes to the report.
    fn plan(&self, place: &Place, world: &Self::World, report: &mut Report, progress: &dyn Progress) -> Self::Plan;

    /// Whose time is to be locked.
    fn subjects(&self, plan: &Self::Plan) -> Vec<String>;

    /// Whether the plan is to leave everything as it is.
    fn changes_nothing(&self, plan: &Self::Plan) -> bool;

    /// Saves the plan; the first entry is the file's.
    fn save(
        &self,
        tx: &mut Tx,
        tools: &Tools,
        place: &Place,
        plan: &Self::Plan,
        progress: &dyn Progress,
    ) -> Flow<Vec<Entry>>;
}

/// Looks, decides and, where it is meant and nothing is wrong, saves.
fn carry_out<W: Work>(
    store: &Store,
    mode: &Mode,
    settings: &Settings,
    work: W,
    progress: &Arc<dyn Progress>,
) -> Flow<Report> {
    let work = Arc::new(work);
    for _ in 0..ATTEMPTS {
        let mut report = Report::new(W::WHAT, matches!(mode, Mode::DryRun));
        let (looking, wanted) = (work.clone(), settings.clone());
        let seen = store.read(move |tx: &mut Tx| -> Flow<_> { look(tx, &*looking, &wanted) })?;
        let (place, world) = match seen {
            Ok(seen) => seen,
            Err(problems) => {
                report.problems = problems;
                return Ok(report);
            }
        };
        report.practice = Some(place.practice.name.clone());
        let plan = work.plan(&place, &world, &mut report, &**progress);
        report.tidy();
        let Mode::Write(tools) = mode else { return Ok(report) };
        if !report.problems.is_empty() || work.changes_nothing(&plan) {
            return Ok(report);
        }
        let attempt =
            Attempt { work: work.clone(), settings: settings.clone(), tools: tools.clone(), place, world, plan };
        let progress = progress.clone();
        match store.write(move |tx: &mut Tx| attempt.run(tx, &*progress)) {
            Ok(committed) => {
                report.written = true;
                report.receipt = Some(committed.receipt.to_string());
                return Ok(report);
            }
            Err(Failed::Refused(refusal)) if refusal.class == Class::Stale => {}
            Err(other) => return Err(other),
        }
    }
    let detail = "The practice changed while the file was being read, again and again. Import it in a quieter hour.";
    Err(Refusal::conflict("changed_meanwhile", detail).into())
}

type Seen<W> = Result<(Place, <W as Work>::World), Vec<Problem>>;

fn look<W: Work>(tx: &mut Tx, work: &W, settings: &Settings) -> Flow<Seen<W>> {
    let place = match place::find(tx, settings)? {
        Ok(place) => place,
        Err(problem) => return Ok(Err(vec![problem])),
    };
    let world = work.look(tx, &place)?;
    Ok(Ok((place, world)))
}

/// A plan and what it rests on.
struct Attempt<W: Work> {
    work: Arc<W>,
    settings: Settings,
    tools: Tools,
    place: Place,
    world: W::World,
    plan: W::Plan,
}

impl<W: Work> Attempt<W> {
    fn run(&self, tx: &mut Tx, progress: &dyn Progress) -> Flow<Done<()>> {
        let subjects = self.work.subjects(&self.plan);
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        store::occupancy::lock(tx, &subjects, self.settings.now)?;
        let same = matches!(look(tx, &*self.work, &self.settings)?,
            Ok((place, world)) if place == self.place && world == self.world);
        if !same {
            return Err(Refusal::stale().into());
        }
        let mut entries = self.work.save(tx, &self.tools, &self.place, &self.plan, progress)?.into_iter();
        let first = entries.next().ok_or_else(|| Failed::Fault("an import without an entry".to_owned()))?;
        Ok(Done::new((), first).and(entries))
    }
}

impl Settings {
    /// Who asks: the command line, under this command. Each row has one of its own, so that each entry of the record has
    /// its own salt and can be erased alone.
    fn ask(&self, ids: &mut Ids) -> Ask {
        Ask { who: Who::System("import"), now: self.now, command: ids.mint() }
    }

    /// What names the file on the record.
    fn digest(&self) -> String {
        let digest = Sha256::digest(self.file.as_slice());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// An entry under the command `ask`.
    fn entry(
        &self,
        tools: &Tools,
        ask: &Ask,
        place: &Place,
        word: &str,
        subjects: Vec<String>,
        details: Value,
    ) -> Entry {
        Entry {
            practice: place.practice.id,
            command: ask.command,
            at: ask.now,
            actor: ask.who.scope().signature(),
            on_behalf_of: place.by.map(|person| person.to_string()),
            word: word.to_owned(),
            subjects,
            details,
            salt: tools.link_key.salt(ask.command),
        }
    }

    /// The entry of the whole file, which names nobody: each row has its own.
    fn file_entry(&self, tools: &Tools, place: &Place, word: &str, details: Value) -> Entry {
        let ask = Ask { who: Who::System("import"), now: self.now, command: self.command };
        let practice: PracticeId = place.practice.id;
        self.entry(tools, &ask, place, word, vec![practice.to_string()], details)
    }
}
