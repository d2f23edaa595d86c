//! One letter as MIME bytes. The same letter always gives the same bytes.

use crate::address::EmailAddress;
use crate::ical::write::Method;
use domain::time::Instant;
use lettre::message::header::{ContentDisposition, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// A name and an address, as in `To: Anna <anna@example.org>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name as people read it; may be empty.
    pub name: String,
    /// Where the mail goes.
    pub address: EmailAddress,
}

/// A `Message-ID` without its angle brackets, such as `msg_01k…@mail.example.org` (RFC 5322 3.6.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageName(String);

/// The text cannot be a `Message-ID`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a message id such as msg_01k@mail.example.org: use printable ASCII with one @ and at most 200 characters")]
pub struct NotAMessageName;

impl MessageName {
    /// The id without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl FromStr for MessageName {
    type Err = NotAMessageName;
    fn from_str(text: &str) -> Result<Self, NotAMessageName> {
        let name = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text);
        let (left, right) = name.split_once('@').ok_or(NotAMessageName)?;
        let plain =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"<>@()\"".contains(&b));
        let fits = name.len() <= 200 && plain(left) && plain(right);
        fits.then(|| Self(name.to_owned())).ok_or(NotAMessageName)
    }
}

/// A header beside the usual ones, for example `Auto-Submitted: auto-generated`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraHeader {
    name: String,
    value: String,
}

/// The name or value cannot be a header of a letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a header: the name must be letters, digits and hyphens, not one that the letter sets itself, and the value one line"
)]
pub struct NotAHeader;

/// Headers that [`to_bytes`] sets itself; a second one would contradict it.
const OWN_HEADERS: [&str; 7] = ["date", "from", "to", "subject", "message-id", "mime-version", "reply-to"];

impl ExtraHeader {
    /// Checks that the header cannot break out of its line or contradict the letter's own.
    pub fn new(name: &str, value: &str) -> Result<Self, NotAHeader> {
        let lower = name.to_ascii_lowercase();
        let own = OWN_HEADERS.contains(&lower.as_str()) || lower.starts_with("content-");
        let token = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if own || !token || name.len() > 70 || value.len() > 900 || value.chars().any(char::is_control) {
            return Err(NotAHeader);
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

/// The calendar side of a letter (RFC 6047).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarPart {
    /// The same as the `METHOD` inside `text`.
    pub method: Method,
    /// What [`crate::ical::write::invite`] made.
    pub text: String,
}

/// A letter, complete. Nothing is added at the time of sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The letter's name for ever: every retry bears it.
    pub message_id: MessageName,
    /// When the letter was written, for the `Date` header; whole seconds in UTC.
    pub date: Instant,
    /// Who it is from.
    pub from: Person,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<Person>,
    /// Who it is to.
    pub to: Person,
    /// The subject; neutral words only.
    pub subject: String,
    /// The letter as plain text.
    pub text: String,
    /// The letter as HTML, where there is one.
    pub html: Option<String>,
    /// The appointment for the reader's calendar, where there is one.
    pub calendar: Option<CalendarPart>,
    /// Further headers, in order.
    pub headers: Vec<ExtraHeader>,
}

/// The letter as it travels: headers and MIME parts with CRLF line ends, ASCII only.
pub fn to_bytes(letter: &Letter) -> Vec<u8> {
    formatted(letter, letter)
}

/// The same bytes for somebody to look at, with a star in place of each character of these secrets. Everything else stands
/// where it stood: the boundaries are those of the letter itself.
pub fn to_bytes_hiding(letter: &Letter, secrets: &[String]) -> Vec<u8> {
    let hide = |text: &str| {
        let secrets = secrets.iter().filter(|secret| !secret.is_empty());
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret, &"*".repeat(secret.len())))
    };
    let shown = Letter { text: hide(&letter.text), html: letter.html.as_deref().map(hide), ..letter.clone() };
    formatted(&shown, letter)
}

/// The bytes of `letter`, parted by the boundaries of `whole`.
fn formatted(letter: &Letter, whole: &Letter) -> Vec<u8> {
    let seconds = u64::try_from(letter.date.micros() / 1_000_000).unwrap_or(0);
    let mut builder = Message::builder()
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(format!("<{}>", letter.message_id.as_str())))
        .from(mailbox(&letter.from))
        .to(mailbox(&letter.to))
        .subject(one_line(&letter.subject));
    if let Some(reply_to) = &letter.reply_to {
        builder = builder.reply_to(mailbox(reply_to));
    }
    for header in &letter.headers {
        // Checked by `ExtraHeader::new`: a short ASCII token.
        let name = HeaderName::new_from_ascii(header.name.clone()).expect("a checked header name");
        builder = builder.raw_header(HeaderValue::new(name, header.value.clone()));
    }
    let built = match body(letter, whole) {
        Body::One(part) => builder.singlepart(part),
        Body::Many(parts) => builder.multipart(parts),
    };
    // lettre refuses only a letter without From or without a recipient, and both are set above.
    built.expect("a letter with From and To builds").formatted()
}

enum Body {
    One(SinglePart),
    Many(MultiPart),
}

/// Plain text alone; or alternatives; or alternatives and the calendar once more as a file that people can save.
fn body(letter: &Letter, whole: &Letter) -> Body {
    let plain = SinglePart::plain(letter.text.clone());
    if letter.html.is_none() && letter.calendar.is_none() {
        return Body::One(plain);
    }
    let mut ways = MultiPart::alternative().boundary(boundary(whole, "ways")).singlepart(plain);
    if let Some(html) = &letter.html {
        ways = ways.singlepart(SinglePart::html(html.clone()));
    }
    let Some(calendar) = &letter.calendar else { return Body::Many(ways) };
    let ways = ways.singlepart(calendar_part(calendar));
    Body::Many(
        MultiPart::mixed().boundary(boundary(whole, "whole")).multipart(ways).singlepart(calendar_file(calendar)),
    )
}

/// RFC 6047 2.4: the `method` parameter equals the METHOD inside, and the component is named.
fn calendar_part(calendar: &CalendarPart) -> SinglePart {
    let method = calendar.method.word();
    SinglePart::builder()
        .header(content_type(&format!("text/calendar; method={method}; charset=UTF-8; component=vevent")))
        .body(calendar.text.clone())
}

/// The same text as a file. Another content type keeps mail programs from acting on it a second time.
fn calendar_file(calendar: &CalendarPart) -> SinglePart {
    SinglePart::builder()
        .header(content_type("application/ics; charset=UTF-8; name=\"appointment.ics\""))
        .header(ContentDisposition::attachment("appointment.ics"))
        .body(calendar.text.clone())
}

fn content_type(text: &str) -> ContentType {
    // Every caller passes a literal with one of our own words in it.
    ContentType::parse(text).expect("a content type of ours parses")
}

fn mailbox(person: &Person) -> Mailbox {
    let name = one_line(&person.name);
    Mailbox::new((!name.is_empty()).then_some(name), person.address.lettre())
}

/// Header text is one line: breaks and other controls become blanks.
fn one_line(text: &str) -> String {
    let blanked: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    blanked.trim().to_owned()
}

/// A boundary that depends on the letter's name and contents, so that no text in it can contain the boundary by
/// design, and the same letter always has the same one.
fn boundary(letter: &Letter, part: &str) -> String {
    let mut hash = Sha256::new();
    let html = letter.html.as_deref().unwrap_or_default();
    for piece in [letter.message_id.as_str(), part, letter.text.as_str(), html] {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece);
    }
    hash.finalize()[..15].iter().fold(String::from("=_"), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
