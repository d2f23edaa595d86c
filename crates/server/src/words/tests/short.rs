//! Short texts: the seeds' own words, small enough, and nothing in them that a lock screen may not show.

use super::sample::{links, sample, slot};
use domain::appointment::{Initiator, MeetingKind};
use domain::message::{Facts, MessageKind, Notice};
use domain::person::Channel;
use domain::telling::short_text::{self, Alphabet};

/// The kinds that go as a short text.
const SHORT: [MessageKind; 16] = [
    MessageKind::Confirmation,
    MessageKind::Cancellation,
    MessageKind::Rescheduled,
    MessageKind::Offer,
    MessageKind::TimeKept,
    MessageKind::Requested,
    MessageKind::RequestDeclined,
    MessageKind::Promise,
    MessageKind::BookingLink,
    MessageKind::RunningLate,
    MessageKind::Missed,
    MessageKind::ClientLate,
    MessageKind::SteppedAway,
    MessageKind::ClientNoShow,
    MessageKind::TechnicalFailure,
    MessageKind::MakeUp,
];

/// As long as any link of ours.
const LINK: &str = "https://appointments.alderhouse.example/r/0123456789abcdefghijklmnopqrstuv";

fn text(kind: MessageKind, facts: Facts, linked: bool) -> String {
    let story = sample();
    let client = story.client();
    let link = linked.then(|| links()[0]);
    let notice = Notice { link, channel: Channel::Sms, ..story.notice(kind, &client, facts) };
    let written = story.write(&notice, &client);
    assert_eq!((written.subject.as_str(), written.html.as_str(), written.calendar), ("", "", None), "{kind}");
    written.text
}

#[test]
fn every_short_text_is_short_in_plain_marks_and_keeps_its_link() {
    for kind in SHORT {
        for by in [Initiator::Client, Initiator::Therapist, Initiator::Practice] {
            let written = text(kind, sample().full_facts(Some(by)), true);
            assert!(written.ends_with("{link}"), "{kind}: {written}");
            let sent = written.replace("{link}", LINK);
            let size = short_text::size(&sent);
            assert_eq!(size.alphabet, Alphabet::Gsm7, "{kind}: {sent}");
            assert!(size.parts <= 3, "{kind} takes {} parts: {sent}", size.parts);
            assert_eq!(short_text::plain(&written), written);
        }
    }
}

/// C4: networks reorder texts, and whoever reads two goes by the newer one.
#[test]
fn a_short_text_about_the_time_says_as_of_when_it_holds() {
    for kind in SHORT {
        let written = text(kind, sample().full_facts(Some(Initiator::Therapist)), true);
        let dated = written.ends_with("\nAs of Tue 09:12.\n{link}");
        assert_eq!(dated, kind.is_dated_in_texts(), "{kind}: {written}");
    }
}

#[test]
fn a_short_text_says_nothing_that_somebody_wrote_and_no_reason() {
    for kind in SHORT {
        let facts = sample().full_facts(Some(Initiator::Therapist));
        let (words, reason) = (facts.words.clone(), facts.shared_reason.clone());
        let written = text(kind, facts, true).to_lowercase();
        for private in [words, reason].into_iter().flatten() {
            assert!(!written.contains(&private.to_lowercase()), "{kind}: {written}");
        }
        for word in ["therapy", "reason", "fee", "£", "session", "no-show", "counsel"] {
            assert!(!written.contains(word), "{kind} says {word:?}: {written}");
        }
    }
}

// proves
#[test]
fn the_four_texts_of_the_guide_arrive_in_its_words_and_in_few_parts() {
    let story = sample();
    let facts = |minutes| Facts { minutes: Some(minutes), ..story.facts() };
    let parts = |text: &str| short_text::size(&text.replace("{link}", LINK)).parts;
    assert_eq!(story.appointment.kind, MeetingKind::Video);

    let late = text(MessageKind::RunningLate, facts(15), true);
    let words = "Hi Daniel - I'm running behind and expect to be about 15 minutes late today. I'm sorry for the delay. \
                 Are you able to wait, or would you prefer to reschedule?\nMaya\n{link}";
    assert_eq!((late.as_str(), parts(&late)), (words, 2));

    let offered = Facts { offered: vec![slot("2026-11-26T14:00:00Z")], ..facts(0) };
    let missed = text(MessageKind::Missed, offered, true);
    let words = "Hi Daniel - I'm very sorry, I missed our appointment time today. I understand this is disruptive. I'd \
                 like to offer you priority to reschedule - would you like me to find a new time for you?\nMaya\n";
    assert!(missed.starts_with(words), "{missed}");
    assert!(missed.contains("1: ") && parts(&missed) <= 3, "{missed}");

    let asked = text(MessageKind::ClientLate, facts(10), false);
    let words = "Hi Daniel - just checking in. We were scheduled for 14:00. Are you still able to make it today?\nMaya";
    assert_eq!((asked.as_str(), parts(&asked)), (words, 1));

    let away = text(MessageKind::SteppedAway, facts(20), false);
    let words = "Hi Daniel - I'm going to step away from the screen for now since it's been 20 minutes past our start \
                 time. If you're still able to meet today, please reply and let me know what time you'll be ready. \
                 Otherwise, we can reschedule.\nMaya";
    assert_eq!((away.as_str(), parts(&away)), (words, 2));
}
