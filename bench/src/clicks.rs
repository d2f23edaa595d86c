//! Therapists who call off at a steady rate, and when each letter of it was handed over.

use crate::acts;
use crate::dataset::Wish;
use crate::host::{self, Host};
use crate::http::Connection;
use crate::load::{self, Load};
use crate::place::{self, Place};
use domain::id::AppointmentId;
use domain::message::{Message, MessageKind, MessageState};
use domain::time::{Instant, Span};
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use store::job::{self, Turns};
use store::{DbError, Store, Tx};

/// Clickers, each with one request under way.
const HANDS: usize = 16;

/// An appointment that will be called off.
#[derive(Debug, Clone)]
pub struct Booked {
    /// What was wished for.
    pub wish: Wish,
    /// Its id, as the API says it.
    pub id: String,
}

/// Books so many and takes what this tells off the list of jobs, as if it had been handed over.
pub fn booked(place: &Place, database: &str, count: usize) -> Result<Vec<Booked>, Box<dyn Error>> {
    let wishes: Vec<Wish> = place.dataset.wishes().take(count).collect();
    let server = Host::start(database, place.data())?;
    let load = Load {
        to: server.address,
        requests: wishes.iter().map(|wish| acts::book(wish, false, host::now())).collect(),
        connections: 8,
        at_most: Duration::from_secs(300),
        status: 201,
        again: false,
        keep: true,
    };
    let mut bodies = load::run(load, &[])?.bodies;
    drop(server);
    bodies.sort_unstable_by_key(|(number, _)| *number);
    let store = Store::open(place::config(database))?;
    while settle(&store)? > 0 {}
    let booked = bodies.iter().map(|(number, body)| Ok(Booked { wish: wishes[*number], id: acts::booked(body)? }));
    booked.collect()
}

fn settle(store: &Store) -> Result<usize, DbError> {
    let now = host::now();
    store.write_unaudited(move |tx: &mut Tx<'_>| {
        let due = job::claim(tx, now, 200, Span::seconds(30), &mut Turns::default())?;
        for leased in &due {
            if let Ok(message) = leased.subject.parse() {
                store::message::record(tx, message, MessageState::Accepted, "250 before the run", now)?;
            }
            let _ = job::done(tx, leased, now)?;
        }
        Ok::<_, DbError>(due.len())
    })
}

/// When the click with this number is due.
pub fn moment(begun: Instant, number: usize, rate: f64) -> Instant {
    begun + Span::micros((number as f64 * 1e6 / rate) as i64)
}

/// Waits for a moment; one that is over is not waited for.
pub fn wait_for(at: Instant) {
    let left = at.micros() - host::now().micros();
    std::thread::sleep(Duration::from_micros(left.max(0) as u64));
}

/// Calls them off, so many a second, whether or not the one before is answered; says when the first was.
pub fn call_off(server: &Host, booked: &[Booked], rate: f64) -> Result<Instant, Box<dyn Error>> {
    let (next, begun) = (AtomicUsize::new(0), host::now() + Span::seconds(1));
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(|| click(server, booked, &next, begun, rate))).collect();
        for hand in hands {
            hand.join().map_err(|_| "a clicker broke off")??;
        }
        Ok::<_, Box<dyn Error>>(())
    })?;
    Ok(begun)
}

fn click(
    server: &Host,
    booked: &[Booked],
    next: &AtomicUsize,
    begun: Instant,
    rate: f64,
) -> Result<(), std::io::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let mut connection = runtime.block_on(Connection::open(server.address))?;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(Booked { wish, id }) = booked.get(number) else { return Ok(()) };
        wait_for(moment(begun, number, rate));
        let reply = runtime.block_on(connection.send(&acts::cancel(wish, id, false, host::now())))?;
        if reply.status != 200 {
            let body = String::from_utf8_lossy(&reply.body).into_owned();
            return Err(std::io::Error::other(format!("{id} was answered {}: {body}", reply.status)));
        }
    }
}

/// From each click to the hand-off of each letter that it sent, sorted; and how many letters nobody handed over.
pub fn waits(
    database: &str,
    booked: &[Booked],
    begun: Instant,
    rate: f64,
) -> Result<(Vec<Duration>, usize), Box<dyn Error>> {
    let store = Store::open(place::config(database))?;
    let (mut waits, mut waiting) = (Vec::new(), 0);
    for (number, Booked { id, .. }) in booked.iter().enumerate() {
        let id: AppointmentId = id.parse()?;
        let told = store.read(move |tx: &mut Tx<'_>| store::message::of_appointment(tx, id));
        let told: Vec<Message> = told.map_err(|why: DbError| why.to_string())?;
        for letter in told.iter().filter(|letter| letter.kind == MessageKind::Cancellation) {
            match letter.handed_at.filter(|_| letter.state == MessageState::Accepted) {
                Some(at) => waits.push(between(moment(begun, number, rate), at)),
                None => waiting += 1,
            }
        }
    }
    waits.sort_unstable();
    Ok((waits, waiting))
}

/// From one moment to a later one.
pub fn between(from: Instant, to: Instant) -> Duration {
    Duration::from_micros((to.micros() - from.micros()).max(0) as u64)
}
