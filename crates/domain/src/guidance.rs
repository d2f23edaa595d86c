//! Guides: texts of the practice for its therapists and clients, each with an author, a date and an address of its own
//! (G-05, G-18, H-16, E-14, V-20, V-21).

use crate::id::{AttachmentId, GuideId, PracticeId};
use crate::person::{Locale, PersonRef};
use crate::policy::choices::words;
use crate::refusal::Refusal;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// Letters of a title, of the author's line, of a collection's name.
pub const LINE_MAX: usize = 120;
/// Letters of a text.
pub const TEXT_MAX: usize = 20_000;
/// Bytes of one attachment.
pub const ATTACHMENT_MAX: usize = 512 * 1024;
/// Attachments of one guide.
pub const ATTACHMENTS_MAX: usize = 5;

words! {
    /// Who a guide is written for.
    Audience {
        /// Therapists and the office.
        Therapist = "therapist",
        /// Clients: anybody with its address may read it.
        Client = "client",
    }
}

words! {
    /// What a guide is about: pages ask for it by this word.
    Topic {
        /// Calling an appointment off.
        Cancel = "cancel",
        /// Running late.
        Late = "late",
        /// A missed appointment.
        Missed = "missed",
        /// The form after an appointment.
        Attendance = "attendance",
        /// Weekly times kept for a client.
        ReservedSlot = "reserved_slot",
        /// Ending a working relationship.
        RelationshipEnd = "relationship_end",
        /// When another therapist would help better.
        Referral = "referral",
        /// What a client agrees to.
        Terms = "terms",
        /// An appointment in place of one that was missed.
        MakeUp = "make_up",
        /// Writing to a GP.
        GpLetter = "gp_letter",
        /// How the pathways differ.
        Pathways = "pathways",
        /// A client who did not come.
        NoShow = "no_show",
        /// Worry about somebody's safety.
        Risk = "risk",
        /// Illness or an emergency of one's own.
        Illness = "illness",
        /// The record of what therapists caused, and hiding a profile.
        Reliability = "reliability",
        /// Anything else.
        Other = "other",
    }
}

/// A guide in its latest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// Which.
    pub id: GuideId,
    /// Whose practice.
    pub practice: PracticeId,
    /// What it is about.
    pub about: Topic,
    /// Goes up by one with each change; earlier ones are kept.
    pub version: u32,
    /// When this version was made, UTC.
    pub updated_at: Instant,
    /// Who made it; nobody for the texts that every practice begins with.
    pub updated_by: Option<PersonRef>,
    /// Its words.
    pub words: Words,
}

/// What somebody may change in a guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// What they are there.
    pub author_role: String,
    /// Who it is for.
    pub audience: Audience,
    /// The collection that it stands in.
    pub collection: String,
    /// In which English.
    pub language: Locale,
    /// The text, in a small markup: headings, paragraphs, lists, emphasis and links.
    pub text: String,
}

impl Words {
    /// The same, trimmed and within the limits.
    ///
    /// # Errors
    /// `required` or `too_long`, naming the field.
    pub fn checked(self) -> Result<Self, Refusal> {
        Ok(Self {
            title: line("title", &self.title)?,
            author: line("author", &self.author)?,
            author_role: line("author_role", &self.author_role)?,
            collection: line("collection", &self.collection)?,
            text: long("text", &self.text)?,
            ..self
        })
    }
}

impl Guide {
    /// The next version.
    ///
    /// # Errors
    /// What is wrong with the words; `nothing_changed` where they are the same.
    pub fn change(self, words: Words, by: PersonRef, now: Instant) -> Result<Self, Refusal> {
        let words = words.checked()?;
        if words == self.words {
            return Err(Refusal::conflict("nothing_changed", "The words are the same. Nothing was saved."));
        }
        Ok(Self { version: self.version + 1, updated_at: now, updated_by: Some(by), words, ..self })
    }

    /// Whether anybody who has its address may read it.
    pub const fn is_public(&self) -> bool {
        matches!(self.words.audience, Audience::Client)
    }
}

fn line(field: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(Refusal::invalid("required", field, "Fill this in.")),
        1..=LINE_MAX => Ok(text),
        _ => Err(Refusal::invalid("too_long", field, format!("Keep it under {LINE_MAX} letters."))),
    }
}

fn long(field: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    match text.chars().count() {
        0 => Err(Refusal::invalid("required", field, "Write the text.")),
        1..=TEXT_MAX => Ok(text),
        _ => Err(Refusal::invalid("too_long", field, format!("Keep it under {TEXT_MAX} letters."))),
    }
}

