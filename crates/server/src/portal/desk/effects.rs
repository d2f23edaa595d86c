//! "What this will do": every consequence of an act as a line, from the same answer that the act itself gives.

use super::story::Story;
use super::words;
use crate::flow::Answer;
use crate::flow::answer::Told;
use crate::portal::Effect;
use crate::when::When;
use domain::appointment::State;
use domain::message::MessageKind;
use domain::obligation::{Obligation, ObligationKind};
use domain::person::{Channel, PersonRef};
use domain::policy::money::PaymentState;

/// The panel beside a form.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    /// The consequences; empty where the form does not say enough yet.
    pub effects: Vec<Effect>,
    /// What is missing or refused, where that is so.
    pub problem: String,
    /// What the client will read.
    pub messages: Vec<PanelMessage>,
    /// Why, rule by rule.
    pub because: Vec<String>,
}

/// A message that an act would send to the client.
#[derive(Debug, Clone)]
pub struct PanelMessage {
    /// "Text to 07700 900412".
    pub title: String,
    /// Its subject; may be empty.
    pub subject: String,
    /// Its words.
    pub body: String,
}

impl Panel {
    /// A panel that says why there is nothing to show.
    pub fn refused(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), ..Self::default() }
    }

    /// The consequences of this answer. `with_record` says whether the therapist's record is spoken of: not while
    /// the reason that decides it is open.
    pub fn of(answer: &Answer, story: &Story, when: &When, reader: PersonRef, with_record: bool) -> Self {
        let view = View { answer, story, when, reader };
        let mut effects = view.client_told();
        effects.extend(view.booked());
        effects.extend(view.next_step());
        effects.push(view.money());
        effects.extend(view.others_told());
        effects.extend(view.record());
        if with_record && !answer.reliability.1.is_empty() {
            effects.push(view.reliability());
        }
        let to_client = answer.messages.iter().filter(|told| told.to == story.client.id);
        Self {
            effects,
            problem: String::new(),
            messages: to_client.map(|told| panel_message(told, story)).collect(),
            because: answer.because.iter().map(|rule| rule.text.clone()).collect(),
        }
    }
}

fn panel_message(told: &Told, story: &Story) -> PanelMessage {
    let way = crate::when::capital(words::channel(told.channel));
    let address = story.address_of(told.channel);
    let title = if address.is_empty() { way } else { format!("{way} to {address}") };
    PanelMessage { title, subject: told.subject.clone(), body: told.body.trim().to_owned() }
}

struct View<'a> {
    answer: &'a Answer,
    story: &'a Story,
    when: &'a When,
    reader: PersonRef,
}

fn line(icon: &'static str, title: impl Into<String>, detail: impl Into<String>) -> Effect {
    Effect { icon, title: title.into(), detail: detail.into() }
}

