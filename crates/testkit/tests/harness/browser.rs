//! The browser sees what a person would trip over.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use holdspace_testkit::browser::{self, Page};
use holdspace_testkit::scratch::Scratch;
use serde_json::json;

const GOOD: &str = "<!doctype html><html lang=en><head><title>A page</title><meta name=viewport content='width=device-width'>\
    <link rel=icon href='data:,'></head><body><main><h1>Hello</h1><p><a href='/good'>Again</a></p></main></body></html>";
const BAD: &str = "<!doctype html><html><head><title>A page</title><script>console.error('planted')</script></head>\
    <body><main><h1>Hello</h1><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>\
    <div class=wide style='width:1400px'>wide</div></main></body></html>";

/// Serves the two pages until the test ends.
fn serve() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Each on its own: a browser also opens connections on which it says nothing.
            std::thread::spawn(move || answer(stream));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream) {
    let mut request = [0; 4096];
    let length = stream.read(&mut request).unwrap_or_default();
    let good = request[..length].starts_with(b"GET /good");
    let (body, policy) = if good { (GOOD, "default-src 'none'; img-src data:") } else { (BAD, "") };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n", body.len());
    let _ = write!(stream, "{head}content-security-policy: {policy}\r\nconnection: close\r\n\r\n{body}");
}

#[test]
fn a_good_page_has_no_findings_and_a_picture_of_each_kind() {
    let pictures = Scratch::new("pictures");
    let page = Page { name: "good".to_owned(), url: format!("{}/good", serve()) };
    let findings = browser::look_at(&[page], &json!([]), Some(pictures.path())).expect("the browser looked");
    assert_eq!(findings, [""; 0]);
    assert!(pictures.join("good-phone-dark.png").exists() && pictures.join("good-desktop-light.png").exists());
}

#[test]
fn what_a_person_would_trip_over_is_named() {
    let page = Page { name: "bad".to_owned(), url: format!("{}/bad", serve()) };
    let findings = browser::look_at(&[page], &json!([]), None).expect("the browser looked").join("\n");
    for fault in ["axe html-has-lang", "axe image-alt", "wider than 320 px", "wider than 1280 px", "console: planted"] {
        assert!(findings.contains(fault), "{fault} is not among\n{findings}");
    }
}

#[test]
fn a_story_clicks_and_answers_and_its_failure_is_told() {
    let folder = Scratch::new("story");
    let story = "export default async ({ open, args }) => { const page = await open('phone'); page.setDefaultTimeout(2000); await page.goto(args.url);\
        await page.getByRole('link', { name: 'Again' }).click(); return { title: await page.title() }; };";
    std::fs::write(folder.join("story.mjs"), story).expect("the folder is ours");
    let base = serve();
    let answer = browser::run_file(&folder.join("story.mjs"), &json!({ "url": format!("{base}/good") }));
    assert_eq!(answer, Ok(json!({ "title": "A page" })));
    let on_a_bad_page = browser::run_file(&folder.join("story.mjs"), &json!({ "url": format!("{base}/bad") }));
    assert!(on_a_bad_page.is_err_and(|said| said.contains("Again")), "no such link there");
}

#[test]
fn a_browser_story_may_not_overlook_a_fault() {
    let folder = Scratch::new("story");
    let story =
        "export default async ({ open, args }) => { const page = await open('phone'); await page.goto(args.url); };";
    std::fs::write(folder.join("story.mjs"), story).expect("the folder is ours");
    let answer = browser::run_file(&folder.join("story.mjs"), &json!({ "url": format!("{}/bad", serve()) }));
    assert!(answer.is_err_and(|said| said.contains("console: planted")));
}
