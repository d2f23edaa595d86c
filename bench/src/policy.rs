//! The policy: how many decisions a second one core takes, and what a preview over HTTP costs the server.

use crate::Options;
use crate::acts;
use crate::dataset::{Wish, admin_token, client_id, first_day, therapist_id};
use crate::host::{self, Host};
use crate::http::request;
use crate::load::{self, Load};
use crate::machine;
use crate::place::Place;
use crate::report::{self, Gate};
use domain::decide::{Asker, Cancel, Command, NextStep, Situation};
use domain::id::{Id, Ids};
use domain::money::{Currency, Money};
use domain::policy::money::{self, Event, PaymentState};
use domain::policy::notice::{self, Act};
use domain::policy::{Policy, Preset};
use domain::reason::{Initiator, Reason};
use domain::time::{Instant, Span, Zone};
use serde_json::json;
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

/// Decisions of one core: the policy's own (notice judged, fee and refund reckoned, rule ids named; the sentences are
/// `explain`'s business), and a whole cancellation with its duties, messages and record.
pub fn decide(options: &Options) -> Result<(), Box<dyn Error>> {
    report::title("decisions a second of one core");
    let zone: Zone = "Europe/London".parse()?;
    for preset in Preset::ALL {
        let policy = Policy::preset(*preset);
        let rate = rate(options.time() / 2, |number| {
            let received_at = start() - Span::minutes(i64::from(number % 6000));
            let judged = notice::judge(&policy.parameters, &zone, Act::Cancel, start(), received_at, None);
            let case = money::Situation::new(Event::ClientCancels(judged), PRICE, PaymentState::Planned);
            black_box(money::decide(&policy.parameters, black_box(&case)));
        });
        report::judge(&format!("policy, {preset}"), rate, Gate::AtLeast(1_000_000.0));
    }
    let situation = situation(options)?;
    let asker = Asker::of(&domain::access::Scope::System("bench"));
    let now = situation.appointment.as_ref().map_or(start(), |about| about.start) - Span::hours(48);
    let rate = rate(options.time() / 2, |number| {
        let command = Command::Cancel(cancel(now + Span::hours(4)));
        let mut ids = Ids::new(id(number), now);
        black_box(domain::decide::decide(black_box(&situation), &asker, command, now, &mut ids).is_ok());
    });
    report::line("whole cancellation", &format!("{rate:.0} a second"));
    Ok(())
}

const PRICE: Money = Money::new(6000, Currency::GBP);

fn start() -> Instant {
    Instant::from_micros(1_773_151_200_000_000)
}

fn id<K>(number: u32) -> Id<K> {
    let mut bytes = [7; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Id::from_bytes(bytes)
}

fn cancel(promised: Instant) -> Cancel {
    Cancel {
        initiator: Initiator::Practice,
        reason: Some(Reason::TherapistIllness),
        note: Some("Rang at nine".into()),
        received_at: None,
        next_step: NextStep { promise_contact_by: Some(promised), ..NextStep::default() },
        share_reason: false,
        words: None,
    }
}

/// How often it is done in a second, measured in batches so that the clock is read seldom.
fn rate(at_most: Duration, mut act: impl FnMut(u32)) -> f64 {
    let (begun, mut done) = (machine::now(), 0u32);
    while begun.elapsed() < at_most {
        for _ in 0..1000 {
            act(done);
            done = done.wrapping_add(1);
        }
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}

/// A booking of the dataset as `flow::load` shows it.
fn situation(options: &Options) -> Result<Situation, Box<dyn Error>> {
    let place = Place::seeded(options.engine, options.dataset())?;
    let database = place.fresh()?;
    let server = Host::start(&database, place.data())?;
    book(&server, place.dataset.now, 1)?;
    drop(server);
    let app = host::app(store::Store::open(crate::place::config(&database))?, ([127, 0, 0, 1], 0).into())?;
    let (now, tools) = (place.dataset.now, app.tools.clone());
    let found = app.store.read(move |tx: &mut store::Tx<'_>| {
        let scope = domain::access::Scope::System("bench");
        let filter = store::appointment::Filter::default();
        let page = store::appointment::list(tx, &scope, &filter, None, 1)?;
        let ask = server::flow::Ask { who: server::flow::Who::System("bench"), now, command: id(0) };
        let first = page.items.into_iter().next().ok_or(store::DbError::Busy)?;
        let loaded =
            server::flow::load::appointment(tx, &tools, &ask, first.id, &[], server::flow::load::Mode::Preview);
        loaded.map_err(|why| store::DbError::Shape(format!("{why:?}")))
    });
    found.map_err(|why: store::DbError| why.to_string().into())
}

fn book(server: &Host, now: Instant, hour: usize) -> Result<(), Box<dyn Error>> {
    let wish = Wish {
        practice: 0,
        therapist: therapist_id(0, 0),
        client: client_id(0, 0, hour),
        start: first_day(now) + Span::hours(crate::dataset::HOURS[hour]),
    };
    let requests = vec![acts::book(&wish, false, host::now())];
    let load = Load {
        to: server.address,
        requests,
        connections: 1,
        at_most: Duration::from_secs(20),
        status: 201,
        again: false,
        keep: false,
    };
    load::run(load, &[])?;
    Ok(())
}

/// A preview of a cancellation over HTTP, one after the other: what it costs the server.
pub fn preview(options: &Options) -> Result<(), Box<dyn Error>> {
    report::title(&format!("preview of a cancellation on {:?}", options.engine));
    let place = Place::seeded(options.engine, options.dataset())?;
    let database = place.fresh()?;
    let now = place.dataset.now;
    // One process at a time has the database: the first server books, then it is read, then the measured one starts.
    book(&Host::start(&database, place.data())?, now, 2)?;
    let store = store::Store::open(crate::place::config(&database))?;
    let found = store.read(|tx: &mut store::Tx<'_>| {
        let scope = domain::access::Scope::System("bench");
        store::appointment::list(tx, &scope, &store::appointment::Filter::default(), None, 1)
    });
    let page: store::Page<domain::appointment::Appointment> = found.map_err(|why: store::DbError| why.to_string())?;
    let about = page.items.into_iter().next().ok_or("nothing was booked")?;
    drop(store);
    let server = Host::start(&database, place.data())?;
    let promise = json!({ "initiator": "therapist", "reason": "therapist_illness", "note": "Rang at nine",
        "next_step": { "promise_contact_by": now + Span::hours(24) } });
    let path = format!("/api/v1/appointments/{}/cancel?preview=true", about.id);
    let credential = format!("Authorization: Bearer {}\r\n", admin_token(0));
    let wanted = request("POST", &path, &credential, Some(&promise.to_string()));
    let load = |at_most| Load {
        to: server.address,
        requests: vec![wanted.clone()],
        connections: 1,
        at_most,
        status: 200,
        again: true,
        keep: false,
    };
    load::run(load(Duration::from_millis(200)), &[server.id()])?;
    let run = load::run(load(options.time()), &[server.id()])?;
    report::line("one after the other", &run.to_string());
    report::judge("ms each, p50", run.wait(0.5), Gate::AtMost(2.0));
    Ok(())
}
