//! A therapist or the practice calls an appointment off: the form, its consequences, the act (G-06 to G-11).

use super::agreement::Choice;
use super::effects::Panel;
use super::next_step::{self, StepView};
use super::story::{self, Story};
use super::{Desk, ask, read, refused, words, write};
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
use domain::reason::{Initiator, Reason};
use store::Tx;

/// Letters that a note may have; the flow says so too.
pub const NOTE_MAX: usize = 500;

/// The reasons that stand on the form at once; the others are one step away.
const USUAL: [Reason; 7] = [
    Reason::TherapistIllness,
    Reason::TherapistPersonalEmergency,
    Reason::TherapistPersonalCircumstances,
    Reason::TherapistTrainingMeeting,
    Reason::PracticeRoomOrClosure,
    Reason::PracticeAdminError,
    Reason::PlatformOrConnectionFailure,
];

#[derive(Template)]
#[template(path = "desk/cancel.html")]
struct CancelPage {
    shell: Shell,
    base: &'static str,
    is_therapist: bool,
    errors: FieldErrors,
    story: Story,
    when: When,
    form: FormView,
    panel: Panel,
}

#[derive(Template)]
#[template(path = "desk/panel.html")]
pub(super) struct PanelFragment {
    pub panel: Panel,
}

/// What the form shows.
struct FormView {
    action: String,
    seen: u32,
    /// Who called for it; one for a therapist.
    sides: Vec<Choice>,
    /// The reasons that are given most.
    usual: Vec<Choice>,
    /// The others.
    rarer: Vec<Choice>,
    /// Whether one of the others is chosen.
    is_rarer: bool,
    shares_reason: bool,
    step: StepView,
    words: String,
    note: String,
    note_left: usize,
    note_required: bool,
}

/// What a form page is made of, read in one transaction.
struct Read {
    story: Story,
    step: StepView,
    raw: Raw,
    panel: Panel,
}

/// GET: a fresh form with the usual next step filled in.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    let again = !call.raw_query().is_empty();
    let raw = if again { call.raw_query() } else { Raw::default() };
    show::<D>(&app, &call, raw, FieldErrors::default(), StatusCode::OK).await
}

/// POST of the whole form, to look: nothing is saved.
pub async fn preview<D: Desk>(app: App, call: Call<D>) -> Answer {
    if !call.is_fragment() {
        return show::<D>(&app, &call, call.raw().clone(), FieldErrors::default(), StatusCode::OK).await;
    }
    let id: AppointmentId = call.id("id")?;
    let found = read_form::<D>(&app, &call, id, call.raw().clone()).await?;
    page_with(StatusCode::OK, &PanelFragment { panel: found.panel })
}

