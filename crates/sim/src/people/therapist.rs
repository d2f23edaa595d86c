//! What the therapist and the office change: they call off, ask for another time, move with a yes, and take edits back.

use super::client::cancel;
use super::{Intent, Source};
use crate::run::{Run, actor};
use domain::appointment::{Agreement, Appointment, Initiator, State};
use domain::decide::{AskToMove, NextStep, Reschedule};
use domain::id::AppointmentId;
use domain::person::PersonRef;
use domain::practice::AgreementHow;
use domain::reason::Reason;
use domain::time::{Instant, Interval, Span};
use server::flow::{appointment, moves};

impl Run<'_> {
    /// Something has been booked, or has another time: what people will do about it comes to their minds.
    pub(crate) fn is_booked(&mut self, booked: &Appointment) {
        let (id, start, now) = (booked.id, booked.start, self.now);
        if booked.state != State::Booked || start <= now {
            return;
        }
        let near = (start - Span::minutes(20)).max(now);
        self.queue.add(near, crate::scheduler::Event::Act(Intent::Near(id, start)));
        self.queue.add(booked.end + Span::minutes(10), crate::scheduler::Event::Act(Intent::Updates(id, start)));
        if self.is_calm {
            return;
        }
        let habits = self.plan.habits.clone();
        let whims = [
            (habits.client_cancels, Intent::ClientCancels(id)),
            (habits.client_moves, Intent::ClientMoves(id)),
            (habits.therapist_cancels, Intent::TherapistCancels(id)),
            (habits.therapist_asks, Intent::TherapistAsks(id)),
            (habits.therapist_moves, Intent::TherapistMoves(id)),
            (habits.practice_cancels, Intent::PracticeCancels(id)),
        ];
        for (rate, intent) in whims {
            if self.whims.happens(rate) {
                // Some think of it at once, most some time before the start.
                let soon = self.whims.happens(300);
                let most = if soon { Span::minutes(4).min(start - now) } else { start - now };
                self.intends(Span::seconds(1), most, intent);
            }
        }
    }

    /// The therapist's client of an appointment that still stands.
    fn standing(&self, about: AppointmentId) -> Option<Appointment> {
        let shadow = self.judge.shadow(about)?;
        (shadow.now.state == State::Booked && shadow.now.start > self.now).then(|| shadow.now.clone())
    }

    pub(crate) fn therapist_cancels(&mut self, about: AppointmentId) {
        match self.whims.below(3) {
            0 => self.calls_off_with_times(about),
            1 => self.calls_off_with_a_promise(about),
            _ => {
                let step = NextStep { booking_link: true, ..NextStep::default() };
                if self.calls_off(about, Initiator::Therapist, step) {
                    self.sometimes.reach("a therapist called off with a link");
                }
            }
        }
    }

    /// The therapist calls it off and offers times.
    pub(crate) fn calls_off_with_times(&mut self, about: AppointmentId) {
        let Some(now) = self.standing(about) else { return };
        let offer_slots = self.some_times(&now);
        let step = NextStep { offer_slots, ..NextStep::default() };
        if self.calls_off(about, Initiator::Therapist, step) {
            self.sometimes.reach("a therapist called off with times");
        }
    }

    /// The therapist calls it off and promises to be in touch.
    pub(crate) fn calls_off_with_a_promise(&mut self, about: AppointmentId) {
        let by = self.clocks.of_the_server(self.now) + Span::hours(20);
        let step = NextStep { promise_contact_by: Some(by), ..NextStep::default() };
        if self.calls_off(about, Initiator::Therapist, step) {
            self.sometimes.reach("a therapist called off with a promise");
        }
    }

    /// Three free times that stand apart.
    fn some_times(&mut self, about: &Appointment) -> Vec<Instant> {
        let therapist = actor(&self.house.therapist.person);
        let from = self.now + Span::hours(20);
        let window = Interval::new(from, from + Span::hours(60));
        let free = self.free(therapist, PersonRef::Client(about.client), window);
        let step = (free.len() / 3).max(3);
        free.into_iter().step_by(step).take(3).collect()
    }

    /// Calls it off; whether that was done.
    fn calls_off(&mut self, about: AppointmentId, initiator: Initiator, step: NextStep) -> bool {
        if self.standing(about).is_none() {
            return false;
        }
        let who = match initiator {
            Initiator::Practice => actor(&self.house.admin),
            _ => actor(&self.house.therapist.person),
        };
        let (wish, seen) = (cancel(initiator, step), self.seen(about));
        let done = self
            .act(who, "cancels", move |tx, tools, ask| appointment::cancel(tx, tools, ask, about, wish.clone(), seen));
        if done.is_ok() && self.whims.happens(self.plan.habits.undoes) {
            self.intends(Span::seconds(5), Span::seconds(170), Intent::Undoes(about));
        }
        done.is_ok()
    }

    pub(crate) fn practice_cancels(&mut self, about: AppointmentId) {
        let step = NextStep { booking_link: true, ..NextStep::default() };
        if self.calls_off(about, Initiator::Practice, step) {
            self.sometimes.reach("a practice called off");
        }
    }

    /// The whole day is called off, one after the other (B16: each is told and owed a next step).
    pub(crate) fn is_ill(&mut self) {
        let until = self.now + Span::hours(16);
        let of_today =
            self.judge.shadows.values().filter(|shadow| shadow.now.start > self.now && shadow.now.start < until);
        let today: Vec<AppointmentId> =
            of_today.filter(|shadow| shadow.now.state == State::Booked).map(|shadow| shadow.now.id).collect();
        if today.len() > 1 {
            self.sometimes.reach("a whole day was called off");
        }
        for about in today {
            self.calls_off_with_a_promise(about);
        }
    }

    pub(crate) fn therapist_asks(&mut self, about: AppointmentId) {
        let Some(now) = self.standing(about) else { return };
        let offer_slots = self.some_times(&now);
        let wish = AskToMove {
            offer_slots,
            initiator: Initiator::Therapist,
            reason: Some(Reason::TherapistTrainingMeeting),
            words: None,
        };
        let (who, seen) = (actor(&self.house.therapist.person), self.seen(about));
        let done =
            self.act(who, "asks to move", move |tx, tools, ask| moves::ask(tx, tools, ask, about, wish.clone(), seen));
        if done.is_ok() {
            self.sometimes.reach("a therapist asked for another time");
        }
    }

    /// The therapist has spoken with the client, who said yes to another time: so the client knows.
    pub(crate) fn therapist_moves(&mut self, about: AppointmentId) {
        let Some(now) = self.standing(about) else { return };
        let times = self.some_times(&now);
        let Some(start) = self.whims.pick(&times).copied() else { return };
        let at = self.clocks.of_the_server(self.now);
        let wish = Reschedule {
            start,
            initiator: Initiator::Therapist,
            agreement: Some(Agreement { how: AgreementHow::Phone, at }),
            reason: Some(Reason::TherapistTrainingMeeting),
            received_at: None,
        };
        let (who, seen) = (actor(&self.house.therapist.person), self.seen(about));
        let done = self.act(who, "moves", move |tx, tools, ask| {
            appointment::reschedule(tx, tools, ask, about, wish.clone(), seen)
        });
        if done.is_ok() {
            self.sometimes.reach("a therapist moved with agreement");
            let client = PersonRef::Client(now.client);
            self.knows(client, about, Source::Phone);
            // Until when the other time was free says nothing of this one.
            self.minds.entry(client).or_default().free_until.remove(&about);
            if self.whims.happens(self.plan.habits.undoes) {
                self.intends(Span::seconds(5), Span::seconds(170), Intent::Undoes(about));
            }
        }
    }

    /// Whoever made the last edit takes it back, and tells a client whom they spoke with.
    pub(crate) fn undoes(&mut self, about: AppointmentId) {
        let who = actor(&self.house.therapist.person);
        let done = self.act(who, "undoes", move |tx, tools, ask| moves::undo(tx, tools, ask, about));
        if done.is_ok()
            && let Some(now) = self.judge.shadow(about).map(|shadow| shadow.now.clone())
        {
            self.sometimes.reach("a therapist took an edit back");
            let client = PersonRef::Client(now.client);
            let spoke = self.minds.get(&client).and_then(|mind| mind.beliefs.get(&about));
            if spoke.is_some_and(|belief| belief.source == Source::Phone) {
                self.knows(client, about, Source::Phone);
            }
            self.is_booked(&now);
        }
    }
}
