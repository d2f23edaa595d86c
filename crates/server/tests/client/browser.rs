//! Clients' pages as a real browser shows them, on a phone and on a desktop, light and dark.

use crate::house::{DANIEL, House, LEAH};
use domain::decide::Live;
use domain::message::LinkTo;
use domain::policy::Preset;
use holdspace_server::app::App;
use holdspace_server::serve::serve;
use serde_json::{Value, json};
use std::path::PathBuf;
use testkit::browser::{Page, look_at};

/// Serves the house until the test ends; its address.
async fn open(app: App) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(app, listener, std::future::pending()));
    format!("http://{address}")
}

/// Looks at these pages, on other threads than the server's. Pictures stay in `target/tmp/client-pages`.
async fn look(base: &str, cookies: Value, pages: Vec<(&str, String)>) {
    let page = |(name, path): (&str, String)| Page { name: name.to_owned(), url: format!("{base}{path}") };
    let pages: Vec<Page> = pages.into_iter().map(page).collect();
    let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("client-pages");
    std::fs::create_dir_all(&pictures).expect("a folder for pictures");
    let looked = tokio::task::spawn_blocking(move || look_at(&pages, &cookies, Some(&pictures)));
    let findings = looked.await.expect("no panic").expect("the browser looked");
    assert_eq!(findings, [""; 0], "{}", findings.join("\n"));
}

fn cookie(base: &str, cookie: Option<&str>) -> Value {
    let (name, value) = cookie.and_then(|pair| pair.split_once('=')).expect("a session");
    json!([{ "name": name, "value": value, "url": base }])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_behind_links_are_accessible_and_fit_a_small_phone() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    house.attended(DANIEL).await;
    house.paid(session).await;
    let later = house.booked(DANIEL, "2026-12-01T14:00:00Z").await;
    let leah = house.booked(LEAH, "2026-11-24T16:00:00Z").await;
    let offered = house.cancelled(session).await;
    let taken = house.cancelled_with(leah, &["2026-11-26T10:00:00Z", "2026-11-27T12:00:00Z"]).await.1;
    let mut phone = house.phone();
    phone.get(&taken).await;
    phone.post(&taken, &[("choice", "contact")]).await;
    let (booking, manage) = (house.booking_link(LEAH).await, house.link(LinkTo::Appointment(later)));
    let base = open(house.app.clone()).await;
    let pages = vec![
        ("choose", offered.clone()),
        ("more-times", format!("{offered}/times")),
        ("contact", taken),
        ("book", booking.clone()),
        ("book-check", format!("{booking}/confirm?kind=video&start=2026-12-02T10:00:00Z")),
        ("session", manage.clone()),
        ("cancel", format!("{manage}/cancel")),
        ("move", format!("{manage}/move")),
        ("move-check", format!("{manage}/move?start=2026-12-03T10:00:00Z")),
    ];
    look(&base, json!([]), pages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_a_signed_in_client_are_accessible_and_fit_a_small_phone() {
    let (house, session) = House::on_tuesday(Preset::Clinic).await;
    house.booked(DANIEL, "2026-12-01T14:00:00Z").await;
    let other = house.booked(DANIEL, "2026-11-24T16:00:00Z").await;
    house.attended(DANIEL).await;
    let link = house.cancelled(other).await;
    let mut phone = house.phone();
    phone.get(&link).await;
    let daniel = house.signed_in(DANIEL).await;
    let base = open(house.app.clone()).await;
    let cookies = cookie(&base, daniel.cookie.as_deref());
    let pages = vec![
        ("home", "/c".to_owned()),
        ("messages", "/c/messages".to_owned()),
        ("late", format!("/c/sessions/{session}/cancel")),
        ("late-session", format!("/c/sessions/{session}")),
        ("preferences", "/c/preferences".to_owned()),
        ("policy", "/c/policy".to_owned()),
        ("help", "/c/help".to_owned()),
    ];
    look(&base, cookies.clone(), pages).await;
    phone.follow(&link, &[("choice", "2026-11-26T14:00:00Z")]).await;
    house.go_to("2026-11-24T13:55:00Z");
    house.on_the_day(session, Live::RunningLate(10)).await;
    house.go_to("2026-11-24T14:12:00Z");
    house.confirms_first().await;
    let asked = [("start", "2026-12-04T10:00:00Z"), ("kind", "video"), ("policy", "yes")];
    let book = house.booking_link(DANIEL).await;
    phone.get(&format!("{book}/confirm?kind=video&start=2026-12-04T10:00:00Z")).await;
    phone.follow(&format!("{book}/confirm"), &asked).await.says("Friday 4 December");
    let manage = house.link(LinkTo::Appointment(session));
    let pages = vec![("booked", link), ("late-news", manage), ("asked", "/c".to_owned())];
    look(&base, cookies, pages).await;
}
