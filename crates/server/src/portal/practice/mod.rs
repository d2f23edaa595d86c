//! The office's portal: the live board, one case, what was sent, and the desk.

mod board;
mod case;
mod messages;

use super::desk;
use crate::actor::Staff;
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
        get::<Staff>("/p/messages", messages::page).about("message").says("What was sent, and where it stands"),
    ];
    [own, desk::practice_routes()].concat()
}
