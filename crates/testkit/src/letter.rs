//! A letter as it arrived, read without any code of the product.

use serde::Deserialize;

/// A letter from a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The letter as stored, envelope headers of the server first.
    pub raw: Vec<u8>,
}

/// A letter as Python's `email` package reads it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Parsed {
    /// `Subject`, decoded.
    pub subject: String,
    /// `From`, decoded.
    pub from: String,
    /// `To`, decoded.
    pub to: String,
    /// `Message-ID` with its angle brackets.
    pub message_id: String,
    /// Leaves of the MIME tree in order.
    pub parts: Vec<Part>,
    /// What the parser found wrong, by its own names.
    pub defects: Vec<String>,
}

/// A leaf of the MIME tree.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Part {
    /// Such as `text/calendar`.
    pub content_type: String,
    /// Parameter `method` of `text/calendar` (RFC 6047), else empty.
    pub method: String,
    /// File name of an attachment, else empty.
    pub file_name: String,
    /// The decoded text; empty when not text.
    pub text: String,
}

impl Letter {
    pub(crate) fn new(raw: Vec<u8>) -> Self {
        Self { raw }
    }

    /// The letter as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// The first header of this name, unfolded, not decoded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers(name).into_iter().next()
    }

    /// Every header of this name, unfolded, not decoded.
    #[must_use]
    pub fn headers(&self, name: &str) -> Vec<String> {
        let text = self.text().replace("\r\n", "\n");
        let head = text.split("\n\n").next().unwrap_or_default();
        let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
        let fields = unfolded.lines().filter_map(|line| line.split_once(':'));
        fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).collect()
    }

    /// Whether the envelope names this address.
    #[must_use]
    pub fn was_sent_to(&self, address: &str) -> bool {
        let named = self.headers("Envelope-to").join(", ");
        named.split(',').any(|one| one.trim().eq_ignore_ascii_case(address))
    }

    /// Subject, addresses and parts, decoded by Python's `email` package.
    #[must_use]
    pub fn parsed(&self) -> Parsed {
        serde_json::from_value(crate::python::run("letter.py", &self.raw)).expect("letter.py answers a letter")
    }
}

impl Parsed {
    /// The decoded text of the first part of this type, such as `text/plain`.
    #[must_use]
    pub fn part(&self, content_type: &str) -> Option<&str> {
        self.parts.iter().find(|part| part.content_type == content_type).map(|part| part.text.as_str())
    }
}
