//! Every kind of message, for every reader, in both Englishes, with every link: what must be true of each.

use super::sample::{Sample, links, sample, slot, writer};
use crate::when::When;
use crate::words::Written;
use domain::appointment::Initiator;
use domain::message::{Facts, LinkTo, MessageKind, Notice};
use domain::person::{Locale, Person};
use domain::time::Instant;
use icalendar::{Calendar, CalendarComponent, Component};
use std::rc::Rc;

/// Words that no message says: they blame, or tell a bystander too much.
const NEVER: [&str; 16] = [
    "no-show",
    "no show",
    "failed",
    "late",
    "penalty",
    "violation",
    "must",
    "fault",
    "provider",
    "patient",
    "session",
    "therapy",
    "counselling",
    "mental",
    "user",
    "system",
];

/// Words that a lock screen or a shared calendar may not show either.
const PRIVATE: [&str; 8] = ["ill", "reason", "fee", "£", "daniel", "maya", "therapist", "alder"];

struct Case {
    story: Rc<Sample>,
    to: Person,
    notice: Notice,
    written: Written,
}

/// Each with full facts and every link, and with nothing but the time.
fn messages(kinds: &[MessageKind]) -> Vec<Case> {
    let story = Rc::new(sample());
    let mut cases = Vec::new();
    for (locale, zone) in [(Locale::EnGb, "Europe/London"), (Locale::EnUs, "America/New_York")] {
        for mut to in [story.client(), story.therapist(), story.admin()] {
            (to.locale, to.zone) = (locale, zone.parse().expect("a zone"));
            for kind in kinds {
                for by in [None, Some(Initiator::Client), Some(Initiator::Therapist), Some(Initiator::Practice)] {
                    let full = [None, Some(links()[0]), Some(links()[1]), Some(links()[2])].map(|link| (link, true));
                    let all = full.into_iter().chain([(None, false)]);
                    cases.extend(all.map(|(link, full)| case(&story, &to, *kind, by, link, full)));
                }
            }
        }
    }
    cases
}

fn case(
    story: &Rc<Sample>,
    to: &Person,
    kind: MessageKind,
    by: Option<Initiator>,
    link: Option<LinkTo>,
    full: bool,
) -> Case {
    let facts = if full { story.full_facts(by) } else { Facts { initiator: by, ..story.facts() } };
    let notice = Notice { link, ..story.notice(kind, to, facts) };
    let written = WRITER.with(|writer| {
        let about =
            crate::words::About { situation: &story.situation, to, appointment: &story.appointment, now: story.now };
        writer.write(&notice, &about)
    });
    Case { story: Rc::clone(story), to: to.clone(), notice, written }
}

thread_local! {
    static WRITER: crate::words::Writer = writer();
}

