//! What did not get through: messages that could not be delivered, with why and the number to ring, and work that was
//! given up. The office tries again or says how it was seen to.

use crate::actor::{Scoped, Staff};
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{self, Ask, Failed, Flow, Tools};
use crate::portal::desk::{self, MessageView, People, When};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::{Answer, Route, get, post};
use askama::Template;
use axum::http::StatusCode;
use domain::id::MessageId;
use store::job::GivenUp;
use store::{Done, Tx};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Staff>("/p/undelivered", page).about("message").says("What did not get through"),
        post::<Staff>("/p/undelivered/messages/{id}", act_on_message)
            .about("message")
            .audits("message_tried_again")
            .says("Sends a message once more, or puts down how it was seen to"),
        post::<Staff>("/p/undelivered/jobs/{kind}/{subject}", act_on_job)
            .about("job")
            .audits("job_tried_again")
            .says("Has a job done once more, or puts down how it was seen to"),
    ]
}

/// One message that did not get through.
struct Lost {
    id: String,
    message: MessageView,
    why: String,
    /// As a phone dials it; empty where no number may be used.
    dial: String,
}

#[derive(Template)]
#[template(path = "practice/undelivered.html")]
struct UndeliveredPage {
    shell: Shell,
    errors: FieldErrors,
    lost: Vec<Lost>,
    jobs: Vec<GivenUp>,
    done: &'static str,
}

async fn page(app: App, call: Call<Staff>) -> Answer {
    show(&app, &call, FieldErrors::default(), StatusCode::OK).await
}

async fn act_on_message(app: App, call: Call<Staff>) -> Answer {
    let id: MessageId = call.id("id")?;
    let (again, reason) = (call.raw().has("act", "again"), call.raw().get("reason").to_owned());
    let done = write(&app, &call, move |tx, tools, ask| match again {
        true => flow::undelivered::again(tx, tools, ask, id).map(nothing),
        false => flow::undelivered::settle(tx, tools, ask, id, &reason).map(nothing),
    });
    finish(&app, &call, done.await, id.to_string()).await
}

async fn act_on_job(app: App, call: Call<Staff>) -> Answer {
    let (kind, subject) = (call.param("kind").to_owned(), call.param("subject").to_owned());
    let (again, reason, field) =
        (call.raw().has("act", "again"), call.raw().get("reason").to_owned(), format!("{kind}-{subject}"));
    let done = write(&app, &call, move |tx, tools, ask| match again {
        true => flow::undelivered::job_again(tx, tools, ask, &kind, &subject).map(nothing),
        false => flow::undelivered::job_settle(tx, tools, ask, &kind, &subject, &reason).map(nothing),
    });
    finish(&app, &call, done.await, field).await
}

/// Once for the form's key.
async fn write<F>(app: &App, call: &Call<Staff>, mut act: F) -> Flow<()>
where
    F: FnMut(&mut Tx<'_>, &Tools, &Ask) -> Flow<Done<String>> + Send + 'static,
{
    let (ask, tools) = (desk::ask(call), app.tools.clone());
    let asked = ask.clone();
    let written = flow::once::write(app, &ask, desk::once_of(call), move |tx| act(tx, &tools, &asked));
    written.await.map(|_: flow::once::Answered<String>| ())
}

/// The page shows what is left, so the answer itself says nothing.
fn nothing<T>(done: Done<T>) -> Done<String> {
    Done { answer: String::new(), audit: done.audit, more: done.more }
}

async fn finish(app: &App, call: &Call<Staff>, done: Flow<()>, field: String) -> Answer {
    match done {
        Ok(()) => {
            app.nudge.ring();
            let word = if call.raw().has("act", "again") { "again" } else { "settled" };
            Ok(redirect(&format!("/p/undelivered?done={word}")))
        }
        Err(Failed::Refused(refusal)) if refusal.code != "not_found" => {
            let mut errors = FieldErrors::default();
            errors.push(&field, refusal.detail.clone());
            show(app, call, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(failed) => Err(Problem::from(failed)),
    }
}

async fn show<A: Scoped>(app: &App, call: &Call<A>, errors: FieldErrors, status: StatusCode) -> Answer {
    let (ask, when) = (desk::ask(call), When::of(call));
    let (lost, jobs) = desk::read(app, move |tx| {
        let found = flow::undelivered::list(tx, &ask)?;
        let mut people = People::default();
        let mut lost = Vec::with_capacity(found.messages.len());
        for (message, to) in &found.messages {
            lost.push(Lost {
                id: message.id.to_string(),
                message: desk::message_view(tx, &mut people, &when, message)?,
                why: message.last_reply.clone().unwrap_or_default(),
                dial: to.number().map(desk::dial).unwrap_or_default(),
            });
        }
        Ok((lost, found.jobs))
    })
    .await?;
    let done = match call.raw_query().get("done") {
        "again" => "It goes once more.",
        "settled" => "Put down.",
        _ => "",
    };
    let shell = Shell::new(app, call, "What did not get through").with(&errors).at("/p/messages");
    page_with(status, &UndeliveredPage { shell, errors, lost, jobs, done })
}
