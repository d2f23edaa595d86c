use crate::world::{World, person};
use axum::http::Method;
use domain::person::Role;
use domain::time::Span;
use holdspace_server::routes::table;
use holdspace_server::session;
use store::{Config, Store};

#[tokio::test]
async fn a_therapist_signs_in_by_the_link_in_a_letter_once() {
    let world = World::new();
    let mut browser = world.browser();
    assert_eq!(browser.get("/t-does-not-matter").await.status, 404);
    browser.get("/sign-in").await;
    let asked = browser.post("/sign-in", &[("email", " Maya@Example.org ")]).await;
    assert_eq!((asked.status.as_u16(), asked.location()), (303, "/sign-in/sent"));
    let letters = world.letters();
    assert_eq!((letters.len(), letters[0].email.as_str()), (1, "maya@example.org"));

    let link = world.last_link();
    let looked = world.browser().request(Method::HEAD, &link, &[], "").await;
    assert_eq!(looked.status, 200, "a mail scanner looks");
    assert_eq!(world.browser().get(&link).await.status, 200, "and looks again");

    let mut phone = world.browser();
    let page = phone.get(&link).await;
    assert!(page.body.contains("<button"), "{}", page.body);
    let opened = phone.post(&link, &[]).await;
    assert_eq!((opened.status.as_u16(), opened.location()), (303, "/t"));
    assert!(phone.get("/more").await.body.contains("Maya Okafor"));

    let mut late = world.browser();
    assert_eq!(late.get(&link).await.status, 410, "used up");
    let again = late.post(&link, &[]).await;
    assert_eq!(again.status, 410);
    assert!(!late.cookies.contains_key("holdspace"));
}

#[tokio::test]
async fn a_link_that_is_older_than_fifteen_minutes_opens_nothing() {
    let world = World::new();
    let mut browser = world.browser();
    browser.get("/sign-in").await;
    browser.post("/sign-in", &[("email", "daniel@example.org")]).await;
    let link = world.last_link();
    browser.get(&link).await;
    world.advance(Span::minutes(15));
    let late = browser.post(&link, &[]).await;
    assert_eq!(late.status, 410);
    assert!(late.body.contains("Ask for a new one"), "{}", late.body);
    assert!(!browser.cookies.contains_key("holdspace"));
}

#[tokio::test]
async fn nobody_can_tell_from_the_answer_whether_an_address_is_known() {
    let world = World::new();
    let mut replies = Vec::new();
    for email in ["daniel@example.org", "nobody@example.org", "kit@example.org"] {
        let mut browser = world.browser();
        browser.get("/sign-in").await;
        let reply = browser.post("/sign-in", &[("email", email)]).await;
        replies.push((reply.status, reply.location().to_owned(), reply.body));
    }
    assert_eq!(replies[0], replies[1], "known and unknown");
    assert_eq!(replies[0], replies[2], "known and no longer active");
    assert_eq!(world.letters().len(), 1, "but only one letter went out");
}

#[tokio::test]
async fn asking_too_often_waits_whether_or_not_the_address_is_known() {
    let world = World::new();
    for email in ["daniel@example.org", "nobody@example.org"] {
        let mut browser = world.browser();
        browser.get("/sign-in").await;
        for _ in 0..5 {
            assert_eq!(browser.post("/sign-in", &[("email", email)]).await.status, 303);
        }
        let sixth = browser.post("/sign-in", &[("email", email)]).await;
        assert_eq!((sixth.status.as_u16(), sixth.header("retry-after")), (429, "180"));
    }
    world.advance(Span::minutes(3));
    let mut browser = world.browser();
    browser.get("/sign-in").await;
    assert_eq!(browser.post("/sign-in", &[("email", "daniel@example.org")]).await.status, 303);
}

