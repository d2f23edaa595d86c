//! Every page of the desk on a phone and a desktop, light and dark.

use crate::house::*;
use domain::decide::{FileAct, Keep};
use domain::id::{Ids, TokenId};
use domain::person::PersonRef;
use domain::policy::Preset;
use domain::reserved::Pattern;
use domain::schedule::{Exception, Schedule};
use domain::time::{Span, Weekday};
use holdspace_server::flow;
use holdspace_server::flow::signin::{ask as ask_for_a_link, open_for};
use holdspace_server::serve::serve;
use holdspace_testkit::browser::{Page, look_at, run_file};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A house that listens until it is dropped.
pub struct Open {
    pub runtime: Runtime,
    pub house: House,
    pub address: SocketAddr,
}

impl Open {
    pub fn of(preset: Preset) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let house = runtime.block_on(House::of(preset));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        runtime.spawn(serve(house.app.clone(), listener, std::future::pending()));
        Self { runtime, house, address }
    }

    pub fn page(&self, name: &str, path: &str) -> Page {
        Page { name: name.to_owned(), url: format!("http://{}{path}", self.address) }
    }

    /// What a browser keeps once this person is signed in.
    pub fn cookies(&self, person: PersonRef) -> Value {
        let opened = self.runtime.block_on(open_for(&self.house.app, person, now())).expect("works").expect("a person");
        json!([{ "name": "holdspace", "value": opened.secret.text(), "url": format!("http://{}", self.address) }])
    }

    /// Looks at these pages as this person; pictures go to `PICTURES`, where that names a folder.
    #[allow(clippy::disallowed_methods, reason = "whoever reviews the pages says where the pictures go")]
    pub fn look(&self, person: PersonRef, pages: &[Page]) -> Vec<String> {
        let cookies = self.cookies(person);
        let pictures = std::env::var_os("PICTURES").map(PathBuf::from);
        look_at(pages, &cookies, pictures.as_deref()).expect("the browser looked")
    }
}

#[test]
fn a_browser_finds_nothing_wrong_with_the_therapists_pages() {
    let open = Open::of(Preset::Insurance);
    let id = open.house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    let own = |name: &str, end: &str| open.page(name, &format!("/t/appointments/{id}{end}"));
    let pages = [
        open.page("dashboard", &format!("/t?relationship={}", relationship(DANIEL))),
        open.page("appointments", "/t/appointments?q=daniel"),
        open.page("week", "/t/appointments?view=week"),
        open.page("book", &format!("/t/appointments/new?relationship={}", relationship(GRACE))),
        own("appointment", ""),
        own("cancel", "/cancel"),
        own("client-cancelled", "/client-cancelled"),
        own("reschedule", "/reschedule"),
        own("note", "/note"),
        open.page("help", &format!("/t/help?appointment={id}")),
        open.page("requests", "/t/tickets"),
        open.page("guides", "/t/guides"),
        open.page("record", "/t/record"),
        open.page("hours", "/t/hours"),
        open.page("more", "/more"),
        open.page("message", &format!("/t/clients/{}/message?appointment={id}", client(DANIEL))),
    ];
    assert_eq!(open.look(MAYA, &pages), Vec::<String>::new());
}

// proves: G-14
#[test]
fn in_a_browser_the_consequences_follow_each_choice_and_a_link_is_copied() {
    let open = Open::of(Preset::Insurance);
    let appointment = open.house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    let base = format!("http://{}", open.address);
    let args = json!({ "base": base, "cookies": open.cookies(MAYA), "appointment": appointment.to_string() });
    let story = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/desk/desk.mjs");
    let told = run_file(&story, &args).expect("the story");
    assert_eq!(told["offered"], 0);
    assert!(told["link"].as_str().is_some_and(|link| link.contains("/r/")), "{told}");
}

