//! Recording that the client cancelled or can't come: the time at which their word arrived decides, not now (M14).

use super::Desk;
use super::agreement::{self, Choice};
use super::cancel::NOTE_MAX;
use super::frame::{Form, Frame, framed};
use super::next_step::{self, StepView};
use super::story::Story;
use crate::body::Raw;
use crate::error::FieldErrors;
use crate::flow::{self, Ask, Flow, Tools};
use crate::when::When;
use askama::Template;
use domain::decide::Cancel;
use domain::id::AppointmentId;
use domain::reason::{Initiator, Reason};
use domain::time::{Instant, Span};
use store::{Done, Tx};

#[derive(Template)]
#[template(path = "desk/client_cancelled.html")]
struct ClientCancelledPage {
    frame: Frame,
    received_day: String,
    received_time: String,
    reasons: Vec<Choice>,
    step: StepView,
    note: String,
    note_left: usize,
}

framed!(ClientCancelledPage);

/// The form.
pub(super) struct ClientCancelledForm {
    step: StepView,
}

impl Form for ClientCancelledForm {
    type Wish = Cancel;

    const PATH: &'static str = "client-cancelled";
    const DONE: &'static str = "/cancelled";

    fn title(story: &Story, _: &When) -> String {
        format!("{} cancelled or can’t come", story.name())
    }

    /// A message that came before the start can be recorded after it.
    fn is_open(story: &Story, _: &When) -> bool {
        story.appointment.state.is_live()
    }

    fn read<D: Desk>(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, at: (&Story, &When), raw: Raw) -> Flow<(Self, Raw)> {
        let raw = with_arrival(raw, at.0, at.1);
        let (step, raw) = next_step::view(tx, tools, ask, at.1, at.0, raw, Initiator::Client)?;
        Ok((Self { step }, raw))
    }

    fn wish<D: Desk>(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<Cancel> {
        Some(wish(raw, when, errors))
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
        let typed = |field: &str| frame.raw.get(field).to_owned();
        ClientCancelledPage {
            received_day: typed("received_day"),
            received_time: typed("received_time"),
            reasons: reasons(&frame.story, &frame.raw),
            step: self.step,
            note_left: NOTE_MAX.saturating_sub(typed("note").chars().count()),
            note: typed("note"),
            frame,
        }
    }
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
