use crate::world::{World, encode};
use axum::http::Method;
use domain::person::Role;
use holdspace_server::routes::table;

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let world = World::new();
    let mut browser = world.signed_in(Role::Therapist).await;
    let token = browser.form_token.clone();
    let body = encode(&[("_csrf", &token)]);
    let foreign = "sent from another site";
    let expired = "open for too long";
    let cases = [
        (vec![("sec-fetch-site", "cross-site")], body.as_str(), foreign),
        (vec![("sec-fetch-site", "same-site")], &body, foreign),
        (vec![("sec-fetch-site", "none")], &body, foreign),
        (vec![("origin", "https://evil.example")], &body, foreign),
        (vec![("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:8081")], &body, foreign),
        (vec![("sec-fetch-site", "same-origin")], "", expired),
        (vec![], "_csrf=guess", expired),
    ];
    for (headers, body, sentence) in cases {
        let reply = browser.request(Method::POST, "/sign-out", &headers, body).await;
        assert_eq!(reply.status, 403, "{headers:?}");
        assert!(reply.body.contains(sentence), "{headers:?}: {}", reply.body);
        browser.form_token.clone_from(&token);
    }
    assert_eq!(browser.get("/more").await.status, 200, "still signed in");
    let headers = [("origin", "http://127.0.0.1:8080")];
    assert_eq!(browser.request(Method::POST, "/sign-out", &headers, &body).await.status, 303, "our own page may");
}

#[tokio::test]
async fn the_hidden_field_of_one_session_is_worth_nothing_in_another() {
    let world = World::new();
    let stolen = world.signed_in(Role::Client).await.form_token;
    let mut browser = world.signed_in(Role::Client).await;
    browser.form_token = stolen;
    assert_eq!(browser.post("/sign-out", &[]).await.status, 403);
    let mut stranger = world.browser();
    stranger.get("/sign-in").await;
    stranger.cookies.clear();
    assert_eq!(
        stranger.post("/sign-in", &[("email", "daniel@example.org")]).await.status,
        403,
        "nor without the cookie"
    );
    assert!(world.letters().is_empty());
}

#[tokio::test]
async fn reading_never_changes_anything() {
    let world = World::new();
    let mut browser = world.signed_in(Role::Therapist).await;
    for route in table().iter().filter(|route| route.is_write()) {
        let token = browser.form_token.clone();
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE] {
            browser
                .request(method, route.path, &[("x-http-method-override", "POST")], &encode(&[("_csrf", &token)]))
                .await;
        }
    }
    assert_eq!(browser.get("/more").await.status, 200, "still signed in");
    assert!(world.letters().is_empty());
}

#[tokio::test]
async fn a_form_that_is_no_form_or_too_long_is_refused() {
    let world = World::new();
    let mut browser = world.signed_in(Role::Client).await;
    let long = encode(&[("_csrf", &browser.form_token.clone()), ("note", &"a".repeat(70_000))]);
    let headers = [("sec-fetch-site", "same-origin")];
    assert_eq!(browser.request(Method::POST, "/sign-out", &headers, &long).await.status, 413);
    let nul = encode(&[("_csrf", &browser.form_token.clone()), ("note", "a\0b")]);
    assert_eq!(browser.request(Method::POST, "/sign-out", &headers, &nul).await.status, 400);
    assert_eq!(browser.get("/").await.location(), "/c", "still signed in");
}
