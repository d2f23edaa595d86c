//! The office's portal: the live board, one case, what was sent, and the desk.

mod board;
mod case;
mod messages;
mod pathways;
mod policy;

use super::desk;
use crate::actor::Staff;
use crate::routes::{Route, get};

/// The routes of this portal.
pub fn routes() -> Vec<Route> {
    let own = vec![
        get::<Staff>("/p", board::page)
            .about("portal")
            .says("The live board: who doesn’t know yet, and whose clock runs"),
        get::<Staff>("/p/cases/{id}", case::page)
            .about("disruption")
            .says("One case: its four answers, duties and log"),
        get::<Staff>("/p/messages", messages::page).about("message").says("What was sent, and where it stands"),
    ];
    [own, pathways::routes(), policy::routes(), desk::practice_routes()].concat()
}
