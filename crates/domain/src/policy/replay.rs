//! A practice's own past, replayed under another policy: what would have been charged, lost and given back.
//!
//! People are taken to have done what they did, when they did it. Only what follows from it is reckoned anew.

use super::money::{self, Event, PaymentState, Refund, Situation, TherapistFees};
use super::notice::{self, Act};
use super::what_if::{self, Case, Happening};
use super::{CaptureAt, Policy};
use crate::id::ClientId;
use crate::money::{Currency, Money};
use crate::time::{Instant, Zone};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a past appointment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It took place.
    TookPlace,
    /// The client cancelled; their word arrived then.
    ClientCancelled(Instant),
    /// The client did not come.
    ClientMissed,
    /// The therapist cancelled, then.
    TherapistCancelled(Instant),
    /// The practice cancelled, then.
    PracticeCancelled(Instant),
    /// The therapist did not come.
    TherapistMissed,
    /// The connection failed.
    Technical,
}

/// A past appointment, as much of it as a policy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// Whose.
    pub client: ClientId,
    /// When it was booked.
    pub booked_at: Instant,
    /// The start.
    pub start: Instant,
    /// The end.
    pub end: Instant,
    /// The price.
    pub price: Money,
    /// How it ended.
    pub ended: Ended,
    /// What the therapist charged then.
    pub therapist_fees: TherapistFees,
}

/// What one month came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sums {
    /// Appointments that began in it.
    pub appointments: u64,
    /// Cancelled late by the client.
    pub late: u64,
    /// Missed by the client.
    pub missed: u64,
    /// Lost: cancelled late or missed, so that nobody else could have the time.
    pub lost: u64,
    /// How many of those cost the client something.
    pub charged: u64,
    /// What clients paid for those, minor units.
    pub fees_minor: i64,
    /// How often money that was taken went back.
    pub refunds: u64,
    /// How much, minor units.
    pub refunds_minor: i64,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.appointments += other.appointments;
        self.late += other.late;
        self.missed += other.missed;
        self.lost += other.lost;
        self.charged += other.charged;
        self.fees_minor += other.fees_minor;
        self.refunds += other.refunds;
        self.refunds_minor += other.refunds_minor;
    }
}

/// What a policy made of the past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The currency that is reckoned in; appointments in another are counted and cost nothing here.
    pub currency: Currency,
    /// Everything.
    pub all: Sums,
    /// Month by month (`2026-03`), in the practice's zone.
    pub months: BTreeMap<String, Sums>,
    /// Clients who paid for more than one lost appointment.
    pub charged_twice: u64,
}

/// A replay under one policy. Show it the past in order of start, then ask for the totals.
#[derive(Debug)]
pub struct Replay<'a> {
    policy: &'a Policy,
    zone: &'a Zone,
    totals: Totals,
    /// The month of the last one seen, with where it ends: finding the month anew for each would cost most of the time.
    month: Option<(Instant, Instant, String)>,
    this_month: Sums,
    attended: BTreeSet<ClientId>,
    late_before: BTreeMap<ClientId, u32>,
}

impl<'a> Replay<'a> {
    /// Begins; `zone` is the practice's.
    pub fn new(policy: &'a Policy, zone: &'a Zone, currency: Currency) -> Self {
        let totals = Totals { currency, all: Sums::default(), months: BTreeMap::new(), charged_twice: 0 };
        Self {
            policy,
            zone,
            totals,
            month: None,
            this_month: Sums::default(),
            attended: BTreeSet::new(),
            late_before: BTreeMap::new(),
        }
    }

    /// Looks at one more appointment, which began no earlier than the one before.
    pub fn see(&mut self, past: &Past) {
        self.turn_to(past.start);
        let mut sums = Sums { appointments: 1, ..Sums::default() };
        match event(self.policy, self.zone, past) {
            Some((event, at)) => self.judge(past, event, at, &mut sums),
            None => {
                self.attended.insert(past.client);
            }
        }
        self.this_month.add(&sums);
    }

    /// The totals of all that was seen.
    pub fn totals(mut self) -> Totals {
        self.close_month();
        self.totals.charged_twice = self.late_before.values().filter(|paid| **paid > 1).count() as u64;
        self.totals
    }

