//! What a commit does to the world: the outcome is written down as the store would, and nothing else changes.

use crate::broken::{Broken, hold};
use crate::world::{Owner, Taken, World};
use domain::decide::{OccupancyChange, Outcome, UndoChange};

/// Writes it down. Two rows of one person that share a moment are refused as the database refuses them (B1, B3).
pub fn keep(world: &mut World, outcome: &Outcome) -> Result<(), Broken> {
    for changed in outcome.appointment.iter().chain(&outcome.booked).chain(&outcome.others) {
        put(&mut world.appointments, changed, |a, b| a.id == b.id);
    }
    for changed in &outcome.reserved {
        put(&mut world.reserved, changed, |a, b| a.id == b.id);
    }
    if let Some(changed) = &outcome.relationship {
        put(&mut world.relationships, changed, |a, b| a.id == b.id);
    }
    if let Some(changed) = &outcome.disruption {
        put(&mut world.cases, changed, |a, b| a.id == b.id);
    }
    for changed in &outcome.obligations {
        put(&mut world.duties, changed, |a, b| a.id == b.id);
    }
    for changed in &outcome.offers {
        put(&mut world.offers, changed, |a, b| a.id == b.id);
    }
    for changed in &outcome.requests {
        put(&mut world.requests, changed, |a, b| a.id == b.id);
    }
    keep_undo(world, outcome);
    world.ledger.extend(outcome.ledger.iter().cloned());
    world.notices.extend(outcome.notices.iter().cloned());
    world.attempts.extend(outcome.attempt.iter().cloned());
    for wake in &outcome.wakes {
        world.wakes.retain(|(job, _)| *job != wake.job);
        world.wakes.extend(wake.at.map(|at| (wake.job, at)));
    }
    let now = world.now;
    world.taken.retain(|row| row.until.is_none_or(|until| until > now));
    outcome.occupancy.iter().try_for_each(|change| occupy(world, change))
}

/// What is taken back never goes out, and there is no second way back.
fn keep_undo(world: &mut World, outcome: &Outcome) {
    match &outcome.undo {
        Some(UndoChange::Open(undo)) => put(&mut world.undo, undo, |a, b| a.appointment == b.appointment),
        Some(UndoChange::Taken(id, revision)) => {
            world.undo.retain(|undo| undo.appointment != *id);
            world.notices.retain(|notice| notice.appointment != *id || notice.revision != *revision);
        }
        None => {}
    }
}

fn occupy(world: &mut World, change: &OccupancyChange) -> Result<(), Broken> {
    let (whose, owner, time, until) = match change {
        OccupancyChange::ReleaseAppointment(id) => return release(world, Owner::Appointment(*id)),
        OccupancyChange::ReleaseOffer(id) => return release(world, Owner::Offer(*id)),
        OccupancyChange::Take(whose, id, time) => (*whose, Owner::Appointment(*id), *time, None),
        OccupancyChange::KeepFreed(whose, id, time, until) => (*whose, Owner::Appointment(*id), *time, Some(*until)),
        OccupancyChange::Hold(whose, id, time, until) => (*whose, Owner::Offer(*id), *time, Some(*until)),
    };
    let row = Taken { whose, owner, time, until };
    let clash = world.taken.iter().find(|taken| taken.whose == whose && taken.time.meets(time));
    hold(clash.is_none(), "B1/B3", || format!("{row:?} overlaps {clash:?}"))?;
    world.taken.push(row);
    Ok(())
}

fn release(world: &mut World, owner: Owner) -> Result<(), Broken> {
    world.taken.retain(|row| row.owner != owner);
    Ok(())
}

fn put<T: Clone>(list: &mut Vec<T>, changed: &T, same: impl Fn(&T, &T) -> bool) {
    match list.iter_mut().find(|known| same(known, changed)) {
        Some(known) => *known = changed.clone(),
        None => list.push(changed.clone()),
    }
}
