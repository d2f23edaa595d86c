use crate::world::World;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use domain::person::Role;
use holdspace_server::routes::table;
use holdspace_server::security::CONTENT_POLICY;
use holdspace_server::serve::serve;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[tokio::test]
async fn every_answer_of_every_route_protects_the_browser() {
    let world = World::with(&[("HOLDSPACE_BASE_URL", "https://alderhouse.example")], table());
    let paths = table().iter().map(|route| route.path).chain(["/nowhere", "/api/v1/nowhere"]).collect::<Vec<_>>();
    for path in paths {
        for method in [Method::GET, Method::POST] {
            let reply = world.browser().request(method.clone(), path, &[], "").await;
            let said = |name: &str| reply.header(name).to_owned();
            assert_eq!(said("content-security-policy"), CONTENT_POLICY, "{method} {path}");
            assert_eq!(said("x-content-type-options"), "nosniff", "{method} {path}");
            assert_eq!(said("referrer-policy"), "no-referrer", "{method} {path}");
            assert_eq!(said("cross-origin-opener-policy"), "same-origin", "{method} {path}");
            assert_eq!(said("cross-origin-resource-policy"), "same-origin", "{method} {path}");
            assert!(!said("permissions-policy").is_empty(), "{method} {path}");
            assert!(said("strict-transport-security").contains("max-age=63072000"), "{method} {path}");
            assert_eq!(said("cache-control"), "no-store", "{method} {path}");
            assert!(!reply.status.is_server_error(), "{method} {path}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn assets_are_kept_by_browsers_under_the_name_of_their_bytes() {
    let world = World::new();
    let page = world.browser().get("/sign-in").await;
    let (_, after) = page.body.split_once("href=\"/assets/app.css").expect("a stylesheet");
    let query = after.split('"').next().expect("a query");
    let named = world.browser().get(&format!("/assets/app.css{query}")).await;
    assert_eq!(named.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(named.header("content-type").starts_with("text/css"));
    assert_eq!(world.browser().get("/assets/app.css?v=old").await.header("cache-control"), "no-cache");
    assert_eq!(world.browser().get("/assets/passwd").await.status, 404);
    assert!(page.header("strict-transport-security").is_empty(), "plain http promises nothing about https");
}

#[tokio::test]
async fn pages_carry_no_inline_script_or_style() {
    let world = World::new();
    let pages = [
        world.browser().get("/sign-in").await,
        world.browser().get("/nowhere").await,
        world.signed_in(Role::Therapist).await.get("/more").await,
    ];
    for page in pages {
        assert!(!page.body.contains("<style") && !page.body.contains(" style=") && !page.body.contains(" onclick="));
        assert!(
            page.body.split("<script").skip(1).all(|script| script.starts_with(" src=\"/assets/")),
            "{}",
            page.body
        );
        assert_eq!(page.body.matches("<h1").count(), 1, "{}", page.body);
        assert!(page.body.contains("class=\"skip\""));
    }
}

// proves: V-11
#[tokio::test]
async fn the_number_of_support_is_on_every_page_of_somebody_who_is_known() {
    let world = World::new();
    for role in Role::ALL {
        let mut browser = world.signed_in(role).await;
        for path in ["/more", "/nowhere"] {
            assert!(browser.get(path).await.body.contains("+442079460010"), "{path} as {}", role.word());
        }
    }
}

#[tokio::test]
async fn where_a_request_came_from_is_what_a_trusted_proxy_says_and_nobody_else() {
    let guess_often = async |world: &World| {
        let mut last = 0;
        for n in 0..31 {
            let mut request =
                Request::get("/sign-in/guess").header("x-forwarded-for", format!("203.0.113.{n}, 10.0.0.2"));
            let peer: SocketAddr = "10.0.0.2:4000".parse().expect("an address");
            request.extensions_mut().expect("a request").insert(ConnectInfo(peer));
            last = world.send(request.body(Body::empty()).expect("a request")).await.status.as_u16();
        }
        last
    };
    assert_eq!(guess_often(&World::new()).await, 429, "a stranger cannot pretend to be many");
    let behind_proxy = World::with(&[("HOLDSPACE_PROXY_TRUSTED", "10.0.0.2")], table());
    assert_eq!(guess_often(&behind_proxy).await, 410, "many behind one proxy are many");
}

#[tokio::test]
async fn a_server_answers_over_a_real_line_and_stops_when_told() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/sign-in", listener.local_addr().expect("an address"));
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(world.app.clone(), listener, async { drop(stopped.await) }));
    let fetched = tokio::task::spawn_blocking(move || {
        let mut response = ureq::get(url).call().expect("an answer");
        response.body_mut().read_to_string().expect("a body")
    });
    assert!(fetched.await.expect("fetched").contains("<h1>Sign in</h1>"));
    stop.send(()).expect("still there");
    server.await.expect("ended").expect("without a fault");
}
