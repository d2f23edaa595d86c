//! Recording that the client cancelled or can't come: the time at which their word arrived decides, not now (M14).

use super::agreement::{self, Choice};
use super::cancel::{NOTE_MAX, PanelFragment};
use super::effects::Panel;
use super::next_step::{self, StepView};
use super::story::{self, Story};
use super::{Desk, ask, read, refused, write};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{self, Ask, Failed, Flow};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::decide::Cancel;
use domain::id::AppointmentId;
use domain::person::PersonRef;
use domain::reason::{Initiator, Reason};
use domain::time::{Instant, Span};
use store::Tx;

#[derive(Template)]
#[template(path = "desk/client_cancelled.html")]
struct ClientCancelledPage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    story: Story,
    when: When,
    action: String,
    seen: u32,
    received_day: String,
    received_time: String,
    reasons: Vec<Choice>,
    step: StepView,
    note: String,
    note_left: usize,
    panel: Panel,
}

struct Read {
    story: Story,
    step: StepView,
    raw: Raw,
    panel: Panel,
}

/// GET: a fresh form.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, Raw::default(), FieldErrors::default(), StatusCode::OK).await
}

/// POST of the whole form, to look: nothing is saved.
pub async fn preview<D: Desk>(app: App, call: Call<D>) -> Answer {
    if !call.is_fragment() {
        return show(&app, &call, call.raw().clone(), FieldErrors::default(), StatusCode::OK).await;
    }
    let id: AppointmentId = call.id("id")?;
    let found = read_form(&app, &call, id, call.raw().clone()).await?;
    page_with(StatusCode::OK, &PanelFragment { panel: found.panel })
}

/// POST: records it.
pub async fn record<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(&call));
    let raw = call.raw().clone();
    let mut errors = FieldErrors::default();
    let wish = wish(&raw, &when, &mut errors);
    if !errors.is_empty() {
        return show(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let seen = raw.get("seen").parse().ok();
    let done =
        write(&app, &call, move |tx, app, ask| flow::appointment::cancel(tx, &app.tools, ask, id, wish.clone(), seen))
            .await;
    match done {
        Ok(_) => Ok(redirect(&format!("{}/appointments/{id}/cancelled", D::BASE))),
        Err(failed) if super::changed::is_overtaken(&failed) => super::changed::page(&app, &call, id, failed).await,
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw, next_step::to_fields(refusal.errors), refusal.status).await
        }
    }
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let Read { story, step, raw, panel } = read_form(app, call, id, raw).await?;
    if !may_be_recorded(&story) {
        return Ok(redirect(&format!("{}/appointments/{id}", D::BASE)));
    }
    let title = format!("{} cancelled or can’t come", story.name());
    let shell = Shell::new(app, call, title).at(&D::appointments()).with(&errors);
    let note = raw.get("note").to_owned();
    let page = ClientCancelledPage {
        shell,
        base: D::BASE,
        errors,
        action: action::<D>(id),
        seen: raw.get("seen").parse().unwrap_or(story.appointment.revision),
        received_day: raw.get("received_day").to_owned(),
        received_time: raw.get("received_time").to_owned(),
        reasons: reasons(&story, &raw),
        step,
        note_left: NOTE_MAX.saturating_sub(note.chars().count()),
        note,
        panel,
        story,
        when,
    };
    page_with(status, &page)
}

/// A message that came before the start can be recorded after it.
fn may_be_recorded(story: &Story) -> bool {
    story.appointment.state.is_live()
}

async fn read_form<D: Desk>(app: &App, call: &Call<D>, id: AppointmentId, raw: Raw) -> Result<Read, Problem> {
    let (ask, when, inner) = (ask(call), When::of(call), app.clone());
    let reader = call.actor.person;
    read(app, move |tx| {
        let story = story::load(tx, &ask.who, &when, id)?;
        let raw = with_arrival(raw.clone(), &story, &when);
        let (step, raw) = next_step::view(tx, &inner.tools, &ask, &when, &story, raw, Initiator::Client)?;
        let panel = look(tx, &inner, &ask, &story, &when, &raw, reader)?;
        Ok(Read { story, step, raw, panel })
    })
    .await
}

/// The arrival that a fresh form proposes: now, or the minute before a start that has passed.
fn with_arrival(raw: Raw, story: &Story, when: &When) -> Raw {
    if !raw.get("received_day").is_empty() {
        return raw;
    }
    let at = when.now.min(story.appointment.start - Span::minutes(1));
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("received_day", &when.date_value(at)).append_pair("received_time", &when.time_value(at));
    Raw::parse(form.finish().as_bytes())
}

fn look(
    tx: &mut Tx<'_>,
    app: &App,
    ask: &Ask,
    story: &Story,
    when: &When,
    raw: &Raw,
    reader: PersonRef,
) -> Flow<Panel> {
    let mut errors = FieldErrors::default();
    let wish = wish(raw, when, &mut errors);
    if let Some(error) = errors.0.first() {
        return Ok(Panel::refused(error.message.clone()));
    }
    match flow::appointment::preview_cancel(tx, &app.tools, ask, story.appointment.id, wish) {
        Ok(answer) => Ok(Panel::of(&answer, story, when, reader, true)),
        Err(Failed::Refused(refusal)) => Ok(Panel::refused(refusal.detail)),
        Err(other) => Err(other),
    }
}

fn wish(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Cancel {
    let received: Option<Instant> = agreement::typed(raw, when, "received_day", "received_time");
    if received.is_none() {
        errors.push("received_day", "Enter the day and time when their message arrived.");
    }
    Cancel {
        initiator: Initiator::Client,
        reason: raw.get("reason").parse().ok(),
        note: Some(raw.get("note").trim().to_owned()).filter(|note| !note.is_empty()),
        received_at: received,
        next_step: next_step::read(raw, when, errors),
        share_reason: false,
        words: None,
    }
}

fn reasons(story: &Story, raw: &Raw) -> Vec<Choice> {
    let enabled = |reason: &Reason| story.policy.parameters.reasons.of(*reason).enabled;
    let own = Reason::offered_to(Initiator::Client).filter(enabled);
    let unsaid = Choice::new("", "Not said", raw.get("reason").is_empty());
    let words = |reason: Reason| super::words::reason(&story.policy.parameters.reasons, reason, None);
    let choice = |reason: Reason| Choice::new(reason.as_str(), words(reason), raw.get("reason") == reason.as_str());
    std::iter::once(unsaid).chain(own.map(choice)).collect()
}

fn action<D: Desk>(id: AppointmentId) -> String {
    format!("{}/appointments/{id}/client-cancelled", D::BASE)
}
