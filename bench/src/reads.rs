//! Searching for free times, the therapist's day, and a server that has nothing to do.

use crate::Options;
use crate::acts;
use crate::dataset::{self, HOURS, Wish, client_id, practice_id, therapist_id, working_days};
use crate::host::{self, Host};
use crate::http::request;
use crate::load::{self, Load, Run};
use crate::machine;
use crate::place::{self, Place};
use crate::report::{self, Gate};
use domain::access::Scope;
use domain::appointment::{Appointment, State};
use domain::id::Ids;
use domain::time::{Instant, Span};
use std::error::Error;
use std::time::Duration;
use store::appointment::Filter;
use store::{Store, Tx};

/// Working days of the searched four weeks.
const DAYS: usize = 20;

/// Free times of one therapist over four weeks, half of them taken, with little past and with much.
pub fn slots(options: &Options) -> Result<(), Box<dyn Error>> {
    report::title(&format!("slots on {:?}", options.engine));
    let place = Place::seeded(options.engine, options.dataset())?;
    let (mut costs, mut least) = (Vec::new(), f64::INFINITY);
    let mut behind = Vec::new();
    for past in [options.past().0, options.past().1] {
        let database = place.fresh()?;
        fill_diary(&place, &database, past, options)?;
        behind.push((past, Host::start(&database, place.data())?));
    }
    let first = dataset::first_day(place.dataset.now);
    let path = format!(
        "/api/v1/therapists/{}/slots?from={first}&to={}&kind=video",
        therapist_id(0, 0),
        first + Span::hours(24 * 28)
    );
    let search = request("GET", &path, &format!("Authorization: Bearer {}\r\n", dataset::admin_token(0)), None);
    for _ in 0..options.pairs {
        report::line("load", &machine::load());
        let mut pair = Vec::new();
        for (past, server) in &behind {
            let run = read(&place, server, &search, 8, options.time())?;
            report::line(&format!("{past} past, 8 conns"), &run.to_string());
            least = least.min(run.rate());
            pair.push(run.processor_each());
        }
        costs.push(pair[1] / pair[0].max(1e-9));
    }
    let mut ratio = report::Ratio::default();
    costs.into_iter().for_each(|cost| ratio.add(cost));
    report::line("cost, much / little", &ratio.to_string());
    report::judge("cost, much / little", ratio.middle(), Gate::AtMost(1.3));
    report::judge("goal: searches a second", least, Gate::AtLeast(4_000.0));
    Ok(())
}

/// The page of a therapist's day, and the list of the same day for programs.
pub fn page(options: &Options) -> Result<(), Box<dyn Error>> {
    report::title(&format!("the therapist's day on {:?}", options.engine));
    let place = Place::seeded(options.engine, options.dataset())?;
    let database = place.fresh()?;
    fill_diary(&place, &database, options.past().0, options)?;
    let server = Host::start(&database, place.data())?;
    let day = dataset::first_day(place.dataset.now);
    let list = format!("/api/v1/appointments?therapist={}&from={day}&to={}", therapist_id(0, 0), day + Span::hours(24));
    let token = format!("Authorization: Bearer {}\r\n", dataset::therapist_token(0, 0));
    let cookie = format!("Cookie: holdspace={}\r\n", dataset::therapist_session(0, 0));
    let pages = [("GET /t", "/t", &cookie), ("list of the day", list.as_str(), &token)];
    for (name, path, credential) in pages {
        let wanted = request("GET", path, credential, None);
        match read(&place, &server, &wanted, 1, options.time()) {
            Ok(run) => {
                report::line(name, &format!("{run}, load {}", machine::load()));
                report::judge("ms each, p50", run.wait(0.5), Gate::AtMost(5.0));
            }
            Err(why) => return Err(format!("{name}: {why}").into()),
        }
    }
    Ok(())
}

