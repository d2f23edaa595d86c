//! "Ask to move": the client is asked for another time, and the old one stands until they answer (T6).

use super::agreement::Choice;
use super::cancel::PanelFragment;
use super::effects::Panel;
use super::slots::{self, SlotView};
use super::story::{self, Story};
use super::{Desk, ask, next_step, read, refused, reschedule, write};
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
use domain::decide::AskToMove;
use domain::id::AppointmentId;

/// Days ahead that the form looks for times, and how many it shows.
const DAYS: i64 = 14;
const TIMES: usize = 12;
const A_DAY: usize = 2;

#[derive(Template)]
#[template(path = "desk/ask_to_move.html")]
struct AskPage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    story: Story,
    when: When,
    action: String,
    seen: u32,
    reasons: Vec<Choice>,
    times: Vec<SlotView>,
    words: String,
    panel: Panel,
}

struct Read {
    story: Story,
    times: Vec<SlotView>,
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
    let found = read_form(&app, &call, call.id("id")?, call.raw().clone()).await?;
    page_with(StatusCode::OK, &PanelFragment { panel: found.panel })
}

/// POST: asks.
pub async fn ask_client<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw): (AppointmentId, _) = (call.id("id")?, call.raw().clone());
    let (wish, seen) = (wish::<D>(&raw), raw.get("seen").parse().ok());
    let done =
        write(&app, &call, move |tx, app, ask| flow::moves::ask(tx, &app.tools, ask, id, wish.clone(), seen)).await;
    match done {
        Ok(_) => Ok(redirect(&format!("{}/appointments/{id}?done=asked", D::BASE))),
        Err(failed) if super::changed::is_overtaken(&failed) => super::changed::page(&app, &call, id, failed).await,
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw, next_step::to_fields(refusal.errors), refusal.status).await
        }
    }
}

fn wish<D: Desk>(raw: &Raw) -> AskToMove {
    AskToMove {
        offer_slots: raw.all("offer_slots").filter_map(|start| start.parse().ok()).collect(),
        initiator: D::SIDE,
        reason: raw.get("reason").parse().ok(),
        words: Some(raw.get("words").trim().to_owned()).filter(|words| !words.is_empty()),
    }
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let Read { story, times, panel } = read_form(app, call, id, raw.clone()).await?;
    if !story.is_pending(&when) {
        return Ok(redirect(&format!("{}/appointments/{id}", D::BASE)));
    }
    let page = AskPage {
        shell: Shell::new(app, call, format!("Ask {} to move", story.name())).at(&D::appointments()).with(&errors),
        base: D::BASE,
        errors,
        action: format!("{}/appointments/{id}/ask-to-move", D::BASE),
        seen: raw.get("seen").parse().unwrap_or(story.appointment.revision),
        reasons: reschedule::reasons::<D>(&story, &raw),
        times,
        words: raw.get("words").to_owned(),
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
        let free = slots::free(tx, &inner.tools, &ask, about.therapist, about.client, about.kind, DAYS)?;
        let near = slots::near(&free, about, &when, TIMES, A_DAY);
        let times = slots::with_days(&near, &when, |value| raw.all("offer_slots").any(|sent| sent == value));
        let wish = wish::<D>(&raw);
        let panel = if wish.offer_slots.is_empty() || wish.reason.is_none() {
            Panel::refused("Choose times and a reason to see what this will do.")
        } else {
            match flow::moves::preview_ask(tx, &inner.tools, &ask, id, wish) {
                Ok(answer) => Panel::of(&answer, &story, &when, reader, true),
                Err(Failed::Refused(refusal)) => Panel::refused(refusal.detail),
                Err(other) => return Err(other),
            }
        };
        Ok(Read { story, times, panel })
    })
    .await
}
