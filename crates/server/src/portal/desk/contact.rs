//! Reaching the client: what came of a call, the contact note, and duties that are done or no longer owed (V-10, V-15).

use super::agreement::{self, Choice};
use super::story::{self, Story};
use super::{Desk, ask, onward, read, refused, words, write};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{self, Failed};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::contact::AttemptResult;
use domain::decide::{Attempt, Settle, WriteNote};
use domain::id::{AppointmentId, ObligationId};
use domain::person::Channel;
use domain::refusal::Refusal;

/// Letters that a contact note may have.
const NOTE_MAX: usize = 500;

/// POST of one of the one-tap forms: what came of trying to reach the client just now.
pub async fn attempt<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw, when): (AppointmentId, _, _) = (call.id("id")?, call.raw().clone(), When::of(&call));
    let Ok(result) = raw.get("result").parse::<AttemptResult>() else {
        return Err(Problem::field("result", "malformed", "Say what came of the attempt."));
    };
    let channel = match result {
        AttemptResult::LeftVoicemail => Channel::Voicemail,
        _ => raw.get("channel").parse().unwrap_or(Channel::Phone),
    };
    let agreed = Some(raw.get("agreed").trim().to_owned()).filter(|words| !words.is_empty());
    // The one-tap forms mean now; the office's form says when.
    let at = agreement::typed(&raw, &when, "tried_day", "tried_time").unwrap_or(when.now).min(when.now);
    let made = Attempt { channel, result, at, agreed };
    let reason = Some(raw.get("reason").trim().to_owned()).filter(|words| !words.is_empty());
    if result == AttemptResult::LeftVoicemail && reason.is_none() && wants_a_reason(&app, &call, id).await? {
        let mut errors = FieldErrors::default();
        errors.push("reason", "Say why a voicemail. It stays on file, and doesn’t count as telling them.");
        return super::call::show(&app, &call, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let done = write(&app, &call, move |tx, app, ask| {
        let found = store::appointment::load(tx, &ask.who.scope(), id)?;
        let client = found.ok_or_else(|| Refusal::not_found("appointment"))?.client;
        flow::case::attempt_because(tx, &app.tools, ask, client, Some(id), made.clone(), reason.clone())
    });
    match done.await {
        Ok(_) => back::<D>(&raw, id),
        Err(Failed::Refused(refusal)) if refusal.field == Some("reason") => {
            let mut errors = FieldErrors::default();
            errors.push("reason", refusal.detail.clone());
            super::call::show(&app, &call, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(failed) => Err(failed.into()),
    }
}

/// Whether the client may hear a voicemail too late, so that leaving one wants a reason (V-10).
async fn wants_a_reason<D: Desk>(app: &App, call: &Call<D>, id: AppointmentId) -> Result<bool, Problem> {
    let (asked, inner) = (ask(call), app.clone());
    read(app, move |tx| flow::call::wants_a_reason(tx, &inner.tools, &asked, id)).await
}

fn back<D: Desk>(raw: &Raw, id: AppointmentId) -> Answer {
    match raw.get("back") {
        "" => Ok(redirect(&format!("{}/appointments/{id}", D::BASE))),
        back => onward::<D>(back),
    }
}

/// POST: a duty is done.
pub async fn meet<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw): (ObligationId, _) = (call.id("id")?, call.raw().clone());
    let evidence = raw.get("words").trim().to_owned();
    settle(app, call, Settle::Meet(id, evidence)).await
}

/// POST: a duty is no longer owed.
pub async fn excuse<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw): (ObligationId, _) = (call.id("id")?, call.raw().clone());
    let reason = raw.get("words").trim().to_owned();
    settle(app, call, Settle::Excuse(id, reason)).await
}

async fn settle<D: Desk>(app: App, call: Call<D>, settle: Settle) -> Answer {
    let back = call.raw().get("back").to_owned();
    write(&app, &call, move |tx, app, ask| flow::case::settle(tx, &app.tools, ask, settle.clone())).await?;
    onward::<D>(&back)
}

#[derive(Template)]
#[template(path = "desk/note.html")]
struct NotePage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    story: Story,
    when: When,
    action: String,
    hows: Vec<Choice>,
    day: String,
    time: String,
    agreed: String,
    left: usize,
}

/// GET: the contact note, with when and how filled in from what is on record.
pub async fn note_page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, Raw::default(), FieldErrors::default(), StatusCode::OK).await
}

/// POST: writes it.
pub async fn note<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw, when): (AppointmentId, _, _) = (call.id("id")?, call.raw().clone(), When::of(&call));
    let mut errors = FieldErrors::default();
    let Some(note) = written(&raw, &when, &mut errors) else {
        return show(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let done = write(&app, &call, move |tx, app, ask| flow::case::note(tx, &app.tools, ask, id, note.clone())).await;
    match done {
        Ok(_) => Ok(redirect(&format!("{}/appointments/{id}?done=noted", D::BASE))),
        Err(failed) => {
            let refusal = refused(failed)?;
            let mut named = FieldErrors::default();
            for error in refusal.errors.0 {
                named.push(if error.field == "informed_at" { "informed_day" } else { &error.field }, error.message);
            }
            show(&app, &call, raw, named, refusal.status).await
        }
    }
}

fn written(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<WriteNote> {
    let informed_at = agreement::typed(raw, when, "informed_day", "informed_time");
    if informed_at.is_none() {
        errors.push("informed_day", "Enter the day and time when the client was informed.");
    }
    let informed_how = raw.get("informed_how").parse::<Channel>().ok();
    if informed_how.is_none() {
        errors.push("informed_how", "Say how the client was informed.");
    }
    let agreed = raw.get("agreed").trim().to_owned();
    if agreed.is_empty() {
        errors.push("agreed", "Write what was agreed with the client.");
    } else if agreed.chars().count() > NOTE_MAX {
        errors.push("agreed", format!("Keep the note under {NOTE_MAX} letters."));
    }
    let (informed_at, informed_how) = (informed_at?, informed_how?);
    errors.is_empty().then_some(WriteNote { informed_at, informed_how, agreed, on_behalf_of: None })
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let (ask, inner) = (ask(call), when.clone());
    let story = read(app, move |tx| story::load(tx, &ask.who, &inner, id)).await?;
    let or = |field: &str, usual: String| match raw.get(field) {
        "" => usual,
        typed => typed.to_owned(),
    };
    let preferred = story.client.preference.preferred();
    let how = or("informed_how", preferred.word().to_owned());
    let ways = Channel::ALL.into_iter().filter(|channel| !matches!(channel, Channel::Push | Channel::Voicemail));
    let agreed = raw.get("agreed").to_owned();
    let page = NotePage {
        shell: Shell::new(app, call, "Write the contact note").at(&D::appointments()).with(&errors),
        base: D::BASE,
        errors,
        action: format!("{}/appointments/{id}/note", D::BASE),
        hows: ways
            .map(|way| Choice::new(way.word(), crate::when::capital(words::channel(way)), way.word() == how))
            .collect(),
        day: or("informed_day", when.date_value(when.now)),
        time: or("informed_time", when.time_value(when.now)),
        left: NOTE_MAX.saturating_sub(agreed.chars().count()),
        agreed,
        story,
        when,
    };
    page_with(status, &page)
}
