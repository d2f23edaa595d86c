//! Where other servers call us: a mail server with a letter, a gateway with word of a text. The address itself proves
//! that it was given out, to an operator or with one text.

mod mail;
mod texts;

use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    [mail::routes(), texts::routes()].concat()
}