/// Memory of a server that was just started, after it was asked once, and after it booked for a while.
pub fn idle(options: &Options) -> Result<(), Box<dyn Error>> {
    report::title(&format!("idle on {:?}", options.engine));
    let place = Place::seeded(options.engine, options.dataset())?;
    let server = Host::start(&place.fresh()?, place.data())?;
    report::judge("just started, MiB", machine::resident_mib(server.id()), Gate::AtMost(60.0));
    let token = format!("Authorization: Bearer {}\r\n", dataset::admin_token(0));
    let list = request("GET", "/api/v1/appointments", &token, None);
    read(&place, &server, &list, 4, Duration::from_millis(200))?;
    report::judge("after reads, MiB", machine::resident_mib(server.id()), Gate::AtMost(60.0));
    let (most, now) = (options.most(), host::now());
    let books = place.dataset.wishes().take(most).map(|wish| acts::book(&wish, false, now)).collect();
    let load =
        Load { requests: books, connections: options.connections, status: 201, ..reading(&server, options.time()) };
    let run = load::run(Load { again: false, ..load }, &[server.id()])?;
    let resident = machine::resident_mib(server.id());
    report::line("after bookings", &format!("{resident:.1} MiB resident ({} bookings)", run.done));
    Ok(())
}

fn reading(server: &Host, at_most: Duration) -> Load {
    Load { to: server.address, requests: Vec::new(), connections: 1, at_most, status: 200, again: true, keep: false }
}

fn read(
    place: &Place,
    server: &Host,
    wanted: &[u8],
    connections: usize,
    at_most: Duration,
) -> Result<Run, Box<dyn Error>> {
    let processes: Vec<u32> = std::iter::once(server.id()).chain(place.server().map(|(id, _)| id)).collect();
    let load = || Load { requests: vec![wanted.to_vec()], connections, ..reading(server, at_most) };
    load::run(Load { at_most: Duration::from_millis(200), ..load() }, &processes)?;
    load::run(load(), &processes)
}

/// Gives the first therapist a past and half a diary for the searched weeks.
fn fill_diary(place: &Place, database: &str, past: usize, options: &Options) -> Result<(), Box<dyn Error>> {
    let now = place.dataset.now;
    {
        let server = Host::start(database, place.data())?;
        let wishes = working_days(now).take(DAYS).flat_map(|day| (0..HOURS.len()).step_by(2).map(move |h| (day, h)));
        let wishes = wishes.map(|(day, hour)| wish(day, hour));
        let requests = wishes.map(|wish| acts::book(&wish, false, host::now())).collect();
        let at_most = options.time() + Duration::from_secs(60);
        load::run(Load { requests, status: 201, again: false, ..reading(&server, at_most) }, &[])?;
    }
    let store = Store::open(place::config(database))?;
    let page = store
        .read(|tx: &mut Tx<'_>| store::appointment::list(tx, &Scope::System("bench"), &Filter::default(), None, 1));
    let page: store::Page<Appointment> = page.map_err(|e: store::DbError| e)?;
    let pattern = page.items.into_iter().next().ok_or("no appointment to copy")?;
    for begin in (0..past).step_by(500) {
        let (pattern, end) = (pattern.clone(), past.min(begin + 500));
        dataset::write(&store, 0, now, move |tx| {
            (begin..end).try_for_each(|number| attended(tx, &pattern, number, now))
        })?;
    }
    Ok(())
}

fn wish(day: Instant, hour: usize) -> Wish {
    let start = day + Span::hours(HOURS[hour]);
    Wish { practice: 0, therapist: therapist_id(0, 0), client: client_id(0, 0, hour), start }
}

/// An appointment so many hours ago that was attended.
fn attended(tx: &mut Tx<'_>, pattern: &Appointment, number: usize, now: Instant) -> Result<(), store::DbError> {
    let hour = Span::hours(1);
    let start =
        Instant::from_micros(now.micros() / hour.as_micros() * hour.as_micros()) - Span::hours(number as i64 + 2);
    let (mut bytes, practice) = (practice_id(0).bytes(), pattern.practice);
    bytes[..4].copy_from_slice(&(number as u32 + 1).to_be_bytes());
    let mut ids = Ids::new(domain::id::Id::from_bytes(bytes), start);
    let past = Appointment {
        id: ids.mint(),
        practice,
        start,
        end: start + Span::minutes(50),
        state: State::Attended,
        ..pattern.clone()
    };
    store::appointment::insert(tx, &past)?;
    for subject in [past.therapist.to_string(), past.client.to_string()] {
        store::occupancy::take(tx, &subject, &past.id.to_string(), past.interval(), None)?;
    }
    Ok(())
}
