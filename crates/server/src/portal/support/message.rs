//! Words to a client: practical things only, by e-mail, on their file (G-05, G-13).

use super::save;
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::guide;
use crate::flow::letter::{self, Attach, WORDS_MAX, Words};
use crate::portal::desk::{self, Choice, Desk, read};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::id::{AppointmentId, ClientId, GuideId};
use domain::person::Person;
use store::Done;

#[derive(Template)]
#[template(path = "support/message.html")]
struct MessagePage {
    shell: Shell,
    base: &'static str,
    here: String,
    errors: FieldErrors,
    client: Person,
    about: String,
    appointment: String,
    body: String,
    left: usize,
    attach: Vec<Choice>,
    is_sent: bool,
    max: usize,
}

/// GET.
pub(super) async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    let raw = call.raw_query();
    show(&app, &call, raw, FieldErrors::default(), StatusCode::OK).await
}

/// POST.
pub(super) async fn send<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (client, raw): (ClientId, _) = (call.id("id")?, call.raw().clone());
    let appointment: Option<AppointmentId> = raw.get("appointment").parse().ok();
    let attach = match raw.get("attach") {
        "booking_link" => Attach::BookingLink,
        guide => guide.parse::<GuideId>().map_or(Attach::Nothing, Attach::Guide),
    };
    let words = Words { client, appointment, body: raw.get("body").to_owned(), attach };
    let done = save(&app, &call, move |tx, app, ask, _| {
        let done = letter::to_client(tx, &app.tools, ask, &words)?;
        Ok(Done { answer: (), audit: done.audit, more: done.more })
    })
    .await;
    match done {
        Ok(()) => match appointment {
            Some(id) => Ok(redirect(&format!("{}/appointments/{id}?done=written", D::BASE))),
            None => Ok(redirect(&format!("{}/clients/{client}/message?sent=yes", D::BASE))),
        },
        Err(failed) => {
            let refused = desk::refused(failed)?;
            show(&app, &call, raw, refused.errors, refused.status).await
        }
    }
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, ask, when): (ClientId, _, _) = (call.id("id")?, call.ask(), When::of(call));
    let appointment: Option<AppointmentId> = raw.get("appointment").parse().ok();
    let (client, about, guides) = read(app, move |tx| {
        let client = crate::flow::settings::client_in_scope(tx, &ask, id)?;
        let about = match appointment {
            Some(id) => store::appointment::load(tx, &ask.who.scope(), id)?.map(|about| when.moment(about.start)),
            None => None,
        };
        let guides = guide::for_clients(tx, client.practice)?;
        Ok((client, about, guides))
    })
    .await?;
    let chosen = raw.get("attach");
    let mut attach = vec![
        Choice::new("", "Nothing", chosen.is_empty()),
        Choice::new("booking_link", "Their own booking link", chosen == "booking_link"),
    ];
    for guide in guides {
        let id = guide.id.to_string();
        let is = chosen == id;
        attach.push(Choice::new(id, format!("The guide “{}”", guide.words.title), is));
    }
    let body = raw.get("body").to_owned();
    let page = MessagePage {
        shell: Shell::new(app, call, format!("Write to {}", client.first_name())).at(&D::appointments()).with(&errors),
        base: D::BASE,
        here: format!("{}/clients/{id}/message", D::BASE),
        errors,
        about: about.unwrap_or_default(),
        appointment: appointment.map(|id| id.to_string()).unwrap_or_default(),
        left: WORDS_MAX.saturating_sub(body.chars().count()),
        body,
        attach,
        is_sent: raw.get("sent") == "yes",
        max: WORDS_MAX,
        client,
    };
    page_with(status, &page)
}
