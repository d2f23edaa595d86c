//! A call as a task for a person: what to say, and the finished text for where this installation cannot send it. Both are made
//! from the facts that the last message was made from (C7).

use super::load::{self, Mode};
use super::{Ask, Flow, Tools};
use crate::when::When;
use crate::words::About;
use domain::appointment::Appointment;
use domain::decide::{Situation, voicemail_needs_a_reason};
use domain::id::AppointmentId;
use domain::message::{Facts, LinkTo, Message, MessageKind, MessageState, Notice};
use domain::obligation::ObligationKind;
use domain::person::{Channel, Person, PersonRef};
use domain::telling::short_text::{self, Size};
use store::Tx;

/// What a person has before them who calls.
#[derive(Debug, Clone)]
pub struct CallTask {
    /// Whom.
    pub client: Person,
    /// The practice's name, as they say it.
    pub practice: String,
    /// What to say, a sentence or line each, once it is the client who answers.
    pub script: Vec<String>,
    /// The finished text, where texts cannot go by themselves.
    pub text: Option<ByHand>,
    /// Whether a voicemail wants a reason (V-10).
    pub voicemail_needs_a_reason: bool,
    /// Whether somebody has told them already.
    pub is_told: bool,
}

/// A text that a person sends from their own phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// The words.
    pub body: String,
    /// How large they are on the network.
    pub size: Size,
    /// Why it does not go by itself.
    pub why: Why,
}

/// Why a text does not go by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No gateway for texts is set up.
    NoGateway,
    /// The gateway does not answer: the text waits.
    Waits,
    /// It came back, or nobody knows where it is.
    Failed,
}

