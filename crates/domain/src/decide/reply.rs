//! What a client wrote back, as it was understood: it answers a question that is still open, or a person reads it
//! . Whatever it says, where it answers a message they have read that: they know.

use super::book::{settled, subjects};
use super::{Asker, Outcome, Record, Situation, contact, notify};
use crate::appointment::{Appointment, State};
use crate::attendance::{Attendance, ClientSaid};
use crate::id::Ids;
use crate::obligation::{Obligation, ObligationKind};
use crate::policy::obligations::{Given, Setting, Trigger, owed};
use crate::refusal::Refusal;
use crate::telling::answer::ClientWord;
use crate::time::Instant;
use serde_json::json;

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    word: ClientWord,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    if !asker.person.is_some_and(|person| before.belongs_to(person)) || !asker.is_client() {
        return Err(Refusal::not_found("appointment"));
    }
    let mut outcome = Outcome::default();
    let about = match word {
        ClientWord::NewTime => new_time(situation, before, now, ids, &mut outcome)?,
        ClientWord::NoNewTime => no_new_time(situation, before, now, &mut outcome)?,
        ClientWord::Coming(_) | ClientWord::NotComing | ClientWord::ReadyAt(_) => said(before, word, now)?,
        ClientWord::Unread => unread(situation, before, now, ids, &mut outcome),
    };
    if !situation.live.answers_nothing {
        contact::meet(situation, ObligationKind::InformClient, "the client wrote back", now, &mut outcome);
    }
    notify::client_wrote(situation, &about, word, now, &mut outcome);
    outcome.disruption = situation.disruption.clone().map(|case| settled(case, situation, &outcome, now));
    let mut details = json!({ "word": word.as_str() });
    if situation.live.answers_nothing {
        details["answers_nothing"] = json!(true);
    }
    outcome.record = Record { word: "client_wrote", subjects: subjects(&about), details };
    outcome.appointment = Some(about);
    Ok(outcome)
}

/// Yes to "shall I find a new time?": it is owed from now on, and nothing else of the case is in the way of it.
fn new_time(
    situation: &Situation,
    about: Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<Appointment, Refusal> {
    must_be_missed(&about)?;
    contact::client_answered(situation, "the client would like a new time", now, outcome);
    open(situation, &about, Trigger::AgreedToRebook, now, ids, outcome);
    Ok(about)
}

/// No: nothing is pressed on them, and the way back stays in what they were sent.
fn no_new_time(
    situation: &Situation,
    about: Appointment,
    now: Instant,
    outcome: &mut Outcome,
) -> Result<Appointment, Refusal> {
    must_be_missed(&about)?;
    contact::client_settled(situation, "the client wants no new time for now", now, outcome);
    Ok(about)
}

fn must_be_missed(about: &Appointment) -> Result<(), Refusal> {
    if about.state == State::TherapistNoShow { Ok(()) } else { Err(no_open_question()) }
}

/// Kept with the day. Whether they are charged is never settled by a text: the therapist says how it went.
fn said(before: Appointment, word: ClientWord, now: Instant) -> Result<Appointment, Refusal> {
    if !matches!(before.state, State::Booked | State::AwaitingUpdate) || before.has_begun() {
        return Err(no_open_question());
    }
    let known = Attendance { client_said: Some(ClientSaid { at: now, word }), ..before.attendance.clone() };
    Ok(before.noting(known))
}

/// A person reads it, in minutes while the appointment is on or near.
fn unread(
    situation: &Situation,
    about: Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Appointment {
    let waits = |o: &&Obligation| o.kind == ObligationKind::AnswerClient && o.is_owed();
    // Who writes twice before anybody has answered was told already, and who writes in the portal sees it there.
    if !situation.live.wrote_in_portal && !situation.obligations.iter().any(|o| waits(&o)) {
        notify::passed_on(situation, &about, now, outcome);
    }
    open(situation, &about, Trigger::ClientWrote, now, ids, outcome);
    about
}

fn open(
    situation: &Situation,
    about: &Appointment,
    trigger: Trigger,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let setting = Setting { now, start: about.start, end: about.end, given: Given::Nothing, money_open: false };
    let case = situation.disruption.as_ref().filter(|case| case.closed_at.is_none()).map(|case| case.id);
    for owed in owed(&situation.policy.parameters, &situation.practice.zone, trigger, &setting) {
        let same = |o: &&Obligation| o.kind == owed.kind && o.is_owed() && o.appointment == Some(about.id);
        let known = situation.obligations.iter().find(same).cloned();
        let duty = known.map_or_else(|| Obligation::open(owed, about, case, now, ids), |o| o.hurry(&owed));
        contact::put(duty, outcome);
    }
}

fn no_open_question() -> Refusal {
    Refusal::conflict("no_open_question", "Nothing is asked of them just now. Somebody reads what they wrote.")
}
