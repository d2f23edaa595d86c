//! Whom to ask, and whom to call when it cannot wait. The same numbers stand at the foot of every page.

use crate::actor::Client;
use crate::app::App;
use crate::call::Call;
use crate::portal::{Shell, page};
use crate::routes::{Answer, Route, get};
use askama::Template;
use domain::person::Locale;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/c/help", help).about("help").says("Whom to ask, and whom to call when it cannot wait")]
}

/// A number to call: what it is for, and the number.
type Number = (&'static str, &'static str);

/// In the United Kingdom.
const BRITISH: [Number; 3] = [
    ("Someone is in danger", "999"),
    ("Urgent mental health help from the NHS", "111"),
    ("Samaritans, day and night", "116 123"),
];
/// In the United States.
const AMERICAN: [Number; 2] = [("Someone is in danger", "911"), ("Suicide and crisis lifeline, day and night", "988")];

#[derive(Template)]
#[template(path = "client/help.html")]
struct HelpPage {
    shell: Shell,
    numbers: &'static [Number],
}

async fn help(app: App, call: Call<Client>) -> Answer {
    let numbers: &'static [Number] = match call.locale() {
        Locale::EnGb => &BRITISH,
        Locale::EnUs => &AMERICAN,
    };
    page(&HelpPage { shell: Shell::new(&app, &call, "Help"), numbers })
}
