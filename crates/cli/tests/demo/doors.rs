//! Getting in: the demo's own doors, and a sign-in letter from the outbox.

use crate::world::{Demo, of_role, text};
use testkit::scratch::Scratch;

struct Browser {
    agent: ureq::Agent,
    base: String,
}

impl Browser {
    fn new(demo: &Demo) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        Self { agent: config.build().into(), base: demo.base.clone() }
    }

    fn get(&self, path: &str) -> (u16, String, String) {
        let sent = self.agent.get(format!("{}{path}", self.base)).header("Accept", "text/html").call();
        Self::read(sent.expect("an answer"))
    }

    fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, String, String) {
        let sent = self.agent.post(format!("{}{path}", self.base)).send_form(form.iter().copied());
        Self::read(sent.expect("an answer"))
    }

    fn read(mut response: ureq::http::Response<ureq::Body>) -> (u16, String, String) {
        let place = response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        let status = response.status().as_u16();
        (status, place, response.body_mut().read_to_string().expect("a body"))
    }
}

fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = &page[page.find(&mark).expect("the hidden field") + mark.len()..];
    &rest[..rest.find('"').expect("its end")]
}

#[test]
fn everybody_can_be_signed_in_as_and_every_page_says_that_it_is_a_demo() {
    let scratch = Scratch::new("demo-doors");
    let demo = Demo::monday(&scratch, "clinic");
    let practice = demo.practices().remove(0);
    let browser = Browser::new(&demo);
    for role in ["client", "therapist", "admin", "owner"] {
        let door = text(of_role(&practice, role)[0], "sign_in_url").replace("http://demo.example", "");
        for _ in 0..2 {
            let (status, place, _) = browser.get(&door);
            assert_eq!(status, 303, "{role}");
            assert!(["/c", "/t", "/p"].contains(&place.as_str()), "{role} comes to {place}");
        }
    }
    for path in ["/demo", "/demo/outbox", "/demo/time", "/demo/faults", "/sign-in/sent", "/nowhere"] {
        let (_, _, page) = browser.get(path);
        assert!(page.contains("nothing leaves this machine"), "{path}");
    }
    assert_eq!(browser.get("/demo/clock").1, "/demo/time", "people get the page with the buttons");
    let (_, _, page) = browser.get("/demo/time");
    let (csrf, key) = (hidden(&page, "_csrf"), hidden(&page, "_key"));
    let (status, _, _) = browser.post("/demo/time", &[("_csrf", csrf), ("_key", key), ("advance", "PT10M")]);
    assert_eq!(status, 303);
    assert_eq!(demo.get("/demo/clock")["now"], "2026-03-09T08:10:00Z");
    let (status, _, page) = browser.post("/demo/time", &[("_csrf", csrf), ("_key", key), ("set", "yesterday")]);
    assert!(status == 422 && page.contains("still to come"), "{status}");
}

#[test]
fn a_sign_in_letter_lands_in_the_outbox_with_a_link_that_works_once() {
    let scratch = Scratch::new("demo-letter");
    let demo = Demo::monday(&scratch, "clinic");
    let practice = demo.practices().remove(0);
    let client = of_role(&practice, "client")[0].clone();
    let browser = Browser::new(&demo);
    let (_, _, page) = browser.get("/sign-in");
    let form = [("_csrf", hidden(&page, "_csrf")), ("_key", hidden(&page, "_key")), ("email", text(&client, "email"))];
    assert_eq!(browser.post("/sign-in", &form).0, 303);
    let letters = demo.outbox("?kind=sign_in");
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0]["to_person"], client["id"]);
    let body = text(&letters[0], "body");
    let link = body.split_whitespace().find(|word| word.starts_with("http://demo.example/sign-in/")).expect("the link");
    let link = link.replace("http://demo.example", "");
    let (_, _, page) = browser.get(&link);
    let form = [("_csrf", hidden(&page, "_csrf")), ("_key", hidden(&page, "_key"))];
    assert_eq!(browser.post(&link, &form).1, "/c");
    assert_eq!(browser.get(&link).0, 410);
    let (status, _, page) = browser.get(&format!("/demo/letters/{}", text(&letters[0], "id")));
    assert!(status == 200 && page.contains(text(&client, "email")));
}
