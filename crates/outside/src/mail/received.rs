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
    /// The names of the letters that it answers, the nearest first (RFC 5322 3.6.4).
    pub answers: Vec<String>,
    /// The letter of ours that a mail server could not deliver, where it is word of that.
    pub bounce: Option<Bounce>,
}

/// Word that a letter of ours did not arrive (RFC 3464).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The name of the letter that came back.
    pub message_id: String,
    /// What the mail server says of it.
    pub words: String,
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
        answers: answers(&letter),
        bounce: bounce(&letter),
    })
}

fn answers(letter: &Message<'_>) -> Vec<String> {
    let names = |field: &HeaderValue<'_>| match field {
        HeaderValue::Text(one) => vec![one.to_string()],
        HeaderValue::TextList(several) => several.iter().rev().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    [names(letter.in_reply_to()), names(letter.references())].concat()
}

/// The report's second part says that it failed for good (`Action: failed`, RFC 3464 2.3.3), the third is the letter or
/// its headers. A report of delay, or of success, is no bounce.
fn bounce(letter: &Message<'_>) -> Option<Bounce> {
    let of_kind = |kind: &'static str, sub: &'static str| {
        letter.parts.iter().filter(move |part| {
            part.content_type().is_some_and(|found| {
                found.c_type.eq_ignore_ascii_case(kind)
                    && found.c_subtype.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(sub))
            })
        })
    };
    let status = of_kind("message", "delivery-status").next()?;
    let status = String::from_utf8_lossy(status.contents()).into_owned();
    let field = |name: &str| {
        status.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    if !field("Action")?.eq_ignore_ascii_case("failed") {
        return None;
    }
    let original = of_kind("message", "rfc822").chain(of_kind("text", "rfc822-headers")).next()?;
    let headers = MessageParser::default().parse(match original.message() {
        Some(nested) => nested.raw_message(),
        None => original.contents(),
    })?;
    let words = [field("Status"), field("Diagnostic-Code")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let message_id = headers.message_id()?.to_owned();
    Some(Bounce { message_id, words: words.chars().take(200).collect() })
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
    fn a_reply_names_what_it_answers() {
        let letter = b"From: a@example.org\r\nIn-Reply-To: <msg_2@alder.example>\r\n\
            References: <msg_1@alder.example> <msg_2@alder.example>\r\n\r\nYes please\r\n\r\n> Shall I?";
        let read = read(letter).expect("a letter");
        assert_eq!(read.answers, ["msg_2@alder.example", "msg_2@alder.example", "msg_1@alder.example"]);
        assert_eq!(read.bounce, None);
    }

    fn report(action: &str, last: &str) -> String {
        format!(
            "From: Mail Delivery System <Mailer-Daemon@mx.example>\r\nTo: office@alder.example\r\n\
             Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Action: {action}\r\nFinal-Recipient: rfc822;maya@example.org\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 no such user\r\n\r\n{last}--b--\r\n"
        )
    }

    #[test]
    fn a_letter_that_came_back_is_known_by_its_name() {
        let headers = "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <msg_7@alder.example>\r\nSubject: Hello\r\n\r\n";
        let whole = "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <msg_7@alder.example>\r\nFrom: a@alder.example\r\n\r\nHello\r\n";
        for last in [headers, whole] {
            let bounce = read(report("failed", last).as_bytes()).expect("a letter").bounce.expect("a bounce");
            assert_eq!(bounce.message_id, "msg_7@alder.example");
            assert_eq!(bounce.words, "5.1.1 smtp; 550 no such user");
        }
        let delayed = read(report("delayed", headers).as_bytes()).expect("a letter");
        assert_eq!(delayed.bounce, None, "it may still arrive");
        assert!(delayed.is_automatic);
    }

    #[test]
    fn what_names_nobody_is_no_letter() {
        for bytes in [&b""[..], b"Hello", b"To: a@example.org\r\n\r\nHello", b"From: nobody\r\n\r\n", b"\xff\xfe\x00"] {
            assert_eq!(read(bytes).map(|letter| letter.from), None, "{bytes:?}");
        }
    }
}
