//! Recording a move that the client agreed to: same appointment, another time (H-09, T4 to T6).

use super::agreement::{self, AgreementView, Choice};
use super::cancel::PanelFragment;
use super::effects::Panel;
use super::slots::{self, DayView};
use super::story::{self, Story};
use super::{Desk, ask, next_step, read, refused, words, write};
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
use domain::decide::Reschedule;
use domain::id::AppointmentId;
use domain::reason::{Initiator, Reason};
use domain::time::Instant;

/// Days ahead that the form shows at first, and with *More days*.
const FEW_DAYS: i64 = 10;
const MANY_DAYS: i64 = 31;

#[derive(Template)]
#[template(path = "desk/reschedule.html")]
struct ReschedulePage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    story: Story,
    when: When,
    action: String,
    seen: u32,
    sides: Vec<Choice>,
    reasons: Vec<Choice>,
    days: Vec<DayView>,
    more_days: bool,
    agreement: AgreementView,
    panel: Panel,
}

struct Read {
    story: Story,
    days: Vec<DayView>,
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

/// POST: moves it.
pub async fn reschedule<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(&call));
    let raw = call.raw().clone();
    let mut errors = FieldErrors::default();
    let Some(wish) = wish(&raw, &when, &mut errors) else {
        return show(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let seen = raw.get("seen").parse().ok();
    let done = write(&app, &call, move |tx, app, ask| {
        flow::appointment::reschedule(tx, &app.tools, ask, id, wish.clone(), seen)
    })
    .await;
    match done {
        Ok(_) => Ok(redirect(&format!("{}/appointments/{id}?done=moved", D::BASE))),
        Err(failed) if super::changed::is_overtaken(&failed) => super::changed::page(&app, &call, id, failed).await,
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw, next_step::to_fields(refusal.errors), refusal.status).await
        }
    }
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let Read { story, days, panel } = read_form(app, call, id, raw.clone()).await?;
    if !story.is_pending(&when) {
        return Ok(redirect(&format!("{}/appointments/{id}", D::BASE)));
    }
    let shell = Shell::new(app, call, format!("Record a move that {} agreed to", story.name()));
    let page = ReschedulePage {
        shell: shell.at(&D::appointments()).with(&errors),
        base: D::BASE,
        errors,
        action: action::<D>(id),
        seen: raw.get("seen").parse().unwrap_or(story.appointment.revision),
        sides: sides::<D>(&story, &raw),
        reasons: reasons::<D>(&story, &raw),
        days,
        more_days: raw.get("more") != "days",
        agreement: AgreementView::of(&raw, &when),
        panel,
        story,
        when,
    };
    page_with(status, &page)
}

async fn read_form<D: Desk>(app: &App, call: &Call<D>, id: AppointmentId, raw: Raw) -> Result<Read, Problem> {
    let (ask, when, inner) = (ask(call), When::of(call), app.clone());
    let reader = call.actor.person;
    read(app, move |tx| {
        let story = story::load(tx, &ask.who, &when, id)?;
        let about = &story.appointment;
        let ahead = if raw.get("more") == "days" { MANY_DAYS } else { FEW_DAYS };
        let free = slots::free(tx, &inner.tools, &ask, about.therapist, about.client, about.kind, ahead)?;
        let days = slots::by_day(&free, &when, raw.get("start"));
        let mut errors = FieldErrors::default();
        let panel = match wish(&raw, &when, &mut errors) {
            None => Panel::refused("Choose the new time and say how it was agreed to see what this will do."),
            Some(wish) => match flow::appointment::preview_reschedule(tx, &inner.tools, &ask, id, wish) {
                Ok(answer) => Panel::of(&answer, &story, &when, reader, true),
                Err(Failed::Refused(refusal)) => Panel::refused(refusal.detail),
                Err(other) => return Err(other),
            },
        };
        Ok(Read { story, days, panel })
    })
    .await
}

fn wish(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<Reschedule> {
    let start = raw.get("start").parse::<Instant>().ok();
    if start.is_none() {
        errors.push("start", "Choose the new time.");
    }
    let initiator = raw.get("initiator").parse::<Initiator>().ok();
    if initiator.is_none() {
        errors.push("initiator", "Say who asked for the move.");
    }
    let agreement = agreement::read(raw, when, errors);
    let reason = raw.get("reason").parse().ok();
    Some(Reschedule { start: start?, initiator: initiator?, agreement: Some(agreement?), reason, received_at: None })
}

fn sides<D: Desk>(story: &Story, raw: &Raw) -> Vec<Choice> {
    let therapist = if D::is_therapist() { "Me".to_owned() } else { story.therapist.person.name.clone() };
    let all = [
        (Initiator::Client, story.client.name.clone()),
        (Initiator::Therapist, therapist),
        (Initiator::Practice, "The practice".to_owned()),
    ];
    let here = all.into_iter().filter(|(side, _)| !D::is_therapist() || *side != Initiator::Practice);
    here.map(|(side, label)| Choice::new(side.as_str(), label, raw.get("initiator") == side.as_str())).collect()
}

pub(super) fn reasons<D: Desk>(story: &Story, raw: &Raw) -> Vec<Choice> {
    let therapist = story.therapist.person.first_name();
    let enabled = story.policy.parameters.reasons.enabled();
    let ours = enabled.filter(|reason| reason.fits(D::SIDE) && *reason != Reason::EnteredInError);
    let choice = |reason: Reason| {
        let label = words::reason(&story.policy.parameters.reasons, reason, (!D::is_therapist()).then_some(therapist));
        Choice::new(reason.as_str(), label, raw.get("reason") == reason.as_str())
    };
    std::iter::once(Choice::new("", "Choose, where it is not the client", raw.get("reason").is_empty()))
        .chain(ours.map(choice))
        .collect()
}

fn action<D: Desk>(id: AppointmentId) -> String {
    format!("{}/appointments/{id}/reschedule", D::BASE)
}
