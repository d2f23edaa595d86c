//! What was sent, a call as a task, a booking link and the size of a text, in a real browser.

use crate::house::*;
use crate::looks::Open;
use domain::access::Scope;
use domain::message::{Message, MessageKind};
use domain::person::Channel;
use domain::policy::Preset;
use domain::telling::short_text;
use domain::time::Span;
use holdspace_server::words::Writer;
use holdspace_testkit::browser::{look_at, run_file};
use serde_json::json;
use std::path::PathBuf;

/// What this client was told of this kind by letter.
fn told(open: &Open, client: u8, kind: MessageKind) -> Message {
    let found = open.runtime.block_on(open.house.app.store.read_async(move |tx: &mut store::Tx<'_>| {
        let filter = store::message::Filter { kind: Some(kind), ..Default::default() };
        Ok::<_, store::DbError>(store::message::list(tx, &Scope::System("test"), &filter, None, 200)?.items)
    }));
    let all = found.expect("no fault");
    let theirs = |message: &Message| message.to == crate::house::client(client) && message.channel == Channel::Email;
    all.into_iter().find(theirs).expect("they were told")
}

#[test]
fn a_browser_finds_nothing_wrong_with_what_was_sent() {
    let open = Open::of(Preset::Network);
    open.runtime.block_on(open.house.owen_cancels(MARCUS, "2026-11-24T11:00:00Z", now() - Span::minutes(5)));
    let letter = told(&open, MARCUS, MessageKind::Cancellation).id;
    let about = open.house.appointment(MARCUS, "2026-11-24T11:00:00Z");
    let pages = [
        open.page("messages", "/p/messages"),
        open.page("messages-found", "/p/messages?q=marcus&kind=cancellation&status=waiting"),
        open.page("messages-none", "/p/messages?q=nobody"),
        open.page("message-sent", &format!("/p/messages/{letter}")),
        open.page("office-call", &format!("/p/appointments/{about}/call?back=/p")),
    ];
    assert_eq!(open.look(SAM, &pages), Vec::<String>::new());
    let pages = [
        open.page("sent", "/t/messages"),
        open.page("sent-one", &format!("/t/messages/{letter}")),
        open.page("call", &format!("/t/appointments/{about}/call")),
        open.page("client-link", &format!("/t/clients/{}?done=link-shown", relationship(MARCUS))),
    ];
    assert_eq!(open.look(OWEN, &pages), Vec::<String>::new());
}

#[test]
fn a_browser_finds_nothing_wrong_where_a_booking_link_is_asked_for_again() {
    let open = Open::of(Preset::Clinic);
    let pages = [open.page("lost-link", "/lost-link"), open.page("lost-link-sent", "/lost-link/sent")];
    assert_eq!(look_at(&pages, &json!([]), None).expect("the browser looked"), Vec::<String>::new());
}

/// The script counts as the server does, keystroke by keystroke.
#[test]
fn in_a_browser_the_size_of_a_text_is_counted_while_it_is_written() {
    let open = Open::of(Preset::Clinic);
    let base = format!("http://{}", open.address);
    let typed = [
        "{{ late_minutes }} minutes late",
        "Hi {{ first_name }} \u{2014} I\u{2019}m {{ late_minutes }} min late\u{2026}",
        "Zo\u{eb} is late",
        "",
    ];
    let args = json!({ "base": base, "cookies": open.cookies(RUTH), "typed": typed });
    let story = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/desk/size.mjs");
    let seen = run_file(&story, &args).expect("the story");
    let end = open.house.app.tools.writer.end_as_long(MessageKind::RunningLate);
    let late = domain::telling::template::Editable::of(MessageKind::RunningLate).expect("an editable kind");
    let facts = Writer::examples(late);
    for (n, text) in typed.iter().enumerate() {
        let filled = facts
            .iter()
            .fold((*text).to_owned(), |text, (name, fact)| text.replace(&format!("{{{{ {name} }}}}"), fact));
        let size = short_text::size(&format!("{}\n{end}", short_text::plain(&filled)));
        let words = format!(
            "{} characters, sent in {}",
            size.units,
            if size.parts == 1 { "1 part".into() } else { format!("{} parts", size.parts) }
        );
        assert!(seen[n].as_str().is_some_and(|shown| shown.starts_with(&words)), "{text}: {words}: {seen}");
    }
    // Before anything is typed the server's own figure stands there.
    let house = holdspace_server::flow::template::house(MessageKind::RunningLate);
    let size = open.house.app.tools.writer.size(&house, late).expect("it can be filled in");
    assert!(
        seen[typed.len()].as_str().is_some_and(|first| first.starts_with(&format!("{} characters", size.units))),
        "{seen}"
    );
}
