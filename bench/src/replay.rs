//! A practice's past year under two policies, as the job does it: read page by page, decided twice, progress kept.

use crate::Options;
use crate::acts;
use crate::dataset::{self, Wish, client_id, first_day, practice_id, therapist_id};
use crate::host::{self, Host};
use crate::load::{self, Load};
use crate::machine;
use crate::place::{self, Place};
use crate::report::{self, Gate};
use domain::access::{Actor, Scope, Via};
use domain::appointment::{Appointment, Cancellation, State};
use domain::id::{Id, Ids};
use domain::person::{PersonRef, Role};
use domain::reason::Initiator;
use domain::time::{Instant, Span};
use serde_json::json;
use server::app::App;
use server::flow::replay::{Question, Side};
use server::flow::{self, Ask, Who};
use std::error::Error;
use std::time::Duration;
use store::{DbError, Done, Store, Tx};

/// Asks for a comparison and works through it.
pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    report::title(&format!("replay of the past on {:?}", options.engine));
    let place = Place::seeded(options.engine, options.dataset())?;
    let database = place.fresh()?;
    let pattern = pattern(&place, &database)?;
    let (many, now) = (if options.small { 1_000 } else { 100_000 }, place.dataset.now);
    let store = Store::open(place::config(&database))?;
    for begin in (0..many).step_by(500) {
        let pattern = pattern.clone();
        dataset::write(&store, 0, now, move |tx| {
            (begin..begin + 500).try_for_each(|number| store::appointment::insert(tx, &past(&pattern, number, now)))
        })?;
    }
    let app = host::app(store, ([127, 0, 0, 1], 1).into())?;
    let mut all = report::Ratio::default();
    for _ in 0..options.pairs {
        let id = asked(&app)?;
        let begun = machine::now();
        flow::replay::run(&app, id).map_err(|why| format!("{why:?}"))?;
        let took = begun.elapsed().as_secs_f64();
        let seen = app.store.read(move |tx: &mut Tx<'_>| store::replay::of_job(tx, id));
        let seen = seen.map_err(|why: DbError| why.to_string())?.filter(|asked| asked.result.is_some());
        let seen = seen.ok_or("the comparison has no result")?.seen;
        report::line(&format!("{seen} past"), &format!("{took:.2} s"));
        all.add(took);
    }
    report::judge(&format!("{many} past, s"), all.middle(), Gate::AtMost(2.0));
    Ok(())
}

/// One booking of the product's own, to copy.
fn pattern(place: &Place, database: &str) -> Result<Appointment, Box<dyn Error>> {
    let now = place.dataset.now;
    let start = first_day(now) + Span::hours(dataset::HOURS[0]);
    let wish = Wish { practice: 0, therapist: therapist_id(0, 0), client: client_id(0, 0, 0), start };
    let server = Host::start(database, place.data())?;
    let load = Load {
        to: server.address,
        requests: vec![acts::book(&wish, false, host::now())],
        connections: 1,
        at_most: Duration::from_secs(20),
        status: 201,
        again: false,
        keep: false,
    };
    load::run(load, &[])?;
    drop(server);
    any(database)
}

/// The first appointment that there is.
pub fn any(database: &str) -> Result<Appointment, Box<dyn Error>> {
    let store = Store::open(place::config(database))?;
    let filter = store::appointment::Filter::default();
    let page =
        store.read(move |tx: &mut Tx<'_>| store::appointment::list(tx, &Scope::System("bench"), &filter, None, 1));
    let page: store::Page<Appointment> = page.map_err(|why: DbError| why.to_string())?;
    Ok(page.items.into_iter().next().ok_or("nothing was booked")?)
}

/// A past of every kind of end, five minutes apart: a hundred thousand fill most of a year.
fn past(pattern: &Appointment, number: u32, now: Instant) -> Appointment {
    let start = now - Span::minutes(i64::from(number + 24) * 5);
    let mut bytes = [9; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    let cancelled = |initiator, hours: i64| {
        let at = start - Span::hours(hours);
        State::Cancelled(Cancellation {
            initiator,
            reason: None,
            note: None,
            received_at: at,
            recorded_at: at,
            recorded_by: "bench".into(),
            label: "Cancelled".into(),
            late: hours < 24,
            short_notice: hours < 24,
            was_a_request: false,
        })
    };
    let state = match number % 8 {
        0 => cancelled(Initiator::Client, i64::from(number % 72)),
        1 => State::ClientNoShow,
        2 => cancelled(Initiator::Therapist, i64::from(number % 48)),
        _ => State::Attended,
    };
    let client = client_id(0, 0, number as usize % dataset::HOURS.len());
    let id = Ids::new(Id::from_bytes(bytes), start).mint();
    let created_at = start - Span::hours(24 * 14);
    Appointment { id, start, end: start + Span::minutes(50), state, client, created_at, ..pattern.clone() }
}

/// The practice's policy against one with a longer notice.
fn asked(app: &App) -> Result<domain::id::ReplayId, Box<dyn Error>> {
    let now = app.now();
    let practice = practice_id(0);
    let owner = PersonRef::Staff(Id::from_bytes(client_id(0, 0, 1).bytes()));
    let owner = Actor { person: owner, practice, role: Role::Owner, name: "The owner".into(), via: Via::Api };
    let ask = Ask { who: Who::Actor(owner), now, command: app.dice.command(now) };
    let longer = json!({ "client_cancel.notice_hours": 72 });
    let set = longer.as_object().cloned().unwrap_or_default();
    let question = Question { a: Side { version: 1, ..Side::default() }, b: Side { version: 1, set } };
    let id = app.store.write(move |tx: &mut Tx<'_>| -> flow::Flow<Done<domain::id::ReplayId>> {
        let id = flow::replay::ask_for(tx, &ask, practice, &question)?;
        Ok(Done::new(id, dataset::entry(0, now)))
    });
    Ok(id.map_err(|why| format!("{why:?}"))?.answer)
}