#[tokio::test]
async fn guessing_links_from_one_place_is_limited() {
    let world = World::new();
    let mut last = 200;
    for guess in 0..40 {
        last = world.browser().get(&format!("/sign-in/guess-{guess}")).await.status.as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn an_address_that_is_none_is_said_beside_the_field_and_kept() {
    let world = World::new();
    let mut browser = world.browser();
    browser.get("/sign-in").await;
    for typed in ["daniel", "", "a@b.c\r\nBcc: x@y.zz"] {
        let reply = browser.post("/sign-in", &[("email", typed)]).await;
        assert_eq!(reply.status, 422, "{typed:?}");
        assert!(reply.body.contains("<title>Error: Sign in"), "{}", reply.body);
        assert!(reply.body.contains("aria-describedby=\"email-error\""), "{}", reply.body);
        assert!(typed != "daniel" || reply.body.contains("value=\"daniel\""), "{}", reply.body);
    }
    assert!(world.letters().is_empty());
}

#[tokio::test]
async fn a_session_ends_when_idle_when_old_and_when_its_person_says_so() {
    let world = World::new();
    let mut staff = world.signed_in(Role::Admin).await;
    world.advance(Span::hours(11));
    assert_eq!(staff.get("/more").await.status, 200);
    world.advance(Span::hours(11));
    assert_eq!(staff.get("/more").await.status, 200, "a page seen renews it");
    world.advance(Span::hours(12));
    assert_eq!(staff.get("/more").await.location(), "/sign-in", "idle for twelve hours");

    let mut client = world.signed_in(Role::Client).await;
    for _ in 0..4 {
        world.advance(Span::hours(24 * 20));
        assert_eq!(client.get("/").await.location(), "/c");
    }
    world.advance(Span::hours(24 * 10));
    assert_eq!(client.get("/").await.location(), "/sign-in", "ninety days old");

    let mut browser = world.signed_in(Role::Owner).await;
    let kept = browser.cookies.clone();
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!((out.status.as_u16(), out.location()), (303, "/sign-in"));
    assert!(out.header("clear-site-data").contains("storage") && browser.cookies.is_empty());
    browser.cookies = kept;
    assert_eq!(browser.get("/more").await.location(), "/sign-in", "the old cookie is worth nothing");
}

#[tokio::test]
async fn signing_in_again_gives_a_new_secret_and_ends_the_old_session() {
    let world = World::new();
    let mut browser = world.signed_in(Role::Client).await;
    let before = browser.cookies.clone();
    world.browser().get("/sign-in").await;
    let mut other = world.browser();
    other.get("/sign-in").await;
    other.post("/sign-in", &[("email", "maya@example.org")]).await;
    let link = world.last_link();
    browser.get(&link).await;
    assert_eq!(browser.post(&link, &[]).await.location(), "/t");
    assert_ne!(browser.cookies["holdspace"], before["holdspace"]);
    browser.cookies = before;
    assert_eq!(browser.get("/").await.location(), "/sign-in");
}

#[tokio::test]
async fn the_cookie_is_for_our_host_only_and_out_of_reach_of_scripts() {
    let world = World::with(&[("HOLDSPACE_BASE_URL", "https://alderhouse.example")], table());
    let mut browser = world.browser();
    browser.get("/sign-in").await;
    browser.post("/sign-in", &[("email", "maya@example.org")]).await;
    let link = world.last_link();
    browser.get(&link).await;
    let opened = browser.post(&link, &[]).await;
    let cookie = opened.header("set-cookie");
    assert!(cookie.starts_with("__Host-holdspace="), "{cookie}");
    assert!(cookie.ends_with("; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_at_rest() {
    let dir = std::env::temp_dir().join(format!("holdspace-at-rest-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    let store = Store::open(Config::sqlite(dir.join("hold.sqlite"))).expect("a store");
    store.migrate().expect("tables");
    let world = World::over(store, &[], table());
    let mut browser = world.browser();
    browser.get("/sign-in").await;
    browser.post("/sign-in", &[("email", "maya@example.org")]).await;
    let link = world.last_link();
    browser.get(&link).await;
    browser.post(&link, &[]).await;
    let secrets = [link.rsplit('/').next().expect("a secret").to_owned(), browser.cookies["holdspace"].clone()];
    assert!(browser.get("/more").await.body.contains("Maya"));
    for file in std::fs::read_dir(&dir).expect("files") {
        let path = file.expect("a file").path();
        let bytes = std::fs::read(&path).expect("bytes");
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{} holds a secret", path.display());
        }
    }
    std::fs::remove_dir_all(&dir).expect("cleaned up");
}

#[tokio::test]
async fn somebody_who_left_can_no_longer_come_in() {
    let world = World::new();
    let gone = "cli_00000000000000000000000038".parse().expect("a person");
    let opened = holdspace_server::flow::signin::open_for(&world.app, gone, world.app.now()).await;
    assert!(opened.expect("works").is_none());
    let headers = axum::http::HeaderMap::new();
    let nobody = session::by_cookie(&world.app, &headers, world.app.now()).await.expect("works");
    assert!(nobody.signature().is_none());
    assert_ne!(person(Role::Client), gone);
}
