//! What clients text back, through a real gateway: it lands on the right appointment, or with a person.

use crate::steps::{act, booked, booking, put_letters_away, text};
use domain::person::PersonRef;
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::kannel::Kannel;
use holdspace_testkit::wait;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};

const PHONE: &str = "+447700900412";

/// A clinic whose client prefers texts, with an appointment on Thursday at two, and a gateway that hands replies over.
fn begin(engine: Engine) -> (Kannel, World, House, Value) {
    let kannel = Kannel::start();
    let world = Plan::on(engine).only(Preset::Clinic).texting(&kannel).client_on(PHONE).begin();
    kannel.replies_to(&format!("{}/hooks/sms/replies/{}", world.url(), world.app.tools.link_key.hook("sms")));
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    put_letters_away(&world, &house);
    (kannel, world, house, appointment)
}

/// The client texts; waits until it was taken in, and reads it.
fn texts(world: &World, kannel: &Kannel, house: &House, words: &str) -> String {
    let before = inbound(world, house).len();
    world.advance(Span::seconds(1));
    kannel.reply(&PHONE[1..], words);
    wait::until("the gateway to hand it over", || (inbound(world, house).len() > before).then_some(()));
    world.work();
    let newest = inbound(world, house).into_iter().next().expect("it came in");
    newest.understood.expect("it was read")
}

pub fn inbound(world: &World, house: &House) -> Vec<domain::inbound::Inbound> {
    let PersonRef::Client(client) = house.client.id else { panic!("a client") };
    let scope = domain::access::Scope::System("test");
    let found = world.app.store.read(move |tx| store::inbound::list(tx, &scope, Some(client), None, 50));
    found.unwrap_or_else(|why: store::DbError| panic!("{why}")).items
}

fn appointment(world: &World, house: &House, booked: &Value) -> Value {
    world.api(&house.therapist).get(&format!("/api/v1/appointments/{}", text(&booked["id"]))).good()
}

/// The letter that the therapist gets says so.
pub fn the_therapist_reads(world: &World, house: &House, words: &str) {
    let letters = world.read_letters(&house.therapist);
    let said: Vec<String> = letters
        .iter()
        .map(|letter| letter.parsed().part("text/plain").unwrap_or_default().replace('\n', " "))
        .collect();
    assert!(said.iter().any(|letter| letter.contains(words)), "{words:?} in {said:#?}");
}

fn waits(engine: Engine) {
    let (kannel, world, house, appointment) = begin(engine);
    world.advance_to(house.local("2026-11-26 13:55"));
    world.api(&house.therapist).post(&act(&appointment, "running-late"), &json!({ "minutes": 10 })).good();
    world.work();
    kannel.text_saying(&PHONE[1..], "Are you able to wait");
    put_letters_away(&world, &house);
    assert_eq!(texts(&world, &kannel, &house, "I'll wait, thanks"), "wait");
    the_therapist_reads(&world, &house, "they are happy to wait");
    put_letters_away(&world, &house);
}

// proves: A-06
#[test]
fn a_client_who_texts_wait_is_waited_for_on_sqlite() {
    waits(Engine::Sqlite);
}

#[test]
fn a_client_who_texts_wait_is_waited_for_on_postgres() {
    waits(Engine::Postgres);
}

fn takes_a_time(engine: Engine) {
    let (kannel, world, house, booked) = begin(engine);
    world.advance_to(house.local("2026-11-26 14:20"));
    let missed = json!({ "reported_by": "therapist", "fault": "therapist" });
    world.api(&house.therapist).post(&act(&booked, "therapist-missed"), &missed).good();
    world.work();
    kannel.text_saying(&PHONE[1..], "I missed our appointment");
    put_letters_away(&world, &house);
    assert_eq!(texts(&world, &kannel, &house, "1"), "take");
    kannel.text_saying(&PHONE[1..], "You're booked with");
    the_therapist_reads(&world, &house, "Daniel");
    let cases = world.api(&house.admin).get("/api/v1/disruptions").good();
    let case = cases["items"].as_array().and_then(|all| all.first()).expect("a case").clone();
    assert_eq!(case["outcome"], "rescheduled", "{case}");
    put_letters_away(&world, &house);
}

