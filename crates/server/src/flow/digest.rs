//! A therapist's day by letter: today's appointments and what is owed, once in the morning, where there is anything to say.

use super::settings::{entry, therapist_in_scope};
use super::{Ask, Failed, Flow, Tools, jobs, letter};
use crate::when::When;
use crate::words::{Day, owed};
use domain::access::{Actor, Via};
use domain::appointment::{Appointment, State};
use domain::id::{Ids, TherapistId};
use domain::message::Message;
use domain::obligation::Obligation;
use domain::person::{Channel, Person, PersonRef, Role};
use domain::practice::Therapist;
use domain::refusal::Refusal;
use domain::schedule::{MeetingKind, TimeOfDay};
use domain::telling::digest::Digest;
use domain::time::Instant;
use serde_json::json;
use store::appointment::Filter;
use store::job::{self, Job, Priority};
use store::{Done, Tx};

/// Appointments of one day at most.
const DAY_MAX: u32 = 100;
/// Duties that the letter names; the others it counts.
const OWED_SHOWN: usize = 10;
/// Duties that are read at most.
const OWED_MAX: u32 = 200;

/// A new therapist reads of their day at the usual time.
pub(super) fn begin(tx: &mut Tx, ask: &Ask, therapist: &Therapist) -> Flow<()> {
    store::therapist::update_digest(tx, therapist.id, Some(Digest::USUAL))?;
    wait(tx, therapist, &Digest { at: Digest::USUAL, sent_at: None }, ask.now)
}

/// When a therapist wants to read of their day; none for never.
pub fn choose(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: TherapistId,
    at: Option<TimeOfDay>,
) -> Flow<Done<Option<TimeOfDay>>> {
    let therapist = therapist_in_scope(tx, ask, id)?;
    let before = store::therapist::digest(tx, id)?;
    store::therapist::update_digest(tx, id, at)?;
    job::remove(tx, jobs::DIGEST, &id.to_string())?;
    if let Some(at) = at {
        wait(tx, &therapist, &Digest { at, sent_at: before.and_then(|before| before.sent_at) }, ask.now)?;
    }
    let details = json!({ "before": before.map(|before| before.at), "after": at });
    let entry = entry(tools, ask, therapist.person.practice, "digest_chosen", &id.to_string(), details);
    Ok(Done::new(at, entry))
}

/// Writes today's letter, if it is time and there is anything to say. [`Failed::Nothing`] with the next time otherwise.
pub fn send(tx: &mut Tx, tools: &Tools, ask: &Ask, id: TherapistId) -> Flow<Done<Message>> {
    let not_wanted = || Failed::Nothing { look_again: None };
    let therapist = store::therapist::load(tx, id)?.ok_or_else(not_wanted)?;
    let digest = store::therapist::digest(tx, id)?.ok_or_else(not_wanted)?;
    let to = &therapist.person;
    let later = || Failed::Nothing { look_again: Some(digest.next(&to.zone, ask.now)) };
    // Who is away, or has no address, may be back tomorrow.
    if !to.active || !digest.is_due(&to.zone, ask.now) || to.address(Channel::Email).is_none() {
        return Err(later());
    }
    let day = read(tx, ask, &therapist)?;
    if day.appointments.is_empty() && day.owed.is_empty() {
        return Err(later());
    }
    let practice = store::practice::load(tx, to.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let message = letter::day(tx, tools, ask, &mut Ids::new(ask.command, ask.now), to, &practice, &day)?;
    store::therapist::digest_sent(tx, id, ask.now)?;
    wait(tx, &therapist, &digest, ask.now)?;
    let details = json!({ "message": message.id, "appointments": day.appointments.len() });
    let entry = entry(tools, ask, to.practice, "digest_sent", &id.to_string(), details);
    Ok(Done::new(message, entry))
}

/// Puts the next morning on the list of jobs.
fn wait(tx: &mut Tx, therapist: &Therapist, digest: &Digest, now: Instant) -> Flow<()> {
    let due_at = digest.next(&therapist.person.zone, now);
    let (subject, practice) = (therapist.id.to_string(), therapist.person.practice);
    let job = Job { kind: jobs::DIGEST, subject: &subject, practice, priority: Priority::Bulk, due_at };
    Ok(job::enqueue(tx, &job)?)
}

/// Today as it stands: the therapist's own appointments and duties, by first names.
fn read(tx: &mut Tx, ask: &Ask, therapist: &Therapist) -> Flow<Day> {
    let to = &therapist.person;
    let (person, practice, name) = (to.id, to.practice, to.name.clone());
    let reader = Actor { person, practice, role: Role::Therapist, name, via: Via::Portal };
    let scope = domain::access::Scope::Actor(&reader);
    let when = When { locale: to.locale, zone: to.zone.clone(), now: ask.now };
    let today = when.today();
    let filter = Filter { from: Some(today.from), to: Some(today.to), ..Filter::default() };
    let mut appointments = Vec::new();
    for about in store::appointment::list(tx, &scope, &filter, None, DAY_MAX)?.items {
        if matches!(about.state, State::Booked | State::Requested | State::InProgress) {
            let client = client(tx, PersonRef::Client(about.client))?;
            appointments.push(line(&about, &client, &when));
        }
    }
    let owed = store::obligation::owed(tx, &scope, OWED_MAX)?;
    let mine: Vec<&Obligation> = owed.iter().filter(|duty| duty.owner.role == Role::Therapist).collect();
    let more = mine.len().saturating_sub(OWED_SHOWN);
    let mut lines = Vec::new();
    for duty in mine.into_iter().take(OWED_SHOWN) {
        let Some(both) = store::relationship::load(tx, &scope, duty.relationship)? else { continue };
        let client = client(tx, PersonRef::Client(both.client))?;
        lines.push(format!("{}, {}", owed::task(duty.kind, &client), when.due(duty.due_at).words));
    }
    Ok(Day { appointments, owed: lines, more })
}

fn client(tx: &mut Tx, id: PersonRef) -> Flow<String> {
    let found: Option<Person> = store::person::load(tx, id)?;
    Ok(found.map(|person| person.first_name().to_owned()).unwrap_or_default())
}

fn line(about: &Appointment, client: &str, when: &When) -> String {
    let how = match about.kind {
        MeetingKind::InPerson => "in person",
        MeetingKind::Video => "by video",
        MeetingKind::Phone => "by phone",
    };
    let asked = if about.state == State::Requested { ", asked for and not yet answered" } else { "" };
    format!("{} {client}, {how}, {} minutes{asked}", when.clock(about.start), (about.end - about.start).as_minutes())
}
