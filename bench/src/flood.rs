//! Two hundred thousand reminders due in one second, while therapists call off: how long what is urgent waits.

use crate::Options;
use crate::clicks;
use crate::dataset::{self, Dataset, HOURS, client_id, practice_id, therapist_id};
use crate::host::Host;
use crate::load::Run;
use crate::machine;
use crate::place::{self, Place};
use crate::replay;
use crate::report::{self, Gate};
use domain::access::Scope;
use domain::appointment::Appointment;
use domain::id::{Id, Ids};
use domain::message::{Message, MessageKind, MessageState};
use domain::time::{Instant, Span};
use server::flow::jobs;
use std::error::Error;
use std::time::Duration;
use store::job::{Job, Priority};
use store::message::Filter;
use store::{DbError, LONGEST_PAGE, Page, Store, Tx};
use testkit::exim::Exim;

/// Cancellations a second meanwhile.
const RATE: f64 = 2.0;
/// Appointments that are written in one go.
const BATCH: usize = 500;

/// Lets them fall due, calls off meanwhile, and judges the waits of what is urgent.
pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let many = if options.small { 1_000 } else { 200_000 };
    report::title(&format!("{many} reminders at once on {:?}", options.engine));
    let place = Place::seeded(options.engine, Dataset { urgent: true, ..options.dataset() })?;
    let (database, exim) = (place.fresh()?, Exim::start());
    let clicks = if options.small { 6 } else { (RATE as usize * options.seconds as usize).max(60) };
    let booked = clicks::booked(&place, &database, clicks)?;
    remind(&place, &database, &replay::any(&database)?, many)?;
    let server = Host::sending(&database, place.data(), &exim)?;
    let begun = clicks::call_off(&server, &booked, RATE)?;
    // Two letters each, a reminder under way, and a mail server that takes its time.
    std::thread::sleep(Duration::from_secs(5));
    drop(server);
    let (waits, waiting) = clicks::waits(&database, &booked, begun, RATE)?;
    let run = Run { done: waits.len(), waits, ..Run::default() };
    report::line("urgent, click to gone", &format!("p50 {:.0} p95 {:.0} ms", run.wait(0.5), run.wait(0.95)));
    report::line("urgent that still wait", &format!("{waiting} of {}", run.done + waiting));
    let took = clicks as f64 / RATE + 6.0;
    let (written, gone) = reminders(&database)?;
    let meanwhile = format!("{written} written, {gone} of them gone, in {took:.0} s, load {}", machine::load());
    report::line("reminders meanwhile", &meanwhile);
    report::judge("urgent p95, s", run.wait(0.95) / 1e3, Gate::AtMost(10.0));
    report::judge("urgent left over", waiting as f64, Gate::AtMost(0.0));
    report::judge("reminders written", written as f64, Gate::AtLeast(1.0));
    // All of them are written before the first letter goes: each was due before it. A few are through with that at once.
    if options.small {
        report::judge("reminders gone", gone as f64, Gate::AtLeast(1.0));
    }
    Ok(())
}

/// How many reminders were written, and how many of them handed over.
fn reminders(database: &str) -> Result<(usize, usize), Box<dyn Error>> {
    let store = Store::open(place::config(database))?;
    let wanted = Filter { kind: Some(MessageKind::Reminder), ..Filter::default() };
    let (mut written, mut gone, mut after) = (0, 0, None);
    loop {
        let begin = after.take();
        let page = store.read(move |tx: &mut Tx<'_>| {
            store::message::list(tx, &Scope::System("bench"), &wanted, begin.as_ref(), LONGEST_PAGE)
        });
        let page: Page<Message> = page.map_err(|why: DbError| why.to_string())?;
        written += page.items.len();
        gone += page.items.iter().filter(|reminder| reminder.state == MessageState::Accepted).count();
        after = page.next;
        if after.is_none() {
            return Ok((written, gone));
        }
    }
}

/// Appointments a day ahead whose reminders are all due now, in every practice.
fn remind(place: &Place, database: &str, pattern: &Appointment, many: usize) -> Result<(), Box<dyn Error>> {
    let (dataset, pattern) = (place.dataset, pattern.clone());
    let store = Store::open(place::config(database))?;
    let now = crate::host::now();
    for begin in (0..many).step_by(BATCH) {
        let pattern = pattern.clone();
        let practice = begin / BATCH % dataset.practices;
        dataset::write(&store, practice, now, move |tx| {
            (begin..many.min(begin + BATCH)).try_for_each(|number| add(tx, &dataset, &pattern, practice, number, now))
        })?;
    }
    Ok(())
}

fn add(
    tx: &mut Tx<'_>,
    dataset: &Dataset,
    pattern: &Appointment,
    practice: usize,
    number: usize,
    now: Instant,
) -> Result<(), DbError> {
    let (therapist, hour) = (number % dataset.therapists, number / dataset.therapists % HOURS.len());
    let (therapist, client) = (therapist_id(practice, therapist), client_id(practice, therapist, hour));
    let relationship = store::relationship::of(tx, &Scope::System("bench"), therapist, client)?;
    let relationship = relationship.ok_or(DbError::ForeignKey)?.id;
    let mut bytes = [7; 16];
    bytes[..4].copy_from_slice(&(number as u32).to_be_bytes());
    let (start, created_at) = (now + Span::hours(24), now - Span::hours(24 * 14));
    let id = Ids::new(Id::from_bytes(bytes), created_at).mint();
    let practice = practice_id(practice);
    let (end, pattern) = (start + Span::minutes(50), pattern.clone());
    let about = Appointment { id, practice, relationship, therapist, client, start, end, created_at, ..pattern };
    store::appointment::insert(tx, &about)?;
    let subject = id.to_string();
    let job = Job { kind: jobs::APPOINTMENT_END, subject: &subject, practice, priority: Priority::Normal, due_at: now };
    store::job::enqueue(tx, &job)
}
