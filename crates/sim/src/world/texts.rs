//! The gateway and the phone network behind it: takes texts, or not, and reports, or not.

use super::{Handed, Outage, USUAL};
use crate::chance::Chance;
use crate::faults::{Fault, Profile};
use domain::time::{Instant, Span};
use outside::sms::Fate;
use server::work::Outcome;
use std::collections::BTreeMap;

/// What a number does with texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// The gateway refuses it at once.
    Refused,
    /// Its owner has opted out.
    OptedOut,
    /// Taken, and a receipt says that it failed.
    Fails,
}

/// The gateway of a run.
#[derive(Debug)]
pub struct TextWorld {
    chance: Chance,
    down: Outage,
    odd: BTreeMap<String, Number>,
}

impl TextWorld {
    /// The gateway of this seed; `odd` are the numbers that take no texts.
    pub fn new(chance: Chance, down: Outage, odd: BTreeMap<String, Number>) -> Self {
        Self { chance, down, odd }
    }

    /// The gateway is well from now on; odd numbers stay odd.
    pub fn calm(&mut self) {
        self.down.end();
    }

    /// A text is handed over.
    pub fn hand_off(&mut self, to: &str, now: Instant, profile: &Profile) -> Handed {
        if self.down.is_on(now) {
            return Handed::not(Outcome::NotYet("503 from the gateway".into()), "text down");
        }
        match self.odd.get(to) {
            Some(Number::Refused) => {
                return Handed::not(Outcome::Refused("21211 not a number".into()), "text refused");
            }
            Some(Number::OptedOut) => return Handed::not(Outcome::Refused("21610 opted out".into()), "text opted out"),
            Some(Number::Fails) => return self.fails(now),
            None => {}
        }
        let mut happens = |fault| self.chance.happens(profile.rate(fault));
        if happens(Fault::TextLater) {
            return Handed::not(Outcome::NotYet("429 too many".into()), "text later");
        }
        let (lost_reply, twice, late) =
            (happens(Fault::TextLostReply), happens(Fault::TextTwice), happens(Fault::TextLate));
        let (least, most) = if late { (Span::minutes(1), Span::hours(2)) } else { USUAL };
        let arrived = now + self.chance.between(least, most);
        let mut arrives = vec![arrived];
        if twice {
            arrives.push(arrived + self.chance.between(least, Span::minutes(30)));
        }
        let receipts = self.receipts(now, arrived, profile);
        if lost_reply {
            let outcome = Outcome::Unknown("500 from the gateway".into());
            return Handed { arrives, receipts, ..Handed::not(outcome, "text, reply lost") };
        }
        Handed { receipts, ..Handed::taken(arrives, if twice { "text twice" } else { "text" }) }
    }

    fn fails(&mut self, now: Instant) -> Handed {
        let told = now + self.chance.between(Span::seconds(1), Span::minutes(2));
        Handed { receipts: vec![(told, Fate::Failed)], ..Handed::taken(Vec::new(), "text fails") }
    }

    /// What the gateway reports of a text that arrives then.
    fn receipts(&mut self, now: Instant, arrived: Instant, profile: &Profile) -> Vec<(Instant, Fate)> {
        let mut happens = |fault| self.chance.happens(profile.rate(fault));
        if happens(Fault::ReceiptNever) {
            return Vec::new();
        }
        let (twice, mixed, late) =
            (happens(Fault::ReceiptTwice), happens(Fault::ReceiptMixed), happens(Fault::ReceiptLate));
        let delay = if late { (Span::minutes(10), Span::hours(8)) } else { (Span::micros(100_000), Span::seconds(5)) };
        let delivered = arrived + self.chance.between(delay.0, delay.1);
        let sent = if mixed { delivered + Span::seconds(1) } else { now + Span::micros(50_000) };
        let mut receipts = vec![(sent, Fate::OnItsWay), (delivered, Fate::Delivered)];
        if twice {
            receipts.push((delivered + self.chance.between(Span::ZERO, Span::hours(1)), Fate::Delivered));
        }
        if mixed {
            // Some networks say at last that it failed, of a text that is long on the phone.
            receipts.push((delivered + Span::minutes(1), Fate::Failed));
        }
        receipts
    }
}
