//! Many want the same thing at once: the one who comes first gets it, the others are told, and nothing is done twice.

use crate::steps::{act, booked, booked_for, booking, cancelled_with_promise, cancelled_with_times, moment, text};
use domain::person::PersonRef;
use domain::policy::Preset;
use domain::time::{Instant, Span};
use holdspace_testkit::world::{Api, Engine, Plan, Reply, World};
use serde_json::{Value, json};
use server::flow::{self, Ask, Failed, Who};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

/// Every caller acts at the same moment; their answers.
fn at_once<T: Send + 'static>(callers: Vec<Box<dyn FnOnce() -> T + Send>>) -> Vec<T> {
    let all = Arc::new(Barrier::new(callers.len()));
    let threads: Vec<_> = callers
        .into_iter()
        .map(|caller| {
            let all = all.clone();
            std::thread::spawn(move || {
                all.wait();
                caller()
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().expect("a caller")).collect()
}

/// The one that won and the refusals of the others.
fn won(replies: Vec<Reply>) -> (Reply, Vec<(u16, String)>) {
    let (won, lost): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status < 300);
    let lost: Vec<_> = lost.iter().map(Reply::problem).collect();
    let [won] = <[Reply; 1]>::try_from(won).unwrap_or_else(|won| panic!("{} won, {lost:?}", won.len()));
    (won, lost)
}

/// A hundred free times of one therapist.
fn hundred_slots(world: &World) -> Vec<Instant> {
    let house = world.house(Preset::Clinic);
    let days = ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"];
    let hours = days.iter().flat_map(|day| (8..20).map(move |hour| format!("{day} {hour:02}:00")));
    let more =
        ["2026-12-04", "2026-12-07"].iter().flat_map(|day| (8..16).map(move |hour| format!("{day} {hour:02}:00")));
    hours.chain(more).map(|wall| house.local(&wall)).take(100).collect()
}

/// Sixty-four callers want all of a hundred times, each beginning at another one.
fn everybody_wants_everything(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let slots = hundred_slots(&world);
    assert_eq!(slots.len(), 100);
    let (clients, won) = ([house.client.clone(), house.newcomer.clone()], Arc::new(AtomicUsize::new(0)));
    let callers: Vec<_> = (0..64)
        .map(|caller| {
            let (api, slots, won) = (world.api(&house.therapist), slots.clone(), won.clone());
            let (house, client, now) = (house.clone(), clients[caller % 2].clone(), world.now());
            std::thread::spawn(move || {
                // Four tries each: 256 for 100 times, every time wanted by somebody.
                for n in 0..4 {
                    let start = slots[(caller + n * 25) % slots.len()];
                    let reply = api.post("/api/v1/appointments", &booking(&house, &client, start, now));
                    match reply.status {
                        201 => drop(won.fetch_add(1, Ordering::SeqCst)),
                        _ => reply.refused(409, "slot_taken"),
                    }
                }
            })
        })
        .collect();
    callers.into_iter().for_each(|caller| caller.join().expect("a caller"));
    assert_eq!(won.load(Ordering::SeqCst), 100, "every time was won once");
    nothing_overlaps(&world, 200);
    world.ignore_jobs();
}

/// As many rows of taken time as expected, and no two of one person that meet.
fn nothing_overlaps(world: &World, expected: usize) {
    let rows = world.rows();
    let mut taken: Vec<(String, i64, i64)> = rows["occupancy"]
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.split(" | ").collect();
            let number = |n: usize| cells[n].parse().expect("a moment");
            (cells[0].to_owned(), number(3), number(4))
        })
        .collect();
    taken.sort();
    assert_eq!(taken.len(), expected);
    for pair in taken.windows(2) {
        let ((who, _, until), (other, from, _)) = (&pair[0], &pair[1]);
        assert!(who != other || until <= from, "{pair:?}");
    }
}

// proves: H-09
#[test]
fn sixty_four_callers_get_a_hundred_times_once_each_on_sqlite() {
    everybody_wants_everything(Engine::Sqlite);
}

// proves: H-09
#[test]
fn sixty_four_callers_get_a_hundred_times_once_each_on_postgres() {
    everybody_wants_everything(Engine::Postgres);
}

/// An offered time is accepted twice at once, and one free time is wanted by two clients at once.
fn one_wins(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let first = booked(&world, house, "2026-11-26 14:00");
    let body = cancelled_with_times(house, &["2026-11-27 10:00", "2026-11-27 12:00"]);
    let cancelled = world.api(&house.therapist).post(&act(&first, "cancel"), &body).good();
    let path = format!("/api/v1/offers/{}/accept", text(&cancelled["next_step"]["offer"]["id"]));
    let accept = |wall: &str| {
        let (api, path, start) = (world.api(&house.client), path.clone(), house.local(wall));
        Box::new(move || api.post(&path, &json!({ "start": start }))) as Box<dyn FnOnce() -> Reply + Send>
    };
    let (_, lost) =
        won(at_once(vec![accept("2026-11-27 10:00"), accept("2026-11-27 12:00"), accept("2026-11-27 10:00")]));
    assert_eq!(lost, vec![(409, "already_answered".to_owned()); 2]);

    let wants = |client: &holdspace_testkit::world::Member| {
        let (api, body) = (world.api(client), booking(house, client, house.local("2026-12-01 09:00"), world.now()));
        Box::new(move || api.post("/api/v1/appointments", &body)) as Box<dyn FnOnce() -> Reply + Send>
    };
    let (_, lost) = won(at_once(vec![wants(&house.client), wants(&house.newcomer)]));
    assert_eq!(lost, [(409, "slot_taken".to_owned())]);
    world.work();
    world.ignore_letters();
}

