//! Stands where the mail server would: catches every letter, and misbehaves when told to.

use super::outbox::{Attachment, Caught, Outbox, Status};
use crate::app::App;
use crate::flow::{Ask, Who, receipt};
use crate::work::{Call, Errand, Letter, Outcome, Parcel, Post};
use domain::id::MessageId;
use domain::message::MessageKind;
use domain::person::Channel;
use outside::ical::write::Method;
use outside::sms::{Fate, Receipt};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use store::Tx;

/// A part of the outside world that can misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The mail server.
    Email,
    /// The SMS company.
    Sms,
    /// The card processor.
    Card,
}

impl Line {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::Card];

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Card => "card",
        }
    }
}

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// As it should.
    Ok,
    /// Says that it will never take it.
    Reject,
    /// Says to try again later.
    Defer,
    /// Says nothing until time is up.
    Hang,
    /// Takes it, and the answer gets lost.
    AcceptThenLoseReply,
}

impl Mode {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Ok, Self::Reject, Self::Defer, Self::Hang, Self::AcceptThenLoseReply];

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Reject => "reject",
            Self::Defer => "defer",
            Self::Hang => "hang",
            Self::AcceptThenLoseReply => "accept_then_lose_reply",
        }
    }
}

/// How a line behaves, for everybody or for one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which line.
    pub channel: Line,
    /// How it behaves.
    pub mode: Mode,
    /// Only for this address or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// The faults that are on. They end with the process.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Sets how a line behaves. `ok` for everybody also ends what was set for single addresses.
    pub fn set(&self, fault: Fault) {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let clears_all = fault.mode == Mode::Ok && fault.to.is_none();
        faults.retain(|on| on.channel != fault.channel || (!clears_all && on.to != fault.to));
        if !clears_all {
            faults.push(fault);
        }
    }

    /// What is on.
    pub fn list(&self) -> Vec<Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How this line behaves for this address: what is set for it alone counts before what is set for everybody.
    pub fn of(&self, line: Line, to: &str) -> Mode {
        let faults = self.list();
        let own =
            faults.iter().find(|f| f.channel == line && f.to.as_deref().is_some_and(|a| a.eq_ignore_ascii_case(to)));
        let all = faults.iter().find(|f| f.channel == line && f.to.is_none());
        own.or(all).map_or(Mode::Ok, |fault| fault.mode)
    }
}

/// The demo's post office.
pub struct Catcher {
    app: App,
    outbox: Arc<Outbox>,
    faults: Arc<Faults>,
}

impl Catcher {
    /// Catches what this application's worker hands over.
    pub fn new(app: App, outbox: Arc<Outbox>, faults: Arc<Faults>) -> Self {
        Self { app, outbox, faults }
    }
}

impl Post for Catcher {
    fn hand_off(&self, call: &Call) -> Outcome {
        let (to_person, kind, appointment) = match &call.errand {
            Errand::Message(message) => (message.to, message.kind, message.appointment),
            Errand::SignIn(person) => (*person, MessageKind::SignIn, None),
        };
        let (id, channel, line) = match &call.parcel {
            Parcel::Letter(letter) => (own_name(letter), Channel::Email, Line::Email),
            Parcel::Text(text) => (text.id.to_string(), Channel::Sms, Line::Sms),
            Parcel::Push(_) => (own_id(call), Channel::Push, Line::Email),
        };
        let (subject, body, html, attachments) = match &call.parcel {
            Parcel::Letter(letter) => {
                let attachments = letter.calendar.iter().map(|part| attachment(part.method, &part.text)).collect();
                (letter.subject.clone(), letter.text.clone(), letter.html.clone(), attachments)
            }
            Parcel::Text(text) => (String::new(), text.body.clone(), None, Vec::new()),
            Parcel::Push(push) => (String::new(), push.text.clone(), None, Vec::new()),
        };
        let to = call.parcel.to().to_owned();
        let (status, outcome) = answer(self.faults.of(line, &to));
        let has_arrived = matches!((&call.parcel, &outcome), (Parcel::Text(_), Outcome::Accepted(_)));
        let status = if has_arrived { Status::Delivered } else { status };
        self.outbox.catch(Caught {
            id,
            channel,
            to,
            to_person,
            subject,
            body,
            html,
            attachments,
            appointment,
            kind,
            status,
            sent_at: self.app.now(),
            tries: 1,
        });
        if let (Parcel::Text(text), Outcome::Accepted(_)) = (&call.parcel, &outcome) {
            self.arrives(text.id);
        }
        outcome
    }

    fn hand_off_by(&self, call: &Call) -> (Outcome, String) {
        (self.hand_off(call), "the demo".to_owned())
    }
}

impl Catcher {
    /// The phone has it, and says so before the company has answered: receipts come when they like.
    fn arrives(&self, id: MessageId) {
        let now = self.app.now();
        let ask = Ask { who: Who::System("sms"), now, command: self.app.dice.command(now) };
        let (tools, said) = (self.app.tools.clone(), Receipt { fate: Fate::Delivered, words: "delivered".into() });
        let kept = self.app.store.write(move |tx: &mut Tx| receipt::heard(tx, &tools, &ask, id, &said));
        if let Err(why) = kept {
            tracing::debug!(?why, "a receipt that changes nothing");
        }
    }
}

/// The id of the message that a call hands over.
fn own_id(call: &Call) -> String {
    match &call.errand {
        Errand::Message(message) => message.id.to_string(),
        Errand::SignIn(person) => person.to_string(),
    }
}

/// The message's own id, which its `Message-ID` begins with.
fn own_name(letter: &Letter) -> String {
    letter.message_id.as_str().split('@').next().unwrap_or_default().to_owned()
}

/// What the other side does, and what we hear of it. A line that hangs costs no time here: what its silence means is
/// told at once.
fn answer(mode: Mode) -> (Status, Outcome) {
    match mode {
        Mode::Ok => (Status::Sent, Outcome::Accepted("250 2.0.0 caught by the demo".into())),
        Mode::Reject => (Status::Rejected, Outcome::Refused("550 5.1.1 no such mailbox".into())),
        Mode::Defer => (Status::Deferred, Outcome::NotYet("451 4.3.0 try again later".into())),
        Mode::Hang => (Status::Deferred, Outcome::NotYet("no answer within 45 seconds".into())),
        Mode::AcceptThenLoseReply => {
            (Status::Unknown, Outcome::Unknown("the line was lost after the letter had gone".into()))
        }
    }
}

fn attachment(method: Method, text: &str) -> Attachment {
    let content_type = format!("text/calendar; charset=utf-8; method={}", method.word());
    Attachment { content_type, text: text.to_owned() }
}
