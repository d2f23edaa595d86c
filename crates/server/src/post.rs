//! The way out: messages as letters and texts, and who takes them. The bytes follow from the stored message alone.

mod push_way;
mod way;

use crate::app::App;
use crate::work::{Call, Errand, Outcome, Parcel, Post, Text};
use domain::message::{CalendarMethod, Message};
use domain::person::Person as Recipient;
use domain::practice::Practice;
use domain::time::Instant;
use outside::handed::Handed;
use outside::ical::write::Method;
use outside::mail::{CalendarPart, Envelope, Letter, Mailer, Person, to_bytes};
use outside::push::PushSender;
use outside::sms::{self, Gateway};
use push_way::PushWay;
use std::sync::atomic::{AtomicUsize, Ordering};
use way::{LEFT_ALONE, Lane, Way};

/// The letter of a stored message; `None` where its address is not one.
pub fn letter(
    app: &App,
    message: &Message,
    practice: &Practice,
    to: &Recipient,
    text: String,
    html: String,
) -> Option<Letter> {
    let calendar = message.calendar.as_ref().map(|(method, text)| CalendarPart {
        method: match method {
            CalendarMethod::Request => Method::Request,
            CalendarMethod::Cancel => Method::Cancel,
        },
        text: text.clone(),
    });
    Some(Letter {
        message_id: format!("{}@{}", message.id, app.config.base_url.host()).parse().ok()?,
        date: message.written_at,
        from: Person { name: practice.name.clone(), address: app.tools.from.clone() },
        reply_to: None,
        to: Person { name: to.name.clone(), address: message.address.parse().ok()? },
        subject: message.subject.clone(),
        text,
        html: Some(html).filter(|html| !html.is_empty()),
        calendar,
        headers: Vec::new(),
    })
}

/// The practice's mail server and its gateways for short texts, as far as they are set up.
pub struct PostOffice {
    mailer: Option<Way<Mailer>>,
    gateways: Vec<Way<Gateway>>,
    push: Option<PushWay>,
    /// Those who are busy with browsers.
    push_lane: Lane,
    /// How many hand over at the same time.
    threads: AtomicUsize,
}

/// How many of so many may be busy with one way: half of them, so that what goes by the others does not wait behind it; for what
/// is urgent three quarters, so that it does not wait behind the rest by the same way.
const fn most(threads: usize, urgent: bool) -> usize {
    let quarters = if urgent { 3 } else { 2 };
    let most = (threads * quarters).div_ceil(4);
    if most == 0 { 1 } else { most }
}

/// Nothing goes to browsers here: what waits behind goes at once.
fn nobody() -> Outcome {
    Outcome::Refused("notices to browsers are not set up".into())
}

impl Post for PostOffice {
    fn begin(&self, threads: usize) {
        self.threads.store(threads, Ordering::Relaxed);
    }

    fn hand_off(&self, call: &Call) -> Outcome {
        self.hand_off_by(call).0
    }

    fn hand_off_by(&self, call: &Call) -> (Outcome, String) {
        let urgent = match &call.errand {
            Errand::Message(message) => message.urgent,
            Errand::SignIn(_) => true,
        };
        let most = most(self.threads.load(Ordering::Relaxed), urgent);
        match &call.parcel {
            Parcel::Letter(letter) => {
                let through = self.mailer.as_ref().map(|mailer| mailer.to.name().to_owned());
                (self.letter(letter, most, call.at), through.unwrap_or_default())
            }
            Parcel::Text(text) => self.text(text, most, call.at),
            Parcel::Push(push) => {
                let Some(way) = &self.push else { return (nobody(), "push".to_owned()) };
                let place = self.push_lane.enter(most);
                let busy = || Outcome::NotYet(format!("a push service {LEFT_ALONE}"));
                (place.map_or_else(busy, |_place| way.hand_off(push, call.at)), "push".to_owned())
            }
        }
    }
}

impl PostOffice {
    /// Gateways in the order in which they are tried.
    pub fn new(mailer: Option<Mailer>, gateways: Vec<Gateway>) -> Self {
        let gateways = gateways.into_iter().map(Way::new).collect();
        Self {
            mailer: mailer.map(Way::new),
            gateways,
            push: None,
            push_lane: Lane::default(),
            threads: AtomicUsize::new(usize::MAX / 4),
        }
    }

    /// With whoever writes to push services.
    #[must_use]
    pub fn with_push(self, sender: Option<PushSender>) -> Self {
        Self { push: sender.map(PushWay::new), ..self }
    }

    fn letter(&self, letter: &Letter, most: usize, now: Instant) -> Outcome {
        let Some(mailer) = &self.mailer else {
            let why = "no mail server is set up: write smtp.host and smtp.from into the configuration";
            return Outcome::NotYet(why.into());
        };
        let envelope = Envelope { from: letter.from.address.clone(), to: letter.to.address.clone() };
        match mailer.try_it(most, now, |mailer| mailer.hand_off(&envelope, &to_bytes(letter))) {
            Some(handed) => handed.into(),
            None => Outcome::NotYet(format!("the mail server {LEFT_ALONE}")),
        }
    }

    /// The best gateway, and the next where one certainly did not take it. What may have gone is not tried elsewhere at once:
    /// when it goes once more, it goes by another one.
    fn text(&self, text: &Text, most: usize, now: Instant) -> (Outcome, String) {
        let sent = sms::Text { to: &text.to, body: &text.body, report_to: &text.report_to };
        let mut outcome = Outcome::NotYet("no gateway for texts is set up: write sms.kind and sms.url".into());
        let mut through = String::new();
        for gateway in self.in_order(text, now) {
            let Some(handed) = gateway.try_it(most, now, |gateway| gateway.hand_off(&sent)) else {
                outcome = Outcome::NotYet(format!("the gateway {LEFT_ALONE}"));
                continue;
            };
            through = gateway.to.name();
            let elsewhere = matches!(handed, Handed::NotAccepted { .. } | Handed::Refused { permanent: false, .. });
            outcome = handed.into();
            if !elsewhere {
                break;
            }
        }
        (outcome, through)
    }

    /// Gateways as they are tried: last the one that may have this very text, before it those that report nothing, and before
    /// those the ones that met trouble of late.
    fn in_order(&self, text: &Text, now: Instant) -> Vec<&Way<Gateway>> {
        let mut gateways: Vec<_> = self.gateways.iter().collect();
        gateways.sort_by_cached_key(|gateway| {
            let name = gateway.to.name();
            (text.may_have.contains(&name), text.silent.contains(&name), gateway.goes_last(text.urgent, now))
        });
        gateways
    }
}

#[cfg(test)]
mod tests {
    use super::most;

    #[test]
    fn one_way_never_has_everybody() {
        assert_eq!([1, 2, 4, 8, 64].map(|threads| most(threads, false)), [1, 1, 2, 4, 32]);
        assert_eq!([1, 2, 4, 8, 64].map(|threads| most(threads, true)), [1, 2, 3, 6, 48]);
    }
}
