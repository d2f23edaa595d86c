//! Promises at the end: when the faults have stopped and everything has come to rest, everybody knows what is true, or a
//! person owes them a word (N1, N2, N7, N8, N15, A1, A3).

use super::Truth;
use crate::people::Source;
use crate::people::reading::{Says, diary};
use crate::run::Run;
use domain::access::Scope;
use domain::appointment::State;
use domain::id::AppointmentId;
use domain::message::{Message, MessageState};
use domain::obligation::{Obligation, ObligationKind, ObligationState};
use domain::person::{Channel, PersonRef, Role};
use domain::time::{Instant, Span};
use outside::sms::Fate;
use std::collections::{BTreeMap, BTreeSet};
use store::{DbError, Tx};

/// How long after its moment a message may still be on its way, once everything is well.
const ON_ITS_WAY: Span = Span::hours(2);

/// Everything about one appointment at the end.
struct End {
    about: AppointmentId,
    messages: Vec<Message>,
    duties: Vec<Obligation>,
}

/// What a worker has in hand at this very moment, by the ids of messages; a lease that is over holds nothing.
type InHand = BTreeSet<String>;

impl Run<'_> {
    /// Judges the whole run.
    pub(crate) fn judge_the_end(&mut self) {
        self.judge_the_diary();
        self.judge_the_inboxes();
        let ids: Vec<AppointmentId> = self.judge.shadows.keys().copied().collect();
        let practice = self.house.practice.id;
        let read = self.app.store.read(move |tx: &mut Tx<'_>| {
            let mut ends = Vec::with_capacity(ids.len());
            for about in &ids {
                let now = store::appointment::load(tx, &Scope::System("sim"), *about)?;
                let messages = store::message::of_appointment(tx, *about)?;
                let duties = store::obligation::of_appointment(tx, *about)?;
                ends.push((now, End { about: *about, messages, duties }));
            }
            let far = Instant::from_micros(i64::MAX / 2);
            let overdue = store::job::overdue_leases(tx, far, 50)?;
            Ok::<_, DbError>((ends, store::audit::check_chain(tx, practice)?, overdue))
        });
        let Ok((ends, chain, overdue)) = read else {
            return self.judge.accuse("S0", self.now, "the end cannot be read");
        };
        if let Err(broken) = chain {
            self.judge.accuse("A3", self.now, broken.to_string());
        }
        for leased in overdue.iter().filter(|job| job.subject != "poison" && job.lease_until < self.now - ON_ITS_WAY) {
            let what = format!("{} {} is leased until {}", leased.kind, leased.subject, leased.lease_until);
            self.judge.accuse("N12", self.now, what);
        }
        let held = overdue.into_iter().filter(|job| job.lease_until > self.now);
        let in_hand: InHand = held.map(|job| job.subject).collect();
        for (now, end) in ends {
            let shadow = self.judge.shadow(end.about).map(|shadow| shadow.now.clone());
            if now != shadow {
                let what = format!("{} changed and the record does not say so: {now:?} was {shadow:?}", end.about);
                self.judge.accuse("A1", self.now, what);
            }
            self.one_message_for_each_way(&end);
            if self.plan.to_rest {
                self.everybody_knows(&end);
                self.nothing_is_left_lying(&end, &in_hand);
                self.somebody_owns_it(&end);
            }
        }
    }

    /// N1: one message for each revision, person, purpose and way.
    fn one_message_for_each_way(&mut self, end: &End) {
        let mut seen = BTreeMap::new();
        for message in &end.messages {
            let repeats =
                matches!(message.kind.as_str(), "escalation" | "call_task" | "promise" | "booking_link" | "reminder");
            let what = (message.revision, message.to, message.kind, message.channel);
            if !repeats && seen.insert(what, message.id).is_some() {
                self.judge.accuse("N1", self.now, format!("{} says twice what {:?} says", message.id, what));
            }
        }
    }

    /// N2: every message has come to an end, or its time is still to come, or a person owes the client a word.
    fn nothing_is_left_lying(&mut self, end: &End, in_hand: &InHand) {
        for message in &end.messages {
            let done = message.state.is_final() || message.state == MessageState::Accepted;
            let to_come = message.send_at > self.now - ON_ITS_WAY || in_hand.contains(&message.id.to_string());
            let owed = end.duties.iter().any(|duty| duty.kind == ObligationKind::InformClient && duty.is_owed());
            if !done && !to_come && !owed {
                let what = format!("{} ({}) is {} for good", message.id, message.kind, message.state);
                self.judge.accuse("N2", self.now, what);
            }
            match message.state {
                MessageState::Superseded => self.sometimes.reach("a message was superseded unsent"),
                MessageState::Cancelled => self.sometimes.reach("a text arrived and the letter behind it stayed"),
                _ => {}
            }
            if message.last_reply.as_deref().is_some_and(|reply| reply.contains("no room for more texts")) {
                self.sometimes.reach("a number had its fill of texts");
            }
            self.what_failed_is_heard(message);
            if message.state == MessageState::Undeliverable || self.judge.refused.contains(&message.id) {
                self.somebody_took_over(message, end);
            }
        }
    }

    /// N2: a text that a gateway reported as failed stands so in our books, and the letter behind it was not put away. One
    /// that arrived, though its server said nothing, may be: whoever opened its link knows.
    fn what_failed_is_heard(&mut self, message: &Message) {
        let Some(about) = message.appointment else { return };
        let news = (about, message.revision, message.to, message.kind, message.written_at);
        let failed = self.judge.texted.get(&news).is_some_and(|text| matches!(text.fate, Some((Fate::Failed, _))));
        let wrong = match message.channel {
            Channel::Sms => message.state == MessageState::Accepted,
            Channel::Email => message.state == MessageState::Cancelled && !self.has_arrived(message.id),
            _ => false,
        };
        if failed && wrong {
            let what = format!("{} by {:?} is {} though its text failed", message.id, message.channel, message.state);
            self.judge.accuse("N2", self.now, what);
        }
    }

    /// U3: what could not be delivered to a client went another way, was overtaken, or became a person's duty.
    fn somebody_took_over(&mut self, failed: &Message, end: &End) {
        if !matches!(failed.to, PersonRef::Client(_)) {
            return;
        }
        let arrived = |other: &Message| {
            other.to == failed.to
                && other.id != failed.id
                && !self.judge.refused.contains(&other.id)
                && (other.kind == failed.kind || other.revision > failed.revision)
                && matches!(other.state, MessageState::Accepted | MessageState::Delivered)
        };
        let other_way = end.messages.iter().any(arrived);
        let duty = end.duties.iter().any(|duty| duty.kind == ObligationKind::InformClient);
        if !other_way && !duty {
            let what = format!("{} ({}) never reached {} and nobody was asked to", failed.id, failed.kind, failed.to);
            self.judge.accuse("N2", self.now, what);
        }
    }

    /// N7: what client and therapist were told last is true, or a person owes the client a word.
    fn everybody_knows(&mut self, end: &End) {
        let Some(shadow) = self.judge.shadow(end.about).cloned() else { return };
        // Late changes may still be on their way, and what is over has told itself.
        let settled = shadow.since() < self.now - ON_ITS_WAY;
        let is_open = matches!(shadow.now.state, State::Booked | State::Cancelled(_));
        if !settled || !is_open {
            return;
        }
        let wanted = match shadow.truth() {
            Truth::On(start) => Says::On(start),
            Truth::Off(start) => Says::Off(start),
            Truth::Neither => return,
        };
        let (client, therapist) = (PersonRef::Client(shadow.now.client), PersonRef::Therapist(shadow.now.therapist));
        for who in [client, therapist] {
            let told = self.minds.get(&who).and_then(|mind| mind.beliefs.get(&end.about));
            let knows = told.is_some_and(|belief| belief.says == wanted)
                || (told.is_none() && matches!(wanted, Says::Off(_)))
                || told.is_some_and(|belief| belief.source == Source::Own && belief.of >= shadow.since());
            let owed = end.duties.iter().any(|duty| duty.is_owed() || is_settled_by_hand(duty));
            // A therapist whose letters are lost has their diary; nobody is asked to ring them.
            let lost = |m: &Message| {
                m.to == who && m.state == MessageState::Undeliverable && m.written_at >= shadow.since() - Span::hours(2)
            };
            let has_diary = who == therapist && end.messages.iter().any(lost);
            let excused = (owed && who == client) || has_diary;
            if !(knows || excused) {
                let what = format!("{who} believes {:?} of {}, and true is {wanted:?}", told, end.about);
                self.judge.accuse("N7", self.now, what);
            }
        }
    }

    /// N15: what has gone up has an owner who was written to.
    fn somebody_owns_it(&mut self, end: &End) {
        for duty in &end.duties {
            let ObligationState::Escalated { at, .. } = duty.state else { continue };
            let owner = if duty.owner.role == Role::Owner { &self.house.owner } else { &self.house.admin };
            let told = end.messages.iter().any(|m| m.to == owner.id && m.kind.as_str() == "escalation");
            if !told && at < self.now - ON_ITS_WAY {
                self.judge.accuse("N15", self.now, format!("{:?} went up and nobody was told", duty.kind));
            }
        }
    }

    /// N8: of one revision nobody reads two times, in whatever letter, text or diary.
    fn judge_the_inboxes(&mut self) {
        let mut wrong = None;
        for (who, mind) in &self.minds {
            let mut said: BTreeMap<(AppointmentId, u32), Says> = BTreeMap::new();
            for seen in &mind.inbox {
                let Some(about) = seen.about else { continue };
                let calendar = seen.post.calendar.as_deref().and_then(diary);
                let claims = [Some(seen.reading.says), calendar].into_iter().flatten();
                for says in claims.filter(|says| *says != Says::Other) {
                    let first = *said.entry((about, seen.revision)).or_insert(says);
                    if first != says {
                        wrong = Some(format!("{who} reads {first:?} and {says:?} of {about} at {}", seen.revision));
                    }
                }
            }
        }
        if let Some(what) = wrong {
            self.judge.accuse("N8", self.now, what);
        }
    }
}

/// Whether a person has said that it is done, or need not be: then it was theirs to do.
fn is_settled_by_hand(duty: &Obligation) -> bool {
    duty.kind == ObligationKind::InformClient
        && matches!(duty.state, ObligationState::Met { .. } | ObligationState::Excused { .. })
}
