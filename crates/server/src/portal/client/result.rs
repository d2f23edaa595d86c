//! What came of a choice: "You're booked", "on its way back", "will contact you". Also what a used link shows.

use super::desk::Door;
use super::words::{kind_icon, kind_words, state_words};
use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::portal::when::When;
use crate::portal::{Effect, Shell, page};
use crate::routes::Answer;
use askama::Template;
use domain::appointment::{Appointment, State};
use domain::money::Money;
use domain::practice::Therapist;
use domain::time::Instant;

/// What came of it.
pub(super) enum Outcome<'a> {
    /// A session is booked.
    Booked {
        /// Which.
        booked: &'a Appointment,
        /// Whether an earlier payment followed it.
        carried: bool,
    },
    /// The money goes back; no amount where there was none to give.
    Refund {
        /// How much.
        amount: Option<Money>,
    },
    /// Somebody will be in touch.
    Contact {
        /// By when, where it was promised.
        by: Option<Instant>,
        /// Where to choose a time after all.
        times: &'a str,
    },
}

#[derive(Template)]
#[template(path = "client/result.html")]
struct ResultPage {
    shell: Shell,
    is_good: bool,
    lines: Vec<Effect>,
    actions: Vec<Action>,
}

/// A way on.
struct Action {
    href: String,
    label: String,
    icon: &'static str,
    is_primary: bool,
}

/// The page.
pub(super) fn page_of(shell: Shell, outcome: (bool, Vec<Effect>, Vec<(String, String, &'static str, bool)>)) -> Answer {
    let (is_good, lines, actions) = outcome;
    let actions = actions.into_iter();
    let actions = actions.map(|(href, label, icon, is_primary)| Action { href, label, icon, is_primary }).collect();
    page(&ResultPage { shell, is_good, lines, actions })
}
