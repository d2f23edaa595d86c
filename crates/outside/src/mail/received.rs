//! A letter that somebody sent us, as a mail server hands it over (RFC 5322): who wrote, to whom, and their words.

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders};

/// Characters of a letter's words that are kept; the rest stays with the mail server.
const WORDS_MAX: usize = 20_000;

/// A letter that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Who wrote, in lower case.
    pub from: String,
    /// To whom, copies included, in lower case.
    pub to: Vec<String>,
    /// Its name; empty where it has none.
    pub message_id: String,
    /// The words, as plain text.
    pub words: String,
    /// Whether a machine wrote it: a reply to it would go round and round (RFC 3834 2).
    pub is_automatic: bool,
}

/// Reads a letter; none where it is not one, or names nobody who wrote it.
pub fn read(bytes: &[u8]) -> Option<Received> {
    let letter = MessageParser::default().parse(bytes)?;
    let from = addresses(letter.from()).into_iter().next()?;
    let to = addresses(letter.to()).into_iter().chain(addresses(letter.cc())).collect();
    let words = letter.body_text(0).unwrap_or_default();
    Some(Received {
        from,
        to,
        message_id: letter.message_id().unwrap_or_default().to_owned(),
        words: words.trim().chars().filter(|c| *c != '\0').take(WORDS_MAX).collect(),
        is_automatic: is_automatic(&letter),
    })
}

fn addresses(field: Option<&Address<'_>>) -> Vec<String> {
    let each = field.into_iter().flat_map(Address::iter);
    each.filter_map(|one| one.address().map(|address| address.trim().to_lowercase())).collect()
}

fn is_automatic(letter: &Message<'_>) -> bool {
    let says = |name: &str| match letter.header(name) {
        Some(HeaderValue::Text(text)) => text.trim().to_lowercase(),
        _ => String::new(),
    };
    let submitted = says("Auto-Submitted");
    let is_list = ["bulk", "junk", "list", "auto_reply"].contains(&says("Precedence").as_str());
    let is_bounce = letter
        .content_type()
        .is_some_and(|kind| kind.c_type == "multipart" && kind.c_subtype.as_deref() == Some("report"));
    (!submitted.is_empty() && submitted != "no") || is_list || is_bounce
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_letter_gives_its_words_and_addresses() {
        let letter = b"From: Maya Okafor <Maya@Example.org>\r\nTo: \"Support\" <support@alder.example>, b@example.org\r\n\
            Cc: c@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\nI can=E2=80=99t sign in.\r\n--x\r\nContent-Type: text/html\r\n\r\n\
            <p>I can\xe2\x80\x99t sign in.</p>\r\n--x--\r\n";
        let read = read(letter).expect("a letter");
        assert_eq!(read.from, "maya@example.org");
        assert_eq!(read.to, ["support@alder.example", "b@example.org", "c@example.org"]);
        assert_eq!((read.message_id.as_str(), read.words.as_str()), ("1@example.org", "I can’t sign in."));
        assert!(!read.is_automatic);
    }

    #[test]
    fn a_letter_of_html_alone_has_words_too() {
        let letter = b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n<p>Please <b>ring</b> me.</p>";
        assert!(read(letter).expect("a letter").words.contains("Please ring me."));
    }

    #[test]
    fn what_machines_write_is_told_apart() {
        for header in [
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated; x=1",
            "Precedence: bulk",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        ] {
            let letter = format!("From: a@example.org\r\n{header}\r\n\r\nI am away until March.");
            assert!(read(letter.as_bytes()).expect("a letter").is_automatic, "{header}");
        }
        let letter = b"From: a@example.org\r\nAuto-Submitted: no\r\n\r\nHello";
        assert!(!read(letter).expect("a letter").is_automatic);
    }

    #[test]
    fn what_names_nobody_is_no_letter() {
        for bytes in [&b""[..], b"Hello", b"To: a@example.org\r\n\r\nHello", b"From: nobody\r\n\r\n", b"\xff\xfe\x00"] {
            assert_eq!(read(bytes).map(|letter| letter.from), None, "{bytes:?}");
        }
    }
}
