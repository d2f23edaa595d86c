//! Promises about the diary, judged every morning: B1, B3, B5, B10, B11, B13.

use crate::run::Run;
use domain::access::Scope;
use domain::appointment::{Appointment, State};
use domain::id::OfferId;
use domain::offer::OfferState;
use domain::time::{Interval, Span};
use store::appointment::Filter;
use store::occupancy::Kind;
use store::{DbError, Tx};

impl Run<'_> {
    /// Looks through the whole diary.
    pub(crate) fn judge_the_diary(&mut self) {
        let (therapist, from, now) = (self.house.therapist.id, self.now - Span::hours(36), self.now);
        let read = self.app.store.read(move |tx: &mut Tx<'_>| {
            let scope = Scope::System("sim");
            let states = vec![State::Requested.word(), State::Booked.word(), State::InProgress.word()];
            let filter = Filter { therapist: Some(therapist), from: Some(from), states, ..Filter::default() };
            let live = store::appointment::list(tx, &scope, &filter, None, 200)?.items;
            let around = Interval::new(now - Span::hours(24), now + Span::hours(24 * 40));
            let mut holds = Vec::new();
            for taken in store::occupancy::busy(tx, &therapist.to_string(), around, now)? {
                let offer: Option<OfferId> = taken.owner.parse().ok();
                if let (Kind::Hold, Some(offer)) = (taken.kind, offer) {
                    holds.push((taken, store::offer::load(tx, &scope, offer)?));
                }
            }
            Ok::<_, DbError>((live, holds))
        });
        let Ok((live, holds)) = read else {
            return self.judge.accuse("S0", self.now, "the diary cannot be read");
        };
        self.nobody_is_in_two_places(&live);
        for (taken, offer) in holds {
            let open = offer.as_ref().is_some_and(|offer| offer.state == OfferState::Open);
            let ended = taken.expires_at.is_some_and(|until| until + Span::hours(3) < self.now);
            if !open {
                self.judge.accuse("B10", self.now, format!("{} holds a time and is not open", taken.owner));
            } else if ended {
                self.judge.accuse("B11", self.now, format!("{} holds a time beyond its end", taken.owner));
            }
        }
        for one in &live {
            self.is_inside_the_hours(one);
        }
    }

    fn nobody_is_in_two_places(&mut self, live: &[Appointment]) {
        for (n, one) in live.iter().enumerate() {
            for other in &live[n + 1..] {
                if one.therapist == other.therapist && one.interval_with_buffer().meets(other.interval_with_buffer()) {
                    self.judge.accuse("B1", self.now, format!("{} and {} overlap", one.id, other.id));
                }
                if one.client == other.client && one.interval().meets(other.interval()) {
                    self.judge.accuse("B3", self.now, format!("{} and {} overlap", one.id, other.id));
                }
            }
        }
    }

    fn is_inside_the_hours(&mut self, one: &Appointment) {
        let schedule = &self.house.therapist.schedule;
        if !schedule.covers(one.kind, one.interval()) {
            self.judge.accuse("B5", self.now, format!("{} is outside the hours", one.id));
        }
        let minutes = schedule.kinds.get(&one.kind).map(|setup| i64::from(setup.minutes));
        if minutes != Some((one.end - one.start).as_minutes()) {
            self.judge.accuse("B13", self.now, format!("{} has another length than its kind", one.id));
        }
    }
}
