//! Jobs that act inside: an appointment ends, an offer lapses, a duty runs out of time.

use super::{finish, subject};
use crate::app::App;
use crate::flow::{self, Ask, Failed, Flow, Who, jobs};
use domain::id::TokenId;
use domain::time::{Instant, Span};
use store::job::{self, Leased};
use store::{DbError, Done, Tx};

/// After how long a fault is tried again.
const AGAIN_AFTER: Span = Span::seconds(30);
/// After how many tries a person has to look.
const TRIES_MAX: u32 = 20;
/// While a newer server takes an older one's place, its jobs are left to it: how long until the next look, and how often.
const NOT_OURS: (Span, u32) = (Span::minutes(5), 300);

/// Whether it is of a kind that no code here runs. Then it is put off for whoever can, for a day.
pub(super) fn is_not_ours(app: &App, leased: &Leased, now: Instant) -> Flow<bool> {
    let (again, most) = NOT_OURS;
    if jobs::ALL.contains(&leased.kind.as_str()) || leased.attempts >= most {
        return Ok(false);
    }
    let why = format!("no code here runs jobs of kind {:?}", leased.kind);
    finish(app, leased, Some(now + again), Some(why), now).map(|()| true)
}

/// Runs the job's flow and takes it off the list in the same transaction.
pub(super) fn run(app: &App, leased: Leased, now: Instant) -> Flow<()> {
    let ask = Ask { who: Who::System(job_name(&leased.kind)), now, command: app.dice.command(now) };
    let (inner, job) = (app.clone(), leased.clone());
    let done = app.store.write(move |tx: &mut Tx| {
        let done = act(tx, &inner, &ask, &job)?;
        let _ = job::done(tx, &job, now)?;
        Ok::<_, Failed>(done)
    });
    match done {
        Ok(_) => Ok(()),
        Err(Failed::Nothing { look_again }) => finish(app, &leased, look_again, None, now),
        Err(failed) => fault(app, &leased, &failed, now),
    }
}

/// Looks at who asked for their booking link again. Where it is nobody, what was typed is forgotten all the same.
pub(super) fn lost_link(app: &App, leased: Leased, now: Instant) -> Flow<()> {
    let id: TokenId = subject(&leased)?;
    let ask = Ask { who: Who::System(jobs::LOST_LINK), now, command: app.dice.command(now) };
    let (inner, job) = (app.clone(), leased.clone());
    let done = app.store.write(move |tx: &mut Tx| {
        let done = flow::link::found_again(tx, &inner.tools, &ask, id)?;
        let _ = job::done(tx, &job, now)?;
        Ok::<_, Failed>(done)
    });
    match done {
        Ok(_) => Ok(()),
        Err(Failed::Nothing { .. }) => forget(app, leased, id, now),
        // It belongs to no practice, so nobody would look: what was typed is not kept for ever.
        Err(failed) if leased.attempts >= TRIES_MAX => {
            tracing::error!(?failed, "who asked for their booking link could not be found out");
            forget(app, leased, id, now)
        }
        Err(failed) => fault(app, &leased, &failed, now),
    }
}

fn forget(app: &App, leased: Leased, id: TokenId, now: Instant) -> Flow<()> {
    app.store.write_unaudited(move |tx: &mut Tx| -> Flow<()> {
        store::link_request::take(tx, id)?;
        let _ = job::done(tx, &leased, now)?;
        Ok(())
    })
}

/// Replays a past, page by page; each page is a read of its own.
pub(super) fn replay(app: &App, leased: Leased, now: Instant) -> Flow<()> {
    match flow::replay::run(app, subject(&leased)?) {
        Ok(()) => finish(app, &leased, None, None, now),
        Err(failed) => fault(app, &leased, &failed, now),
    }
}

