//! The therapist's portal: today, and the desk.

mod settings;
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
        get::<Therapist>("/t/messages", desk::sent::page::<Therapist>)
            .about("message")
            .says("What was sent about the therapist’s own appointments and to their clients"),
        get::<Therapist>("/t/messages/{id}", desk::sent::one::<Therapist>)
            .about("message")
            .says("One of them exactly as it was handed over, with every try"),
        get::<Therapist>("/t/settings", settings::page)
            .about("therapist")
            .says("Account settings: the therapist's fees, and when they read of their day"),
        post::<Therapist>("/t/settings", settings::save)
            .about("therapist")
            .audits("fees_changed")
            .says("Keeps the therapist's fees"),
        post::<Therapist>("/t/settings/digest", settings::save_digest)
            .about("therapist")
            .audits("digest_chosen")
            .says("Keeps when the therapist reads of their day by e-mail, if at all"),
        post::<Therapist>("/t/booking-link", today::booking_link)
            .about("relationship")
            .audits("booking_link_made")
            .says("Shows a client’s booking link"),
    ];
    [own, desk::therapist_routes()].concat()
}
