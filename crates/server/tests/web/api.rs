use crate::world::{World, encode, some_id, start};
use axum::body::Body;
use axum::http::{Method, Request};
use domain::id::{AppointmentKind, OfferKind};
use domain::message::LinkTo;
use domain::person::Role;
use domain::refusal::Refusal;
use domain::time::Span;
use holdspace_server::actor::{AnyRole, LinkHolder, Owner, Public, Scoped, Team};
use holdspace_server::app::App;
use holdspace_server::call::Call;
use holdspace_server::error::Problem;
use holdspace_server::portal::redirect;
use holdspace_server::routes::{Answer, Route, get, post};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Late {
    minutes: u32,
}

#[derive(Deserialize)]
struct Page {
    cursor: Option<String>,
}

async fn running_late(_: App, call: Call<AnyRole>) -> Answer {
    let id = call.id::<AppointmentKind>("id")?;
    let late: Late = call.json()?;
    let seen = call.if_match()?;
    let command = call.command.to_string();
    answer(json!({"id": id, "minutes": late.minutes, "preview": call.preview, "seen": seen, "command": command}))
}

async fn list(_: App, call: Call<Team>) -> Answer {
    let page: Page = call.query()?;
    answer(json!({"cursor": page.cursor, "by": call.scope().signature()}))
}

async fn policy(_: App, call: Call<Owner>) -> Answer {
    answer(json!({"by": call.actor.person.to_string()}))
}

async fn broken(_: App, _: Call<Public>) -> Answer {
    Err(Problem::fault("the password is hunter2"))
}

async fn refused(_: App, _: Call<Public>) -> Answer {
    Err(Refusal::stale().into())
}

async fn choose(_: App, call: Call<LinkHolder>) -> Answer {
    answer(json!({"client": call.actor.client, "by": call.actor.scope().signature(), "form": call.form_token()}))
}

async fn chosen(_: App, _: Call<LinkHolder>) -> Answer {
    Ok(redirect("/"))
}

fn answer(value: serde_json::Value) -> Answer {
    Ok(axum::http::Response::new(Body::from(value.to_string())))
}

fn routes() -> Vec<Route> {
    vec![
        post::<AnyRole>("/api/v1/appointments/{id}/running-late", running_late).about("appointment").previews(),
        post::<AnyRole>("/api/v1/appointments/{id}/client-arrived", running_late).about("appointment"),
        get::<Team>("/api/v1/appointments", list).about("appointment"),
        get::<Owner>("/api/v1/policy", policy).about("policy"),
        get::<Public>("/api/v1/broken", broken),
        get::<Public>("/broken", broken),
        get::<Public>("/stale", refused),
        get::<Public>("/fhir/R4/broken", refused),
        get::<LinkHolder>("/r/{token}", choose),
        post::<LinkHolder>("/r/{token}", chosen),
    ]
}

fn world() -> World {
    World::with(&[], routes())
}

fn late_path() -> String {
    format!("/api/v1/appointments/{}/running-late", some_id::<AppointmentKind>())
}

#[tokio::test]
async fn a_program_is_known_by_its_token_and_never_by_a_cookie() {
    let world = world();
    let token = world.bearer(Role::Support).await;
    let known = world.call(Method::GET, "/api/v1/appointments?cursor=x", Some(&token), "").await;
    assert_eq!(known.json(), json!({"cursor": "x", "by": "per_00000000000000000000000034"}));
    let guessed = world.call(Method::GET, "/api/v1/appointments", Some("guess"), "").await;
    assert_eq!((guessed.status.as_u16(), guessed.json()["code"].as_str()), (401, Some("unauthenticated")));
    assert_eq!(guessed.header("www-authenticate"), "Bearer");
    let mut browser = world.signed_in(Role::Support).await;
    assert_eq!(browser.get("/api/v1/appointments").await.status, 401);
}

