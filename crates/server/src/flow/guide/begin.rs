//! The texts that every practice begins with, as files: a head of named lines, an empty line, the text.

use domain::guidance::{Audience, Topic, Words};
use domain::person::Locale;

/// The files, in the order of the library.
const FILES: [&str; 16] = [
    include_str!("../../../guides/cancel.md"),
    include_str!("../../../guides/cancel_for_clients.md"),
    include_str!("../../../guides/illness.md"),
    include_str!("../../../guides/late.md"),
    include_str!("../../../guides/missed.md"),
    include_str!("../../../guides/make_up.md"),
    include_str!("../../../guides/no_show.md"),
    include_str!("../../../guides/attendance.md"),
    include_str!("../../../guides/reserved_slot.md"),
    include_str!("../../../guides/relationship_end.md"),
    include_str!("../../../guides/referral.md"),
    include_str!("../../../guides/terms.md"),
    include_str!("../../../guides/gp_letter.md"),
    include_str!("../../../guides/pathways.md"),
    include_str!("../../../guides/risk.md"),
    include_str!("../../../guides/reliability.md"),
];

/// Every text with what it is about. They are in British English; a practice elsewhere changes them as it likes.
pub(super) fn texts(locale: Locale) -> Vec<(Topic, Words)> {
    FILES.iter().filter_map(|file| read(file, locale)).collect()
}

/// One file; a test reads each of them.
fn read(file: &str, language: Locale) -> Option<(Topic, Words)> {
    let (head, text) = file.split_once("\n\n")?;
    let line = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let words = Words {
        title: line("title")?.to_owned(),
        author: "Holdspace".to_owned(),
        author_role: "A text to begin with".to_owned(),
        audience: line("audience")?.parse::<Audience>().ok()?,
        collection: line("collection")?.to_owned(),
        language,
        text: text.to_owned(),
    };
    Some((line("about")?.parse().ok()?, words.checked().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    // proves: V-20, G-05, H-15, H-16, E-14
    #[test]
    fn every_topic_has_a_text_and_every_text_can_be_read() {
        let texts = texts(Locale::EnGb);
        assert_eq!(texts.len(), FILES.len());
        for topic in Topic::ALL.iter().filter(|topic| **topic != Topic::Other) {
            assert!(texts.iter().any(|(about, _)| about == topic), "nothing about {topic}");
        }
        let for_clients = texts.iter().filter(|(_, words)| words.audience == Audience::Client);
        assert!(for_clients.map(|(about, _)| *about).eq([Topic::Cancel, Topic::Terms]));
        for (_, words) in &texts {
            assert!(words.text.contains("## ") && words.text.len() > 600, "{}", words.title);
            let blame = ["must not", "failed to", "provider", "patient", "penalty"];
            assert!(blame.iter().all(|word| !words.text.to_lowercase().contains(word)), "{}", words.title);
        }
    }
}