#[test]
fn a_browser_finds_nothing_wrong_once_something_is_owed() {
    let open = Open::of(Preset::Insurance);
    let cancelled = [(MARCUS, "2026-11-24T11:00:00Z", 40), (YARA, "2026-11-24T12:00:00Z", 1)];
    for (client, start, minutes_ago) in cancelled {
        open.runtime.block_on(open.house.owen_cancels(client, start, now() - Span::minutes(minutes_ago)));
    }
    let id = open.house.appointment(MARCUS, "2026-11-24T11:00:00Z");
    let pages = [
        open.page("owed-dashboard", "/t"),
        open.page("owed-cancelled", &format!("/t/appointments/{id}/cancelled")),
        open.page("owed-appointment", &format!("/t/appointments/{id}")),
    ];
    assert_eq!(open.look(OWEN, &pages), Vec::<String>::new());
}

#[test]
fn a_browser_finds_nothing_wrong_with_the_offices_pages() {
    let open = Open::of(Preset::Network);
    for (client, start, minutes_ago) in [(MARCUS, "2026-11-24T11:00:00Z", 70), (YARA, "2026-11-24T12:00:00Z", 1)] {
        open.runtime.block_on(open.house.owen_cancels(client, start, now() - Span::minutes(minutes_ago)));
    }
    let case = open.runtime.block_on(open.house.case(MARCUS, "2026-11-24T11:00:00Z"));
    let id = open.house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    let pages = [
        open.page("board", "/p"),
        open.page("case", &format!("/p/cases/{case}")),
        open.page("messages", "/p/messages"),
        open.page("therapists", "/p/therapists"),
        open.page("office-hours", &format!("/p/therapists/{MAYA}/hours")),
        open.page("office-more", "/more"),
        open.page("office-cancel", &format!("/p/appointments/{id}/cancel")),
    ];
    assert_eq!(open.look(SAM, &pages), Vec::<String>::new());
}

#[test]
fn a_browser_finds_nothing_wrong_with_the_owners_pages_of_the_policy() {
    let open = Open::of(Preset::Clinic);
    let id = open.house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    let what_if = format!("/p/policy/what-if?appointment={id}&what=client_cancels&day=2026-11-24&time=10:00&version=1");
    let pages = [
        open.page("policy", "/p/policy"),
        open.page("policy-cancelling", "/p/policy/sections/cancelling"),
        open.page("policy-fees", "/p/policy/sections/fees"),
        open.page("policy-reasons", "/p/policy/reasons"),
        open.page("policy-versions", "/p/policy/versions"),
        open.page("policy-compare", "/p/policy/compare?a=1&b=1"),
        open.page("policy-what-if", &what_if),
        open.page("pathways", "/p/pathways"),
        open.page("templates", "/p/templates"),
        open.page("template", "/p/templates/cancellation/en-GB"),
        open.page("template-versions", "/p/templates/cancellation/en-GB/versions"),
    ];
    assert_eq!(open.look(RUTH, &pages), Vec::<String>::new());
}

#[test]
fn a_browser_finds_nothing_wrong_with_the_pages_of_signing_in() {
    let open = Open::of(Preset::Clinic);
    let (app, command) = (&open.house.app, open.house.app.dice.command(now()));
    open.runtime.block_on(ask_for_a_link(app, "maya.okafor@example.org", command, now())).expect("a link");
    // Ids derive from the command, so the link's is the first that it minted.
    let link: TokenId = Ids::new(command, now()).mint();
    let pages = [
        open.page("sign-in", "/sign-in"),
        open.page("sign-in-sent", "/sign-in/sent"),
        open.page("sign-in-link", &format!("/sign-in/{}", app.keys.sign_in_text(link))),
        open.page("sign-in-gone", "/sign-in?gone=yes"),
    ];
    assert_eq!(look_at(&pages, &json!([]), None).expect("the browser looked"), Vec::<String>::new());
}

