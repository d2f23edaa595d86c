//! How a client is reached, at the desk: their wishes as somebody writes them down, a number or address that changes, and
//! whom to turn to in danger.

use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{self, Ask, Failed, Flow};
use crate::portal::desk::{Desk, When, ask, once_of, read, refused};
use crate::portal::reach::{self, AddressView, ReachForm};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::id::{ClientId, RelationshipId};
use domain::person::{Person, PersonRef, Role};
use domain::refusal::Refusal;
use domain::risk::{EmergencyContact, may_read_contact};
use domain::schedule::TimeOfDay;
use domain::telling::address::{AddressChange, What};
use domain::time::Instant;
use store::{Done, Tx};

#[derive(Template)]
#[template(path = "desk/contact_file.html")]
struct ContactPage {
    shell: Shell,
    base: &'static str,
    here: String,
    errors: FieldErrors,
    done: &'static str,
    name: String,
    form: ReachForm,
    address: AddressView,
    emergency_since: String,
    may_read: bool,
    emergency: Option<EmergencyContact>,
}

struct Found {
    client: Person,
    waits: Vec<AddressChange>,
    usual: (TimeOfDay, TimeOfDay),
    emergency_since: Option<Instant>,
    may_read: bool,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, None, None, FieldErrors::default(), StatusCode::OK).await
}

/// POST: what the client said about being told.
pub async fn save<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (raw, mut errors) = (call.raw().clone(), FieldErrors::default());
    let person = load(&app, &call).await?.client;
    let wish = reach::wish(&person, &raw, &mut errors);
    if !errors.is_empty() {
        return show(&app, &call, Some(raw), None, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let act = move |tx: &mut Tx<'_>, app: &App, ask: &Ask, client: ClientId| {
        let done = flow::settings::contact_preference(tx, &app.tools, ask, client, &wish)?;
        Ok(Done::new((), done.audit))
    };
    done(app, call, Some(raw), "saved", |field| if field == "channels" { "first" } else { field }, act).await
}

/// POST: a new address or number.
pub async fn address<D: Desk>(app: App, call: Call<D>) -> Answer {
    let raw = call.raw().clone();
    let (what, typed) = match raw.get("email").trim() {
        "" => (What::Phone, raw.get("phone").to_owned()),
        email => (What::Email, email.to_owned()),
    };
    let act = move |tx: &mut Tx<'_>, app: &App, ask: &Ask, client: ClientId| {
        let done = flow::address::change(tx, &app.tools, ask, client, what, &typed)?;
        Ok(Done::new((), done.audit))
    };
    done(app, call, None, "asked", |field| field, act).await
}

/// POST: the client said themselves that the new one, or the number that was said to be wrong, is right.
pub async fn confirm<D: Desk>(app: App, call: Call<D>) -> Answer {
    let raw = call.raw().clone();
    let what = raw.get("what").parse().unwrap_or(What::Phone);
    let word = raw.get("word").to_owned();
    let act = move |tx: &mut Tx<'_>, app: &App, ask: &Ask, client: ClientId| {
        let done = flow::address::by_word(tx, &app.tools, ask, client, what, &word)?;
        Ok(Done::new((), done.audit))
    };
    done(app, call, None, "confirmed", |field| field, act).await
}

/// POST: whom to turn to in danger, as the client said it.
pub async fn emergency<D: Desk>(app: App, call: Call<D>) -> Answer {
    let raw = call.raw().clone();
    let text = |field: &str| raw.get(field).to_owned();
    let said = (!raw.has("act", "remove")).then(|| (text("name"), text("emergency_phone"), text("relation")));
    let act = move |tx: &mut Tx<'_>, app: &App, ask: &Ask, client: ClientId| {
        flow::address::put_emergency(tx, &app.tools, ask, client, said.clone())
    };
    done(app, call, None, "kept", |field| if field == "phone" { "emergency_phone" } else { field }, act).await
}