#[tokio::test]
async fn a_route_closed_to_the_role_is_a_route_that_is_not_there() {
    let world = world();
    let token = world.bearer(Role::Admin).await;
    let closed = world.call(Method::GET, "/api/v1/policy", Some(&token), "").await;
    let nowhere = world.call(Method::GET, "/api/v1/nowhere", Some(&token), "").await;
    assert_eq!(closed.status, 404);
    assert_eq!(closed.body, nowhere.body, "nobody can tell the two apart");
    assert_eq!(closed.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn what_a_program_sends_wrong_is_named() {
    let world = world();
    let token = world.bearer(Role::Client).await;
    let cases = [
        (r#"{"minutes":10,"reason":"x"}"#, 422, "field_unknown", "reason"),
        (r#"{}"#, 422, "field_missing", "minutes"),
        (r#"{"minutes":"ten"}"#, 422, "field_malformed", "minutes"),
        (r#"{"minutes""#, 400, "not_json", ""),
        ("null", 422, "object_expected", ""),
        ("[]", 422, "object_expected", ""),
        ("[10]", 422, "object_expected", ""),
        ("\"x\"", 422, "object_expected", ""),
        ("3", 422, "object_expected", ""),
        ("{\"minutes\":\"\\u0000\"}", 400, "nul_character", ""),
    ];
    for (body, status, code, field) in cases {
        let reply = world.call(Method::POST, &late_path(), Some(&token), body).await;
        let problem = reply.json();
        assert_eq!((reply.status.as_u16(), problem["code"].as_str()), (status, Some(code)), "{body}");
        assert_eq!(problem["errors"][0]["field"].as_str().unwrap_or(""), field, "{body}");
        assert!(problem["type"].is_string() && problem["title"].is_string() && problem["detail"].is_string());
    }
    let long = format!("{{\"minutes\":{}}}", " ".repeat(70_000));
    assert_eq!(world.call(Method::POST, &late_path(), Some(&token), &long).await.status, 413);
    let malformed = world.call(Method::POST, "/api/v1/appointments/42/running-late", Some(&token), "{}").await;
    assert_eq!(malformed.status, 404, "there is no such appointment");
    let team = world.bearer(Role::Support).await;
    let query = world.call(Method::GET, "/api/v1/appointments?colour=red", Some(&team), "").await;
    assert_eq!((query.status.as_u16(), query.json()["errors"][0]["field"].as_str()), (422, Some("colour")));
}

#[tokio::test]
async fn another_content_type_is_refused_with_the_remedy() {
    let world = world();
    let token = world.bearer(Role::Client).await;
    let request = Request::post(late_path())
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "text/plain")
        .body(Body::from("{\"minutes\":1}"))
        .expect("a request");
    let reply = world.send(request).await;
    assert_eq!(reply.status, 415);
    assert!(reply.json()["detail"].as_str().is_some_and(|detail| detail.contains("application/json")));
}

#[tokio::test]
async fn a_key_of_the_caller_s_own_makes_the_same_command_each_time() {
    let world = world();
    let token = world.bearer(Role::Client).await;
    let other = world.bearer(Role::Therapist).await;
    let send = async |token: &str, key: &str, path: String| {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .header("if-match", "\"3\"")
            .body(Body::from("{\"minutes\":1}"))
            .expect("a request");
        world.send(request).await
    };
    let first = send(&token, "key-1", late_path()).await.json();
    assert_eq!(first, send(&token, "key-1", late_path()).await.json());
    assert_eq!((&first["seen"], &first["preview"]), (&json!(3), &json!(false)));
    assert_ne!(first["command"], send(&token, "key-2", late_path()).await.json()["command"]);
    assert_ne!(first["command"], send(&other, "key-1", late_path()).await.json()["command"], "another person's key");
    let preview = send(&token, "key-3", format!("{}?preview=true", late_path())).await.json();
    assert_eq!(preview["preview"], json!(true));
    assert_eq!(send(&token, "a b", late_path()).await.json()["code"], "idempotency_key_malformed");
}

#[tokio::test]
async fn a_fault_of_ours_says_a_number_and_nothing_else() {
    let world = world();
    for (path, kind) in [("/api/v1/broken", "application/problem+json"), ("/broken", "text/html; charset=utf-8")] {
        let reply = world.browser().get(path).await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (500, kind));
        assert!(!reply.body.contains("hunter2") && reply.body.contains("cmd_"), "{}", reply.body);
    }
    let stale = world.browser().get("/stale").await;
    assert_eq!(stale.status, 412);
    assert!(stale.body.contains("<h1>This changed while you were looking</h1>"), "{}", stale.body);
    let fhir = world.browser().get("/fhir/R4/broken").await;
    assert_eq!((fhir.json()["resourceType"].as_str(), fhir.status.as_u16()), (Some("OperationOutcome"), 412));
}

#[tokio::test]
async fn a_link_opens_one_client_s_thing_until_it_runs_out() {
    let world = world();
    let to = LinkTo::Offer(some_id::<OfferKind>());
    let text = world.link(to, Some(start() + Span::hours(24))).await;
    let path = format!("/r/{text}");
    let mut browser = world.browser();
    let page = browser.get(&path).await;
    assert_eq!(page.json()["client"], "cli_00000000000000000000000031");
    assert!(page.json()["by"].as_str().is_some_and(|by| by.starts_with("token:tok_")));

    let foreign = encode(&[("_csrf", "guess")]);
    assert_eq!(browser.request(Method::POST, &path, &[], &foreign).await.status, 403);
    browser.form_token = page.json()["form"].as_str().expect("a token").to_owned();
    assert_eq!(browser.post(&path, &[]).await.status, 303);

    assert_eq!(browser.get("/r/guess").await.status, 404);
    world.advance(Span::hours(24));
    let late = browser.get(&path).await;
    assert_eq!(late.status, 404);
    assert!(late.body.contains("This link no longer works"), "{}", late.body);
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_said() {
    let world = world();
    let token = world.bearer(Role::Owner).await;
    let reply = world.call(Method::DELETE, "/api/v1/policy", Some(&token), "").await;
    assert_eq!((reply.status.as_u16(), reply.json()["code"].as_str()), (405, Some("method_not_allowed")));
    assert!(reply.header("allow").contains("GET"), "{}", reply.header("allow"));
}

#[tokio::test]
async fn too_many_reads_are_told_when_to_come_back() {
    let world = world();
    let token = world.bearer(Role::Support).await;
    let mut last = None;
    for _ in 0..301 {
        last = Some(world.call(Method::GET, "/api/v1/appointments", Some(&token), "").await);
    }
    let last = last.expect("a reply");
    assert_eq!((last.status.as_u16(), last.header("retry-after")), (429, "1"));
    let other = world.bearer(Role::Admin).await;
    assert_eq!(world.call(Method::GET, "/api/v1/appointments", Some(&other), "").await.status, 200);
}

#[tokio::test]
async fn a_write_without_a_preview_refuses_to_be_looked_at_and_does_nothing() {
    let world = world();
    let token = world.bearer(Role::Therapist).await;
    let path = format!("/api/v1/appointments/{}/client-arrived", some_id::<AppointmentKind>());
    let body = "{\"minutes\":1}";
    let looked = world.call(Method::POST, &format!("{path}?preview=true"), Some(&token), body).await;
    assert_eq!((looked.status.as_u16(), looked.json()["code"].as_str()), (422, Some("preview_not_available")));
    assert_eq!(looked.json()["errors"][0]["field"], "preview");
    let done = world.call(Method::POST, &path, Some(&token), body).await;
    assert_eq!(done.status, 200, "in earnest it is done");
}
