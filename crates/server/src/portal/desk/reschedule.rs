//! Recording a move that the client agreed to: same appointment, another time (H-09, T4 to T6).

use super::agreement::{self, AgreementView, Choice};
use super::frame::{Form, Frame, framed};
use super::slots::{self, DayView};
use super::story::Story;
use super::{Desk, words};
use crate::body::Raw;
use crate::error::FieldErrors;
use crate::flow::{self, Ask, Flow, Tools};
use crate::when::When;
use askama::Template;
use domain::decide::Reschedule;
use domain::id::AppointmentId;
use domain::reason::{Initiator, Reason};
use domain::time::Instant;
use store::{Done, Tx};

/// Days ahead that the form shows at first, and with *More days*.
const FEW_DAYS: i64 = 10;
const MANY_DAYS: i64 = 31;

#[derive(Template)]
#[template(path = "desk/reschedule.html")]
struct ReschedulePage {
    frame: Frame,
    sides: Vec<Choice>,
    reasons: Vec<Choice>,
    days: Vec<DayView>,
    more_days: bool,
    agreement: AgreementView,
}

framed!(ReschedulePage);

/// The form.
pub(super) struct RescheduleForm {
    days: Vec<DayView>,
}

impl Form for RescheduleForm {
    type Wish = Reschedule;

    const PATH: &'static str = "reschedule";
    const DONE: &'static str = "?done=moved";
    const UNCHOSEN: &'static str = "Choose the new time and say how it was agreed to see what this will do.";

    fn title(story: &Story, _: &When) -> String {
        format!("Record a move that {} agreed to", story.name())
    }

    fn read<D: Desk>(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, at: (&Story, &When), raw: Raw) -> Flow<(Self, Raw)> {
        let about = &at.0.appointment;
        let ahead = if raw.get("more") == "days" { MANY_DAYS } else { FEW_DAYS };
        let free = slots::free(tx, tools, ask, about.therapist, about.client, about.kind, ahead)?;
        Ok((Self { days: slots::by_day(&free, at.1, raw.get("start")) }, raw))
    }

    fn wish<D: Desk>(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<Reschedule> {
        wish(raw, when, errors)
    }

    fn preview(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, id: AppointmentId, wish: Reschedule) -> Flow<flow::Answer> {
        flow::appointment::preview_reschedule(tx, tools, ask, id, wish)
    }

    fn act(
        tx: &mut Tx<'_>,
        tools: &Tools,
        ask: &Ask,
        id: AppointmentId,
        wish: Reschedule,
        seen: Option<u32>,
    ) -> Flow<Done<flow::Answer>> {
        flow::appointment::reschedule(tx, tools, ask, id, wish, seen)
    }

    fn page<D: Desk>(self, frame: Frame) -> impl Template {
        let Frame { story, when, raw, .. } = &frame;
        ReschedulePage {
            sides: sides::<D>(story, raw),
            reasons: reasons::<D>(story, raw),
            days: self.days,
            more_days: raw.get("more") != "days",
            agreement: AgreementView::of(raw, when),
            frame,
        }
    }
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
