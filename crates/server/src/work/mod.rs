//! The worker: claims what is due, acts on the outside world outside any transaction, and records what came back.
//!
//! A step is split in two, [`next_call`] and [`record`], so that whoever stands between may be a mail server, the
//! demo's catcher or the simulator (`rulings` 15). A crash between the two leaves an attempt with no outcome: the
//! next worker finds it and treats it as unknown, never as not done.

mod deliver;
mod due;
mod guard;
mod night;
pub(crate) mod parcel;
mod portal;
mod push;
mod queue;
mod room;
mod run;
mod sign_in;
mod silent;

pub use deliver::{Call, Errand, Handed, Noted, Outcome};
pub use parcel::{Letter, Parcel, Push, PushTo, Secrets, Text};
pub(crate) use queue::Queue;
pub use run::{Nudge, Post, THREADS, Worker, step};
pub use sign_in::post_letter;

use crate::app::App;
use crate::flow::{Failed, Flow, jobs};
use domain::id::{Id, Kind};
use domain::time::{Instant, Span};
use store::Tx;
use store::job::{self, Leased, Turns};

/// How long a worker may hold a job; longer than the longest hand-off.
pub const LEASE: Span = Span::seconds(120);

/// What a step did.
#[derive(Debug)]
pub enum Step {
    /// Nothing is due; when something may be, if anything waits.
    Idle(Option<Instant>),
    /// Something was done inside.
    Worked,
    /// Something is to be done outside; then call [`record`].
    Call(Box<Call>),
}

/// A point between two effects of a step: where a worker that is killed leaves one done and the other not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// The job is claimed, nothing is done about it yet.
    Claimed,
    /// The message is taken in hand, and the letter not yet made.
    Taken,
    /// What came back is written down, and the job is finished.
    Recorded,
}

/// Takes the most urgent thing that is due and does what can be done inside. What no code can do, and what panics, does not come
/// back for ever: the others go on, and in the end a person has to look.
///
/// # Errors
/// Faults of the store; the job stays leased and comes back when its lease ends.
pub fn next_call(app: &App, now: Instant) -> Flow<Step> {
    let Some(leased) = claim(app, now)? else { return idle(app) };
    match guard::guarded(|| act(app, leased.clone(), now, &|_| {})) {
        Err(failed) if !due::is_passing(&failed) => due::fault(app, &leased, &failed, now).map(|()| Step::Worked),
        other => other,
    }
}

/// The same, with a word at each [`Label`] that it passes: the simulator ends workers there, so a panic goes through, and so
/// does every fault of the store.
///
/// # Errors
/// As [`next_call`].
pub fn next_call_past(app: &App, now: Instant, passed: &dyn Fn(Label)) -> Flow<Step> {
    let Some(leased) = claim(app, now)? else { return idle(app) };
    passed(Label::Claimed);
    match act(app, leased.clone(), now, passed) {
        Err(failed @ Failed::Fault(_)) => due::fault(app, &leased, &failed, now).map(|()| Step::Worked),
        other => other,
    }
}

/// Leases the most urgent thing that is due.
fn claim(app: &App, now: Instant) -> Flow<Option<Leased>> {
    let before = app.queue().turns();
    let (claimed, turns) = app.store.write_unaudited(move |tx: &mut Tx| -> Flow<(Vec<Leased>, Turns)> {
        let mut turns = before.clone();
        Ok((job::claim(tx, now, 1, LEASE, &mut turns)?, turns))
    })?;
    app.queue().keep(turns);
    Ok(claimed.into_iter().next())
}

fn idle(app: &App) -> Flow<Step> {
    let next = app.store.read(|tx: &mut Tx| -> Flow<Option<Instant>> { Ok(job::next_due(tx)?) })?;
    Ok(Step::Idle(next))
}

/// Does what was claimed, as far as it can be done inside.
fn act(app: &App, leased: Leased, now: Instant, passed: &dyn Fn(Label)) -> Flow<Step> {
    if due::is_not_ours(app, &leased, now)? {
        return Ok(Step::Worked);
    }
    if leased.kind == jobs::DELIVER {
        return deliver::prepare(app, leased, now, passed);
    }
    if leased.kind == jobs::SIGN_IN {
        return sign_in::prepare(app, leased, now);
    }
    if leased.kind == jobs::LOST_LINK {
        due::lost_link(app, leased, now)?;
        passed(Label::Recorded);
        return Ok(Step::Worked);
    }
    if leased.kind == jobs::REPLAY {
        due::replay(app, leased, now)?;
        return Ok(Step::Worked);
    }
    due::run(app, leased, now)?;
    passed(Label::Recorded);
    Ok(Step::Worked)
}

/// Records what came of a call. A panic counts as a fault of the job.
///
/// # Errors
/// Faults of the store.
pub fn record(app: &App, call: Call, outcome: Outcome, now: Instant) -> Flow<()> {
    let leased = call.job.clone();
    match guard::guarded(|| deliver::record(app, call, outcome, now)) {
        Err(failed) if !due::is_passing(&failed) => due::fault(app, &leased, &failed, now),
        other => other,
    }
}

/// The same, with a word at each [`Label`] that it passes.
///
/// # Errors
/// As [`record`].
pub fn record_past(app: &App, call: Call, outcome: Outcome, now: Instant, passed: &dyn Fn(Label)) -> Flow<()> {
    deliver::record(app, call, outcome, now)?;
    passed(Label::Recorded);
    Ok(())
}

/// The id that a job is about; a job about nothing is given up.
fn subject<K: Kind>(leased: &Leased) -> Flow<Id<K>> {
    leased.subject.parse().map_err(|_| Failed::Fault(format!("job {} is about {:?}", leased.kind, leased.subject)))
}

/// Puts the job back with what went wrong, or takes it off the list.
fn finish(app: &App, leased: &Leased, again: Option<Instant>, error: Option<String>, now: Instant) -> Flow<()> {
    let leased = leased.clone();
    app.store.write_unaudited(move |tx: &mut Tx| -> Flow<()> {
        // A lost fence means that somebody else has it now: theirs is the word.
        let _ = match again {
            // Nothing was wrong, so no try is counted.
            Some(at) if error.is_none() => job::later(tx, &leased, at)?,
            Some(at) => job::again(tx, &leased, at, error.as_deref())?,
            None => job::done(tx, &leased, now)?,
        };
        Ok(())
    })
}
