//! Whatever people write, a message keeps its shape.

use super::sample::{links, sample, writer};
use crate::words::{About, Writer};
use domain::appointment::Initiator;
use domain::message::{Facts, MessageKind, Notice};
use domain::person::Person;
use proptest::prelude::*;

thread_local! {
    static WRITER: Writer = writer();
}

/// Words that try things, and words of any letters.
fn words() -> impl Strategy<Value = String> {
    let tricks = prop::sample::select(vec![
        "{link}",
        "{receipt}",
        "{{ link }}",
        "{% raw %}",
        "<b>",
        "</main>",
        "\r\nBcc: x@y.org\r\n\r\n",
        "\"'>&amp;",
        "{li\u{200b}nk}",
        "{li\u{0}nk}",
        "\u{202e}",
        "\u{2028}",
        "END:VCALENDAR\r\n",
        ";:,\\",
    ]);
    prop::collection::vec(prop_oneof![tricks.prop_map(String::from), any::<String>()], 0..6)
        .prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn words_of_people_never_break_a_message_or_add_to_it(
        (name, spoken, reason, owed, practice) in (words(), words(), words(), words(), words()),
        kind in prop::sample::select(MessageKind::ALL.to_vec()),
        reader in 0..3,
        by in prop::sample::select(Initiator::ALL.to_vec()),
    ) {
        let mut story = sample();
        story.situation.practice.name = practice;
        story.situation.client.name = name.clone();
        story.situation.therapist.person.name = name.clone();
        story.situation.client.phone = Some(name.clone());
        let to = match reader { 0 => story.client(), 1 => story.therapist(), _ => Person { name, ..story.admin() } };
        let facts = Facts {
            words: Some(spoken),
            shared_reason: Some(reason),
            owed: Some(owed),
            ..story.full_facts(Some(by))
        };
        let notice = Notice { link: Some(links()[0]), ..story.notice(kind, &to, facts) };
        let about = About { situation: &story.situation, to: &to, appointment: &story.appointment, now: story.now };
        let written = WRITER.with(|writer| writer.write(&notice, &about));
        for body in [&written.text, &written.html] {
            prop_assert_eq!(body.matches("{link}").count(), 1);
            let receipts = usize::from(kind != MessageKind::SignIn);
            prop_assert_eq!(body.matches("{receipt}").count(), receipts);
            prop_assert_eq!(body.matches(['{', '}']).count(), 2 + 2 * receipts);
            prop_assert!(!body.chars().any(|c| c.is_control() && c != '\n'));
        }
        prop_assert!(!written.subject.chars().any(char::is_control));
        let ours = ["<main", "</main>", "<body", "<b>", "<script", "<a "].map(|tag| written.html.matches(tag).count());
        prop_assert_eq!(ours, [1, 1, 1, 0, 0, 1]);
        if let Some(calendar) = written.calendar {
            prop_assert_eq!(calendar.matches("\r\nEND:VCALENDAR").count(), 1);
            prop_assert_eq!(calendar.matches("\r\nATTENDEE").count(), 1);
            prop_assert!(calendar.parse::<icalendar::Calendar>().is_ok());
        }
    }
}
