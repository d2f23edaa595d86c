//! What happens next for the client: the part of a cancellation form that the policy shapes (V-07, V-08, G-08).

use super::agreement::{self, AgreementView, Choice};
use super::slots::{self, SlotView};
use super::story::Story;
use super::words;
use crate::body::Raw;
use crate::error::FieldErrors;
use crate::flow::{Ask, Flow, Tools};
use crate::when::{When, later};
use domain::appointment::State;
use domain::decide::{BookNow, NextStep};
use domain::id::AppointmentId;
use domain::policy::{NextStepKind, next_step};
use domain::reason::Initiator;
use domain::time::{Instant, Interval};
use store::Tx;
use store::appointment::Filter;

/// Times that the form shows at first, and with *More times*.
const FEW: usize = 4;
const MANY: usize = 12;
/// Days ahead in which times are looked for.
const DAYS: i64 = 31;
/// Appointments still to come that the form can name as the next one.
const UPCOMING: u32 = 6;

/// The exits as the form shows them.
#[derive(Debug, Clone, Default)]
pub struct StepView {
    /// Which exit is chosen: `offer`, `promise`, `link`, `next`, `book`, `refund`, `none`.
    pub chosen: String,
    /// Whether each exit is there at all.
    pub offers: bool,
    /// A promise may be given.
    pub promises: bool,
    /// The booking link may be given.
    pub links: bool,
    /// The client may have asked for the money back.
    pub refunds: bool,
    /// Nothing need be given.
    pub none: bool,
    /// Whether the rarer ways are unfolded.
    pub more_ways: bool,
    /// Free times to tick.
    pub slots: Vec<SlotView>,
    /// Whether there are more times to show.
    pub more_times: bool,
    /// For how long offered times are held, as a sentence.
    pub held_for: String,
    /// The promised day and time.
    pub promise_day: String,
    /// The promised time.
    pub promise_time: String,
    /// Appointments that are in the diary already.
    pub upcoming: Vec<Choice>,
    /// Free times for a booking agreed now.
    pub book_times: Vec<Choice>,
    /// How and when the client agreed to it.
    pub agreement: Option<AgreementView>,
}

impl StepView {
    /// Whether this exit is chosen.
    pub fn is(&self, exit: &str) -> bool {
        self.chosen == exit
    }
}

/// The exits as this policy allows them, with what was sent; fresh, with the usual one chosen. Also gives the form
/// with what was filled in.
pub fn view(
    tx: &mut Tx<'_>,
    tools: &Tools,
    ask: &Ask,
    when: &When,
    story: &Story,
    raw: Raw,
    side: Initiator,
) -> Flow<(StepView, Raw)> {
    let about = &story.appointment;
    let parameters = &story.policy.parameters;
    let may = |kind| next_step::allows(parameters, kind);
    let free = slots::free(tx, tools, ask, about.therapist, about.client, about.kind, DAYS)?;
    // Whoever can't come today can hardly come an hour earlier: today's times are among *More times*.
    let later: Vec<Interval> = free.iter().copied().filter(|slot| !when.is_today(slot.from)).collect();
    let few = slots::near(if later.is_empty() { &free } else { &later }, about, when, FEW, 1);
    let wants_more = raw.get("more") == "times" || raw.get("times") == "many";
    let shown = if wants_more { slots::near(&free, about, when, MANY, 3) } else { few.clone() };
    let offers = may(NextStepKind::OfferSlots) && !free.is_empty();
    let raw = if raw.get("next").is_empty() { fresh(when, story, &few, offers, side, &raw) } else { raw };
    let chosen = raw.get("next").to_owned();
    let view = StepView {
        offers,
        promises: may(NextStepKind::PromiseContactBy),
        links: may(NextStepKind::BookingLink),
        refunds: may(NextStepKind::Refund),
        none: side == Initiator::Client,
        more_ways: matches!(chosen.as_str(), "link" | "next" | "book" | "refund"),
        more_times: !wants_more && free.len() > few.len(),
        slots: slots::with_days(&shown, when, |value| raw.has("slot", value)),
        held_for: held_for(parameters.offer.hold_hours),
        promise_day: raw.get("promise_day").to_owned(),
        promise_time: raw.get("promise_time").to_owned(),
        upcoming: upcoming(tx, ask, when, story, &raw)?,
        book_times: slots::with_days(&slots::near(&free, about, when, MANY, 3), when, |value| {
            raw.get("book_start") == value
        })
        .into_iter()
        .map(|slot| Choice::new(slot.value, slot.label, slot.is_chosen))
        .collect(),
        agreement: Some(AgreementView::of(&raw, when)),
        chosen,
    };
    Ok((view, raw))
}

