//! No link of any page leads nowhere: everybody's pages, followed from their first one.

use crate::world::{Demo, MONDAY, of_role, text};
use std::collections::{BTreeSet, VecDeque};
use testkit::scratch::Scratch;

const ROLES: [&str; 7] = ["owner", "admin", "support", "clinical_lead", "risk_duty", "therapist", "client"];

/// The links of a page that stay in this person's own pages.
fn links(page: &str) -> impl Iterator<Item = String> {
    let whole = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let own = whole.filter(|href| href.starts_with('/') && !href.starts_with("/demo") && !href.starts_with("/assets"));
    own.map(|href| href.split('#').next().unwrap_or_default().replace("&amp;", "&"))
}

/// `/t/appointments/apt_…/live` and its like are one kind of page, looked at once for each person.
fn kind(path: &str) -> String {
    let is_id = |part: &&str| part.split_once('_').is_some_and(|(prefix, id)| prefix.len() == 3 && id.len() == 26);
    let path = path.split('?').next().unwrap_or_default();
    path.split('/').map(|part| if is_id(&part) { "{id}" } else { part }).collect::<Vec<_>>().join("/")
}

/// What goes wrong on the way through somebody's pages, and how many kinds of page there were.
fn walk(demo: &Demo, door: &str) -> (Vec<String>, usize) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let open = |path: &str| {
        let sent = agent.get(format!("{}{path}", demo.base)).header("Accept", "text/html").call();
        let mut answer = sent.expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_string().expect("a body"))
    };
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    let mut ahead = VecDeque::from([(door.to_owned(), "the demo".to_owned())]);
    while let Some((path, from)) = ahead.pop_front() {
        if !seen.insert(kind(&path)) {
            continue;
        }
        let (status, page) = open(&path);
        if status != 200 {
            wrong.push(format!("{from} leads to {path}: {status}"));
        }
        ahead.extend(links(&page).map(|link| (link, path.clone())));
    }
    (wrong, seen.len())
}

#[test]
fn no_link_leads_nowhere_whoever_follows_it() {
    let scratch = Scratch::new("demo-links");
    let demo = Demo::start(&scratch.join("data"), &["--now", MONDAY]);
    for practice in demo.practices() {
        for role in ROLES {
            let door = text(of_role(&practice, role)[0], "sign_in_url").replace("http://demo.example", "");
            let (wrong, pages) = walk(&demo, &door);
            let who = format!("{role} of {}", text(&practice, "preset"));
            assert_eq!(wrong, [""; 0], "{who}");
            assert!(pages > 10, "{who} has only {pages} kinds of page");
        }
    }
}