/// The words of the HTML without its tags.
fn words_of(html: &str) -> String {
    let body = html.split_once("<main").map_or(html, |(_, body)| body);
    let mut text = String::new();
    for piece in format!("<{body}").split('<').skip(1) {
        let (tag, words) = piece.split_once('>').unwrap_or((piece, ""));
        let spaced =
            ["p", "/p", "li", "/li", "br", "blockquote", "main"].iter().any(|t| tag.split(' ').next() == Some(t));
        text.push_str(if spaced { " " } else { "" });
        text.push_str(words);
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'");
    plain.replace("&#x2f;", "/").replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has_word(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let text = text.to_lowercase();
    text.match_indices(word).any(|(start, found)| {
        edge(text[..start].chars().next_back()) && edge(text[start + found.len()..].chars().next())
    })
}

fn moment(case: &Case, at: Instant) -> String {
    let when = When { locale: case.to.locale, zone: case.to.zone.clone(), now: case.story.now };
    when.agreed(at, &case.story.appointment.zone)
}

// proves: G-10
#[test]
fn html_and_text_say_the_same() {
    for case in messages(MessageKind::ALL) {
        let text = case.written.text.replace(":\n{link}", "").replace("\n- ", "\n");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words_of(&case.written.html), text);
    }
}

#[test]
fn the_two_marks_stand_open_once_and_nothing_else_does() {
    for case in messages(MessageKind::ALL) {
        let own_link =
            matches!(case.notice.kind, MessageKind::SignIn | MessageKind::BookingLink | MessageKind::ConfirmAddress);
        let expected = usize::from(own_link || case.notice.link.is_some());
        for body in [&case.written.text, &case.written.html] {
            assert_eq!(body.matches("{link}").count(), expected, "{body}");
            let receipts = usize::from(case.notice.kind != MessageKind::SignIn);
            assert_eq!(body.matches("{receipt}").count(), receipts, "{body}");
            let rest = body.replace("{link}", "").replace("{receipt}", "");
            assert!(!rest.contains(['{', '}']), "{body}");
            // How a value that is missing would read.
            assert!(!rest.replace("none of", "").contains("none"), "{body}");
        }
        assert_eq!(case.written.html.matches("href=\"{link}\"").count(), expected);
        assert_eq!(case.written.text.matches(" at alderhouse.example:\n{link}\n").count(), expected);
    }
}

#[test]
fn no_message_blames_and_subjects_tell_a_bystander_nothing() {
    for case in messages(MessageKind::ALL) {
        let Written { subject, text, html, .. } = &case.written;
        for word in NEVER {
            // The seed's own words to a client say "about 10 minutes late today" (A-06).
            let verbatim = word == "late" && case.notice.kind == MessageKind::RunningLate;
            assert!((verbatim || !has_word(text, word)) && !has_word(subject, word), "{word}: {subject}\n{text}");
        }
        for word in PRIVATE {
            assert!(!has_word(subject, word), "{word}: {subject}");
        }
        assert!(subject.len() < 70 && !subject.contains(['\r', '\n', '{', '}']) && !subject.is_empty(), "{subject}");
        let bare = !text.contains("  ") && !text.contains("\n\n\n") && !text.contains(" .") && !text.contains(" ,");
        assert!(bare, "{text}");
        for outside in ["http:", "https:", "<img", "<script", "src=", "url(", "<style", "@import"] {
            assert!(!html.contains(outside), "{outside}: {html}");
        }
    }
}

// proves: V-07, V-08, G-08
#[test]
fn a_cancellation_states_every_fact_that_it_was_given() {
    for case in messages(&[MessageKind::Cancellation]) {
        let (text, facts) = (&case.written.text, &case.notice.facts);
        let moments = [Some(facts.time.from), facts.offer_expires_at, facts.promise_by, facts.next_start];
        let offered = facts.offered.iter().map(|slot| Some(slot.from));
        for at in moments.into_iter().chain(offered).flatten() {
            assert!(text.contains(&moment(&case, at)), "{at}: {text}");
        }
        let amounts = [facts.fee, facts.paid].into_iter().flatten();
        for amount in amounts.map(|amount| amount.to_string()) {
            assert_eq!(text.matches(&amount).count(), 1, "{text}");
        }
        let told_by_client = facts.initiator == Some(Initiator::Client) && case.to.id == case.story.client().id;
        let reason = facts.shared_reason.as_ref().filter(|_| !told_by_client);
        assert_eq!(text.contains("I'm ill"), reason.is_some(), "{text}");
        assert_eq!(text.contains("I'm so sorry.\n\nTake care <3\n"), facts.words.is_some(), "{text}");
        assert!(text.contains("020 7946 0018") || case.to.id == case.story.admin().id);
        let word = if case.to.locale == Locale::EnUs { "canceled" } else { "cancelled" };
        assert!(has_word(text, word), "{text}");
    }
}

#[test]
fn every_message_about_a_time_names_it_and_says_when_it_was_written() {
    for case in messages(MessageKind::ALL) {
        let as_of = match case.to.locale {
            Locale::EnGb => "As of 09:12, Tuesday 24 November 2026.",
            Locale::EnUs => "As of 4:12 AM, Tuesday, November 24, 2026.",
        };
        assert!(case.written.text.contains(as_of), "{}", case.written.text);
        let about_a_time = !names_no_time(case.notice.kind);
        let named = case.written.text.contains(&moment(&case, case.notice.facts.time.from));
        assert_eq!(named, about_a_time, "{}", case.written.text);
        if case.notice.kind == MessageKind::Rescheduled {
            let old = case.notice.facts.old_time.is_none_or(|old| case.written.text.contains(&moment(&case, old.from)));
            assert!(old && case.written.text.contains("\n\nUpdate: "), "{}", case.written.text);
        }
    }
}

#[test]
fn a_calendar_reads_what_is_on_and_what_is_off() {
    for case in messages(&[MessageKind::Confirmation, MessageKind::Cancellation, MessageKind::Rescheduled]) {
        let text = case.written.calendar.as_ref().expect("a calendar part");
        let calendar: Calendar = text.parse().expect("a calendar");
        let cancelled = case.notice.kind == MessageKind::Cancellation;
        let (method, status) = if cancelled { ("CANCEL", "CANCELLED") } else { ("REQUEST", "CONFIRMED") };
        assert_eq!(calendar.property_value("METHOD"), Some(method));
        let [CalendarComponent::Event(event)] = &calendar.components[..] else { panic!("one event: {text}") };
        assert_eq!(event.get_uid(), Some(case.story.appointment.uid().as_str()));
        assert_eq!(event.get_sequence(), Some(case.story.appointment.sequence));
        assert_eq!(event.property_value("STATUS"), Some(status));
        assert_eq!(event.property_value("DTSTART"), Some("20261124T140000Z"));
        assert_eq!(event.property_value("DTEND"), Some("20261124T145000Z"));
        assert_eq!(event.property_value("DTSTAMP"), Some("20261124T091200Z"));
        assert_eq!(event.property_value("SUMMARY"), Some("Appointment"));
        assert_eq!(event.property_value("DESCRIPTION"), None);
        assert_eq!(event.property_value("ORGANIZER"), Some("mailto:hello@alderhouse.example"));
        let mail = case.to.email.as_deref().unwrap_or_default();
        assert_eq!(attendee(event), format!("mailto:{mail}"));
        assert!(!text.contains("{link}") && !text.contains("URL") && !text.contains("RECURRENCE-ID"), "{text}");
    }
}

/// Letters about no one appointment.
fn names_no_time(kind: MessageKind) -> bool {
    let plain = matches!(kind, MessageKind::Message | MessageKind::Ticket | MessageKind::TicketAnswer);
    let link = matches!(kind, MessageKind::SignIn | MessageKind::BookingLink | MessageKind::ConfirmAddress);
    let other = matches!(kind, MessageKind::PassedOn | MessageKind::Help | MessageKind::MessageWaiting);
    plain || link || other || kind == MessageKind::Digest
}

fn attendee(event: &icalendar::Event) -> String {
    let many = event.multi_properties().get("ATTENDEE").and_then(|all| all.first());
    many.map(|property| property.value().to_owned()).unwrap_or_default()
}

// proves: V-05
#[test]
fn who_asked_for_neutral_messages_is_told_that_there_is_news_and_nothing_else() {
    let story = Rc::new(sample());
    let mut to = story.client();
    to.preference.file.safe_content = true;
    for kind in MessageKind::ALL {
        for link in links().map(Some).into_iter().chain([None]) {
            let case = case(&story, &to, *kind, Some(Initiator::Therapist), link, true);
            let Written { subject, text, html, calendar } = &case.written;
            assert_eq!((subject.as_str(), calendar), ("There is something new for you", &None));
            let way =
                if link.is_some() { "Read it at alderhouse.example:\n{link}" } else { "https://alderhouse.example/c" };
            assert!(text.contains(way) && text.contains("There is something new for you."), "{text}");
            let time = moment(&case, case.notice.facts.time.from);
            for word in PRIVATE.iter().chain(&NEVER) {
                assert!(!has_word(&text.replace("alderhouse", ""), word), "{word}: {text}");
            }
            assert!(!text.contains(&time) && !text.contains("appointment") && !html.contains("Maya"), "{text}");
            let short = Notice { channel: domain::person::Channel::Sms, ..case.notice.clone() };
            let short = story.write(&short, &to).text;
            let way = if link.is_some() { "\n{link}" } else { " https://alderhouse.example/c" };
            assert_eq!(short, format!("There is something new for you.{way}"));
        }
    }
}

#[test]
fn a_new_address_reads_no_more_than_a_stranger_may() {
    let (story, writer) = (sample(), writer());
    let written =
        writer.confirm_address(domain::person::Channel::Email, &story.situation.practice, &story.client(), story.now);
    assert_eq!(written.subject, "Please confirm this address");
    assert!(written.text.contains("Confirm at alderhouse.example:\n{link}\n"), "{}", written.text);
    assert!(!has_word(&written.text, "appointment") && !has_word(&written.text, "maya"), "{}", written.text);
    let text =
        writer.confirm_address(domain::person::Channel::Sms, &story.situation.practice, &story.client(), story.now);
    assert_eq!(text.text, "Your code to confirm this number:\n{link}");
}

#[test]
fn a_reader_without_an_address_gets_no_calendar() {
    let story = sample();
    let to = Person { email: None, ..story.client() };
    let facts = Facts { old_time: Some(slot("2026-11-23T11:30:00Z")), ..story.facts() };
    assert_eq!(story.write(&story.notice(MessageKind::Rescheduled, &to, facts), &to).calendar, None);
}
