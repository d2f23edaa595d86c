//! Notices to browsers, through a push service that opens what we seal and misbehaves on command.

use crate::steps::{act, booked, messages, owed_by, put_letters_away, text};
use domain::message::MessageState;
use domain::person::Channel;
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::http_peer::Act;
use holdspace_testkit::push_service::{PushBrowser, PushService};
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};

const DEVICES: &str = "/api/v1/push-devices";

struct Scene {
    world: World,
    house: House,
    service: PushService,
    phone: PushBrowser,
    appointment: Value,
}

/// A clinic whose client wishes to be told by their browser, with an appointment on Thursday at two.
fn begin(engine: Engine) -> Scene {
    let (service, phone) = (PushService::start(), PushBrowser::named("phone"));
    let world = Plan::on(engine).only(Preset::Clinic).pushing().begin();
    let house = world.house(Preset::Clinic).clone();
    world.api(&house.client).post(DEVICES, &phone.subscription(&service)).good();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["push"], "voicemail": false })).good();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    put_letters_away(&world, &house);
    Scene { world, house, service, phone, appointment }
}

impl Scene {
    /// Twenty minutes after the start, reminders and all behind us.
    fn come_to_the_day(&self) {
        self.world.advance_to(self.house.local("2026-11-26 14:20"));
        put_letters_away(&self.world, &self.house);
    }

    /// The therapist missed the appointment.
    fn missed(&self) {
        let body = json!({ "reported_by": "therapist", "fault": "therapist" });
        self.world.api(&self.house.therapist).post(&act(&self.appointment, "therapist-missed"), &body).good();
        self.world.work();
    }

    fn state(&self, channel: Channel) -> Option<MessageState> {
        let told = messages(&self.world, &self.appointment).into_iter().filter(|m| m.to == self.house.client.id);
        told.filter(|m| m.channel == channel && m.kind.as_str() == "missed").map(|m| m.state).next_back()
    }

    fn devices(&self) -> usize {
        let found = self.world.api(&self.house.client).get(DEVICES).good();
        found["items"].as_array().map_or(0, Vec::len)
    }

    /// As after a restore from an older copy.
    fn lose_devices(&self) {
        let client = self.house.client.id;
        self.world.arrange(&self.house, move |tx| {
            for device in store::push::of(tx, client)? {
                store::push::remove(tx, device.id)?;
            }
            Ok(())
        });
    }

    fn letters(&self) -> Vec<String> {
        let letters = self.world.read_letters(&self.house.client);
        letters.iter().map(|letter| letter.parsed().part("text/plain").unwrap_or_default().to_owned()).collect()
    }

    fn end(self) {
        put_letters_away(&self.world, &self.house);
    }
}

fn told(engine: Engine) {
    let scene = begin(engine);
    scene.come_to_the_day();
    let before = scene.service.notices().len();
    scene.missed();
    let heard = scene.service.notices();
    assert_eq!(heard.len(), before + 1, "one notice to one browser");
    let notice = heard.last().expect("a notice");
    let shown = scene.phone.open(notice, &scene.service);
    assert_eq!(shown["title"], scene.house.practice.name.as_str());
    assert_eq!(shown["body"], "Your appointment has changed. Open to see.");
    assert_eq!(shown["url"], "/c/conversation");
    let said = shown.to_string().to_lowercase();
    let private = ["therap", "missed", "daniel", "14:00", "sorry"];
    assert!(private.iter().all(|word| !said.contains(word)), "{said}");
    assert_eq!((notice.header("urgency"), notice.header("ttl")), ("high", "3600"));
    assert_eq!(scene.state(Channel::Push), Some(MessageState::Accepted));
    assert_eq!(owed_by(&scene.world.api(&scene.house.admin), "inform_client").len(), 1, "shown is not told");
    assert!(scene.letters().is_empty(), "a letter waits behind it");
    let browser = scene.world.signed_in(&scene.house.client);
    let page = browser.open(&format!("/c/conversation/{}", scene.house.relationships[0]));
    assert!(page.body.contains("I missed our appointment"), "{}", page.body);
    assert!(owed_by(&scene.world.api(&scene.house.admin), "inform_client").is_empty(), "read is told");
    scene.world.advance(Span::hours(1));
    assert!(scene.letters().iter().all(|letter| !letter.contains("missed our appointment")));
    scene.end();
}

// proves: V-05
#[test]
fn a_browser_says_that_there_is_something_and_what_is_read_then_is_told_on_sqlite() {
    told(Engine::Sqlite);
}

#[test]
fn a_browser_says_that_there_is_something_and_what_is_read_then_is_told_on_postgres() {
    told(Engine::Postgres);
}

