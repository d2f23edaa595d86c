//! The office's portal: the live board, one case, what was sent, and the desk.

mod board;
mod case;
mod money;
mod pathways;
mod policy;
mod requests;
mod templates;
mod undelivered;

use super::desk;
use crate::actor::{Staff, Team};
use crate::routes::{Route, get, post};

/// The routes of this portal.
pub fn routes() -> Vec<Route> {
    let own = vec![
        get::<Staff>("/p", board::page)
            .about("portal")
            .says("The live board: who doesn’t know yet, and whose clock runs"),
        get::<Staff>("/p/cases/{id}", case::page)
            .about("disruption")
            .says("One case: its four answers, duties and log"),
        get::<Staff>("/p/disputes/new", desk::file::dispute::page)
            .about("appointment")
            .says("The form of a dispute file"),
        post::<Staff>("/p/disputes/new", desk::file::dispute::make)
            .about("appointment")
            .audits("dispute_file_made")
            .says("Makes the dispute file; that it was made goes on record"),
        get::<Staff>("/p/money", money::page).about("ledger").says("Money that waits for a person"),
        get::<Staff>("/p/clients/{id}/account", money::account).about("ledger").says("One client's account"),
        get::<Staff>("/p/requests", requests::page).about("change request").says("What is asked of the team"),
        post::<Team>("/p/requests/{id}/approve", requests::approve)
            .about("change request")
            .audits("appointment_rescheduled")
            .says("Does what was asked, in the name of whoever asked"),
        post::<Team>("/p/requests/{id}/decline", requests::decline)
            .about("change request")
            .audits("team_declined")
            .says("Says why not"),
        get::<Staff>("/p/messages", desk::sent::page::<Staff>)
            .about("message")
            .says("What was sent, and where it stands, found by name, way, purpose, status, therapist and days"),
        get::<Staff>("/p/messages/{id}", desk::sent::one::<Staff>)
            .about("message")
            .says("One message exactly as it was handed over, with every try"),
    ];
    [own, pathways::routes(), policy::routes(), templates::routes(), undelivered::routes(), desk::practice_routes()]
        .concat()
}
