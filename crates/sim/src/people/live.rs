//! The day itself: the therapist is late or misses it, the client is there or not, and what came of it is written down.

use super::Intent;
use crate::run::{Run, actor};
use domain::appointment::State;
use domain::attendance::{Attended, Plan};
use domain::decide::{Connection, FileAct, Live, Missed, UpdateAttendance};
use domain::id::AppointmentId;
use domain::person::{PersonRef, Role};
use domain::reason::Fault as Whose;
use domain::time::{Instant, Span};
use server::flow::{file, live};

impl Run<'_> {
    /// The start is near: the therapist sees whether they are late, or will not be there at all.
    pub(crate) fn near(&mut self, about: AppointmentId, start: Instant) {
        let stands = self.judge.shadow(about).is_some_and(|shadow| shadow.stands_at(start));
        if !stands {
            return;
        }
        if self.whims.happens(self.plan.habits.late) {
            self.runs_late(about);
        } else if self.whims.happens(self.plan.habits.misses) {
            self.sometimes.reach("a therapist did not come");
            self.missing.insert(about);
        }
    }

    /// Whether the therapist of this appointment is nowhere to be seen.
    pub(crate) fn is_missing_today(&self, about: AppointmentId) -> bool {
        self.missing.contains(&about)
    }

    /// The therapist says that they are late.
    pub(crate) fn runs_late(&mut self, about: AppointmentId) {
        let who = actor(&self.house.therapist.person);
        let late = Live::RunningLate(10);
        let done = self.act(who, "is late", move |tx, tools, ask| live::act(tx, tools, ask, about, late.clone(), None));
        if done.is_ok() {
            self.sometimes.reach("a therapist was late");
            self.intends(Span::minutes(31), Span::minutes(34), Intent::Connects(about));
        }
    }

    pub(crate) fn connects(&mut self, about: AppointmentId) {
        let who = actor(&self.house.therapist.person);
        let met = Live::Connected(Connection { apologised: true, plan: Plan::FullTime, ends_at: None });
        let _ = self.act(who, "connects", move |tx, tools, ask| live::act(tx, tools, ask, about, met.clone(), None));
    }

    /// The therapist sees the client come in.
    pub(crate) fn client_arrives(&mut self, about: AppointmentId) {
        let (who, at) = (actor(&self.house.therapist.person), self.clocks.of_the_server(self.now));
        let came = Live::Arrived(at);
        let _ = self.act(who, "arrives", move |tx, tools, ask| live::act(tx, tools, ask, about, came.clone(), None));
    }

    /// The client has waited for long enough.
    pub(crate) fn reports_nobody(&mut self, about: AppointmentId) {
        let Some(client) = self.judge.shadow(about).map(|shadow| PersonRef::Client(shadow.now.client)) else { return };
        let Some(person) = self.house.clients.iter().find(|person| person.id == client).cloned() else { return };
        let missed = Live::Missed(Missed { reported_by: Role::Client, fault: Whose::Therapist });
        let done = self.act(actor(&person), "reports", move |tx, tools, ask| {
            live::act(tx, tools, ask, about, missed.clone(), None)
        });
        if done.is_ok() {
            self.sometimes.reach("a client reported that nobody came");
        }
    }

    /// The therapist has waited for long enough.
    pub(crate) fn gives_up(&mut self, about: AppointmentId, start: Instant) {
        if self.judge.shadow(about).is_some_and(|shadow| shadow.now.start == start) {
            let who = actor(&self.house.therapist.person);
            let gone = Live::ClientNoShow;
            let _ =
                self.act(who, "gives up", move |tx, tools, ask| live::act(tx, tools, ask, about, gone.clone(), None));
        }
    }

    /// The therapist says what came of it.
    pub(crate) fn updates(&mut self, about: AppointmentId, start: Instant) {
        let Some(shadow) = self.judge.shadow(about).filter(|shadow| shadow.now.start == start) else { return };
        if !matches!(shadow.now.state, State::Booked | State::InProgress | State::AwaitingUpdate) {
            return;
        }
        let came = shadow.now.attendance.client_arrived_at.is_some();
        let attended = match (self.is_missing_today(about), came) {
            (true, _) => Attended::TherapistMissed,
            (false, true) => Attended::Yes,
            (false, false) => Attended::No,
        };
        let wish = UpdateAttendance {
            attended,
            therapist_ready_at: None,
            client_arrived_at: None,
            started_at: None,
            ended_at: None,
            continues: Some(true),
            weekly_space: None,
            reserve_slot: false,
            refund: false,
            next: None,
        };
        let who = actor(&self.house.therapist.person);
        let done = self.act(who, "updates", move |tx, tools, ask| {
            file::about_appointment(tx, tools, ask, about, FileAct::Update(Box::new(wish.clone())), None)
        });
        if done.is_ok() {
            self.sometimes.reach("an attendance update was made");
        }
    }
}
