//! How a client wishes to be reached: channels in order, what a message may say, quiet hours, their own address and number,
//! and somebody to turn to (V-05, V-06, V-10).

use super::desk;
use crate::actor::Client;
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::address::Code;
use crate::flow::{self, Ask, Failed, Flow};
use crate::portal::push::{self, PushView};
use crate::portal::reach::{self, AddressView, ReachForm};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::{Answer, Route, get, post};
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::id::ClientId;
use domain::person::Person;
use domain::policy::Policy;
use domain::refusal::{Class, Refusal};
use domain::schedule::TimeOfDay;
use domain::telling::address::{AddressChange, What};
use domain::time::Instant;
use store::{Done, Tx};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/c/preferences", page).about("contact preference").says("How the client wishes to be reached"),
        post("/c/preferences", save)
            .about("contact preference")
            .audits("contact_preference_changed")
            .says("Keeps how the client wishes to be reached"),
        post("/c/preferences/address", address)
            .about("contact preference")
            .audits("address_change_asked")
            .says("Gives a new address or number"),
        post("/c/preferences/code", code)
            .about("contact preference")
            .audits("address_changed")
            .says("Shows a new number to be theirs by the code that went there"),
        post("/c/preferences/emergency", emergency)
            .about("emergency contact")
            .audits("emergency_contact_kept")
            .says("Keeps whom to turn to in an emergency"),
    ]
}

#[derive(Template)]
#[template(path = "client/preferences.html")]
struct PreferencesPage {
    shell: Shell,
    errors: FieldErrors,
    done: &'static str,
    is_asked: bool,
    form: ReachForm,
    address: AddressView,
    emergency_since: String,
    push: PushView,
}

/// What the page shows.
struct Found {
    person: Person,
    waits: Vec<AddressChange>,
    usual: (TimeOfDay, TimeOfDay),
    emergency_since: Option<Instant>,
    push: PushView,
}

async fn page(app: App, call: Call<Client>) -> Answer {
    show(&app, &call, None, FieldErrors::default(), StatusCode::OK).await
}

async fn save(app: App, call: Call<Client>) -> Answer {
    let (raw, mut errors) = (call.raw().clone(), FieldErrors::default());
    let person = load(&app, &call).await?.person;
    let wish = reach::wish(&person, &raw, &mut errors);
    if !errors.is_empty() {
        return show(&app, &call, Some(raw), errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let act = move |tx: &mut Tx<'_>, app: &App, ask: &Ask, client| {
        flow::settings::contact_preference(tx, &app.tools, ask, client, &wish).map(drop_answer)
    };
    done(&app, &call, Some(raw), "saved", |field| if field == "channels" { "first" } else { field }, act).await
}

async fn address(app: App, call: Call<Client>) -> Answer {
    let raw = call.raw().clone();
    let (what, typed) = match raw.get("email").trim() {
        "" => (What::Phone, raw.get("phone").to_owned()),
        email => (What::Email, email.to_owned()),
    };
    let act = move |tx: &mut Tx<'_>, app: &App, ask: &Ask, client| {
        flow::address::change(tx, &app.tools, ask, client, what, &typed).map(drop_answer)
    };
    done(&app, &call, None, "asked", |field| field, act).await
}