/// The form as it is at first: times to offer where the policy gives times, else a promise; for a client's own
/// cancellation nothing, because they chose it.
fn fresh(when: &When, story: &Story, few: &[Interval], offers: bool, side: Initiator, sent: &Raw) -> Raw {
    let next = match (side, offers) {
        (Initiator::Client, _) => "none",
        (_, true) => "offer",
        _ if next_step::allows(&story.policy.parameters, NextStepKind::PromiseContactBy) => "promise",
        _ => "link",
    };
    let tomorrow = when.zone.start_of(later(when.date(when.now), 1));
    let mut form = form_urlencoded::Serializer::new(String::new());
    for field in ["received_day", "received_time", "reason", "note", "initiator"] {
        if !sent.get(field).is_empty() {
            form.append_pair(field, sent.get(field));
        }
    }
    form.append_pair("next", next)
        .append_pair("promise_day", &when.date_value(tomorrow))
        .append_pair("promise_time", "12:00");
    let wanted = story.policy.parameters.next_step.slots_offered_min.max(1) as usize;
    for slot in few.iter().take(wanted) {
        form.append_pair("slot", &slot.from.to_string());
    }
    Raw::parse(form.finish().as_bytes())
}

fn upcoming(tx: &mut Tx<'_>, ask: &Ask, when: &When, story: &Story, raw: &Raw) -> Flow<Vec<Choice>> {
    let about = &story.appointment;
    let filter = Filter {
        therapist: Some(about.therapist),
        client: Some(about.client),
        from: Some(ask.now),
        states: vec![State::Booked.word(), State::Requested.word()],
        ..Filter::default()
    };
    let found = store::appointment::list(tx, &ask.who.scope(), &filter, None, UPCOMING)?;
    let others = found.items.into_iter().filter(|other| other.id != about.id);
    Ok(others
        .map(|other| {
            let value = other.id.to_string();
            let is_chosen = raw.get("next_appointment") == value;
            Choice::new(value, when.short_moment(other.start), is_chosen)
        })
        .collect())
}

/// The chosen exit. Only what the form itself gets wrong is said here; the flow checks the rest.
pub fn read(raw: &Raw, when: &When, errors: &mut FieldErrors) -> NextStep {
    let mut step = NextStep::default();
    match raw.get("next") {
        "offer" => {
            step.offer_slots = raw.all("slot").filter_map(|start| start.parse::<Instant>().ok()).collect();
            if step.offer_slots.is_empty() {
                errors.push("slot", "Tick at least one time to offer, or choose another next step.");
            }
        }
        "promise" => {
            step.promise_contact_by = when.typed(raw.get("promise_day"), raw.get("promise_time"));
            if step.promise_contact_by.is_none() {
                errors.push("promise_day", "Enter the day and time by which the client will hear.");
            }
        }
        "link" => step.booking_link = true,
        "next" => {
            step.next_appointment = raw.get("next_appointment").parse::<AppointmentId>().ok();
            if step.next_appointment.is_none() {
                errors.push("next_appointment", "Choose which appointment is the next one.");
            }
        }
        "book" => step.book = book(raw, when, errors),
        "refund" => step.refund = true,
        _ => {}
    }
    step
}

fn book(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<BookNow> {
    let start = raw.get("book_start").parse::<Instant>().ok();
    if start.is_none() {
        errors.push("book_start", "Choose the time that the client agreed to.");
    }
    let agreement = agreement::read(raw, when, errors);
    Some(BookNow { start: start?, agreement: agreement? })
}

/// A refusal's fields by the names that the form has.
pub fn to_fields(errors: FieldErrors) -> FieldErrors {
    let mut named = FieldErrors::default();
    for error in errors.0 {
        let field = match error.field.as_str() {
            "next_step.offer_slots" => "slot",
            "next_step.promise_contact_by" => "promise_day",
            "next_step.next_appointment" => "next_appointment",
            "next_step.book.start" => "book_start",
            "next_step.book.agreement" => "agreed_how",
            "agreement" => "agreed_how",
            "received_at" => "received_day",
            other => other,
        };
        named.push(field, error.message);
    }
    named
}

fn held_for(hours: u32) -> String {
    format!("They pick one from the link. The times are held for them for {}.", words::count(hours as usize, "hour"))
}
