//! A practice's past year under two policies: asked for by a person, worked through by a job, page by page.

use super::{Ask, Failed, Flow, settings};
use crate::app::App;
use domain::id::{Ids, PracticeId, ReplayId};
use domain::policy::Policy;
use domain::policy::replay::{Replay, Totals};
use domain::refusal::Refusal;
use domain::time::{Instant, Span};
use serde::{Deserialize, Serialize};
use store::job::{self, Job, Priority};
use store::replay::{Asked, Place};
use store::{DbError, Tx};

/// How far back it looks.
pub const BACK: Span = Span::hours(24 * 365);
/// Appointments of one page: progress is written after each.
const PAGE: u32 = 2000;

/// Which two policies are compared.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Question {
    /// A version of the practice.
    pub a: Side,
    /// Another, or changes that nobody has made yet.
    pub b: Side,
}

/// One of the two: a version as it is, or with changes to try out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Side {
    /// The version.
    pub version: u32,
    /// What is tried out on it.
    #[serde(default)]
    pub set: domain::pathway::Overrides,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Result {
    /// Under the first.
    pub a: Totals,
    /// Under the second.
    pub b: Totals,
}

impl Side {
    /// The policy that is meant.
    ///
    /// # Errors
    /// Not found, or the parameter that will not do.
    pub fn policy(&self, tx: &mut Tx, practice: PracticeId) -> Flow<Policy> {
        let version = store::policy::load(tx, practice, self.version)?.ok_or_else(|| Refusal::not_found("policy"))?;
        if self.set.is_empty() {
            return Ok(version);
        }
        Ok(version.set(&self.set).map_err(|problems| domain::pathway::refusal("set", &problems))?)
    }
}

/// Asks for a replay; a job does it.
pub fn ask_for(tx: &mut Tx, ask: &Ask, practice: PracticeId, question: &Question) -> Flow<ReplayId> {
    settings::policy_in_scope(tx, ask, practice)?;
    question.a.policy(tx, practice)?;
    question.b.policy(tx, practice)?;
    let id: ReplayId = Ids::new(ask.command, ask.now).mint();
    let total = store::replay::count(tx, practice, ask.now - BACK, ask.now)?;
    let question = serde_json::to_string(question).map_err(|why| Failed::Fault(why.to_string()))?;
    let asked = Asked { id, practice, asked_at: ask.now, question, total, seen: 0, result: None, problem: None };
    store::replay::insert(tx, &asked, &ask.who.scope().signature())?;
    let subject = id.to_string();
    let job = Job { kind: super::jobs::REPLAY, subject: &subject, practice, priority: Priority::Bulk, due_at: ask.now };
    job::enqueue(tx, &job)?;
    Ok(id)
}

/// One replay of the practice of whoever asks.
pub fn one(tx: &mut Tx, ask: &Ask, practice: PracticeId, id: ReplayId) -> Flow<Asked> {
    settings::policy_in_scope(tx, ask, practice)?;
    Ok(store::replay::load(tx, practice, id)?.ok_or_else(|| Refusal::not_found("replay"))?)
}

/// Works through it. Killed half-way it begins anew: nothing of the past is written.
pub fn run(app: &App, id: ReplayId) -> Flow<()> {
    let found = app.store.read(move |tx: &mut Tx| -> Flow<Option<Work>> { work(tx, id) })?;
    let Some(work) = found else { return Ok(()) };
    let (zone, currency) = (&work.practice.zone, work.practice.currency);
    let (mut a, mut b) = (Replay::new(&work.a, zone, currency), Replay::new(&work.b, zone, currency));
    let (practice, to) = (work.asked.practice, work.asked.asked_at);
    let mut place = Some(Place { start: to - BACK, id: String::new() });
    let mut seen = 0;
    while let Some(after) = place {
        let page = app.store.read(move |tx: &mut Tx| store::replay::past(tx, practice, &after, to, PAGE))?;
        for past in &page.0 {
            a.see(past);
            b.see(past);
        }
        seen += page.1;
        app.store.write_unaudited(move |tx: &mut Tx| store::replay::progress(tx, id, seen))?;
        place = page.2;
    }
    let result = Result { a: a.totals(), b: b.totals() };
    let text = serde_json::to_string(&result).map_err(|why| Failed::Fault(why.to_string()))?;
    Ok(app.store.write_unaudited(move |tx: &mut Tx| -> std::result::Result<(), DbError> {
        store::replay::answer(tx, id, seen, Ok(text.clone()))
    })?)
}

/// Everything that the work needs.
struct Work {
    asked: Asked,
    practice: domain::practice::Practice,
    a: Policy,
    b: Policy,
}

fn work(tx: &mut Tx, id: ReplayId) -> Flow<Option<Work>> {
    let Some(asked) = store::replay::of_job(tx, id)?.filter(|asked| asked.result.is_none()) else { return Ok(None) };
    let question: Question = serde_json::from_str(&asked.question).map_err(|why| Failed::Fault(why.to_string()))?;
    let practice = store::practice::load(tx, asked.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let (a, b) = (question.a.policy(tx, asked.practice)?, question.b.policy(tx, asked.practice)?);
    Ok(Some(Work { asked, practice, a, b }))
}

/// When the replayed stretch began.
pub fn since(asked: &Asked) -> Instant {
    asked.asked_at - BACK
}
