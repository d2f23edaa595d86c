//! A letter as bytes: always the same, readable by others, and nothing smuggled in.

use holdspace_outside::ical::read::read;
use holdspace_outside::ical::write::{Invite, Method, NEUTRAL_SUMMARY, Party, invite};
use holdspace_outside::mail::{CalendarPart, ExtraHeader, Letter, MessageName, Person, to_bytes, to_bytes_hiding};
use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;

fn person(name: &str, address: &str) -> Person {
    Person { name: name.into(), address: address.parse().expect("an address") }
}

fn cancellation() -> Invite {
    Invite {
        method: Method::Cancel,
        uid: "apt_01k9zzzzzzzzzzzzzzzzzzzzzz@app.example.org".into(),
        sequence: 2,
        stamp: "2026-03-06T17:40:05Z".parse().expect("a moment"),
        start: "2026-03-09T08:00:00Z".parse().expect("a moment"),
        end: "2026-03-09T08:50:00Z".parse().expect("a moment"),
        summary: NEUTRAL_SUMMARY.into(),
        organizer: Party { name: "The Elms".into(), email: "practice@example.org".parse().expect("an address") },
        attendee: Party { name: "Anna".into(), email: "anna@example.com".parse().expect("an address") },
        location: None,
        url: None,
        description: String::new(),
    }
}

fn letter() -> Letter {
    Letter {
        message_id: "msg_01k9zzzzzzzzzzzzzzzzzzzzzz@app.example.org".parse().expect("a message id"),
        date: "2026-03-06T17:40:05.250Z".parse().expect("a moment"),
        from: person("The Elms", "practice@example.org"),
        reply_to: None,
        to: person("Zoë Example", "zoe@example.com"),
        subject: "Your appointment on Monday will not take place".into(),
        text: "Hello Zoë,\nyour appointment on Monday 9 March at 08:00 will not take place.\n".into(),
        html: Some("<p>Hello Zoë,<br>your appointment on Monday will not take place.</p>".into()),
        calendar: Some(CalendarPart { method: Method::Cancel, text: invite(&cancellation()) }),
        headers: vec![ExtraHeader::new("Auto-Submitted", "auto-generated").expect("a header")],
    }
}

#[test]
fn a_letter_with_everything_reads_exactly_so() {
    let bytes = to_bytes(&letter());
    let golden = include_str!("golden/letter.eml").replace('\n', "\r\n");
    let text = String::from_utf8(bytes.clone()).expect("ASCII");
    assert_eq!(text, golden);
    assert!(bytes.is_ascii());
    assert_eq!(to_bytes(&letter()), bytes, "the same letter gives the same bytes");
}

#[test]
fn another_mail_reader_finds_the_words_the_invitation_and_the_file() {
    let bytes = to_bytes(&letter());
    let parsed = MessageParser::default().parse(&bytes).expect("a message");
    assert_eq!(parsed.message_id(), Some("msg_01k9zzzzzzzzzzzzzzzzzzzzzz@app.example.org"));
    assert_eq!(parsed.subject(), Some("Your appointment on Monday will not take place"));
    assert_eq!(parsed.to().and_then(|to| to.first()).and_then(|to| to.name()), Some("Zoë Example"));
    assert_eq!(parsed.date().map(|date| date.to_timestamp()), Some(1_772_818_805));
    assert!(parsed.body_text(0).expect("text").contains("Hello Zoë"));
    assert!(parsed.body_html(0).expect("html").contains("Hello Zoë"));
    let calendars: Vec<_> = parsed
        .parts
        .iter()
        .filter(|part| {
            part.content_type().is_some_and(|t| t.subtype() == Some("calendar") || t.subtype() == Some("ics"))
        })
        .collect();
    assert_eq!(calendars.len(), 2);
    let kind = calendars[0].content_type().expect("a content type");
    assert_eq!((kind.attribute("method"), kind.attribute("component")), (Some("CANCEL"), Some("vevent")));
    assert!(kind.attribute("charset").is_some_and(|set| set.eq_ignore_ascii_case("utf-8")));
    assert_eq!(calendars[1].attachment_name(), Some("appointment.ics"));
    for part in calendars {
        assert_eq!(
            part.text_contents().map(str::as_bytes).unwrap_or(part.contents()),
            invite(&cancellation()).as_bytes()
        );
    }
}