fn act(tx: &mut Tx, app: &App, ask: &Ask, job: &Leased) -> Flow<Done<()>> {
    let done = match job.kind.as_str() {
        jobs::TICKET_CLOCK => return flow::ticket::clock(tx, &app.tools, ask, subject(job)?).map(nothing),
        jobs::REPLY => return flow::reply::read(tx, &app.tools, ask, subject(job)?),
        jobs::LISTING_RETURN => return flow::standing::listing_return(tx, &app.tools, ask, subject(job)?).map(nothing),
        jobs::DIGEST => return flow::digest::send(tx, &app.tools, ask, subject(job)?).map(nothing),
        jobs::APPOINTMENT_END => flow::due::appointment_end(tx, &app.tools, ask, subject(job)?),
        jobs::CAPTURE => flow::due::capture(tx, &app.tools, ask, subject(job)?),
        jobs::OFFER_EXPIRY => flow::due::offer_expiry(tx, &app.tools, ask, subject(job)?),
        jobs::REFUND_CHOICE => flow::due::refund_choice(tx, &app.tools, ask, subject(job)?),
        jobs::SLOT_REFILLED => flow::due::slot_refilled(tx, &app.tools, ask, subject(job)?),
        jobs::MOVE_UNANSWERED => flow::due::move_unanswered(tx, &app.tools, ask, subject(job)?),
        jobs::REQUEST_EXPIRY => flow::due::request_expiry(tx, &app.tools, ask, subject(job)?),
        jobs::OBLIGATION_CLOCK => flow::due::obligation_clock(tx, &app.tools, ask, subject(job)?),
        other => Err(Failed::Fault(format!("no code runs jobs of kind {other:?}"))),
    };
    done.map(nothing)
}

/// The same without its answer, which nobody waits for.
fn nothing<T>(done: Done<T>) -> Done<()> {
    Done { answer: (), audit: done.audit, more: done.more }
}

fn job_name(kind: &str) -> &'static str {
    jobs::ALL.iter().find(|known| **known == kind).copied().unwrap_or("job")
}

/// A fault: again later, until a person has to look. The others go on (poison isolation).
pub(super) fn fault(app: &App, leased: &Leased, failed: &Failed, now: Instant) -> Flow<()> {
    tracing::warn!(
        kind = leased.kind,
        subject = leased.subject,
        attempts = leased.attempts,
        ?failed,
        "a job did not end well"
    );
    if leased.attempts < TRIES_MAX || is_passing(failed) {
        return finish(app, leased, Some(now + AGAIN_AFTER), Some(format!("{failed:?}")), now);
    }
    give_up(app, leased, &format!("{failed:?}"), now)
}

/// Whether it is the database that cannot at present, whatever the job.
pub(super) fn is_passing(failed: &Failed) -> bool {
    use DbError::{Busy, NotCommitted, ReadOnly, Retry, Stopped, Unavailable, Unknown};
    let store = if let Failed::Store(store) = failed { Some(store) } else { None };
    matches!(store, Some(Busy | NotCommitted(_) | ReadOnly | Retry(_) | Stopped | Unavailable(_) | Unknown))
}

/// Gives it up and sees to it that somebody looks. What is so broken that nobody can be asked is given up all the same.
fn give_up(app: &App, leased: &Leased, why: &str, now: Instant) -> Flow<()> {
    for its_message in [true, false] {
        let ask = Ask { who: Who::System(job_name(&leased.kind)), now, command: app.dice.command(now) };
        let (inner, job, why, second) = (app.clone(), leased.clone(), why.to_owned(), app.dice.command(now));
        let written = app
            .store
            .write(move |tx: &mut Tx| flow::given_up::give_up(tx, &inner.tools, &ask, second, &job, &why, its_message));
        match written {
            Ok(_) | Err(Failed::Nothing { .. }) => return Ok(()),
            Err(failed) if is_passing(&failed) => return Err(failed),
            Err(failed) => tracing::error!(?failed, kind = leased.kind, "nobody could be asked to look at a lost job"),
        }
    }
    let (leased, why) = (leased.clone(), why.to_owned());
    app.store.write_unaudited(move |tx: &mut Tx| -> Flow<()> {
        let _ = job::give_up(tx, &leased, &why)?;
        Ok(())
    })
}
