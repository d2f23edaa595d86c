//! What people decide about money: one flow for every way in, so that nothing goes back twice.

use super::appointment::{change, look};
use super::{Answer, Ask, Flow, Tools, load};
use domain::decide::{Command, MoneyAct, Situation};
use domain::id::AppointmentId;
use domain::person::Role;
use domain::policy::WaiverNotice;
use load::Mode;
use store::{Done, Tx};

/// A money act about one appointment; `to` is where a payment is carried.
pub fn act(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    to: Option<AppointmentId>,
    act: MoneyAct,
) -> Flow<Done<Answer>> {
    let situation = situation(tx, tools, ask, id, to, Mode::Change)?;
    change(tx, tools, ask, situation, Command::Money(act))
}

/// What it would do.
pub fn preview(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    to: Option<AppointmentId>,
    act: MoneyAct,
) -> Flow<Answer> {
    let situation = situation(tx, tools, ask, id, to, Mode::Preview)?;
    look(tools, ask, situation, Command::Money(act))
}

fn situation(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    to: Option<AppointmentId>,
    mode: Mode,
) -> Flow<Situation> {
    let mut situation = load::with_account(tx, tools, ask, id, &[], mode)?;
    if let Some(to) = to {
        situation.next_appointment = store::appointment::load(tx, &ask.who.scope(), to)?;
    }
    // Where waivers are told to the support desk, they are the office of this act.
    if situation.policy.parameters.waiver.notify == WaiverNotice::Support {
        situation.admins = store::person::of_roles(tx, situation.practice.id, &[Role::Support])?;
    }
    Ok(situation)
}