words! {
    /// What a file that goes with a guide may be.
    FileKind {
        /// A PDF.
        Pdf = "application/pdf",
        /// A picture.
        Png = "image/png",
        /// A photograph.
        Jpeg = "image/jpeg",
        /// Plain text.
        Text = "text/plain",
    }
}

/// A small file that goes with a guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Which.
    pub id: AttachmentId,
    /// The guide.
    pub guide: GuideId,
    /// Its name, letters, digits, spaces, dots and dashes only.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Attachment {
    /// The file, if it is small, has a plain name, and is what it says it is.
    ///
    /// # Errors
    /// `too_large`, `required`, `name_not_plain` or `not_that_kind`, naming the field.
    pub fn checked(
        id: AttachmentId,
        guide: GuideId,
        name: &str,
        kind: FileKind,
        bytes: Vec<u8>,
    ) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::invalid("required", "content", "Choose a file that is not empty."));
        }
        if bytes.len() > ATTACHMENT_MAX {
            let detail = format!("A file may have at most {} KB.", ATTACHMENT_MAX / 1024);
            return Err(Refusal::invalid("too_large", "content", detail));
        }
        let name = name.trim();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_');
        if name.is_empty() || name.chars().count() > LINE_MAX || name.starts_with('.') || !name.chars().all(plain) {
            let detail = "Name the file with letters, digits, spaces, dots and dashes.";
            return Err(Refusal::invalid("name_not_plain", "name", detail));
        }
        let is_so = match kind {
            FileKind::Pdf => bytes.starts_with(b"%PDF-"),
            FileKind::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            FileKind::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
            FileKind::Text => std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains('\0')),
        };
        if !is_so {
            let detail = "The file is not what its type says. Send a PDF, a PNG, a JPEG or plain text.";
            return Err(Refusal::invalid("not_that_kind", "content_type", detail));
        }
        Ok(Self { id, guide, name: name.to_owned(), kind, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn a_guide() -> Guide {
        Guide {
            id: Id::from_bytes([1; 16]),
            practice: Id::from_bytes([2; 16]),
            about: Topic::Cancel,
            version: 1,
            updated_at: Instant::from_micros(0),
            updated_by: None,
            words: Words {
                title: "How to cancel".into(),
                author: "Sam Turner".into(),
                author_role: "Practice admin".into(),
                audience: Audience::Client,
                collection: "Your appointments".into(),
                language: Locale::EnGb,
                text: "Press the button.".into(),
            },
        }
    }

    // proves: V-21, H-16
    #[test]
    fn a_change_makes_the_next_version_with_its_author_and_date() {
        let (by, now) = (PersonRef::Staff(Id::from_bytes([3; 16])), Instant::from_micros(5));
        let words = Words { title: "  How to\ncancel a time ".into(), ..a_guide().words };
        let next = a_guide().change(words, by, now).expect("changed");
        assert_eq!((next.version, next.updated_at, next.updated_by), (2, now, Some(by)));
        assert_eq!(next.words.title, "How to cancel a time");
        let same = a_guide().change(a_guide().words, by, now);
        assert_eq!(same.map_err(|refusal| refusal.code), Err("nothing_changed"));
        let empty = a_guide().change(Words { text: " \n".into(), ..a_guide().words }, by, now);
        assert_eq!(empty.map_err(|refusal| refusal.field), Err(Some("text")));
    }

    // proves: V-20
    #[test]
    fn a_file_is_small_plainly_named_and_what_it_says() {
        let file = |name: &str, kind, bytes: &[u8]| {
            let made =
                Attachment::checked(Id::from_bytes([1; 16]), Id::from_bytes([2; 16]), name, kind, bytes.to_vec());
            made.map(|made| made.name).map_err(|refusal| refusal.code)
        };
        assert_eq!(file("Policy v1.pdf", FileKind::Pdf, b"%PDF-1.7 ..."), Ok("Policy v1.pdf".to_owned()));
        assert_eq!(file("page.html", FileKind::Pdf, b"<script>"), Err("not_that_kind"));
        assert_eq!(file("../etc", FileKind::Text, b"x"), Err("name_not_plain"));
        assert_eq!(file("a\"b", FileKind::Text, b"x"), Err("name_not_plain"));
        assert_eq!(file("a.txt", FileKind::Text, &[b'a'; ATTACHMENT_MAX + 1]), Err("too_large"));
        assert_eq!(file("a.txt", FileKind::Text, b""), Err("required"));
    }
}
