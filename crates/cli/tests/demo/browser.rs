//! The demo's own pages in a real browser, and its strip on somebody's first page.

use crate::world::{Demo, of_role, text};
use serde_json::json;
use testkit::browser::{Page, look_at};
use testkit::scratch::Scratch;

#[test]
fn a_browser_finds_nothing_wrong_with_the_demo_s_pages() {
    let scratch = Scratch::new("demo-browser");
    let demo = Demo::monday(&scratch, "clinic");
    let practice = demo.practices().remove(0);
    let letters = demo.outbox("?kind=cancellation");
    let door = text(of_role(&practice, "therapist")[0], "sign_in_url").replace("http://demo.example", "");
    let page = |name: &str, path: &str| Page { name: name.to_owned(), url: format!("{}{path}", demo.base) };
    let pages = [
        page("demo", "/demo"),
        page("letter", &format!("/demo/letters/{}", text(&letters[0], "id"))),
        page("faults", "/demo/faults"),
        page("outbox", "/demo/outbox"),
        page("time", "/demo/time"),
        // Signs in, so that the strip stands above a therapist's day.
        page("day", &door),
    ];
    let findings = look_at(&pages, &json!([]), None).expect("the browser looked");
    assert!(findings.is_empty(), "{findings:#?}");
}