/// POST: does it.
pub async fn cancel<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(&call));
    let raw = call.raw().clone();
    let mut errors = FieldErrors::default();
    let wish = wish::<D>(&raw, &when, &mut errors);
    if !errors.is_empty() {
        return show::<D>(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let seen = raw.get("seen").parse().ok();
    let done =
        write(&app, &call, move |tx, app, ask| flow::appointment::cancel(tx, &app.tools, ask, id, wish.clone(), seen))
            .await;
    match done {
        Ok(_) => Ok(redirect(&format!("{}/appointments/{id}/cancelled", D::BASE))),
        Err(failed) => not_done::<D>(&app, &call, id, raw, failed).await,
    }
}

async fn not_done<D: Desk>(app: &App, call: &Call<D>, id: AppointmentId, raw: Raw, failed: Failed) -> Answer {
    if super::changed::is_overtaken(&failed) {
        return super::changed::page(app, call, id, failed).await;
    }
    let refusal = refused(failed)?;
    show::<D>(app, call, raw, next_step::to_fields(refusal.errors), refusal.status).await
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let Read { story, step, raw, panel } = read_form::<D>(app, call, id, raw).await?;
    if !story.is_pending(&when) {
        return Ok(redirect(&format!("{}/appointments/{id}", D::BASE)));
    }
    let title = format!("Cancel {} with {}", story.which(&when), story.name());
    let shell = Shell::new(app, call, title).at(&D::appointments()).with(&errors);
    let form = form_view::<D>(&story, step, &raw);
    let page = CancelPage { shell, base: D::BASE, is_therapist: D::is_therapist(), errors, story, when, form, panel };
    page_with(status, &page)
}

async fn read_form<D: Desk>(app: &App, call: &Call<D>, id: AppointmentId, raw: Raw) -> Result<Read, Problem> {
    let (ask, when, inner) = (ask(call), When::of(call), app.clone());
    let reader = call.actor.person;
    read(app, move |tx| {
        let story = story::load(tx, &ask.who, &when, id)?;
        let (step, raw) = next_step::view(tx, &inner.tools, &ask, &when, &story, raw.clone(), D::SIDE)?;
        let panel = look::<D>(tx, &inner, &ask, &story, &when, &raw, reader)?;
        Ok(Read { story, step, raw, panel })
    })
    .await
}

/// What cancelling as the form stands would do.
fn look<D: Desk>(
    tx: &mut Tx<'_>,
    app: &App,
    ask: &Ask,
    story: &Story,
    when: &When,
    raw: &Raw,
    reader: domain::person::PersonRef,
) -> Flow<Panel> {
    let mut errors = FieldErrors::default();
    let mut wish = wish::<D>(raw, when, &mut errors);
    if let Some(error) = errors.0.first() {
        return Ok(Panel::refused(error.message.clone()));
    }
    let with_record = wish.reason.is_some();
    // Until a reason is chosen the rest can be seen all the same; a note comes last.
    wish.reason = wish.reason.or_else(|| reasons(story, wish.initiator).first().copied());
    wish.note = wish.note.or_else(|| Some("…".to_owned()));
    match flow::appointment::preview_cancel(tx, &app.tools, ask, story.appointment.id, wish) {
        Ok(answer) => Ok(Panel::of(&answer, story, when, reader, with_record)),
        Err(Failed::Refused(refusal)) => Ok(Panel::refused(refusal.detail)),
        Err(other) => Err(other),
    }
}

/// The form as a wish. What is missing is left to the flow to refuse, save what only a form can get wrong.
fn wish<D: Desk>(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Cancel {
    let text = |field: &str| Some(raw.get(field).trim().to_owned()).filter(|text| !text.is_empty());
    let initiator = if D::is_therapist() { Initiator::Therapist } else { side(raw) };
    Cancel {
        initiator,
        reason: raw.get("reason").parse().ok(),
        note: text("note"),
        received_at: None,
        next_step: next_step::read(raw, when, errors),
        share_reason: raw.has("share_reason", "yes"),
        words: text("words"),
    }
}

fn side(raw: &Raw) -> Initiator {
    if raw.get("initiator") == Initiator::Therapist.as_str() { Initiator::Therapist } else { Initiator::Practice }
}

/// The reasons that this practice lets this side give, in the order of the list.
fn reasons(story: &Story, side: Initiator) -> Vec<Reason> {
    story.policy.parameters.reasons.enabled().filter(|reason| reason.fits(side)).collect()
}

fn form_view<D: Desk>(story: &Story, step: StepView, raw: &Raw) -> FormView {
    let therapist = story.therapist.person.first_name();
    let by = side(raw);
    let sides =
        [(Initiator::Practice, "The practice".to_owned()), (Initiator::Therapist, format!("{therapist} asked us to"))];
    let sides = sides.into_iter().map(|(side, label)| Choice::new(side.as_str(), label, side == by)).collect();
    let reason = |reason: Reason| {
        let words = words::reason(&story.policy.parameters.reasons, reason, (!D::is_therapist()).then_some(therapist));
        Choice::new(reason.as_str(), words, raw.get("reason") == reason.as_str())
    };
    let note = raw.get("note").to_owned();
    let (usual, rarer): (Vec<Reason>, Vec<Reason>) =
        reasons(story, D::SIDE).into_iter().partition(|reason| USUAL.contains(reason));
    let rarer: Vec<Choice> = rarer.into_iter().map(reason).collect();
    FormView {
        action: action::<D>(story.appointment.id),
        seen: raw.get("seen").parse().unwrap_or(story.appointment.revision),
        sides: if D::is_therapist() { Vec::new() } else { sides },
        usual: usual.into_iter().map(reason).collect(),
        is_rarer: rarer.iter().any(|choice| choice.is_chosen),
        rarer,
        shares_reason: raw.has("share_reason", "yes"),
        step,
        words: raw.get("words").to_owned(),
        note_left: NOTE_MAX.saturating_sub(note.chars().count()),
        note,
        note_required: story.policy.parameters.therapist_cancel.requires_note,
    }
}

fn action<D: Desk>(id: AppointmentId) -> String {
    format!("{}/appointments/{id}/cancel", D::BASE)
}