// proves
#[test]
fn one_takes_the_first_of_the_times_after_a_missed_appointment_on_sqlite() {
    takes_a_time(Engine::Sqlite);
}

#[test]
fn one_takes_the_first_of_the_times_after_a_missed_appointment_on_postgres() {
    takes_a_time(Engine::Postgres);
}

// proves: A-10
#[test]
fn yes_after_a_missed_appointment_is_a_new_time_that_is_owed() {
    let (kannel, world, house, booked) = begin(Engine::Sqlite);
    world.advance_to(house.local("2026-11-26 14:20"));
    let missed = json!({ "reported_by": "therapist", "fault": "therapist" });
    world.api(&house.therapist).post(&act(&booked, "therapist-missed"), &missed).good();
    world.work();
    put_letters_away(&world, &house);
    assert_eq!(texts(&world, &kannel, &house, "Yes please"), "new_time");
    the_therapist_reads(&world, &house, "Daniel would like a new time");
    let owed = world.api(&house.therapist).get("/api/v1/obligations?state=open").good();
    let kinds: Vec<&str> = owed["items"].as_array().expect("a list").iter().map(|o| text(&o["kind"])).collect();
    assert!(kinds.contains(&"book_next"), "{kinds:?}");
    put_letters_away(&world, &house);
}

// proves: A-13
#[test]
fn yes_in_ten_minutes_reaches_the_therapist_who_asked() {
    let (kannel, world, house, booked) = begin(Engine::Sqlite);
    world.advance_to(house.local("2026-11-26 14:11"));
    world.api(&house.therapist).post(&act(&booked, "check-in"), &json!({})).good();
    world.work();
    kannel.text_saying(&PHONE[1..], "just checking in");
    put_letters_away(&world, &house);
    assert_eq!(texts(&world, &kannel, &house, "yes, 10 min"), "coming");
    the_therapist_reads(&world, &house, "they are coming, in about 10 minutes");
    let now = appointment(&world, &house, &booked);
    assert_eq!(now["state"], "booked", "a text settles nothing about money or attendance: {now}");
    put_letters_away(&world, &house);
}

fn unclear(engine: Engine) {
    let (kannel, world, house, _booked) = begin(engine);
    assert_eq!(texts(&world, &kannel, &house, "Could we do it by phone this once?"), "unread");
    the_therapist_reads(&world, &house, "Please read it and answer");
    kannel.text_saying(&PHONE[1..], "A person will read it and get back to you.");
    let owed = world.api(&house.therapist).get("/api/v1/obligations?state=open").good();
    let kinds: Vec<&str> = owed["items"].as_array().expect("a list").iter().map(|o| text(&o["kind"])).collect();
    assert_eq!(kinds, ["answer_client"]);
    // Yes to nothing is a person's as well, and they are not told the same again.
    assert_eq!(texts(&world, &kannel, &house, "yes"), "unread");
    let said = kannel.text_saying(&PHONE[1..], "get back to you");
    assert_eq!(said.matches("get back to you").count(), 1, "{said}");
    put_letters_away(&world, &house);
}

#[test]
fn what_nobody_understands_goes_to_a_person_with_a_clock_on_sqlite() {
    unclear(Engine::Sqlite);
}

#[test]
fn what_nobody_understands_goes_to_a_person_with_a_clock_on_postgres() {
    unclear(Engine::Postgres);
}

#[test]
fn stop_is_obeyed_at_once_start_undoes_it_and_help_says_whom_to_call() {
    let (kannel, world, house, _booked) = begin(Engine::Sqlite);
    assert_eq!(texts(&world, &kannel, &house, "STOP"), "stop");
    let before = kannel.submitted().len();
    let body = booking(&house, &house.client, house.local("2026-12-03 14:00"), world.now());
    world.api(&house.therapist).post("/api/v1/appointments", &body).good();
    world.work();
    assert_eq!(kannel.submitted().len(), before, "no text after STOP");
    assert!(world.read_letters(&house.client).iter().any(|letter| letter.parsed().subject.contains("appointment")));
    assert_eq!(texts(&world, &kannel, &house, "Start"), "start");
    booked(&world, &house, "2026-12-10 14:00");
    world.work();
    kannel.text_saying(&PHONE[1..], "10 December");
    assert_eq!(texts(&world, &kannel, &house, "help"), "help");
    kannel.text_saying(&PHONE[1..], "Reply STOP for no more texts");
    put_letters_away(&world, &house);
}

