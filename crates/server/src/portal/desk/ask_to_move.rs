//! "Ask to move": the client is asked for another time, and the old one stands until they answer (T6).

use super::agreement::Choice;
use super::frame::{Form, Frame, framed};
use super::slots::{self, SlotView};
use super::story::Story;
use super::{Desk, reschedule};
use crate::body::Raw;
use crate::error::FieldErrors;
use crate::flow::{self, Ask, Flow, Tools};
use crate::when::When;
use askama::Template;
use domain::decide::AskToMove;
use domain::id::AppointmentId;
use store::{Done, Tx};

/// Days ahead that the form looks for times, and how many it shows.
const DAYS: i64 = 14;
const TIMES: usize = 12;
const A_DAY: usize = 2;

#[derive(Template)]
#[template(path = "desk/ask_to_move.html")]
struct AskPage {
    frame: Frame,
    reasons: Vec<Choice>,
    times: Vec<SlotView>,
    words: String,
}

framed!(AskPage);

/// The form.
pub(super) struct AskForm {
    times: Vec<SlotView>,
}

impl Form for AskForm {
    type Wish = AskToMove;

    const PATH: &'static str = "ask-to-move";
    const DONE: &'static str = "?done=asked";
    const UNCHOSEN: &'static str = "Choose times and a reason to see what this will do.";

    fn title(story: &Story, _: &When) -> String {
        format!("Ask {} to move", story.name())
    }

    fn read<D: Desk>(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, at: (&Story, &When), raw: Raw) -> Flow<(Self, Raw)> {
        let about = &at.0.appointment;
        let free = slots::free(tx, tools, ask, about.therapist, about.client, about.kind, DAYS)?;
        let near = slots::near(&free, about, at.1, TIMES, A_DAY);
        let times = slots::with_days(&near, at.1, |value| raw.all("offer_slots").any(|sent| sent == value));
        Ok((Self { times }, raw))
    }

    fn wish<D: Desk>(raw: &Raw, _: &When, _: &mut FieldErrors) -> Option<AskToMove> {
        Some(AskToMove {
            offer_slots: raw.all("offer_slots").filter_map(|start| start.parse().ok()).collect(),
            initiator: D::SIDE,
            reason: raw.get("reason").parse().ok(),
            words: Some(raw.get("words").trim().to_owned()).filter(|words| !words.is_empty()),
        })
    }

    fn draft<D: Desk>(wish: AskToMove, _: &Story) -> Option<(AskToMove, bool)> {
        (!wish.offer_slots.is_empty() && wish.reason.is_some()).then_some((wish, true))
    }

    fn preview(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, id: AppointmentId, wish: AskToMove) -> Flow<flow::Answer> {
        flow::moves::preview_ask(tx, tools, ask, id, wish)
    }

    fn act(
        tx: &mut Tx<'_>,
        tools: &Tools,
        ask: &Ask,
        id: AppointmentId,
        wish: AskToMove,
        seen: Option<u32>,
    ) -> Flow<Done<flow::Answer>> {
        flow::moves::ask(tx, tools, ask, id, wish, seen)
    }

    fn page<D: Desk>(self, frame: Frame) -> impl Template {
        let (reasons, words) = (reschedule::reasons::<D>(&frame.story, &frame.raw), frame.raw.get("words").to_owned());
        AskPage { reasons, times: self.times, words, frame }
    }
}
