//! What is owed: therapist and office look at their lists, ring clients, and write down what came of it.

use super::{Desk, Intent, Source};
use crate::run::{Run, actor};
use domain::contact::AttemptResult;
use domain::decide::{Attempt, Settle, WriteNote};
use domain::id::AppointmentId;
use domain::obligation::{Obligation, ObligationKind};
use domain::person::{Channel, PersonRef, Role};
use domain::time::Span;
use server::flow::{Who, case};

/// Duties that somebody sees to at one look.
const AT_ONCE: u32 = 40;

impl Run<'_> {
    /// Somebody looks at what is owed.
    pub(crate) fn looks(&mut self, desk: Desk) {
        let who = match desk {
            Desk::Therapist => actor(&self.house.therapist.person),
            Desk::Office => actor(&self.house.admin),
        };
        let found = self.read(who.clone(), "what is owed", |tx, _, ask| {
            Ok(store::obligation::owed(tx, &ask.who.scope(), AT_ONCE)?)
        });
        for duty in found.unwrap_or_default() {
            let theirs = match desk {
                Desk::Therapist => duty.owner.role == Role::Therapist,
                Desk::Office => duty.owner.role != Role::Therapist,
            };
            let is_due = duty.due_at <= self.now + Span::minutes(30);
            if theirs && is_due {
                self.sees_to(&who, duty);
            }
        }
    }

    fn sees_to(&mut self, who: &Who, duty: Obligation) {
        match (duty.kind, duty.appointment) {
            (ObligationKind::InformClient | ObligationKind::KeepPromise, Some(about)) => self.rings(who, about),
            (ObligationKind::CheckInWithClient, Some(about)) => self.rings(who, about),
            (ObligationKind::AttendanceUpdate, Some(about)) => {
                let start = self.judge.shadow(about).map(|shadow| shadow.now.start);
                if let Some(start) = start {
                    self.does(Intent::Updates(about, start));
                }
            }
            (ObligationKind::WriteContactNote, Some(about)) => {
                let informed_at = self.clocks.of_the_server(self.now);
                let agreed = "They know, and will choose another time.".to_owned();
                let note = WriteNote { informed_at, informed_how: Channel::Phone, agreed, on_behalf_of: None };
                let _ = self
                    .act(who.clone(), "notes", move |tx, tools, ask| case::note(tx, tools, ask, about, note.clone()));
            }
            _ => {
                let (id, words) = (duty.id, "seen to".to_owned());
                let settle = Settle::Meet(id, words);
                let _ = self
                    .act(who.clone(), "settles", move |tx, tools, ask| case::settle(tx, tools, ask, settle.clone()));
            }
        }
    }

    /// Somebody rings the client, who answers or not, and hears what is true now.
    fn rings(&mut self, who: &Who, about: AppointmentId) {
        let Some(client) = self.judge.shadow(about).map(|shadow| shadow.now.client) else { return };
        let reached = self.whims.happens(650);
        let result = match (reached, self.whims.happens(400)) {
            (true, _) => AttemptResult::Reached,
            (false, true) => AttemptResult::LeftVoicemail,
            (false, false) => AttemptResult::NoAnswer,
        };
        let at = self.clocks.of_the_server(self.now);
        let attempt = Attempt { channel: Channel::Phone, result, at, agreed: None };
        let done = self.act(who.clone(), "rings", move |tx, tools, ask| {
            case::attempt(tx, tools, ask, client, Some(about), attempt.clone())
        });
        if done.is_ok() && reached {
            self.sometimes.reach("a client was told on the phone");
            self.knows(PersonRef::Client(client), about, Source::Phone);
        } else if done.is_ok() {
            self.sometimes.reach("a client was not reached on the phone");
        }
    }

    /// Whether a person owes the client of an appointment a word.
    pub(crate) fn is_a_word_owed(&mut self, about: AppointmentId) -> bool {
        let found = self.read(Who::System("sim"), "what is owed", move |tx, _, _| {
            Ok(store::obligation::of_appointment(tx, about)?)
        });
        found.unwrap_or_default().iter().any(|duty| duty.kind == ObligationKind::InformClient && duty.is_owed())
    }
}