async fn code(app: App, call: Call<Client>) -> Answer {
    let (typed, client, inner, ask) = (call.raw().get("code").to_owned(), call.actor.id, app.clone(), desk::ask(&call));
    let tried =
        app.store.write_async(move |tx: &mut Tx<'_>| flow::address::by_code(tx, &inner.tools, &ask, client, &typed));
    let mut errors = FieldErrors::default();
    match tried.await {
        Ok(committed) if committed.answer == Code::Right => return Ok(redirect("/c/preferences?done=confirmed")),
        Ok(_) => errors.push("code", "That is not the code that we sent. Look at the newest text, and type it again."),
        Err(Failed::Refused(refusal)) if refusal.class == Class::Conflict => errors.push("phone", refusal.detail),
        Err(other) => return Err(other.into()),
    }
    show(&app, &call, None, errors, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn emergency(app: App, call: Call<Client>) -> Answer {
    let raw = call.raw().clone();
    let text = |field: &str| raw.get(field).to_owned();
    let said = (!raw.has("act", "remove")).then(|| (text("name"), text("emergency_phone"), text("relation")));
    let act = move |tx: &mut Tx<'_>, app: &App, ask: &Ask, client| {
        flow::address::put_emergency(tx, &app.tools, ask, client, said.clone())
    };
    done(&app, &call, None, "kept", |field| if field == "phone" { "emergency_phone" } else { field }, act).await
}

fn drop_answer<T>(done: Done<T>) -> Done<()> {
    Done { answer: (), audit: done.audit, more: done.more }
}

/// Does it and leads back to the page, or shows the page with what was refused, at the field that `at` gives it.
async fn done<F>(
    app: &App,
    call: &Call<Client>,
    typed: Option<Raw>,
    word: &str,
    at: fn(&'static str) -> &'static str,
    mut act: F,
) -> Answer
where
    F: FnMut(&mut Tx<'_>, &App, &Ask, ClientId) -> Flow<Done<()>> + Send + 'static,
{
    let (client, inner, ask) = (call.actor.id, app.clone(), desk::ask(call));
    let written = app.store.write_async(move |tx: &mut Tx<'_>| act(tx, &inner, &ask, client));
    match written.await {
        Ok(_) => {
            app.nudge.ring();
            Ok(redirect(&format!("/c/preferences?done={word}")))
        }
        Err(Failed::Nothing { .. }) => Ok(redirect("/c/preferences")),
        Err(Failed::Refused(refusal)) if matches!(refusal.class, Class::Invalid | Class::Conflict) => {
            let mut errors = FieldErrors::default();
            errors.push(at(refusal.field.unwrap_or_default()), refusal.detail.clone());
            show(app, call, typed, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn load(app: &App, call: &Call<Client>) -> Result<Found, Problem> {
    let (client, when) = (call.actor.id, When::of(call));
    desk::read(app, call, move |tx, app, ask| {
        let person = flow::settings::client_in_scope(tx, ask, client)?;
        let policy: Option<Policy> = store::policy::latest(tx, person.practice)?;
        let quiet = policy.ok_or_else(|| Refusal::not_found("policy"))?.parameters.quiet_hours;
        Ok(Found {
            waits: store::address::open_of(tx, client)?,
            usual: (quiet.from, quiet.to),
            emergency_since: store::risk::contact_since(tx, client)?,
            push: push::view::<Client>(tx, app, ask, &when)?,
            person,
        })
    })
    .await
}

async fn show(app: &App, call: &Call<Client>, typed: Option<Raw>, errors: FieldErrors, status: StatusCode) -> Answer {
    let (found, when) = (load(app, call).await?, When::of(call));
    let (person, reach) = (&found.person, app.tools.reach);
    let mut form = ReachForm::of(person, found.usual, reach, &when, true);
    if let Some(raw) = typed {
        form = form.typed(person, reach, &raw);
    }
    let page = PreferencesPage {
        shell: Shell::new(app, call, "How to reach you").with(&errors).at("/c/preferences"),
        errors,
        done: match call.raw_query().get("done") {
            "saved" => "Saved. We’ll reach you this way from now on.",
            "asked" => "Thank you. We use it once it is confirmed.",
            "confirmed" => "Confirmed. We use it from now on.",
            "kept" => "Kept.",
            _ => "",
        },
        is_asked: person.preference.asked_at.is_some(),
        form,
        address: AddressView::of(person, &found.waits, reach, &when),
        emergency_since: found.emergency_since.map(|at| format!("on {}", when.moment(at))).unwrap_or_default(),
        push: found.push,
    };
    page_with(status, &page)
}
