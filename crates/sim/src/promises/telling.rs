//! Promises about telling people, judged at the moment of each hand-off: N3 to N6, N9, N10, N12, N13.

use super::{InFlight, Taken, Texted};
use crate::run::Run;
use crate::world::Handed;
use domain::audit::Receipt;
use domain::id::MessageId;
use domain::message::{Message, MessageState};
use domain::person::{Channel, Person, PersonRef};
use domain::time::{Instant, Span};
use outside::sms::Fate;
use server::work::{Call, Errand, Outcome, Parcel};
use std::hash::{DefaultHasher, Hash, Hasher};
use store::{DbError, Tx};

/// Tries of one message before a person takes over; more than this and it goes round in circles.
const TRIES_MAX: u32 = 60;
/// Hand-offs of one message that a server took, or may have: once, and once more where nobody knew (C8).
const TAKEN_MAX: u32 = 2;

/// For how long a letter waits behind a text: where seconds matter, and else.
const SILENCE: [Span; 2] = [Span::minutes(3), Span::minutes(30)];

/// A worker that holds a letter may stand still for so long, and cannot be stopped.
const STANDSTILL: Span = Span::minutes(15);

/// What stands in the store about a message that is being handed over.
struct Stored {
    message: Message,
    receipt: Option<Receipt>,
    to: Option<Person>,
}

/// The words without the sentence about an older message that may have left, which is known at hand-off only (C3).
fn without_replacing(text: &str) -> (String, bool) {
    match text.split_once(". This replaces our message of ") {
        Some((before, after)) => {
            let rest = after.find(".\n").map_or("", |end| &after[end + 1..]);
            (format!("{before}{rest}"), true)
        }
        None => (text.to_owned(), false),
    }
}

fn hash(parcel: &Parcel) -> u64 {
    let mut hasher = DefaultHasher::new();
    match parcel {
        Parcel::Letter(letter) => {
            letter.message_id.as_str().hash(&mut hasher);
            (letter.date.micros(), &letter.subject, &letter.text, &letter.html).hash(&mut hasher);
            letter.calendar.as_ref().map(|part| &part.text).hash(&mut hasher);
        }
        Parcel::Text(text) => (&text.body, &text.to).hash(&mut hasher),
        Parcel::Push(push) => push.payload.hash(&mut hasher),
    }
    hasher.finish()
}