// proves: V-07, H-09
#[test]
fn of_two_who_take_one_time_at_once_one_gets_it_on_sqlite() {
    one_wins(Engine::Sqlite);
}

// proves: V-07, H-09
#[test]
fn of_two_who_take_one_time_at_once_one_gets_it_on_postgres() {
    one_wins(Engine::Postgres);
}

/// Sends the same request with the same key from many threads, then once more, then another under that key.
fn pressed_twice(world: &World, api: &Api, path: &str, body: &Value, other: &Value) {
    let key = [("Idempotency-Key", "pressed-twice")];
    let callers = (0..8)
        .map(|_| {
            let (api, path, body) = (api.clone(), path.to_owned(), body.clone());
            Box::new(move || api.post_with(&path, &key, &body)) as Box<dyn FnOnce() -> Reply + Send>
        })
        .collect();
    let answers = at_once(callers);
    let again = api.post_with(path, &key, body);
    let bodies: BTreeSet<_> = answers.iter().chain([&again]).map(|reply| (reply.status, reply.body.clone())).collect();
    assert_eq!(bodies.len(), 1, "one answer and one receipt: {bodies:?}");
    again.good();
    let before = world.rows();
    api.post_with(path, &key, other).refused(422, "idempotency_key_reused");
    assert_eq!(world.rows(), before);
}

fn a_key_acts_once(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let api = world.api(&house.therapist);
    let at = |wall: &str| booking(house, &house.client, house.local(wall), world.now());
    pressed_twice(&world, &api, "/api/v1/appointments", &at("2026-11-26 14:00"), &at("2026-11-26 16:00"));
    assert_eq!(world.rows()["appointment"].len(), 2, "the one of long ago and this one");
    world.work();
    world.ignore_letters();
    let second = booked_for(&world, house, &house.newcomer, "2026-11-27 14:00");
    let promise = |hours| cancelled_with_promise(world.now() + Span::hours(hours));
    let (path, key) = (act(&second, "cancel"), [("Idempotency-Key", "another")]);
    let once = api.post_with(&path, &key, &promise(20));
    let twice = api.post_with(&path, &key, &promise(20));
    assert_eq!((once.status, &once.body), (twice.status, &twice.body));
    api.post_with(&path, &[("Idempotency-Key", "fresh")], &promise(20)).refused(409, "already_cancelled");
    world.advance(Span::minutes(3));
    world.work();
    let accepted = world.accepted();
    assert_eq!(accepted[&house.newcomer.email], 2, "booked and called off, once each: {accepted:?}");
}

// proves: E-01
#[test]
fn pressing_twice_acts_once_and_answers_the_same_on_sqlite() {
    a_key_acts_once(Engine::Sqlite);
}

// proves: E-01
#[test]
fn pressing_twice_acts_once_and_answers_the_same_on_postgres() {
    a_key_acts_once(Engine::Postgres);
}

#[test]
fn of_two_tabs_the_second_is_told_that_this_changed_while_they_were_looking() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let first = booked(&world, house, "2026-11-26 14:00");
    let api = world.api(&house.therapist);
    let path = format!("/api/v1/appointments/{}", text(&first["id"]));
    let seen = api.get(&path).header("etag").to_owned();
    let to = |wall: &str| {
        json!({ "start": house.local(wall), "initiator": "client", "reason": "client_work_or_schedule",
            "agreement": { "how": "phone", "at": world.now() } })
    };
    let tab = |body: &Value| api.post_with(&format!("{path}/reschedule"), &[("If-Match", &seen)], body);
    let moved = tab(&to("2026-11-26 16:00"));
    moved.good();
    assert_ne!(moved.header("etag"), seen);
    let before = world.rows();
    let late = tab(&to("2026-11-26 18:00"));
    late.refused(412, "stale");
    assert_eq!(late.json()["title"], "This changed while you were looking");
    assert_eq!(world.rows(), before, "nothing of it was kept");
    let stands = api.get(&path).good();
    assert_eq!(moment(&stands["start"]), house.local("2026-11-26 16:00"));
    world.work();
    world.ignore_letters();
}

