//! What a reserved time is called, and what is said where one has gone (H-12).

use crate::decide::Situation;
use crate::reserved::ReservedSlot;
use crate::time::Weekday;

/// What a reserved time is called: "Mondays 17:00", "every other Monday 17:00".
pub fn name_of(slot: &ReservedSlot) -> String {
    let day = match slot.weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    };
    match slot.every_weeks {
        1 => format!("{day}s {}", slot.local_time),
        _ => format!("every other {day} {}", slot.local_time),
    }
}

/// "Ben’s reserved slot, Mondays 17:00, has been removed because no next session was booked."
pub(super) fn removed(situation: &Situation, slot: &ReservedSlot, why: &str) -> String {
    format!("{}’s reserved slot, {}, has been removed{why}.", situation.client.first_name(), name_of(slot))
}
