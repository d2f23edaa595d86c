//! The mail server: takes letters, or not, and tells us the truth, or not.

use super::{Handed, Outage, USUAL};
use crate::chance::Chance;
use crate::faults::{Fault, Profile};
use domain::time::{Instant, Span};
use server::work::Outcome;
use std::collections::BTreeSet;

/// The mail server of a run.
#[derive(Debug)]
pub struct MailWorld {
    chance: Chance,
    down: Outage,
    /// Addresses that never take a letter.
    dead: BTreeSet<String>,
    /// When the newest letter to each address is going to arrive: later ones may overtake it.
    pub(crate) taken: u64,
}

impl MailWorld {
    /// The mail server of this seed. `dead` are addresses that take no letters.
    pub fn new(chance: Chance, down: Outage, dead: BTreeSet<String>) -> Self {
        Self { chance, down, dead, taken: 0 }
    }

    /// The mail server is well from now on; dead addresses stay dead.
    pub fn calm(&mut self) {
        self.down.end();
    }

    /// A letter is handed over.
    pub fn hand_off(&mut self, to: &str, now: Instant, profile: &Profile) -> Handed {
        let mut happens = |fault| self.chance.happens(profile.rate(fault));
        if self.down.is_on(now) {
            return Handed::not(Outcome::NotYet("connection refused".into()), "mail down");
        }
        if happens(Fault::MailCut) {
            return Handed::not(Outcome::NotYet("the line broke before the final dot".into()), "mail cut");
        }
        if self.dead.contains(to) {
            return Handed::not(Outcome::Refused("550 no such mailbox".into()), "mail refused");
        }
        if happens(Fault::MailLater) {
            return Handed::not(Outcome::NotYet("451 try again later".into()), "mail later");
        }
        let lost_reply = happens(Fault::MailLostReply);
        let (twice, late) = (happens(Fault::MailTwice), happens(Fault::MailLate));
        if lost_reply && self.chance.happens(500) {
            return Handed::not(Outcome::Unknown("no reply after the final dot".into()), "mail lost");
        }
        self.taken += 1;
        let (least, most) = if late { (Span::minutes(1), Span::hours(5)) } else { USUAL };
        let mut arrives = vec![now + self.chance.between(least, most)];
        if twice {
            arrives.push(now + self.chance.between(least, Span::hours(2)));
        }
        let how = if twice { "mail twice" } else { "mail" };
        if lost_reply {
            let outcome = Outcome::Unknown("no reply after the final dot".into());
            return Handed { arrives, ..Handed::not(outcome, "mail, reply lost") };
        }
        Handed::taken(arrives, how)
    }
}
