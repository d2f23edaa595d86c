//! What the demo has on file: weekly hours that are kept for clients, and a screening that asks for more care.

use super::stage::{Planted, Stage, actor};
use crate::flow::{Flow, Who, file};
use domain::decide::{FileAct, Keep, Screen};
use domain::policy::Policy;
use domain::reserved::Pattern;
use domain::schedule::TimeOfDay;
use domain::time::{Instant, Weekday};

/// The therapist keeps the client's weekly hour for them, where the practice keeps any.
///
/// # Errors
/// Faults of the store.
pub fn reserve(stage: &mut Stage, house: &Planted, client: usize, begins: Instant) -> Flow<()> {
    if !Policy::preset(house.house.preset).parameters.reserved_slot.enabled {
        return Ok(());
    }
    let therapist = house.therapist_of(client);
    let hour = house.hour_of(client, 0, begins).in_zone(&therapist.schedule.zone);
    let minutes = u16::try_from(i32::from(hour.hour()) * 60 + i32::from(hour.minute())).unwrap_or_default();
    let pattern = Pattern {
        weekday: Weekday::from(hour.date().weekday()),
        local_time: TimeOfDay::from_minutes(minutes).unwrap_or(TimeOfDay::MIDNIGHT),
        minutes: 50,
        every_weeks: 1,
        from: None,
    };
    about(stage, house, client, FileAct::Keep(Keep::Add(pattern)))
}

/// The therapist notes a screening that asks for more care, and by when they look again.
///
/// # Errors
/// Faults of the store.
pub fn flag(stage: &mut Stage, house: &Planted, client: usize, by: Instant) -> Flow<()> {
    about(stage, house, client, FileAct::Screen(Screen { flagged: true, review_by: Some(by) }))
}

/// The therapist does something about the two of them.
///
/// # Errors
/// Faults of the store.
pub fn about(stage: &mut Stage, house: &Planted, client: usize, act: FileAct) -> Flow<()> {
    let therapist = house.therapist_of(client).person.clone();
    let relationship = house.relationships[client].id;
    let (ask, tools) = (stage.ask(Who::Actor(actor(&therapist))), stage.app.tools.clone());
    stage.act(move |tx| file::about_two(tx, &tools, &ask, relationship, act.clone())).map(drop)
}