/// Whoever has the number texts it to all practices at once; waits until it was taken in, and reads it.
fn texts_from_the_number(world: &World, kannel: &Kannel, words: &str) -> String {
    let all = || world.houses.iter().flat_map(|house| inbound(world, house)).collect::<Vec<_>>();
    let before = all().len();
    world.advance(Span::seconds(1));
    kannel.reply(&PHONE[1..], words);
    wait::until("the gateway to hand it over", || (all().len() > before).then_some(()));
    world.work();
    let newest = all().into_iter().max_by_key(|said| said.received_at).expect("it came in");
    newest.understood.expect("it was read")
}

/// By whose word each practice's client gets no texts; none where texts come.
fn refused_by(world: &World) -> Vec<Option<String>> {
    let of = |house: &House| {
        let path = format!("/api/v1/clients/{}/contact-preference", house.client.id);
        let kept = world.api(&house.client).get(&path).good();
        let consents = kept["consents"].as_array().expect("a list").clone();
        let no = consents.into_iter().find(|one| one["channel"] == "sms" && one["given"] == false);
        no.map(|no| text(&no["source"]).to_owned())
    };
    world.houses.iter().map(of).collect()
}

/// A number is of a client in every practice: STOP is about the number, START undoes what STOP did, HELP is said once.
fn is_shared(engine: Engine) {
    let kannel = Kannel::start();
    let world = Plan::on(engine).texting(&kannel).client_on(PHONE).begin();
    kannel.replies_to(&format!("{}/hooks/sms/replies/{}", world.url(), world.app.tools.link_key.hook("sms")));
    let path = |house: &House| format!("/api/v1/clients/{}/contact-preference", house.client.id);
    let says = |yes: bool| json!({ "channels": ["sms"], "voicemail": false, "consents": { "sms": yes } });
    let (first, count) = (world.houses[0].clone(), world.houses.len());
    assert!(count > 1);
    world.api(&first.admin).put(&path(&first), &says(false)).good();
    let by = |word: &str| Some(word.to_owned());
    assert_eq!(
        texts_from_the_number(&world, &kannel, "START"),
        "unread",
        "the office wrote that down, so a person asks"
    );
    assert_eq!(refused_by(&world)[0], by("staff"));

    assert_eq!(texts_from_the_number(&world, &kannel, "STOP"), "stop");
    assert_eq!(refused_by(&world), vec![by("text"); count]);
    let on_record = |word: &str| world.rows()["audit_entry"].iter().filter(|row| row.contains(word)).count();
    let is_client = |row: &&String| row.contains("| \"client\" |") && row.contains(PHONE);
    let clients = world.rows()["person"].iter().filter(is_client).count();
    assert_eq!(on_record("texts_stopped"), clients, "each on their own record");
    world.api(&first.admin).put(&path(&first), &says(true)).refused(409, "opted_out");
    assert_eq!(texts_from_the_number(&world, &kannel, "Stop."), "stop");
    assert_eq!(on_record("texts_stopped"), clients, "once");

    let other = &world.houses[1];
    for yes in [true, false] {
        world.api(&other.client).put(&path(other), &says(yes)).good();
    }
    assert_eq!(texts_from_the_number(&world, &kannel, "START"), "start");
    let mut expected = vec![None; count];
    expected[1] = by("portal");
    assert_eq!(refused_by(&world), expected, "what was said in their own pages stands");
    assert_eq!(on_record("texts_started"), clients - 1);
    let helped =
        || kannel.submitted().iter().filter(|text| text.to_string().contains("Reply STOP for no more texts")).count();
    assert_eq!((texts_from_the_number(&world, &kannel, "help").as_str(), helped()), ("help", 1));
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: V-05
#[test]
fn stop_is_about_the_number_whosever_it_is_on_sqlite() {
    is_shared(Engine::Sqlite);
}

// proves: V-05
#[test]
fn stop_is_about_the_number_whosever_it_is_on_postgres() {
    is_shared(Engine::Postgres);
}

#[test]
fn no_with_a_number_books_nothing() {
    let (kannel, world, house, booked) = begin(Engine::Sqlite);
    world.advance_to(house.local("2026-11-26 14:20"));
    let missed = json!({ "reported_by": "therapist", "fault": "therapist" });
    world.api(&house.therapist).post(&act(&booked, "therapist-missed"), &missed).good();
    world.work();
    put_letters_away(&world, &house);
    assert_eq!(texts(&world, &kannel, &house, "No, 1"), "unread");
    the_therapist_reads(&world, &house, "Please read it and answer");
    assert_eq!(texts(&world, &kannel, &house, "1"), "take", "the time is free still");
    put_letters_away(&world, &house);
}

#[test]
fn a_number_that_nobody_has_learns_nothing_and_leaves_nothing() {
    let (kannel, world, house, _booked) = begin(Engine::Sqlite);
    let before = kannel.submitted().len();
    kannel.reply("447700900999", "HELP");
    // A client's text that comes after it has been read, so the stranger's has been too.
    assert_eq!(texts(&world, &kannel, &house, "yes"), "unread");
    assert_eq!(inbound(&world, &house).len(), 1);
    let to_strangers = kannel.submitted().iter().filter(|text| text["to"] == "447700900999").count();
    assert_eq!((to_strangers, kannel.submitted().len() >= before), (0, true));
    put_letters_away(&world, &house);
}

#[test]
fn what_comes_in_the_language_of_twilio_is_signed_where_there_is_an_account() {
    let settings = [
        ("HOLDSPACE_SMS_KIND", "twilio"),
        ("HOLDSPACE_SMS_URL", "http://127.0.0.1:1"),
        ("HOLDSPACE_SMS_USER", "AC1"),
        ("HOLDSPACE_SMS_PASSWORD", "the token of the account"),
        ("HOLDSPACE_SMS_FROM", "+447700900100"),
    ];
    let plan = settings.into_iter().fold(Plan::on(Engine::Memory), |plan, (name, value)| plan.setting(name, value));
    let world = plan.only(Preset::Clinic).begin();
    let url = format!("{}/hooks/sms/replies/{}", world.url(), world.app.tools.link_key.hook("sms"));
    let form = [("From", PHONE), ("To", "+447700900100"), ("Body", "Hello"), ("MessageSid", "SM78")];
    let fields = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let hand_over = |signature: &str| {
        let request = ureq::post(&url).header("x-twilio-signature", signature);
        request.config().http_status_as_error(false).build().send_form(form).expect("it answers").status().as_u16()
    };
    assert_eq!(hand_over(""), 404);
    assert_eq!(hand_over(&outside::sms::signature("another token", &url, &fields)), 404);
    assert_eq!(hand_over(&outside::sms::signature("the token of the account", &url, &fields)), 200);
    world.work();
    world.ignore_letters();
    world.ignore_jobs();
}

#[test]
fn a_text_handed_over_twice_is_one_and_one_without_the_secret_is_none() {
    let (_kannel, world, house, _booked) = begin(Engine::Sqlite);
    let secret = world.app.tools.link_key.hook("sms");
    let hand_over = |secret: &str| {
        let url = format!("{}/hooks/sms/replies/{secret}", world.url());
        let form = [("From", PHONE), ("To", "+447700900100"), ("Body", "Hello"), ("MessageSid", "SM77")];
        ureq::post(&url).config().http_status_as_error(false).build().send_form(form).expect("it answers").status()
    };
    assert_eq!(hand_over("0123456789abcdefghjkmnpqrs"), 404);
    assert_eq!((hand_over(&secret), hand_over(&secret)), (ureq::http::StatusCode::OK, ureq::http::StatusCode::OK));
    world.advance(Span::minutes(1));
    world.work();
    assert_eq!(inbound(&world, &house).len(), 1);
    put_letters_away(&world, &house);
}
