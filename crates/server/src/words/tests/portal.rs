//! What stands in a conversation, and what a browser shows on a lock screen.

use super::sample::{links, sample};
use domain::appointment::Initiator;
use domain::message::{MessageKind, Notice};
use domain::person::Channel;

/// Words that a lock screen may not show.
const PRIVATE: [&str; 12] =
    ["therap", "session", "ill", "sorry", "reason", "fee", "daniel", "maya", "14:00", "late", "missed", "cancel"];

fn written(kind: MessageKind, channel: Channel, safe: bool) -> String {
    let story = sample();
    let mut client = story.client();
    client.preference.file.safe_content = safe;
    let facts = story.full_facts(Some(Initiator::Therapist));
    let notice = Notice { link: Some(links()[0]), channel, ..story.notice(kind, &client, facts) };
    let written = story.write(&notice, &client);
    assert_eq!((written.subject.as_str(), written.html.as_str(), written.calendar), ("", "", None), "{kind}");
    written.text
}

#[test]
fn a_browser_shows_one_sentence_and_nothing_of_what_it_is() {
    for kind in MessageKind::ALL {
        for safe in [false, true] {
            let text = written(*kind, Channel::Push, safe);
            let said = text.to_lowercase();
            assert!(
                PRIVATE.iter().all(|word| !said.split(|c: char| !c.is_alphanumeric()).any(|w| w.starts_with(word))),
                "{kind}: {text}"
            );
            assert!(text.len() < 60 && !text.contains('{'), "{kind}: {text}");
            assert!(!safe || !said.contains("appointment"), "{kind}: {text}");
        }
    }
    assert_eq!(written(MessageKind::Cancellation, Channel::Push, false), "Your appointment has changed. Open to see.");
    assert_eq!(written(MessageKind::Reminder, Channel::Push, false), "There is something new for you. Open to see.");
}

#[test]
fn a_line_of_a_conversation_says_all_that_the_letter_says_and_nothing_around_it() {
    for kind in [MessageKind::Cancellation, MessageKind::Offer, MessageKind::Missed, MessageKind::RunningLate] {
        let text = written(kind, Channel::InApp, false);
        let letter = written_letter(kind);
        assert!(!text.starts_with("Hello") && !text.contains("{receipt}") && !text.contains("As of"), "{kind}: {text}");
        assert_eq!(text.matches("{link}").count(), 1, "{kind}: {text}");
        for line in text.lines().filter(|line| !line.is_empty() && *line != "{link}") {
            assert!(letter.contains(line), "{kind}: {line:?} is not in {letter}");
        }
        assert_eq!(text, written(kind, Channel::InApp, true), "nobody else reads it there");
    }
}

fn written_letter(kind: MessageKind) -> String {
    let story = sample();
    let client = story.client();
    let facts = story.full_facts(Some(Initiator::Therapist));
    let notice = Notice { link: Some(links()[0]), ..story.notice(kind, &client, facts) };
    story.write(&notice, &client).text
}