fn gone(engine: Engine) {
    let scene = begin(engine);
    scene.come_to_the_day();
    scene.service.does(Act::Say(410, String::new()));
    scene.missed();
    assert_eq!(scene.devices(), 0, "its address is not used again");
    assert_eq!(scene.state(Channel::Push), Some(MessageState::Undeliverable));
    assert!(scene.letters().iter().any(|letter| letter.contains("missed our appointment")), "the letter goes at once");
    let preference = format!("/api/v1/clients/{}/contact-preference", scene.house.client.id);
    let known = scene.world.api(&scene.house.admin).get(&preference).good();
    let no = known["consents"].as_array().expect("a list").iter().find(|one| one["channel"] == "push").expect("a word");
    assert_eq!((&no["given"], &no["source"]), (&json!(false), &json!("network")), "{no}");
    scene.end();
}

#[test]
fn a_browser_that_is_there_no_more_is_forgotten_and_the_letter_goes_at_once_on_sqlite() {
    gone(Engine::Sqlite);
}

#[test]
fn a_browser_that_is_there_no_more_is_forgotten_and_the_letter_goes_at_once_on_postgres() {
    gone(Engine::Postgres);
}

/// The service is unwell and then well again.
fn unwell(act: Act) {
    let scene = begin(Engine::Sqlite);
    scene.come_to_the_day();
    scene.service.does(act.clone());
    let before = scene.service.notices().len();
    scene.missed();
    assert_eq!(scene.state(Channel::InApp), Some(MessageState::Delivered), "{act:?}: it waits in the portal meanwhile");
    scene.service.does(Act::Say(201, String::new()));
    scene.world.advance(Span::minutes(12));
    assert_eq!(scene.state(Channel::Push), Some(MessageState::Accepted), "{act:?}");
    let tried: Vec<Vec<u8>> = scene.service.notices().into_iter().skip(before).map(|heard| heard.bytes).collect();
    assert!(tried.len() > 1 && tried.windows(2).all(|two| two[0] == two[1]), "{act:?}: every try sends the same bytes");
    assert_eq!(scene.devices(), 1, "{act:?}");
    let told = scene.letters().iter().filter(|letter| letter.contains("missed our appointment")).count();
    assert_eq!(told, 1, "{act:?}: nobody opened it, so the letter went");
    scene.end();
}

#[test]
fn too_many_at_once_is_tried_again() {
    unwell(Act::Say(429, String::new()));
}

#[test]
fn a_service_that_is_down_is_tried_again() {
    unwell(Act::Say(500, "down".into()));
}

#[test]
fn a_service_that_says_nothing_is_tried_again() {
    unwell(Act::Hang);
}

#[test]
fn an_answer_that_is_lost_is_tried_again() {
    unwell(Act::LoseReply);
}

#[test]
fn a_service_that_will_not_take_it_leaves_it_to_the_letter() {
    let scene = begin(Engine::Sqlite);
    scene.come_to_the_day();
    scene.service.does(Act::Say(403, "another key".into()));
    scene.missed();
    assert_eq!(scene.state(Channel::Push), Some(MessageState::Undeliverable));
    assert!(scene.letters().iter().any(|letter| letter.contains("missed our appointment")));
    assert_eq!(scene.devices(), 1, "it may be our key that is wrong");
    scene.end();
}

#[test]
fn words_in_the_conversation_are_announced_by_the_browser_and_by_letter_where_that_fails() {
    let scene = begin(Engine::Sqlite);
    let path = format!("/api/v1/conversations/{}/lines", scene.house.relationships[0]);
    let therapist = scene.world.api(&scene.house.therapist);
    let before = scene.service.notices().len();
    therapist.post(&path, &json!({ "words": "Room 3 this week." })).good();
    scene.world.work();
    let heard = scene.service.notices();
    assert_eq!(heard.len(), before + 1);
    let shown = scene.phone.open(heard.last().expect("a notice"), &scene.service);
    assert_eq!(shown["body"], "There is something new for you. Open to see.");
    assert!(scene.letters().is_empty(), "no letter beside it");
    scene.world.advance(Span::hours(1));
    scene.service.does(Act::Say(404, String::new()));
    therapist.post(&path, &json!({ "words": "And bring the form." })).good();
    scene.world.work();
    let letters = scene.letters();
    assert!(letters.iter().any(|letter| letter.contains("something new") && !letter.contains("form")), "{letters:?}");
    scene.end();
}

#[test]
fn the_therapists_browser_says_that_a_client_wrote() {
    let scene = begin(Engine::Sqlite);
    let laptop = PushBrowser::named("laptop");
    scene.world.api(&scene.house.therapist).post(DEVICES, &laptop.subscription(&scene.service)).good();
    let before = scene.service.notices().len();
    let path = format!("/api/v1/conversations/{}/lines", scene.house.relationships[0]);
    scene.world.api(&scene.house.client).post(&path, &json!({ "words": "I am at the wrong door." })).good();
    scene.world.work();
    let heard: Vec<_> =
        scene.service.notices().into_iter().skip(before).filter(|n| n.path.ends_with("laptop")).collect();
    let [notice] = heard.as_slice() else { panic!("{}", heard.len()) };
    assert_eq!(laptop.open(notice, &scene.service)["url"], "/t/conversations");
    scene.end();
}

