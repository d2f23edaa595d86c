//! A therapist or the practice calls an appointment off: the form, its consequences, the act (G-06 to G-11).

use super::agreement::Choice;
use super::frame::{Form, Frame, framed};
use super::next_step::{self, StepView};
use super::story::Story;
use super::{Desk, words};
use crate::body::Raw;
use crate::error::FieldErrors;
use crate::flow::{self, Ask, Flow, Tools};
use crate::when::When;
use askama::Template;
use domain::decide::Cancel;
use domain::id::AppointmentId;
use domain::reason::{Initiator, Reason};
use store::{Done, Tx};

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
    is_therapist: bool,
    form: FormView,
    frame: Frame,
}

/// What the form shows.
struct FormView {
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

framed!(CancelPage);

/// The form.
pub(super) struct CancelForm {
    step: StepView,
}

impl Form for CancelForm {
    type Wish = Cancel;

    const PATH: &'static str = "cancel";
    const DONE: &'static str = "/cancelled";

    fn title(story: &Story, when: &When) -> String {
        format!("Cancel {} with {}", story.which(when), story.name())
    }

    fn heeds_query() -> bool {
        true
    }

    fn read<D: Desk>(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, at: (&Story, &When), raw: Raw) -> Flow<(Self, Raw)> {
        let (step, raw) = next_step::view(tx, tools, ask, at.1, at.0, raw, D::SIDE)?;
        Ok((Self { step }, raw))
    }

    fn wish<D: Desk>(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<Cancel> {
        Some(wish::<D>(raw, when, errors))
    }

    /// Until a reason is chosen the rest can be seen all the same; a note comes last.
    fn draft<D: Desk>(wish: Cancel, story: &Story) -> Option<(Cancel, bool)> {
        let with_record = wish.reason.is_some();
        let reason = wish.reason.or_else(|| reasons(story, wish.initiator).first().copied());
        let note = wish.note.or_else(|| Some("…".to_owned()));
        Some((Cancel { reason, note, ..wish }, with_record))
    }

    fn preview(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, id: AppointmentId, wish: Cancel) -> Flow<flow::Answer> {
        flow::appointment::preview_cancel(tx, tools, ask, id, wish)
    }

    fn act(
        tx: &mut Tx<'_>,
        tools: &Tools,
        ask: &Ask,
        id: AppointmentId,
        wish: Cancel,
        seen: Option<u32>,
    ) -> Flow<Done<flow::Answer>> {
        flow::appointment::cancel(tx, tools, ask, id, wish, seen)
    }

    fn page<D: Desk>(self, frame: Frame) -> impl Template {
        let form = form_view::<D>(&frame.story, self.step, &frame.raw);
        CancelPage { is_therapist: D::is_therapist(), form, frame }
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