#[test]
fn a_browser_finds_nothing_wrong_where_a_closed_day_has_bookings() {
    let open = Open::of(Preset::Clinic);
    let app = &open.house.app;
    let PersonRef::Therapist(maya) = MAYA else { panic!("a therapist") };
    let day = "2026-11-26".parse().expect("a day");
    let closed = Exception { first: day, last: day, open: None };
    let kept = open.runtime.block_on(app.store.read_async(move |tx| store::therapist::load(tx, maya)));
    let kept = kept.map_err(|why: store::DbError| why).expect("read").expect("Maya").schedule;
    let schedule = Schedule { exceptions: vec![closed], ..kept };
    let keep = move |tx: &mut store::Tx<'_>| store::therapist::update_schedule(tx, maya, &schedule).map(drop);
    open.runtime.block_on(record(app, keep));
    let pages = [open.page("hours-outside", "/t/hours"), open.page("terms-open", "/t/clients")];
    assert_eq!(open.look(MAYA, &pages), Vec::<String>::new());
}

const EARLY: &str = "2026-11-24T08:00:00Z";

/// Aisha's session at eight is over, and her Tuesdays are kept.
fn after_aisha(open: &Open) {
    let (id, app) = (open.house.appointment(AISHA, EARLY), &open.house.app);
    let ask = |who| flow::Ask { who, now: now(), command: app.dice.command(now()) };
    let (ended, kept) = (ask(flow::Who::System("test")), ask(flow::Who::System("test")));
    let pattern = Pattern {
        weekday: Weekday::Tuesday,
        local_time: "08:00".parse().expect("a time"),
        minutes: 50,
        every_weeks: 1,
        from: None,
    };
    let act = FileAct::Keep(Keep::Add(pattern));
    let (tools, again) = (app.tools.clone(), app.tools.clone());
    let done = open.runtime.block_on(async {
        app.store.write_async(move |tx| flow::due::appointment_end(tx, &tools, &ended, id)).await.map(drop)?;
        let pair = relationship(AISHA);
        app.store.write_async(move |tx| flow::file::about_two(tx, &again, &kept, pair, act.clone())).await.map(drop)
    });
    done.map_err(|why: flow::Failed| format!("{why:?}")).expect("over, and kept");
}

#[test]
fn a_browser_finds_nothing_wrong_with_the_pages_of_the_record() {
    let open = Open::of(Preset::Marketplace);
    after_aisha(&open);
    let id = open.house.appointment(AISHA, EARLY);
    let pages = [
        open.page("awaiting", "/t"),
        open.page("updates", "/t/updates"),
        open.page("update", &format!("/t/appointments/{id}/update")),
        open.page("slots", "/t/slots"),
        open.page("clients", "/t/clients"),
        open.page("client", &format!("/t/clients/{}", relationship(AISHA))),
        open.page("contact", &format!("/t/clients/{}/contact", relationship(AISHA))),
        open.page("end", &format!("/t/clients/{}/end", relationship(GRACE))),
        open.page("correct", &format!("/t/appointments/{id}/correct")),
        open.page("terms", &format!("/terms/{PRACTICE}")),
    ];
    assert_eq!(open.look(MAYA, &pages), Vec::<String>::new());
    let pages = [open.page("office-updates", "/p/updates"), open.page("dispute", "/p/disputes/new")];
    assert_eq!(open.look(SAM, &pages), Vec::<String>::new());
}

// proves: H-01, H-07, H-12, H-13
#[test]
fn in_a_browser_the_update_is_made_by_keyboard_and_the_slot_comes_back_with_one_tap_on_a_phone() {
    let open = Open::of(Preset::Marketplace);
    after_aisha(&open);
    let update = format!("/t/appointments/{}/update", open.house.appointment(AISHA, EARLY));
    let args = json!({ "base": format!("http://{}", open.address), "cookies": open.cookies(MAYA), "update": update });
    let story = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/desk/update.mjs");
    let told = run_file(&story, &args).expect("the browser got through");
    let text = |name: &str| told[name].as_str().expect("text").to_owned();
    assert!(text("banner").contains("Tuesdays 08:00, has been removed"), "{told}");
    assert!(text("kept").contains("Tuesdays 08:00") && !text("kept").contains("has been removed because"), "{told}");
}