#[test]
fn a_page_that_is_out_of_date_says_that_this_changed_and_leads_to_it_as_it_is_now() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let first = booked(&world, house, "2026-11-26 14:00");
    let tab = world.signed_in(&house.therapist);
    let page = format!("/t/appointments/{}/cancel", text(&first["id"]));
    assert_eq!(tab.open(&page).status, 200);
    let to = json!({ "start": house.local("2026-11-26 16:00"), "initiator": "client",
        "reason": "client_work_or_schedule", "agreement": { "how": "phone", "at": world.now() } });
    world.api(&house.therapist).post(&act(&first, "reschedule"), &to).good();
    world.work();
    let before = world.rows();
    let fields = [("reason", "therapist_illness"), ("next", "link"), ("note", "Unwell")];
    let told = tab.send(&page, &fields);
    assert!([409, 412].contains(&told.status), "{}: {}", told.status, told.body);
    assert!(told.body.contains("This changed while you were looking"), "{}", told.body);
    let now = page.trim_end_matches("/cancel");
    assert!(told.body.contains(now) && tab.open(now).body.contains("16:00"), "it leads to what stands now");
    let after = world.rows();
    assert_eq!(after["appointment"], before["appointment"]);
    assert_eq!((&after["message"], &after["audit_entry"]), (&before["message"], &before["audit_entry"]));
    world.ignore_letters();
}

/// STOP comes in while the office saves the form, and others do: whoever comes first, no text goes after.
fn stop_is_never_lost(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let PersonRef::Client(client) = house.client.id else { panic!("a client") };
    let path = format!("/api/v1/clients/{client}/contact-preference");
    let tries: usize = 12;
    for round in 0..tries {
        let (app, now) = (world.app.clone(), world.now());
        let ask = Ask { who: Who::System("reply"), now, command: app.dice.command(now) };
        let tools = app.tools.clone();
        let stop = Box::new(move || {
            let said = app.store.write(move |tx| flow::settings::stop_texts(tx, &tools, &ask, client));
            said.map(drop).map_err(|why: Failed| format!("{why:?}")).expect("it is new");
        }) as Box<dyn FnOnce() + Send>;
        let saves = (0..6).map(|_| {
            let (api, path) = (world.api(&house.admin), path.clone());
            let body = json!({ "channels": ["sms", "email"], "voicemail": false });
            Box::new(move || drop(api.put(&path, &body).good())) as Box<dyn FnOnce() + Send>
        });
        at_once(saves.chain([stop]).collect());
        let kept = world.api(&house.admin).get(&path).good();
        let no = kept["consents"].as_array().and_then(|all| all.iter().find(|one| one["channel"] == "sms")).cloned();
        let no = no.expect("a word about texts");
        assert_eq!((&no["given"], &no["source"]), (&json!(false), &json!("text")), "round {round}: {kept}");
        let back = json!({ "channels": ["sms", "email"], "consents": { "sms": true } });
        world.api(&house.client).put(&path, &back).good();
    }
    world.ignore_letters();
}

// proves: V-05
#[test]
fn stop_is_not_lost_to_a_form_that_is_saved_meanwhile_on_sqlite() {
    stop_is_never_lost(Engine::Sqlite);
}

// proves: V-05
#[test]
fn stop_is_not_lost_to_a_form_that_is_saved_meanwhile_on_postgres() {
    stop_is_never_lost(Engine::Postgres);
}

/// Many guess the code of a new number at once: five are looked at, as they would be one after the other.
fn guesses_are_counted(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let PersonRef::Client(client) = house.client.id else { panic!("a client") };
    let changes = format!("/api/v1/clients/{client}/address-changes");
    world.api(&house.client).post(&changes, &json!({ "phone": "+44 7700 900512" })).good();
    let guesses = (0..24).map(|guess| {
        let (app, now) = (world.app.clone(), world.now());
        let ask = Ask { who: Who::System("test"), now, command: app.dice.command(now) };
        let tools = app.tools.clone();
        let typed = format!("{guess:06}");
        Box::new(move || {
            let said = app.store.write(move |tx| flow::address::by_code(tx, &tools, &ask, client, &typed));
            match said {
                Ok(_) => true,
                Err(Failed::Refused(refusal)) if refusal.code == "code_over" => false,
                Err(other) => panic!("{other:?}"),
            }
        }) as Box<dyn FnOnce() -> bool + Send>
    });
    let looked_at = at_once(guesses.collect()).into_iter().filter(|looked_at| *looked_at).count();
    assert_eq!(looked_at, 5);
    world
        .api(&house.client)
        .post(&format!("{changes}/confirm"), &json!({ "code": "123456" }))
        .refused(409, "code_over");
    world.ignore_letters();
    world.ignore_jobs();
}

#[test]
fn of_many_guesses_of_a_code_at_once_five_are_looked_at_on_sqlite() {
    guesses_are_counted(Engine::Sqlite);
}

#[test]
fn of_many_guesses_of_a_code_at_once_five_are_looked_at_on_postgres() {
    guesses_are_counted(Engine::Postgres);
}