impl View<'_> {
    fn opened(&self, kind: ObligationKind) -> Option<&Obligation> {
        self.answer.obligations.iter().find(|duty| duty.kind == kind && duty.is_owed())
    }

    /// How the client is told, and what happens if that does not reach them.
    fn client_told(&self) -> Vec<Effect> {
        let (name, when) = (self.story.name(), self.when);
        let fallback = self.opened(ObligationKind::InformClient).map(|duty| {
            let voicemail =
                if self.story.client.preference.voicemail { "" } else { " A voicemail won’t count as telling them." };
            format!(
                "If nobody knows by {} that {name} has seen it, a person is asked to call.{voicemail}",
                when.brief(duty.due_at)
            )
        });
        let mut told: Vec<&Told> = self.answer.messages.iter().filter(|told| told.to == self.story.client.id).collect();
        told.sort_by_key(|told| told.kind != MessageKind::Cancellation);
        let mut effects = Vec::new();
        for (at, told) in told.into_iter().enumerate() {
            let at_once = if told.send_at <= when.now { "at once".to_owned() } else { when.on(told.send_at) };
            let how = match told.channel {
                Channel::Sms => "is texted",
                Channel::Email => "is emailed",
                Channel::Phone => "is phoned by a person",
                _ => "gets a message",
            };
            let detail =
                if at == 0 { fallback.clone().unwrap_or_default() } else { words::purpose(told.kind).to_owned() };
            effects.push(line(words::channel_icon(told.channel), format!("{name} {how} {at_once}"), detail));
        }
        effects
    }

    fn booked(&self) -> Option<Effect> {
        let booked = self.answer.booked.as_ref()?;
        let time = self.when.day_range(booked.interval());
        Some(line("calendar", format!("Booked instead: {time}"), format!("{} gets a confirmation.", self.story.name())))
    }

    fn next_step(&self) -> Vec<Effect> {
        let Some(step) = &self.answer.next_step else { return Vec::new() };
        let (name, when) = (self.story.name(), self.when);
        let mut effects = Vec::new();
        if let Some(offer) = &step.offer {
            let held =
                format!("{} held until {}", words::count(offer.slots.len(), "time"), when.brief(offer.expires_at));
            effects.push(line(
                "calendar",
                held,
                match self.answer.appointment.as_ref().is_some_and(|after| after.pending_move.is_some()) {
                    true => format!("{name} chooses one, or keeps the old time. It stands until then."),
                    false => format!("{name} chooses one from the link. The old time is free again."),
                },
            ));
        }
        if let Some(by) = step.promise_contact_by {
            let title = format!("{name} will hear by {}", when.brief(by));
            effects.push(line(
                "phone",
                title,
                "You’re reminded before. If it can’t be kept, the practice is asked to step in.",
            ));
        }
        if step.booking_link {
            effects.push(line(
                "link",
                format!("{name} gets their booking link"),
                "It shows the times that are free at that moment.",
            ));
        }
        if step.appointment.is_some() && self.answer.booked.is_none() {
            effects.push(line(
                "calendar",
                "The next appointment stands",
                format!("The message tells {name} when that is."),
            ));
        }
        if step.refund {
            effects.push(line(
                "banknote",
                format!("{name} asked for the money back"),
                "That is noted and carried out by the policy.",
            ));
        }
        effects
    }

    fn money(&self) -> Effect {
        let before = &self.story.appointment;
        let after = self.answer.appointment.as_ref().unwrap_or(before);
        let (name, price) = (self.story.name(), before.price);
        let charged: Vec<_> = self.answer.ledger.iter().filter(|entry| entry.amount.amount_minor > 0).collect();
        if let Some(entry) = charged.first() {
            let what = entry.kind.as_str().replace('_', " ");
            return line("banknote", format!("{} {what} for {name}", entry.amount), entry.reason.clone());
        }
        let why = self.answer.because.iter().find(|rule| {
            rule.rule.starts_with("payment.") || rule.rule.starts_with("refund.") || rule.rule.starts_with("fee.")
        });
        let why = why.map(|rule| rule.text.clone()).unwrap_or_default();
        match after.payment.state {
            PaymentState::RefundDue | PaymentState::Refunded => {
                line("banknote", format!("{name}’s {price} goes back"), why)
            }
            PaymentState::Captured if self.cancels() => {
                line("banknote", format!("No fee. {name}’s {price} is safe"), why)
            }
            _ if self.cancels() => line("banknote", format!("{name} pays nothing for this"), why),
            PaymentState::Captured => line("banknote", format!("{name}’s {price} moves with it"), why),
            _ => line("banknote", "The price stays as agreed", why),
        }
    }

    fn cancels(&self) -> bool {
        self.answer.appointment.as_ref().is_some_and(|appointment| matches!(appointment.state, State::Cancelled(_)))
    }

    /// Everybody else who is written to, in one line.
    fn others_told(&self) -> Option<Effect> {
        let client = self.story.client.id;
        let mut names: Vec<String> = Vec::new();
        for told in self.answer.messages.iter().filter(|told| told.to != client) {
            let name = if told.to == self.reader { "You".to_owned() } else { told.name.clone() };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.sort_by_key(|name| name != "You");
        let detail = if self.answer.disruption.as_ref().is_some_and(|case| case.closed_at.is_none()) {
            "The practice sees it on the board."
        } else {
            ""
        };
        let verb = if names.len() == 1 && names[0] != "You" { "gets" } else { "get" };
        let (last, rest) = names.split_last()?;
        let who = if rest.is_empty() { last.clone() } else { format!("{} and {last}", rest.join(", ")) };
        Some(line("bell", format!("{who} {verb} an email"), detail))
    }

    fn record(&self) -> Option<Effect> {
        let after = self.answer.appointment.as_ref()?;
        let State::Cancelled(how) = &after.state else { return None };
        let note = self
            .opened(ObligationKind::WriteContactNote)
            .map(|duty| format!("A contact note is due by {}.", self.when.brief(duty.due_at)));
        Some(line("file-text", format!("Marked “{}”", how.label), note.unwrap_or_default()))
    }

    fn reliability(&self) -> Effect {
        let (counts, why) = &self.answer.reliability;
        let title =
            if *counts { "Counts in the therapist’s record" } else { "Doesn’t count in the therapist’s record" };
        line("chart-column", title, why.clone())
    }
}
