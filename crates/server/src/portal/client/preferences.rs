//! How a client wishes to be reached: channels in order, and whether a voicemail may be left (V-05, V-06, V-10).

use super::desk;
use crate::actor::Client;
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{self, Failed};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::{Answer, Route, get, post};
use askama::Template;
use axum::http::StatusCode;
use domain::id::ClientId;
use domain::person::{Channel, Person};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/c/preferences", page).about("contact preference").says("How the client wishes to be reached"),
        post("/c/preferences", save)
            .about("contact preference")
            .audits("contact_preference_changed")
            .says("Keeps how the client wishes to be reached"),
    ]
}

/// Channels that the page offers, in the order of the list.
const OFFERED: [Channel; 3] = [Channel::Sms, Channel::Email, Channel::Phone];
/// Places in the order of preference.
const PLACES: [&str; 3] = ["first", "second", "third"];

/// One place of the order: its control and what may stand there.
struct Place {
    name: &'static str,
    label: &'static str,
    options: Vec<(&'static str, String, bool)>,
    may_be_empty: bool,
}

#[derive(Template)]
#[template(path = "client/preferences.html")]
struct PreferencesPage {
    shell: Shell,
    errors: FieldErrors,
    is_saved: bool,
    is_asked: bool,
    places: Vec<Place>,
    voicemail: bool,
    has_phone: bool,
}

async fn page(app: App, call: Call<Client>) -> Answer {
    let person = load(&app, &call).await?;
    let chosen: Vec<Channel> = person.preference.channels.clone();
    let voicemail = person.preference.voicemail;
    show(&app, &call, &person, &chosen, voicemail, FieldErrors::default())
}

async fn save(app: App, call: Call<Client>) -> Answer {
    let client: ClientId = call.actor.id;
    let mut channels: Vec<Channel> = Vec::new();
    for place in PLACES {
        let named = call.raw().get(place).parse::<Channel>().ok();
        channels.extend(named.filter(|channel| OFFERED.contains(channel) && !channels.contains(channel)));
    }
    let voicemail = call.raw().has("voicemail", "yes");
    let (wanted, inner, ask) = (channels.clone(), app.clone(), desk::ask(&call));
    let saved = app.store.write_async(move |tx: &mut store::Tx<'_>| {
        flow::settings::contact_preference(tx, &inner.tools, &ask, client, wanted.clone(), voicemail)
    });
    match saved.await {
        Ok(_) => Ok(redirect("/c/preferences?done=saved")),
        Err(Failed::Refused(refusal)) => {
            let person = load(&app, &call).await?;
            let mut errors = FieldErrors::default();
            errors.push(PLACES[0], refusal.detail.clone());
            show(&app, &call, &person, &channels, voicemail, errors)
        }
        Err(other) => Err(other.into()),
    }
}

async fn load(app: &App, call: &Call<Client>) -> Result<Person, Problem> {
    let client = call.actor.id;
    desk::read(app, call, move |tx, _, ask| flow::settings::client_in_scope(tx, ask, client)).await
}

fn show(
    app: &App,
    call: &Call<Client>,
    person: &Person,
    chosen: &[Channel],
    voicemail: bool,
    errors: FieldErrors,
) -> Answer {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = PreferencesPage {
        shell: Shell::new(app, call, "How to reach you").with(&errors).at("/c/preferences"),
        errors,
        is_saved: call.raw_query().has("done", "saved"),
        is_asked: person.preference.asked_at.is_some(),
        places: places(person, chosen),
        voicemail,
        has_phone: person.phone.is_some(),
    };
    page_with(status, &page)
}

fn places(person: &Person, chosen: &[Channel]) -> Vec<Place> {
    let labels = ["First, try", "If that doesn’t work", "And after that"];
    let place = |n: usize| Place {
        name: PLACES[n],
        label: labels[n],
        options: OFFERED.into_iter().map(|channel| option(person, channel, chosen.get(n) == Some(&channel))).collect(),
        may_be_empty: n > 0,
    };
    (0..PLACES.len()).map(place).collect()
}

/// A channel with the address behind it, so that nobody has to wonder which.
fn option(person: &Person, channel: Channel, is_chosen: bool) -> (&'static str, String, bool) {
    let phone = person.phone.as_deref().unwrap_or("no number yet");
    let label = match channel {
        Channel::Sms => format!("A text to {phone}"),
        Channel::Phone => format!("A call to {phone}"),
        _ => format!("An email to {}", person.email.as_deref().unwrap_or("no address yet")),
    };
    (channel.word(), label, is_chosen)
}