/// POST: opens it, which goes on record. For everybody who may not it is not there.
pub async fn open_emergency<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, ask, inner): (RelationshipId, _, _) = (call.id("id")?, ask(&call), app.clone());
    let read = app.store.write_async(move |tx: &mut Tx<'_>| {
        let client = of_pair(tx, &ask, id)?;
        flow::address::read_emergency(tx, &inner.tools, &ask, client)
    });
    match read.await {
        Ok(committed) => show(&app, &call, None, Some(committed.answer), FieldErrors::default(), StatusCode::OK).await,
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, None, None, refusal.errors, refusal.status).await
        }
    }
}

/// Does it and leads back to the page, or shows the page with what was refused, at the field that `at` gives it.
async fn done<D: Desk, F>(
    app: App,
    call: Call<D>,
    typed: Option<Raw>,
    word: &str,
    at: fn(&str) -> &str,
    mut act: F,
) -> Answer
where
    F: FnMut(&mut Tx<'_>, &App, &Ask, ClientId) -> Flow<Done<()>> + Send + 'static,
{
    let id: RelationshipId = call.id("id")?;
    let (asked, inner, here) = (ask(&call), app.clone(), format!("{}/clients/{id}/contact", D::BASE));
    let by = asked.clone();
    let written = flow::once::write(&app, &asked, once_of(&call), move |tx| {
        let client = of_pair(tx, &by, id)?;
        act(tx, &inner, &by, client)
    });
    match written.await {
        Ok(_) => Ok(redirect(&format!("{here}?done={word}"))),
        Err(Failed::Nothing { .. }) => Ok(redirect(&here)),
        Err(failed) => {
            let mut refusal = refused(failed)?;
            for error in &mut refusal.errors.0 {
                error.field = at(&error.field).to_owned();
            }
            show(&app, &call, typed, None, refusal.errors, refusal.status).await
        }
    }
}

fn of_pair(tx: &mut Tx<'_>, ask: &Ask, id: RelationshipId) -> Flow<ClientId> {
    let pair = store::relationship::load(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("client"))?;
    Ok(pair.client)
}

async fn load<D: Desk>(app: &App, call: &Call<D>) -> Result<Found, Problem> {
    let (id, asked, role): (RelationshipId, _, Role) = (call.id("id")?, ask(call), call.actor.role);
    read(app, move |tx| {
        let client = of_pair(tx, &asked, id)?;
        let person = store::person::load(tx, PersonRef::Client(client))?.ok_or_else(|| Refusal::not_found("client"))?;
        let policy = store::policy::latest(tx, person.practice)?.ok_or_else(|| Refusal::not_found("policy"))?;
        let screening = store::risk::load(tx, &asked.who.scope(), client)?;
        let quiet = &policy.parameters.quiet_hours;
        Ok(Found {
            waits: store::address::open_of(tx, client)?,
            usual: (quiet.from, quiet.to),
            emergency_since: store::risk::contact_since(tx, client)?,
            may_read: may_read_contact(role, screening.as_ref()).is_ok(),
            client: person,
        })
    })
    .await
}

async fn show<D: Desk>(
    app: &App,
    call: &Call<D>,
    typed: Option<Raw>,
    emergency: Option<EmergencyContact>,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let (found, when) = (load(app, call).await?, When::of(call));
    let id: RelationshipId = call.id("id")?;
    let (client, reach) = (&found.client, app.tools.reach);
    let mut form = ReachForm::of(client, found.usual, reach, &when, false);
    if let Some(raw) = typed {
        form = form.typed(client, reach, &raw);
    }
    let page = ContactPage {
        shell: Shell::new(app, call, format!("How to reach {}", client.name))
            .at(&format!("{}/clients", D::BASE))
            .with(&errors),
        base: D::BASE,
        here: format!("{}/clients/{id}", D::BASE),
        errors,
        done: match call.raw_query().get("done") {
            "saved" => "Kept. Messages go this way from now on.",
            "asked" => "Kept. It is used once it is confirmed.",
            "confirmed" => "Confirmed. It is used from now on.",
            "kept" => "Kept.",
            _ => "",
        },
        name: client.first_name().to_owned(),
        form,
        address: AddressView::of(client, &found.waits, reach, &when),
        emergency_since: found.emergency_since.map(|at| when.moment(at)).unwrap_or_default(),
        may_read: found.may_read && found.emergency_since.is_some(),
        emergency,
    };
    page_with(status, &page)
}
