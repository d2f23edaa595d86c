//! Whom to call when it cannot wait, and the guides for clients, for anybody who has the practice's address.

use crate::actor::{Caller, Public};
use crate::app::App;
use crate::call::Call;
use crate::flow::guide;
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::guidance::Guide;
use domain::id::PracticeId;
use domain::person::{Locale, Role};
use domain::practice::Practice;
use domain::refusal::Refusal;

/// A number to call: what it is for, and the number.
pub type Number = (&'static str, &'static str);

/// In the United Kingdom.
const BRITISH: [Number; 3] = [
    ("Someone is in danger", "999"),
    ("Urgent mental health help from the NHS", "111"),
    ("Samaritans, day and night", "116 123"),
];
/// In the United States.
const AMERICAN: [Number; 2] = [("Someone is in danger", "911"), ("Suicide and crisis lifeline, day and night", "988")];

/// The numbers for when it cannot wait, where people read this English.
pub(crate) fn crisis(locale: Locale) -> &'static [Number] {
    match locale {
        Locale::EnGb => &BRITISH,
        Locale::EnUs => &AMERICAN,
    }
}

/// Where *Get help* leads from a page of this caller.
pub(crate) fn help_path(caller: &Caller) -> String {
    match caller {
        Caller::Person(visitor) => match visitor.actor.role {
            Role::Client => "/c/help".to_owned(),
            Role::Therapist => "/t/help".to_owned(),
            _ => "/p/help".to_owned(),
        },
        Caller::Link(holder) => format!("/help/{}", holder.practice),
        Caller::Nobody => String::new(),
    }
}

#[derive(Template)]
#[template(path = "support/public.html")]
struct PublicPage {
    shell: Shell,
    practice: Practice,
    numbers: &'static [Number],
    guides: Vec<Guide>,
}

/// GET.
pub(super) async fn page(app: App, call: Call<Public>) -> Answer {
    let id: PracticeId = call.id("practice")?;
    let read = app.store.read_async(move |tx: &mut store::Tx| -> crate::flow::Flow<_> {
        let practice = store::practice::load(tx, id)?.ok_or_else(|| Refusal::not_found("practice"))?;
        Ok((practice, guide::for_clients(tx, id)?))
    });
    let (practice, guides) = read.await?;
    let shell = Shell::new(&app, &call, "Help").in_place_of(&practice);
    render(&PublicPage { shell, numbers: crisis(practice.locale), practice, guides })
}