#[test]
fn a_letter_of_text_alone_has_one_part() {
    let plain = Letter { html: None, calendar: None, headers: vec![], ..letter() };
    let text = String::from_utf8(to_bytes(&plain)).expect("ASCII");
    assert!(!text.contains("multipart"), "{text}");
    assert!(text.contains("Content-Type: text/plain; charset=utf-8"), "{text}");
}

#[test]
fn names_and_headers_that_would_break_out_of_their_line_are_refused() {
    for name in ["", "no-at-sign", "a@b@c", "a b@c", "<a@b", "a@b\r\nBcc: x@y.org", "é@example.org"] {
        assert!(name.parse::<MessageName>().is_err(), "{name:?}");
    }
    assert_eq!("<a@b>".parse::<MessageName>().expect("brackets are dropped").as_str(), "a@b");
    for (name, value) in
        [("", "x"), ("X Y", "x"), ("X:", "x"), ("Subject", "x"), ("content-type", "x"), ("X-Y", "a\r\nb")]
    {
        assert!(ExtraHeader::new(name, value).is_err(), "{name:?}: {value:?}");
    }
}

proptest! {
    /// Whatever the words, another reader finds the same words, one recipient, and no header that we did not write.
    #[test]
    fn no_words_can_add_a_header(name in any::<String>(), subject in any::<String>(), text in any::<String>()) {
        let strange = Letter { to: person(&name, "zoe@example.com"), subject, text: text.clone(), ..letter() };
        let bytes = to_bytes(&strange);
        prop_assert!(bytes.is_ascii());
        let parsed = MessageParser::default().parse(&bytes).expect("a message");
        let mut headers: Vec<_> = parsed.headers().iter().map(|header| header.name().to_owned()).collect();
        headers.sort();
        let usual = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"];
        prop_assert_eq!(headers.iter().map(|h| h.to_ascii_lowercase()).collect::<Vec<_>>(),
            usual.iter().map(|h| h.to_ascii_lowercase()).collect::<Vec<_>>());
        let to = parsed.to().expect("a recipient");
        prop_assert_eq!(to.iter().map(|one| one.address()).collect::<Vec<_>>(), vec![Some("zoe@example.com")]);
    }

    /// An invitation that travelled in a letter still says the same when it is read as a diary.
    #[test]
    fn an_invitation_survives_the_journey(summary in "[^\\p{Cc}]{1,200}", minutes in 1i64..600) {
        let mut invitation = Invite { method: Method::Request, summary, ..cancellation() };
        invitation.end = invitation.start + domain::time::Span::minutes(minutes);
        let calendar = Some(CalendarPart { method: Method::Request, text: invite(&invitation) });
        let bytes = to_bytes(&Letter { calendar, ..letter() });
        let parsed = MessageParser::default().parse(&bytes).expect("a message");
        let part = parsed.parts.iter().find(|p| p.content_type().is_some_and(|t| t.subtype() == Some("calendar")));
        let window = domain::time::Interval::new(invitation.start, invitation.end);
        let diary = read(part.expect("a calendar part").text_contents().expect("text").as_bytes(), &domain::time::Zone::utc(), window);
        prop_assert_eq!(diary.problems, vec![]);
        prop_assert_eq!((diary.events[0].start, diary.events[0].end), (invitation.start, invitation.end));
        prop_assert_eq!(&diary.events[0].summary, &invitation.summary);
    }
}

#[test]
fn a_letter_can_be_looked_at_without_its_secret_and_everything_else_stands_where_it_stood() {
    let secret = "0123456789abcdefghjkmnpqrs".to_owned();
    let words =
        format!("Café or video, as you like. Choose a time at https://alder.example/r/{secret} until Thursday.");
    let letter = Letter { text: words.clone(), html: Some(format!("<p>{words}</p>")), ..letter() };
    let (bytes, shown) = (to_bytes(&letter), to_bytes_hiding(&letter, std::slice::from_ref(&secret)));
    assert_eq!(bytes.len(), shown.len());
    let differ = bytes.iter().zip(&shown).filter(|(was, is)| was != is);
    assert!(differ.clone().all(|(_, is)| *is == b'*'));
    assert_eq!(differ.count(), 2 * secret.len(), "in the text and in the page, and nowhere else");
    assert_eq!(to_bytes_hiding(&letter, &[]), bytes);
}
