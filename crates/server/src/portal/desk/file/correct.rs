//! Setting the record right, with the reason (T23), and telling one's own side of it.

use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow;
use crate::portal::desk::agreement::Choice;
use crate::portal::desk::story::{self, Story};
use crate::portal::desk::{Desk, When, ask, read, refused};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::decide::{Correct, FileAct, Said};
use domain::id::AppointmentId;

#[derive(Template)]
#[template(path = "desk/correct.html")]
struct CorrectPage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    story: Story,
    when: When,
    action: String,
    states: Vec<Choice>,
    reason: String,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, Raw::default(), FieldErrors::default(), StatusCode::OK).await
}

/// POST: sets it right.
pub async fn correct<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw): (AppointmentId, _) = (call.id("id")?, call.raw().clone());
    let wish = Correct { state: raw.get("state").to_owned(), reason: raw.get("reason").to_owned() };
    let mut errors = FieldErrors::default();
    if wish.state.is_empty() {
        errors.push("state", "Choose what the record should say.");
        return show(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let done = super::write(&app, &call, super::nothing, move |tx, app, ask| {
        flow::file::about_appointment(tx, &app.tools, ask, id, FileAct::Correct(wish.clone()), None)
    })
    .await;
    match done {
        Ok(_) => Ok(redirect(&format!("{}/appointments/{id}?done=corrected", D::BASE))),
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw, refusal.errors, refusal.status).await
        }
    }
}

/// POST: one's own account of it goes on file.
pub async fn say<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, words): (AppointmentId, _) = (call.id("id")?, call.raw().get("words").to_owned());
    super::write(&app, &call, super::nothing, move |tx, app, ask| {
        let said = FileAct::Say(Said { words: words.clone() });
        flow::file::about_appointment(tx, &app.tools, ask, id, said, None)
    })
    .await?;
    Ok(redirect(&format!("{}/appointments/{id}?done=said#statements", D::BASE)))
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let (asked, inner) = (ask(call), when.clone());
    let story = read(app, move |tx| story::load(tx, &asked.who, &inner, id)).await?;
    let shell = Shell::new(app, call, "Set the record right").at(&D::appointments()).with(&errors);
    let page = CorrectPage {
        shell,
        base: D::BASE,
        errors,
        states: states(&story, &raw),
        action: format!("{}/appointments/{id}/correct", D::BASE),
        reason: raw.get("reason").to_owned(),
        story,
        when,
    };
    page_with(status, &page)
}

fn states(story: &Story, raw: &Raw) -> Vec<Choice> {
    let label = &story.policy.parameters.therapist_cancel.attendance_label;
    let all = [
        ("attended", "Attended"),
        ("client_no_show", "Did not attend"),
        ("late_not_seen", "Arrived too late to be seen"),
        ("therapist_no_show", "Missed by therapist"),
        ("technical_failure", "Technical failure"),
        ("cancelled_by_client", "Cancelled by client"),
        ("cancelled_by_therapist", label.as_str()),
        ("cancelled_by_practice", "Cancelled by the practice"),
        ("entered_in_error", "Entered in error"),
    ];
    let others = all.into_iter().filter(|(word, _)| *word != story.appointment.state.word());
    others.map(|(word, label)| Choice::new(word, label, raw.has("state", word))).collect()
}
