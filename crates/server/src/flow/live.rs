//! The day itself: late, missed, not here yet, here at last; and what is settled after it (T11 to T16, T21).

use super::appointment::{change, look};
use super::{Answer, Ask, Flow, Tools, load};
use domain::decide::{Command, Live, Situation, around};
use domain::id::{AppointmentId, DisruptionId};
use domain::person::PersonRef;
use domain::refusal::Refusal;
use domain::time::{Instant, Span};
use load::Mode;
use store::{DbError, Done, Tx};

/// How long "is writing" is worth saying.
const WRITING_LASTS: Span = Span::minutes(2);

/// Does it; `seen` is the revision that the person was looking at.
pub fn act(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    act: Live,
    seen: Option<u32>,
) -> Flow<Done<Answer>> {
    let situation = situation(tx, tools, ask, id, &act, Mode::Change)?;
    super::appointment::check_seen(&situation, seen)?;
    change(tx, tools, ask, situation, Command::Live(act))
}

/// What it would do.
pub fn preview(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId, act: Live) -> Flow<Answer> {
    let situation = situation(tx, tools, ask, id, &act, Mode::Preview)?;
    look(tools, ask, situation, Command::Live(act))
}

/// The same about a case, which may be closed already.
pub fn on_case(tx: &mut Tx, tools: &Tools, ask: &Ask, id: DisruptionId, act: Live) -> Flow<Done<Answer>> {
    let situation = of_case(tx, tools, ask, id, &act, Mode::Change)?;
    change(tx, tools, ask, situation, Command::Live(act))
}

/// What that would do.
pub fn preview_on_case(tx: &mut Tx, tools: &Tools, ask: &Ask, id: DisruptionId, act: Live) -> Flow<Answer> {
    let situation = of_case(tx, tools, ask, id, &act, Mode::Preview)?;
    look(tools, ask, situation, Command::Live(act))
}

fn of_case(tx: &mut Tx, tools: &Tools, ask: &Ask, id: DisruptionId, act: &Live, mode: Mode) -> Flow<Situation> {
    let scope = ask.who.scope();
    let seen = store::disruption::load(tx, &scope, id)?.ok_or_else(|| Refusal::not_found("case"))?;
    let mut situation = situation(tx, tools, ask, seen.appointment, act, mode)?;
    // Read again under the lock.
    situation.disruption = store::disruption::load(tx, &scope, id)?;
    Ok(situation)
}

fn situation(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId, act: &Live, mode: Mode) -> Flow<Situation> {
    // Where times may be held for the client at once, the diaries of the next days are looked at.
    let starts = if may_offer(act) { around(ask.now) } else { Vec::new() };
    let mut situation = load::appointment(tx, tools, ask, id, &starts, mode)?;
    if matches!(act, Live::ClientNoShow | Live::Outcome(..)) {
        let client = situation.relationship.client;
        let made = store::contact::attempts_of(tx, &ask.who.scope(), client)?;
        situation.live.attempts = made.into_iter().filter(|made| made.appointment == Some(id)).collect();
    }
    if matches!(act, Live::ClientNoShow) {
        absence(tx, &mut situation)?;
    }
    Ok(situation)
}

/// What bears on a client's absence: whether more care is to be taken, and how often in a row they did not come. Loaded
/// for the rules, whoever acts; nobody is shown it (`domain` 2.5).
pub(super) fn absence(tx: &mut Tx, situation: &mut Situation) -> Flow<()> {
    if let Some(about) = &situation.appointment {
        situation.live.client_at_risk = store::risk::is_flagged(tx, about.client)?;
        situation.live.missed_in_a_row = store::appointment::missed_in_a_row(tx, about.relationship, about.start)?;
    }
    Ok(())
}

fn may_offer(act: &Live) -> bool {
    use domain::attendance::{LateAnswer, Plan};
    match act {
        Live::Missed(_) | Live::TechnicalFailure(_) | Live::Answer(LateAnswer::Reschedule) => true,
        Live::Connected(connection) => connection.plan == Plan::Rescheduled,
        _ => false,
    }
}

/// Says that this person is writing to the client of an appointment, or no longer is.
pub fn writing(tx: &mut Tx, ask: &Ask, id: AppointmentId, person: PersonRef, is_writing: bool) -> Flow<()> {
    let found = store::appointment::load(tx, &ask.who.scope(), id)?;
    found.ok_or_else(|| Refusal::not_found("appointment"))?;
    if is_writing {
        store::writing::put(tx, id, person, ask.now)?;
    } else {
        store::writing::clear(tx, id, person, ask.now - WRITING_LASTS)?;
    }
    Ok(())
}

/// The others who are writing to the client of an appointment just now.
pub fn others_writing(
    tx: &mut Tx,
    id: AppointmentId,
    person: PersonRef,
    now: Instant,
) -> Result<Vec<PersonRef>, DbError> {
    store::writing::others(tx, id, person, now - WRITING_LASTS)
}
