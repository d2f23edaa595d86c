//! Letters as calendar programs read them.

use holdspace_testkit::ics::{self, Calendar};
use holdspace_testkit::letter::Letter;

/// The calendar part of a letter as another program reads it, and that its MIME part says the same method.
pub fn event(letter: &Letter) -> Calendar {
    let parsed = letter.parsed();
    assert_eq!(parsed.defects, [""; 0]);
    let part = parsed.parts.iter().find(|part| part.content_type == "text/calendar").expect("a calendar part");
    // A Maildir keeps letters with bare line feeds; on the line each was a CRLF.
    let calendar = ics::read(&part.text.replace("\r\n", "\n").replace('\n', "\r\n"));
    assert_eq!(calendar.faults, [""; 0]);
    assert_eq!((calendar.events.len(), part.method.as_str()), (1, calendar.method.as_str()));
    calendar
}

/// Nothing that a stranger should not read over a shoulder.
pub fn is_neutral(words: &str) -> bool {
    let private = ["therap", "counsel", "ill", "sick", "unwell", "session", "mental"];
    !private.iter().any(|word| words.to_lowercase().contains(word))
}

/// Where the letter's link leads, without the server's name.
pub fn link_in(letter: &Letter) -> String {
    let parsed = letter.parsed();
    let text = parsed.part("text/plain").expect("plain text").to_owned();
    let (_, rest) = text.split_once("/r/").unwrap_or_else(|| panic!("no link in\n{text}"));
    let secret: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    format!("/r/{secret}")
}
