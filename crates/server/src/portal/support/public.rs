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
use domain::time::Zone;

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

/// The numbers for when it cannot wait, where this clock is: whoever reads another English has not moved. Where the clock is
/// of neither country, by the English.
pub(crate) fn crisis(zone: &Zone, locale: Locale) -> &'static [Number] {
    const BRITAIN: [&str; 6] =
        ["Europe/London", "Europe/Belfast", "Europe/Jersey", "Europe/Guernsey", "Europe/Isle_of_Man", "GB"];
    let name = zone.name();
    let american = ["America/", "US/"].iter().any(|start| name.starts_with(start)) || name == "Pacific/Honolulu";
    match locale {
        _ if american => &AMERICAN,
        _ if BRITAIN.contains(&name) => &BRITISH,
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
    render(&PublicPage { shell, numbers: crisis(&practice.zone, practice.locale), practice, guides })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_place_not_of_the_language() {
        let first = |zone: &str, locale| crisis(&zone.parse().expect("a zone"), locale)[0].1;
        assert_eq!(first("Europe/London", Locale::EnUs), "999");
        assert_eq!(first("America/New_York", Locale::EnGb), "911");
        assert_eq!((first("Asia/Tokyo", Locale::EnGb), first("UTC", Locale::EnUs)), ("999", "911"));
    }
}
