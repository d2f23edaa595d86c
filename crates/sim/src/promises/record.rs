//! The record as it grows: its chain (A1 to A3, A11), and what it says became of each appointment (B6, B7).

use super::Judge;
use crate::run::Run;
use domain::access::Scope;
use domain::appointment::{Appointment, State};
use domain::audit::{Hash, link};
use domain::id::AppointmentId;
use domain::time::Instant;
use std::collections::BTreeMap;
use store::audit::Recorded;
use store::{DbError, Tx};

/// What is true of an appointment, as far as people need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It is to be, or was, at this time, UTC.
    On(Instant),
    /// It is called off; it was to be at this time, UTC.
    Off(Instant),
    /// Nothing that anybody must know: only asked for, or over in a way that the day itself told.
    Neither,
}

/// An appointment as the record has shown it so far.
#[derive(Debug, Clone)]
pub struct Shadow {
    /// As it was last seen.
    pub now: Appointment,
    /// What was true from when on, UTC.
    pub truths: Vec<(Instant, Truth)>,
}

impl Shadow {
    /// What is true now.
    pub fn truth(&self) -> Truth {
        self.truths.last().map_or(Truth::Neither, |(_, truth)| *truth)
    }

    /// Since when it is, UTC.
    pub fn since(&self) -> Instant {
        self.truths.last().map_or(self.now.created_at, |(since, _)| *since)
    }

    /// Whether it stands at that time and has not begun.
    pub fn stands_at(&self, start: Instant) -> bool {
        self.now.start == start && self.now.state == State::Booked
    }
}

/// Where the practice's chain stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain {
    seq: u64,
    hash: Option<Hash>,
    at: Option<Instant>,
}

fn truth_of(about: &Appointment) -> Truth {
    match &about.state {
        State::Booked | State::InProgress | State::AwaitingUpdate | State::Attended | State::ClientNoShow => {
            Truth::On(about.start)
        }
        State::Cancelled(how) if how.was_a_request => Truth::Neither,
        State::Cancelled(_) => Truth::Off(about.start),
        _ => Truth::Neither,
    }
}

/// Which state may follow which (`domain` 2.2); taking an edit back and correcting the record are named by their entries.
fn is_legal(before: &State, after: &State) -> bool {
    use State::{AwaitingUpdate, Booked, Cancelled, InProgress, Requested};
    match (before, after) {
        (Requested, Booked | Cancelled(_)) | (Booked, _) => true,
        (InProgress, Requested) | (AwaitingUpdate, Requested | InProgress) => false,
        (InProgress | AwaitingUpdate, _) => true,
        (same, also) => same.word() == also.word(),
    }
}

impl Run<'_> {
    /// Reads what has come onto the record since the last look.
    pub(crate) fn follow(&mut self) {
        let (practice, after) = (self.house.practice.id, self.judge.chain.seq);
        let read = self.app.store.read(move |tx: &mut Tx<'_>| {
            let entries = store::audit::since(tx, practice, after, 200)?;
            let mut touched: BTreeMap<AppointmentId, u32> = BTreeMap::new();
            for subject in entries.iter().flat_map(|entry| &entry.entry.subjects) {
                if let Ok(id) = subject.parse() {
                    *touched.entry(id).or_default() += 1;
                }
            }
            let mut found = Vec::with_capacity(touched.len());
            for (id, times) in touched {
                found.extend(store::appointment::load(tx, &Scope::System("sim"), id)?.map(|now| (now, times)));
            }
            Ok::<_, DbError>((entries, found))
        });
        match read {
            Ok((entries, found)) => {
                for entry in &entries {
                    self.entry(entry);
                }
                let undone = entries
                    .iter()
                    .any(|entry| matches!(entry.entry.word.as_str(), "edit_undone" | "appointment_corrected"));
                for (now, times) in found {
                    self.changed(now, times, undone);
                }
            }
            Err(why) => self.judge.accuse("S0", self.now, format!("the record cannot be read: {why}")),
        }
    }

    fn entry(&mut self, found: &Recorded) {
        let chain = &mut self.judge.chain;
        let (entry, receipt) = (&found.entry, found.receipt);
        let follows =
            link(entry.practice, receipt.seq, chain.hash.unwrap_or(Hash::ZERO), entry.digest()) == receipt.hash;
        let at = chain.at.replace(entry.at);
        let gap = receipt.seq != chain.seq + 1;
        (chain.seq, chain.hash) = (receipt.seq, Some(receipt.hash));
        if gap || !follows || !entry.opens() {
            self.judge.accuse("A3", self.now, format!("entry {} does not follow", receipt.seq));
        }
        if entry.actor.is_empty() || entry.subjects.is_empty() {
            self.judge.accuse("A2", self.now, format!("entry {} names nobody", receipt.seq));
        }
        if at.is_some_and(|before| entry.at < before) {
            self.judge.accuse(
                "A11",
                self.now,
                format!("entry {} is of {}, before the one in front of it", receipt.seq, entry.at),
            );
        }
        self.begun_is_begun(found);
        if entry.word == "obligation_escalated" {
            self.sometimes.reach("a duty escalated");
        }
        self.trace.note(self.now, format_args!("record {} {} {}", receipt.seq, entry.word, entry.actor));
    }

    fn changed(&mut self, now: Appointment, entries: u32, undone: bool) {
        let truth = truth_of(&now);
        let Some(before) = self.judge.shadows.get_mut(&now.id) else {
            let (id, at) = (now.id, self.now);
            self.judge.shadows.insert(id, Shadow { now: now.clone(), truths: vec![(at, truth)] });
            self.is_booked(&now);
            return;
        };
        let (was, is) = (before.now.revision, now.revision);
        let mut wrong = None;
        if is < was || is - was > entries {
            wrong = Some(("B7", format!("{} goes from revision {was} to {is} in {entries} entries", now.id)));
        } else if is == was && before.now != now {
            wrong = Some(("B7", format!("{} changes within revision {is}", now.id)));
        } else if is == was + 1 && !undone && !is_legal(&before.now.state, &now.state) {
            let (from, to) = (before.now.state.word(), now.state.word());
            wrong = Some(("B6", format!("{} goes from {from} to {to}", now.id)));
        }
        let moved = before.now.start != now.start || (now.state == State::Booked && before.now.state != State::Booked);
        if truth != before.truth() {
            before.truths.push((self.now, truth));
        }
        before.now = now.clone();
        if let Some((promise, what)) = wrong {
            self.judge.accuse(promise, self.now, what);
        }
        if moved && now.state == State::Booked {
            self.is_booked(&now);
        }
    }
}

impl Judge {
    /// The appointment as the record last showed it.
    pub fn shadow(&self, id: AppointmentId) -> Option<&Shadow> {
        self.shadows.get(&id)
    }
}
