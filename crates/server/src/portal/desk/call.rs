//! A call as a task: the number, what to say, the finished text where it cannot go by itself, and one tap for what came of it
//! (V-10, A-03, A-12).

use super::{Desk, ask, dial, read, sized, words};
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow;
use crate::flow::call::{CallTask, Why};
use crate::portal::{Shell, page_with};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::appointment::Appointment;
use domain::id::AppointmentId;
use domain::refusal::Refusal;

/// A text that a person sends from their own phone.
struct TextView {
    body: String,
    size: String,
    why: &'static str,
    /// The `sms:` address with the words in it (RFC 5724).
    href: String,
}

#[derive(Template)]
#[template(path = "desk/call.html")]
struct CallPage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    here: String,
    when: String,
    caller: String,
    task: CallTask,
    number: String,
    dial: String,
    prefers: &'static str,
    text: Option<TextView>,
    back: String,
    reason: String,
    agreed: String,
    /// What was typed elsewhere about a voicemail that wants a reason.
    kept: Vec<(&'static str, String)>,
}

impl CallPage {
    fn name(&self) -> &str {
        self.task.client.first_name()
    }
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, FieldErrors::default(), StatusCode::OK).await
}

/// The page, with what is wrong about the form.
pub(super) async fn show<D: Desk>(app: &App, call: &Call<D>, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, asked, when): (AppointmentId, _, _) = (call.id("id")?, ask(call), When::of(call));
    let inner = app.clone();
    let (task, about) = read(app, move |tx| {
        let about = store::appointment::load(tx, &asked.who.scope(), id)?;
        let about: Appointment = about.ok_or_else(|| Refusal::not_found("appointment"))?;
        Ok((flow::call::task(tx, &inner.tools, &asked, id)?, about))
    })
    .await?;
    let raw = if call.is_write() { call.raw().clone() } else { call.raw_query() };
    let number = task.client.number().unwrap_or_default().to_owned();
    let page = CallPage {
        shell: Shell::new(app, call, format!("Call {}", task.client.name)).at(&D::appointments()).with(&errors),
        base: D::BASE,
        errors,
        here: format!("{}/appointments/{id}", D::BASE),
        when: when.moment(about.start),
        caller: caller(&call.actor.name),
        text: text(&task, &number),
        dial: dial(&number),
        prefers: words::channel(task.client.preference.preferred()),
        back: raw.get("back").to_owned(),
        reason: raw.get("reason").to_owned(),
        agreed: raw.get("agreed").to_owned(),
        kept: ["agreed", "tried_day", "tried_time"]
            .map(|field| (field, raw.get(field).to_owned()))
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect(),
        number,
        task,
    };
    page_with(status, &page)
}

fn caller(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

fn text(task: &CallTask, number: &str) -> Option<TextView> {
    let found = task.text.as_ref()?;
    let body: String = percent(&found.body);
    Some(TextView {
        why: match found.why {
            Why::NoGateway => "Texts don’t go out by themselves here. Send this one from your own phone.",
            Why::Waits => "The text waits, because the gateway does not answer. Send this one from your own phone.",
            Why::Failed => "The text did not get through as far as we know. Send this one from your own phone.",
        },
        size: sized(found.size),
        href: format!("sms:{}?body={body}", dial(number)),
        body: found.body.clone(),
    })
}

/// As an address takes it: blanks as %20, which every phone reads.
fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
