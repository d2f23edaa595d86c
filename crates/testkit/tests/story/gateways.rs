//! Two gateways for texts, of which the first is in trouble in one way or another: the second takes over, and nobody is told
//! more than twice.

use crate::steps::{booked, booking, messages};
use domain::message::{Message, MessageState};
use domain::person::Channel;
use domain::policy::Preset;
use domain::telling::made::{Try, TryOutcome};
use domain::time::Span;
use holdspace_testkit::http_peer::{Act, HttpPeer};
use holdspace_testkit::kannel::Kannel;
use holdspace_testkit::wait;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use store::DbError;

/// A gateway that does so to every text until it is well.
struct First {
    peer: HttpPeer,
    is_well: Arc<AtomicBool>,
}

impl First {
    fn that(act: Act) -> Self {
        let is_well = Arc::new(AtomicBool::new(false));
        let well = is_well.clone();
        let taken = Act::Say(201, r#"{"sid":"SM1","status":"queued"}"#.into());
        let peer = HttpPeer::start(move |_| if well.load(Ordering::SeqCst) { taken.clone() } else { act.clone() });
        Self { peer, is_well }
    }

    fn asked(&self) -> usize {
        self.peer.heard().len()
    }
}

/// A practice with both, and a client who asked for texts alone.
fn begin(engine: Engine, first: &First, second: &Kannel) -> (World, House) {
    let plan = Plan::on(engine).only(Preset::Clinic).client_on("+447700900412");
    let world = plan.texting_by_two(&first.peer.url, second, Span::seconds(2)).begin();
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
    (world, house)
}

/// The client's text about this booking, and every try to hand it over.
fn told(world: &World, house: &House, appointment: &Value) -> (Message, Vec<Try>) {
    let all = messages(world, appointment);
    let own = all.into_iter().find(|message| message.to == house.client.id && message.channel == Channel::Sms);
    let own = own.expect("a text to the client");
    let id = own.id;
    let tries = world.app.store.read(move |tx| store::message::tries(tx, id));
    (own, tries.unwrap_or_else(|why: DbError| panic!("{why}")))
}

fn end(world: &World) {
    world.ignore_letters();
    world.ignore_jobs();
}

fn turns_away(engine: Engine) {
    let (first, second) = (First::that(Act::Say(503, "busy".into())), Kannel::start());
    let (world, house) = begin(engine, &first, &second);
    for hour in 9..15 {
        let booking = booked(&world, &house, &format!("2026-12-03 {hour:02}:00"));
        let (_, tries) = told(&world, &house, &booking);
        let went: Vec<_> = tries.iter().map(|one| (one.outcome, one.through.starts_with("kannel"))).collect();
        assert_eq!(went, [(TryOutcome::Accepted, true)], "at once, by the second: {tries:?}");
    }
    assert_eq!(first.asked(), 1, "it is left alone meanwhile");
    end(&world);
}

fn may_have_it(engine: Engine, act: Act) {
    let (first, second) = (First::that(act), Kannel::start());
    let (world, house) = begin(engine, &first, &second);
    let lost = booked(&world, &house, "2026-12-03 09:00");
    assert_eq!(told(&world, &house, &lost).0.state, MessageState::Unknown);
    assert_eq!(second.submitted().len(), 0, "it may have gone, so it does not go elsewhere at once");

    let next = booked(&world, &house, "2026-12-03 10:00");
    let (_, tries) = told(&world, &house, &next);
    assert!(tries.len() == 1 && tries[0].through.starts_with("kannel"), "new ones go by the other: {tries:?}");

    world.advance(Span::minutes(6));
    let (_, tries) = told(&world, &house, &lost);
    let went: Vec<_> = tries.iter().map(|one| (one.outcome, one.through.split(' ').next().expect("a name"))).collect();
    assert_eq!(went, [(TryOutcome::Unknown, "twilio"), (TryOutcome::Accepted, "kannel")], "the one resend");
    assert_eq!(tries[0].digest, tries[1].digest, "the same words");
    assert_eq!(first.asked(), 1);
    wait::until("word that it arrived", || {
        (told(&world, &house, &lost).0.state == MessageState::Delivered).then_some(())
    });

    // After a rest something that can wait shows that it is well again.
    first.is_well.store(true, Ordering::SeqCst);
    world.advance(Span::minutes(10));
    for (wall, asked) in [("2026-12-03 11:00", 2), ("2026-12-03 12:00", 3)] {
        booked(&world, &house, wall);
        assert_eq!(first.asked(), asked);
    }
    end(&world);
}

// proves: V-05
#[test]
fn texts_that_the_first_gateway_turns_away_go_by_the_second_at_once_on_sqlite() {
    turns_away(Engine::Sqlite);
}

#[test]
fn texts_that_the_first_gateway_turns_away_go_by_the_second_at_once_on_postgres() {
    turns_away(Engine::Postgres);
}

// proves: V-05
#[test]
fn a_text_that_a_broken_gateway_may_have_goes_once_more_by_the_other_on_sqlite() {
    may_have_it(Engine::Sqlite, Act::Say(500, "oh".into()));
}

#[test]
fn a_text_that_a_broken_gateway_may_have_goes_once_more_by_the_other_on_postgres() {
    may_have_it(Engine::Postgres, Act::Say(500, "oh".into()));
}

// proves: V-05
#[test]
fn a_text_that_a_hanging_gateway_may_have_goes_once_more_by_the_other_on_sqlite() {
    may_have_it(Engine::Sqlite, Act::Hang);
}

#[test]
fn a_text_that_a_hanging_gateway_may_have_goes_once_more_by_the_other_on_postgres() {
    may_have_it(Engine::Postgres, Act::Hang);
}

/// Six texts are due at a gateway that says nothing until the test lets it; meanwhile somebody asks for a letter.
fn holds_nobody_else_up(engine: Engine) {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let theirs = gate.clone();
    let first = HttpPeer::start(move |_| {
        let (is_open, bell) = &*theirs;
        let waited = bell.wait_while(is_open.lock().expect("a gate"), |is_open| !*is_open);
        drop(waited.expect("a gate"));
        Act::Say(201, r#"{"sid":"SM1","status":"queued"}"#.into())
    });
    let second = Kannel::start();
    let plan = Plan::on(engine).only(Preset::Clinic).client_on("+447700900412");
    let plan =
        plan.texting_by_two(&first.url, &second, Span::minutes(5)).setting("HOLDSPACE_SMS_SECOND_KIND", "twilio");
    let world = plan.setting("HOLDSPACE_SMS_SECOND_URL", &first.url).begin();
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
    for hour in 9..15 {
        let body = booking(&house, &house.client, house.local(&format!("2026-12-03 {hour:02}:00")), world.now());
        world.api(&house.therapist).post("/api/v1/appointments", &body).good();
    }
    let workers = world.workers(5);
    wait::until("texts in the gateway's hands", || (!first.heard().is_empty()).then_some(()));
    let visitor = world.visitor();
    visitor.open("/sign-in");
    visitor.send("/sign-in", &[("email", &house.admin.email)]);
    wait::until("the letter to go", || world.accepted().get(&house.admin.email).copied());
    assert!(!*gate.0.lock().expect("a gate"), "while the gateway says nothing yet");
    *gate.0.lock().expect("a gate") = true;
    gate.1.notify_all();
    drop(workers);
    end(&world);
}

// proves: V-05
#[test]
fn a_gateway_that_says_nothing_holds_no_letter_up_on_sqlite() {
    holds_nobody_else_up(Engine::Sqlite);
}

#[test]
fn a_gateway_that_says_nothing_holds_no_letter_up_on_postgres() {
    holds_nobody_else_up(Engine::Postgres);
}