impl Run<'_> {
    /// A call is about to be handed over.
    pub(crate) fn judge_hand_off(&mut self, worker: usize, call: &Call) {
        let Errand::Message(taken) = &call.errand else { return };
        let id = taken.id;
        if taken.state == MessageState::Unknown {
            self.sometimes.reach("a message was sent a second time");
        }
        let stored = self.app.store.read(move |tx: &mut Tx<'_>| {
            let Some(message) = store::message::load(tx, id)? else { return Ok::<_, DbError>(None) };
            let receipt = store::audit::receipt_of(tx, message.command)?;
            let to = store::person::load(tx, message.to)?;
            Ok(Some(Stored { message, receipt, to }))
        });
        let Ok(Some(stored)) = stored else {
            return self.judge.accuse("N3", self.now, format!("{id} is handed over and stands nowhere"));
        };
        self.bytes_are_those_stored(call, &stored);
        self.address_is_theirs(call, &stored);
        self.order_of_hand_offs(worker, call, &stored.message);
        self.hours_and_tries(call, &stored.message);
        self.letter_behind_a_text(&stored.message);
        self.reminder_is_true(worker, call, &stored.message);
        self.nobody_is_woken(worker, call, &stored.message);
        self.it_is_news(worker, call, &stored.message);
        self.it_is_neutral(call, &stored.message);
        self.the_cap_holds(call, &stored.message);
    }

    /// N4: the words that go are the words that were stored, with link and receipt filled in. N9: the same each time.
    fn bytes_are_those_stored(&mut self, call: &Call, stored: &Stored) {
        let (key, base) = (&self.app.tools.link_key, &self.app.tools.base_url);
        let url = stored.message.link.map(|link| key.url(base, link)).unwrap_or_default();
        let receipt = stored.receipt.map(|r| format!("{}-{}", r.seq, &r.hash.to_string()[..12])).unwrap_or_default();
        let filled = stored.message.text.replace("{link}", &url).replace("{receipt}", &receipt);
        let text = match &call.parcel {
            Parcel::Letter(letter) => &letter.text,
            Parcel::Text(text) => &text.body,
            Parcel::Push(push) => &push.text,
        };
        let (said, replaces) = without_replacing(text);
        if replaces {
            self.sometimes.reach("a letter named the one that it replaces");
        }
        if said != filled {
            self.judge.accuse("N4", self.now, format!("{} goes in other words than were stored", stored.message.id));
        }
        let (id, bytes) = (stored.message.id, hash(&call.parcel));
        let handing = self.judge.handings.entry(id).or_default();
        if handing.bytes != 0 && handing.bytes != bytes {
            self.judge.accuse(
                "N9",
                self.now,
                format!("{id} goes in other words than the last time: {:?}", call.parcel),
            );
        } else {
            handing.bytes = bytes;
        }
    }

    /// N10: to an address of that person, who is still with the practice.
    fn address_is_theirs(&mut self, call: &Call, stored: &Stored) {
        let address = call.parcel.to();
        let theirs = stored
            .to
            .as_ref()
            .is_some_and(|to| to.active && [to.email.as_deref(), to.phone.as_deref()].contains(&Some(address)));
        if !theirs {
            self.judge.accuse("N10", self.now, format!("{} goes to {address}", stored.message.id));
        }
    }

    /// N5 and N6: nobody hands an older time over beside or behind a newer one. A worker that stood still for longer than
    /// its lease cannot be stopped; everything else is ours to prevent.
    fn order_of_hand_offs(&mut self, worker: usize, call: &Call, message: &Message) {
        let Some(about) = message.appointment.filter(|_| message.kind.tells_the_time()) else { return };
        let (who, clock) = (message.to, self.clocks.of_worker(worker, self.now));
        let outlived = call.job.lease_until <= clock;
        if outlived {
            self.sometimes.reach("a lease ran out before the hand-off");
        }
        let clocks_agree = self.clocks.wrong(worker, self.now).is_none();
        let was = self.judge.newest.get(&(about, who)).copied().unwrap_or_default();
        let is = message.revision;
        if is < was && !outlived && clocks_agree {
            let what = format!("revision {is} of {about} is handed over to {who} after revision {was}");
            self.judge.accuse("N6", self.now, what);
        }
        let now = self.now;
        let beside = self.judge.flying.iter().find(|((id, to, _), other)| {
            *id == about && *to == who && other.until > now && (other.revision != is || other.message == message.id)
        });
        if let Some((_, other)) = beside
            && !outlived
            && clocks_agree
        {
            let what = format!("{} and {} are in flight to {who} at once", message.id, other.message);
            self.judge.accuse("N5", self.now, what);
        }
        // By the true clock: the worker's own may be behind.
        let until = self.now + (call.job.lease_until - clock).max(Span::ZERO);
        let flight = InFlight { message: message.id, revision: is, until };
        self.judge.flying.insert((about, who, worker), flight);
    }

    /// N12: nothing is tried for ever. N13: texts keep quiet hours unless they are urgent.
    fn hours_and_tries(&mut self, call: &Call, message: &Message) {
        if call.job.attempts > TRIES_MAX {
            let what = format!("{} is tried for the {}th time", message.id, call.job.attempts);
            self.judge.accuse("N12", self.now, what);
        }
        if message.channel == Channel::Sms {
            self.sometimes.reach("a text went off");
            if message.send_at > message.written_at + Span::hours(1) {
                self.sometimes.reach("a text waited for the morning");
            }
        }
    }

    /// What the world made of it.
    pub(crate) fn count_hand_off(&mut self, call: &Call, handed: &Handed) {
        let Errand::Message(message) = &call.errand else { return };
        let state = match (handed.how, &handed.outcome) {
            ("mail down", _) => Some("the mail server was down for hours"),
            ("text down", _) => Some("the gateway was down for hours"),
            ("mail later" | "mail cut", _) => Some("a letter waited for the mail server"),
            ("mail refused", _) => Some("a letter was refused for good"),
            ("text refused" | "text opted out", _) => Some("a number was refused for good"),
            ("mail lost", _) => Some("a letter's fate was unknown and it did not arrive"),
            ("mail, reply lost", _) => Some("a letter's fate was unknown and it arrived"),
            ("mail twice" | "text twice", _) => Some("a letter arrived twice"),
            _ => None,
        };
        if let Some(state) = state {
            self.sometimes.reach(state);
        }
        if matches!(handed.outcome, Outcome::Refused(_)) {
            self.judge.refused.insert(message.id);
        }
        let took = matches!(handed.outcome, Outcome::Accepted(_) | Outcome::Unknown(_));
        let handing = self.judge.handings.entry(message.id).or_default();
        if took {
            handing.taken += 1;
            if let Some(about) = message.appointment.filter(|_| message.kind.tells_the_time()) {
                let newest = self.judge.newest.entry((about, message.to)).or_default();
                *newest = (*newest).max(message.revision);
            }
            let taken = Taken { to: message.to, about: message.appointment, at: self.now };
            self.judge.taken.insert(message.id, taken);
            self.texted(message);
        }
        let times = self.judge.handings.get(&message.id).map_or(0, |handing| handing.taken);
        if times > TAKEN_MAX {
            let what = format!("{} was taken {times} times", message.id);
            self.judge.accuse("N9", self.now, what);
        }
    }

    /// A hand-off is over: its worker writes down what came of it, or is dead and its lease goes on.
    pub(crate) fn landed(&mut self, worker: usize, call: &Call) {
        if let Errand::Message(message) = &call.errand
            && let Some(about) = message.appointment
        {
            self.judge.flying.remove(&(about, message.to, worker));
        }
    }

    /// A letter that waited behind a text goes where the text failed or stayed silent, and never where it has arrived.
    fn letter_behind_a_text(&mut self, message: &Message) {
        let Some(about) = message.appointment.filter(|_| message.channel == Channel::Email) else { return };
        let news = (about, message.revision, message.to, message.kind, message.written_at);
        let Some(texted) = self.judge.texted.get(&news).copied() else { return };
        // One that goes anyway, with its calendar part, was to go with the text.
        let is_behind = SILENCE.contains(&(message.send_at - texted.due));
        match texted.fate {
            Some((Fate::Failed, _)) => self.sometimes.reach("a text failed and the letter behind it went"),
            None if is_behind => self.sometimes.reach("a text stayed silent and the letter behind it went"),
            // Another worker may have taken the letter in hand just before the receipt came.
            Some((Fate::Delivered, told)) if is_behind && is_past(told, self.now, STANDSTILL) => {
                let what = format!("{} goes behind a text that has arrived", message.id);
                self.judge.accuse("N9", self.now, what);
            }
            _ => {}
        }
    }

    /// A gateway took a text, or may have.
    fn texted(&mut self, message: &Message) {
        let Some(about) = message.appointment.filter(|_| message.channel == Channel::Sms) else { return };
        let news = (about, message.revision, message.to, message.kind, message.written_at);
        self.judge.news.insert(message.id, news);
        self.judge.texted.entry(news).or_insert(Texted { at: self.now, due: message.send_at, fate: None });
    }

    /// Whether a message came to where it was to go, whatever was said of it.
    pub(crate) fn has_arrived(&self, id: MessageId) -> bool {
        self.judge.handings.get(&id).is_some_and(|handing| handing.arrived > 0)
    }

    /// A gateway's word. What it says of a hand-off that nobody wrote down ends it.
    pub(crate) fn count_receipt(&mut self, id: MessageId, fate: Fate) {
        if fate != Fate::OnItsWay {
            self.judge.flying.retain(|_, flight| flight.message != id);
        }
        let Some(texted) = self.judge.news.get(&id).and_then(|news| self.judge.texted.get_mut(news)) else { return };
        if fate == Fate::OnItsWay {
            return;
        }
        let twice = texted.fate.is_some();
        let late = is_past(texted.at, self.now, Span::minutes(30));
        texted.fate.get_or_insert((fate, self.now));
        if fate == Fate::Delivered {
            self.sometimes.reach("a text was delivered");
        }
        if twice {
            self.sometimes.reach("a receipt came twice");
        }
        if late {
            self.sometimes.reach("a receipt came after the end of the story");
        }
    }
}

/// Whether this person is a client.
pub(crate) fn is_client(who: PersonRef) -> bool {
    matches!(who, PersonRef::Client(_))
}

/// Whether so much time has gone by.
pub(crate) fn is_past(since: Instant, now: Instant, span: Span) -> bool {
    now - since > span
}
