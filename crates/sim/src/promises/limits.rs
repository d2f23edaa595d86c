//! Promises about what stays small: no message says to a bystander what it is about, no number gets more texts in an hour than
//! our own cap allows, and no client changes what has begun: N14, N17, B18.

use crate::faults::Fault;
use crate::run::Run;
use domain::id::AppointmentId;
use domain::message::Message;
use domain::person::PersonRef;
use domain::time::Span;
use server::work::{Call, Parcel};
use store::audit::Recorded;

/// Words that a lock screen or a shared diary must not show.
const PRIVATE: [&str; 6] = ["therap", "counsel", "session", "mental", "unwell", "illness"];
/// An hour, in microseconds: the cap counts by hours of the clock.
const HOUR: i64 = Span::hours(1).as_micros();

impl Run<'_> {
    /// N14: what others may see over a client's shoulder says nothing of what it is about.
    pub(crate) fn it_is_neutral(&mut self, call: &Call, message: &Message) {
        if !matches!(message.to, PersonRef::Client(_)) {
            return;
        }
        let shown = match &call.parcel {
            Parcel::Letter(letter) => {
                let diary = message.calendar.as_ref().map(|(_, part)| part.as_str()).unwrap_or_default();
                format!("{} {diary}", letter.subject)
            }
            Parcel::Text(text) => text.body.clone(),
            Parcel::Push(push) => push.text.clone(),
        };
        let shown = shown.to_lowercase();
        if let Some(word) = PRIVATE.into_iter().find(|word| shown.contains(word)) {
            let what = format!("{} ({}) shows {word:?} to whoever stands by", message.id, message.kind);
            self.judge.accuse("N14", self.now, what);
        }
    }

    /// N17: a number gets no more texts in an hour than the cap says, each counted once. Clocks that go wrong make other hours.
    pub(crate) fn the_cap_holds(&mut self, call: &Call, message: &Message) {
        let Parcel::Text(text) = &call.parcel else { return };
        let clocks = self.profile.rate(Fault::ClockBack) > 0 || self.profile.rate(Fault::ClockStall) > 0;
        if clocks || message.handed_at.is_some() || call.job.attempts > 1 {
            return;
        }
        let hour = call.at.micros().div_euclid(HOUR);
        let texts = self.judge.hours.entry((text.to.clone(), hour)).or_default();
        texts.insert(message.id);
        let (many, most) = (texts.len(), self.app.config.limits.texts_per_number as usize);
        if many > most {
            self.judge.accuse("N17", self.now, format!("{} gets {many} texts in an hour, and may get {most}", text.to));
        }
    }

    /// B18: once it has begun, only staff change what an appointment is.
    pub(crate) fn begun_is_begun(&mut self, found: &Recorded) {
        let entry = &found.entry;
        let by_client = entry.actor.starts_with("token:") || entry.actor.starts_with("cli_");
        if !by_client || !matches!(entry.word.as_str(), "appointment_rescheduled" | "appointment_cancelled") {
            return;
        }
        let ids = entry.subjects.iter().filter_map(|subject| subject.parse::<AppointmentId>().ok());
        let begun = ids.filter_map(|id| self.judge.shadow(id)).find(|shadow| shadow.now.start <= entry.at);
        if let Some(shadow) = begun {
            let what = format!("{} was changed by its client after it had begun", shadow.now.id);
            self.judge.accuse("B18", self.now, what);
        }
    }
}