    fn judge(&mut self, past: &Past, event: Event, at: Instant, sums: &mut Sums) {
        let late = matches!(event, Event::ClientCancels(notice) if notice.is_late());
        sums.late = u64::from(late);
        sums.missed = u64::from(event == Event::ClientMisses);
        sums.lost = sums.late + sums.missed;
        if past.price.currency == self.totals.currency {
            self.reckon(past, event, at, sums);
        }
        if sums.lost > 0 {
            *self.late_before.entry(past.client).or_default() += u32::from(sums.charged > 0);
        }
    }

    fn reckon(&self, past: &Past, event: Event, at: Instant, sums: &mut Sums) {
        let new_client = !self.attended.contains(&past.client);
        let case = Situation {
            new_client,
            late_before: self.late_before.contains_key(&past.client),
            therapist_fees: past.therapist_fees,
            payer_forbids_fee: self.policy.payer_forbids_fee(),
            ..Situation::new(event, past.price, self.payment_at(past, at, new_client))
        };
        let decision = money::decide(&self.policy.parameters, &case);
        if sums.lost > 0 {
            sums.fees_minor = decision.cost().amount_minor;
            sums.charged = u64::from(sums.fees_minor > 0);
        }
        if decision.refund != Refund::None {
            let posted = decision.entries.iter().map(|entry| entry.amount.amount_minor).filter(|minor| *minor < 0);
            let back = posted.sum::<i64>().abs();
            sums.refunds = 1;
            // Where the client or the team chooses, the whole price may go back.
            sums.refunds_minor = if back > 0 { back } else { past.price.amount_minor };
        }
    }

    fn payment_at(&self, past: &Past, at: Instant, new_client: bool) -> PaymentState {
        let never = self.policy.parameters.payment.capture_at == CaptureAt::None;
        if never || past.price.is_zero() {
            return PaymentState::None;
        }
        what_if::payment_at(self.policy, self.zone, &as_case(past, at, new_client))
    }

    fn turn_to(&mut self, start: Instant) {
        if self.month.as_ref().is_some_and(|(from, to, _)| *from <= start && start < *to) {
            return;
        }
        self.close_month();
        let first = self.zone.day_of(start).first_of_month();
        let next = first.checked_add(jiff::Span::new().months(1)).unwrap_or(first);
        let name = format!("{:04}-{:02}", first.year(), first.month());
        self.month = Some((self.zone.start_of(first), self.zone.start_of(next), name));
    }

    fn close_month(&mut self) {
        if let Some((_, _, name)) = self.month.take() {
            self.totals.all.add(&self.this_month);
            self.totals.months.entry(name).or_default().add(&std::mem::take(&mut self.this_month));
        }
    }
}

fn as_case(past: &Past, at: Instant, new_client: bool) -> Case {
    Case {
        what: Happening::ClientCancels,
        at,
        booked_at: past.booked_at,
        start: past.start,
        end: past.end,
        price: past.price,
        new_client,
        late_before: true,
        therapist_fees: past.therapist_fees,
        reason: None,
    }
}

/// What happened, as the policy names it, and when; none where the appointment took place.
fn event(policy: &Policy, zone: &Zone, past: &Past) -> Option<(Event, Instant)> {
    Some(match past.ended {
        Ended::TookPlace => return None,
        Ended::ClientCancelled(at) => {
            let judged = notice::judge(&policy.parameters, zone, Act::Cancel, past.start, at, None);
            (Event::ClientCancels(judged), at)
        }
        Ended::ClientMissed => (Event::ClientMisses, past.start),
        Ended::TherapistCancelled(at) => (Event::TherapistCancels, at),
        Ended::PracticeCancelled(at) => (Event::PracticeCancels, at),
        Ended::TherapistMissed => (Event::TherapistMisses, past.start),
        Ended::Technical => (Event::TechnicalFailure, past.start),
    })
}

/// The totals of a past, which is in order of start.
pub fn replay<'p>(
    policy: &Policy,
    zone: &Zone,
    currency: Currency,
    past: impl IntoIterator<Item = &'p Past>,
) -> Totals {
    let mut replay = Replay::new(policy, zone, currency);
    past.into_iter().for_each(|past| replay.see(past));
    replay.totals()
}

#[cfg(test)]
mod tests;
