//! The therapist's portal: today, and the desk.

mod today;

use super::desk;
use crate::actor::Therapist;
use crate::routes::{Route, get, post};

/// The routes of this portal.
pub fn routes() -> Vec<Route> {
    let own = vec![
        get::<Therapist>("/t", today::page)
            .about("portal")
            .says("Today’s appointments, what is owed, and clients’ booking links"),
        post::<Therapist>("/t/booking-link", today::booking_link)
            .about("relationship")
            .audits("booking_link_made")
            .says("Shows a client’s booking link"),
    ];
    [own, desk::therapist_routes()].concat()
}