/// The task of calling the client of this appointment.
///
/// # Errors
/// Not found; faults of the store.
pub fn task(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<CallTask> {
    let situation = load::appointment(tx, tools, ask, id, &[], Mode::Preview)?;
    let about = situation.appointment()?;
    let sent = store::message::of_appointment(tx, id)?;
    let news = last_news(tx, &sent, &about)?;
    Ok(CallTask {
        script: script(tools, ask, &situation, &about, &news),
        text: by_hand(tools, ask, &situation, &about, &news, &sent),
        voicemail_needs_a_reason: needs_a_reason(&situation, &about),
        is_told: is_told(&situation),
        practice: situation.practice.name.clone(),
        client: situation.client,
    })
}

/// Whether a voicemail for the client of this appointment wants a reason now (V-10).
///
/// # Errors
/// Not found; faults of the store.
pub fn wants_a_reason(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<bool> {
    let situation = load::appointment(tx, tools, ask, id, &[], Mode::Preview)?;
    let about = situation.appointment()?;
    Ok(needs_a_reason(&situation, &about))
}

fn needs_a_reason(situation: &Situation, about: &Appointment) -> bool {
    let (parameters, preference) = (&situation.policy.parameters, &situation.client.preference);
    voicemail_needs_a_reason(parameters, about, preference, is_told(situation))
}

fn is_told(situation: &Situation) -> bool {
    !situation.obligations.iter().any(|duty| duty.kind == ObligationKind::InformClient && duty.is_owed())
}

/// What they were told last, or were to be: its kind, its facts and its link.
struct News {
    kind: MessageKind,
    facts: Facts,
    link: Option<LinkTo>,
}

/// Reminders, receipts and the like are not what somebody calls about. Where nothing was kept, it is the appointment itself.
fn last_news(tx: &mut Tx, sent: &[Message], about: &Appointment) -> Flow<News> {
    let was_taken_back =
        |message: &&Message| matches!(message.state, MessageState::Superseded | MessageState::Cancelled);
    let is_news = |message: &&Message| {
        !was_taken_back(message)
            && matches!(message.to, PersonRef::Client(_))
            && !matches!(
                message.kind,
                MessageKind::Reminder
                    | MessageKind::Receipt
                    | MessageKind::PassedOn
                    | MessageKind::Help
                    | MessageKind::Message
                    | MessageKind::BookingLink
            )
    };
    for message in sent.iter().rev().filter(is_news) {
        if let Some(made) = store::message::made_from(tx, message.id)? {
            return Ok(News { kind: message.kind, facts: made.facts, link: message.link });
        }
    }
    Ok(News { kind: MessageKind::Confirmation, facts: Facts::about(about.interval()), link: None })
}

/// The news as a short text to this reader. Whoever reads or hears it from a person answers that person: only the client's own
/// link to book goes along, which colleagues may pass on by hand (G-14).
fn short(tools: &Tools, ask: &Ask, situation: &Situation, about: &Appointment, news: &News, to: &Person) -> String {
    let link = news.link.filter(|link| matches!(link, LinkTo::Booking(_)));
    let notice = Notice {
        to: to.id,
        channel: Channel::Sms,
        kind: news.kind,
        appointment: about.id,
        revision: about.revision,
        urgent: false,
        send_at: ask.now,
        facts: news.facts.clone().still_true(ask.now),
        link,
        calendar: None,
    };
    let text = tools.writer.write(&notice, &About { situation, to, appointment: about, now: ask.now }).text;
    let when = When { locale: to.locale, zone: to.zone.clone(), now: ask.now };
    of_its_day(&text, about, &when)
}

/// News of the day says "today"; whoever says it on another day names the day.
fn of_its_day(text: &str, about: &Appointment, when: &When) -> String {
    if when.date(about.start) == when.date(when.now) {
        return text.to_owned();
    }
    text.replace(" today", &format!(" on {}", when.day(about.start)))
}

/// What to say: the news without its greeting and its link. It is said to the client alone, so it says all that it may.
fn script(tools: &Tools, ask: &Ask, situation: &Situation, about: &Appointment, news: &News) -> Vec<String> {
    let mut to = situation.client.clone();
    to.preference.file.safe_content = false;
    let text = short(tools, ask, situation, about, news, &to);
    let said = said_aloud(&text, to.first_name());
    let is_therapist = matches!(&ask.who, super::Who::Actor(actor) if actor.person == situation.therapist.person.id);
    let said = if is_therapist { of_oneself(&said, situation.therapist.person.first_name()) } else { said };
    let signature = situation.therapist.person.first_name();
    said.lines()
        .map(str::trim)
        .filter(|line| is_spoken(line, signature))
        .map(|line| unnumbered(line).to_owned())
        .collect()
}

/// Whether a line of a text is said on the phone: not its link, its date or its signature.
fn is_spoken(line: &str, signature: &str) -> bool {
    !line.is_empty() && line != "{link}" && line != signature && !line.starts_with("As of ")
}

/// A time to choose, without the number that a text is answered with.
fn unnumbered(line: &str) -> &str {
    match line.split_once(": ") {
        Some((number, time)) if number.parse::<u8>().is_ok() => time,
        _ => line,
    }
}

/// "Hi Daniel - I'm running behind" says "I'm running behind"; "Update: your appointment" says "Your appointment".
fn said_aloud(text: &str, name: &str) -> String {
    let greetings =
        [format!("Hi {name} - "), format!("Hello {name}, "), format!("Hello {name},"), format!("Hi {name}, ")];
    let said = greetings.iter().find_map(|greeting| text.strip_prefix(greeting.as_str())).unwrap_or(text);
    crate::when::capital(said.strip_prefix("Update: ").unwrap_or(said))
}

/// As the therapist says it of themselves: "with me", "I'm sorry".
fn of_oneself(said: &str, therapist: &str) -> String {
    let said = said.replace(&format!("{therapist} is sorry"), "I'm sorry");
    ["with", "from"].iter().fold(said, |said, word| {
        said.replace(&format!("{word} {therapist} "), &format!("{word} me "))
            .replace(&format!("{word} {therapist}."), &format!("{word} me."))
    })
}

/// The finished text, where a person has to send it: no gateway is set up, or this client's text did not get through.
fn by_hand(
    tools: &Tools,
    ask: &Ask,
    situation: &Situation,
    about: &Appointment,
    news: &News,
    sent: &[Message],
) -> Option<ByHand> {
    situation.client.address(Channel::Sms)?;
    let why = match tools.reach.sms {
        false => Why::NoGateway,
        true => stuck(sent, news.kind)?,
    };
    let text = short(tools, ask, situation, about, news, &situation.client);
    let url = news.link.map(|link| tools.link_key.url(&tools.base_url, link)).unwrap_or_default();
    let body = text.replace("{link}", &url).trim().to_owned();
    Some(ByHand { size: short_text::size(&body), body, why })
}

/// Why the newest text of this news is not with them, as far as we know.
fn stuck(sent: &[Message], kind: MessageKind) -> Option<Why> {
    let is_it = |message: &&Message| message.channel == Channel::Sms && message.kind == kind;
    let text = sent.iter().rev().filter(is_it).find(|message| matches!(message.to, PersonRef::Client(_)))?;
    match text.state {
        MessageState::Pending if text.last_reply.is_some() => Some(Why::Waits),
        MessageState::Undeliverable | MessageState::Unknown => Some(Why::Failed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::{Instant, Interval};

    #[test]
    fn a_script_says_neither_link_nor_date_nor_signature_nor_numbers() {
        let text = ["It is off.", "2: Friday 27 November, 10:00", "Maya", "As of Tue 09:12.", "{link}", ""];
        let said: Vec<&str> = text.into_iter().filter(|line| is_spoken(line, "Maya")).map(unnumbered).collect();
        assert_eq!(said, ["It is off.", "Friday 27 November, 10:00"]);
        assert_eq!(unnumbered("It is on: Friday"), "It is on: Friday");
    }

    #[test]
    fn nobody_is_told_on_the_phone_of_times_and_promises_that_are_over() {
        let at = |text: &str| -> Instant { text.parse().expect("a moment") };
        let slot = |from: &str, to: &str| Interval { from: at(from), to: at(to) };
        let (first, second) = (
            slot("2026-11-23T10:00:00Z", "2026-11-23T10:50:00Z"),
            slot("2026-11-26T10:00:00Z", "2026-11-26T10:50:00Z"),
        );
        let facts = Facts {
            offered: vec![first, second],
            offer_expires_at: Some(at("2026-11-24T09:00:00Z")),
            promise_by: Some(at("2026-11-23T12:00:00Z")),
            ..Facts::about(first)
        };
        let early = facts.clone().still_true(at("2026-11-23T11:00:00Z"));
        assert_eq!((early.offered, early.promise_by), (vec![second], facts.promise_by));
        let late = facts.still_true(at("2026-11-24T09:00:00Z"));
        assert_eq!((late.offered, late.offer_expires_at, late.promise_by), (vec![], None, None));
    }

    #[test]
    fn a_script_begins_with_the_news() {
        assert_eq!(said_aloud("Hi Daniel - I'm late.", "Daniel"), "I'm late.");
        assert_eq!(said_aloud("Update: your appointment is off.", "Daniel"), "Your appointment is off.");
    }

    #[test]
    fn a_therapist_speaks_of_themselves() {
        let text = "Your appointment with Owen on Tuesday is cancelled. Owen is sorry. You'll hear from Owen by noon.";
        let said = "Your appointment with me on Tuesday is cancelled. I'm sorry. You'll hear from me by noon.";
        assert_eq!(of_oneself(text, "Owen"), said);
    }
}
