//! The seeds' own words, letter for letter, with the particulars bound.

use super::sample::{sample, slot};
use crate::words::Written;
use domain::appointment::MeetingKind;
use domain::message::{Facts, LinkTo, MessageKind, Notice};

fn written(kind: MessageKind, meeting: MeetingKind, minutes: u32) -> Written {
    let mut story = sample();
    story.appointment.kind = meeting;
    let client = story.client();
    let facts = Facts { minutes: Some(minutes), offered: vec![slot("2026-11-26T14:00:00Z")], ..story.facts() };
    let link = Some(LinkTo::Appointment(story.appointment.id));
    let notice = Notice { link, ..story.notice(kind, &client, facts) };
    story.write(&notice, &client)
}

fn begins(text: &str, words: &str) {
    assert!(text.starts_with(&format!("{words}\n\n")), "{words}\n---\n{text}");
}

// proves: A-06
#[test]
fn a_late_therapist_writes_the_words_of_the_guide() {
    let letter = written(MessageKind::RunningLate, MeetingKind::Video, 15);
    let words = "Hi Daniel — I’m running behind and expect to be about 15 minutes late today. I’m sorry for the \
                 delay. Are you able to wait, or would you prefer to reschedule?";
    begins(&letter.text, words);
    assert!(letter.html.contains(words) && letter.text.contains("{link}"), "the answer is one tap away");
}

// proves
#[test]
fn a_missed_appointment_is_owned_in_the_words_of_the_guide() {
    let letter = written(MessageKind::Missed, MeetingKind::Video, 0);
    let words = "Hi Daniel — I’m very sorry, I missed our appointment time today. I understand this is disruptive. \
                 I’d like to offer you priority to reschedule — would you like me to find a new time for you?";
    begins(&letter.text, words);
    assert!(letter.text.contains("held for you ahead of anybody else") && letter.text.contains("You pay nothing"));
}

// proves: A-13
#[test]
fn a_late_client_is_asked_in_the_words_of_the_guide() {
    let letter = written(MessageKind::ClientLate, MeetingKind::Video, 0);
    let words = "Hi Daniel — just checking in. We were scheduled for 14:00. Are you still able to make it today?";
    begins(&letter.text, words);
}

// proves
#[test]
fn stepping_away_names_the_practices_minutes_and_the_place_that_is_left() {
    for (meeting, place) in
        [(MeetingKind::Video, "screen"), (MeetingKind::InPerson, "office"), (MeetingKind::Phone, "phone")]
    {
        let letter = written(MessageKind::SteppedAway, meeting, 20);
        let words = format!(
            "Hi Daniel — I’m going to step away from the {place} for now since it’s been 20 minutes past our start \
             time. If you’re still able to meet today, please reply and let me know what time you’ll be ready. \
             Otherwise, we can reschedule."
        );
        begins(&letter.text, &words);
    }
}
