//! Booking and calling off: over HTTP and at the store, against the bare loop of the same statements.

use crate::acts;
use crate::dataset::{Wish, practice_id};
use crate::host::{self, Host};
use crate::load::{self, Load, Run};
use crate::machine;
use crate::pgbench;
use crate::place::{self, Engine, Place};
use crate::raw;
use crate::recording::Recording;
use crate::report::{self, Gate, Ratio};
use crate::{Act, Options};
use domain::access::{Actor, Via};
use domain::decide::Book;
use domain::person::{PersonRef, Role};
use domain::practice::AgreementHow;
use domain::schedule::MeetingKind;
use server::app::App;
use server::flow::{self, Ask, Failed, Who};
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use store::{Store, Tx};

/// Measures one kind of act, in turns, and prints the ratios.
pub fn run(act: Act, options: &Options) -> Result<(), Box<dyn Error>> {
    let place = Place::seeded(options.engine, options.dataset())?;
    let count = options.recorded(options.engine);
    let recording = Recording::make(place.dataset, count, options.keys, act == Act::Cancel)?;
    let (before, timed) = match act {
        Act::Book => (&[][..], &recording.books[..]),
        Act::Cancel => (&recording.books[..], &recording.cancels[..]),
    };
    report::title(&format!("{} on {:?}, keys {}", act.word(), options.engine, if options.keys { "on" } else { "off" }));
    report::line("statements", &statements(&timed[timed.len() - 1].1));
    let (mut over_http, mut at_store) = (Ratio::default(), Ratio::default());
    let (mut time_http, mut time_store) = (Ratio::default(), Ratio::default());
    for _ in 0..options.pairs {
        report::line(
            "fdatasync",
            &format!("{:.0}/s, load {}", machine::flushes_per_second(place.data())?, machine::load()),
        );
        let bare = match (options.engine, place.server()) {
            (Engine::Postgres, Some((process, _))) => {
                pgbench::run(&place.fresh()?, process, before, timed, place.data())?
            }
            _ => raw::run(&place.fresh()?, before, timed, options.time())?,
        };
        report::line(
            if options.engine == Engine::Sqlite { "bare loop of 64" } else { "pgbench -c 16" },
            &bare.to_string(),
        );
        let http = over(&place, act, options)?;
        report::line(&format!("HTTP, {} connections", options.connections), &http.to_string());
        over_http.add(http.rate() / bare.rate());
        time_http.add(bare.processor_each() / http.processor_each());
        if act == Act::Book {
            let direct = at_the_store(&place, options)?;
            report::line("store, no HTTP", &direct.to_string());
            at_store.add(direct.rate() / bare.rate());
            time_store.add(bare.processor_each() / direct.processor_each());
        }
    }
    report::line("HTTP / bare", &format!("rate {over_http}; processor time {time_http}"));
    if act == Act::Book {
        report::line("store / bare", &format!("rate {at_store}; processor time {time_store}"));
    }
    let least = if options.engine == Engine::Sqlite { 0.5 } else { 0.6 };
    report::judge("HTTP / bare", over_http.middle(), Gate::AtLeast(least));
    Ok(())
}

fn statements(act: &crate::recording::Act) -> String {
    let of = |empty: fn(&store::record::Statement) -> bool| act.iter().filter(|s| !empty(s)).count();
    let (sqlite, postgres) = (of(|s| s.sqlite.is_empty()), of(|s| s.postgres.is_empty()));
    let bytes: usize = act.iter().flat_map(|s| &s.values).map(size).sum();
    format!("{sqlite} on SQLite, {postgres} on PostgreSQL, {bytes} bytes of values")
}

fn size(value: &store::Value<'_>) -> usize {
    match value {
        store::Value::Null(_) => 0,
        store::Value::Int(_) => 8,
        store::Value::Text(text) => text.len(),
        store::Value::Blob(bytes) => bytes.len(),
    }
}