#[test]
fn nobody_is_told_in_a_browser_by_a_machine_of_this_network() {
    let world = Plan::on(Engine::Sqlite).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let keys = PushBrowser::named("phone").subscription(&PushService::start())["keys"].clone();
    let api = world.api(&house.client);
    for endpoint in [
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "http://push.example.org/x",
        "https://[::1]/x",
        "https://localhost/x",
    ] {
        let asked = api.post(DEVICES, &json!({ "endpoint": endpoint, "keys": keys }));
        assert_eq!(asked.problem(), (422, "not_a_subscription".to_owned()), "{endpoint}");
    }
    let whole = json!({ "endpoint": "https://push.example.org/x", "keys": { "p256dh": "AAAA", "auth": keys["auth"] } });
    api.post(DEVICES, &whole).refused(422, "not_a_subscription");
    assert_eq!(world.api(&house.admin).get(DEVICES).status, 404, "the office is told in its own ways");
}

#[test]
fn somebody_elses_browser_is_not_theirs_to_turn_off() {
    let scene = begin(Engine::Sqlite);
    let devices = scene.world.api(&scene.house.client).get(DEVICES).good();
    let one = format!("{DEVICES}/{}", text(&devices["items"][0]["id"]));
    assert_eq!(scene.world.api(&scene.house.neighbour).call("DELETE", &one, &[], "").status, 404);
    assert_eq!(scene.devices(), 1);
    scene.world.api(&scene.house.client).call("DELETE", &one, &[], "").good();
    assert_eq!(scene.devices(), 0);
    scene.end();
}

#[test]
fn a_browser_that_sleeps_is_told_in_the_morning_and_not_at_all_where_its_owner_has_looked() {
    let scene = begin(Engine::Sqlite);
    let path = format!("/api/v1/conversations/{}", scene.house.relationships[0]);
    let (therapist, client) = (scene.world.api(&scene.house.therapist), scene.world.api(&scene.house.client));
    client.post(&format!("{path}/read"), &json!({})).good();
    let words = json!({ "words": "Room 3 tomorrow." });
    scene.world.advance_to(scene.house.local("2026-11-23 22:30"));
    let before = scene.service.notices().len();
    therapist.post(&format!("{path}/lines"), &words).good();
    scene.world.work();
    assert_eq!(scene.service.notices().len(), before, "nobody is woken");
    scene.world.advance_to(scene.house.local("2026-11-24 08:00"));
    assert_eq!(scene.service.notices().len(), before + 1);
    client.post(&format!("{path}/read"), &json!({})).good();
    scene.world.advance_to(scene.house.local("2026-11-24 22:30"));
    let before = scene.service.notices().len();
    therapist.post(&format!("{path}/lines"), &words).good();
    client.post(&format!("{path}/read"), &json!({})).good();
    scene.world.advance_to(scene.house.local("2026-11-25 09:00"));
    assert_eq!(scene.service.notices().len(), before, "they had looked");
    scene.end();
}

/// Whoever asked that messages say nothing does not read there whose client they are.
#[test]
fn a_notice_to_who_asked_for_neutral_words_names_nobody() {
    let scene = begin(Engine::Sqlite);
    let preference = format!("/api/v1/clients/{}/contact-preference", scene.house.client.id);
    let wish = json!({ "channels": ["push"], "voicemail": false, "safe_content": true });
    scene.world.api(&scene.house.admin).put(&preference, &wish).good();
    scene.come_to_the_day();
    scene.missed();
    let shown = scene.phone.open(scene.service.notices().last().expect("a notice"), &scene.service);
    assert_eq!(
        (&shown["title"], &shown["body"]),
        (&json!("Something new"), &json!("There is something new for you. Open to see."))
    );
    scene.end();
}

/// A page that is opened says which browser it is: one that was lost comes back, and a no stays a no.
#[test]
fn a_browser_says_again_that_it_is_there_and_a_no_stays_a_no() {
    let scene = begin(Engine::Sqlite);
    let mine = scene.phone.subscription(&scene.service);
    let visitor = scene.world.signed_in(&scene.house.client);
    let say = || {
        visitor.open("/c/preferences");
        let keys = &mine["keys"];
        let fields = [
            ("endpoint", text(&mine["endpoint"])),
            ("p256dh", text(&keys["p256dh"])),
            ("auth", text(&keys["auth"])),
            ("again", "yes"),
        ];
        visitor.send("/c/push", &fields).status
    };
    let started = || {
        let path = format!("/api/v1/audit?subject={}", scene.house.client.id);
        scene.world.api(&scene.house.admin).get(&path).good().to_string().matches("push_started").count()
    };
    let before = started();
    assert_eq!((say(), started()), (303, before), "nothing new is nothing on the record");
    scene.lose_devices();
    assert_eq!((say(), started(), scene.devices()), (303, before + 1, 1), "it comes back");
    let preference = format!("/api/v1/clients/{}/contact-preference", scene.house.client.id);
    let no = json!({ "channels": ["email"], "voicemail": false, "consents": { "push": false } });
    scene.world.api(&scene.house.admin).put(&preference, &no).good();
    assert_eq!((say(), started()), (409, before + 1));
    scene.end();
}