fn over(place: &Place, act: Act, options: &Options) -> Result<Run, Box<dyn Error>> {
    let server = Host::start(&place.fresh()?, place.data())?;
    let now = host::now();
    let wishes: Vec<Wish> = place.dataset.wishes().take(options.most()).collect();
    let books = wishes.iter().map(|wish| acts::book(wish, options.keys, now)).collect();
    let load = |requests, at_most, status, keep| Load {
        to: server.address,
        requests,
        connections: options.connections,
        at_most,
        status,
        again: false,
        keep,
    };
    let processes: Vec<u32> = std::iter::once(server.id()).chain(place.server().map(|(id, _)| id)).collect();
    if act == Act::Book {
        return load::run(load(books, options.time(), 201, false), &processes);
    }
    let booked = load::run(load(books, options.time() * 2, 201, true), &processes)?;
    let cancels = booked
        .bodies
        .iter()
        .map(|(number, body)| Ok(acts::cancel(&wishes[*number], &acts::booked(body)?, options.keys, now)));
    let cancels = cancels.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    load::run(load(cancels, options.time(), 200, false), &processes)
}

/// The same flow without HTTP: as many callers as connections, each with one booking under way.
fn at_the_store(place: &Place, options: &Options) -> Result<Run, Box<dyn Error>> {
    let store = Store::open(place::config(&place.fresh()?))?;
    let app = host::app(store, ([127, 0, 0, 1], 1).into())?;
    let wishes: Arc<Vec<Wish>> = Arc::new(place.dataset.wishes().take(options.most()).collect());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (next, at_most) = (Arc::new(AtomicUsize::new(0)), options.time());
    let process = std::process::id();
    let server = place.server().map(|(id, _)| id);
    let used = || machine::processor_time(process) + server.map_or(Duration::ZERO, machine::family_time);
    let (before, begun) = (used(), machine::now());
    let done = runtime.block_on(async {
        let callers: Vec<_> = (0..options.connections)
            .map(|_| tokio::spawn(call(app.clone(), wishes.clone(), next.clone(), begun, at_most)))
            .collect();
        let mut done = 0;
        for caller in callers {
            done += caller.await?.map_err(|failed| format!("{failed:?}"))?;
        }
        Ok::<_, Box<dyn Error>>(done)
    })?;
    let took = begun.elapsed();
    Ok(Run { done, took, processor: used().saturating_sub(before), ..Run::default() })
}

async fn call(
    app: App,
    wishes: Arc<Vec<Wish>>,
    next: Arc<AtomicUsize>,
    begun: std::time::Instant,
    at_most: Duration,
) -> Result<usize, Failed> {
    let mut done = 0;
    while begun.elapsed() < at_most {
        let Some(wish) = wishes.get(next.fetch_add(1, Ordering::Relaxed)).copied() else { break };
        let now = app.now();
        let ask = Ask { who: Who::Actor(admin(wish.practice)), now, command: app.dice.command(now) };
        let (inner, asked) = (app.clone(), ask.clone());
        let book = move |tx: &mut Tx<'_>| book(tx, &inner, &asked, &wish);
        flow::once::write(&app, &ask, None, book).await?;
        done += 1;
    }
    Ok(done)
}

/// As the API's own handler does it; the answer is the appointment's id.
fn book(tx: &mut Tx<'_>, app: &App, ask: &Ask, wish: &Wish) -> flow::Flow<store::Done<String>> {
    let found = store::relationship::of(tx, &ask.who.scope(), wish.therapist, wish.client)?;
    let relationship = found.ok_or_else(|| Failed::Fault("no relationship".into()))?;
    let agreement = Some(domain::appointment::Agreement { how: AgreementHow::Phone, at: ask.now });
    let book = Book { start: wish.start, kind: MeetingKind::Video, agreement };
    let done = flow::appointment::book(tx, &app.tools, ask, relationship.id, book)?;
    let id = done.answer.appointment.map(|appointment| appointment.id.to_string()).unwrap_or_default();
    Ok(store::Done { answer: id, audit: done.audit, more: done.more })
}

fn admin(practice: usize) -> Actor {
    let practice = practice_id(practice);
    let person = PersonRef::Staff(domain::id::Id::from_bytes(practice.bytes()));
    Actor { person, practice, role: Role::Admin, name: "Daniel Reyes".into(), via: Via::Api }
}
