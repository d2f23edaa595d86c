//! A practice's own words for what clients are told: which messages may have them, which facts they may name, and what a
//! lock screen may not show (`domain` 7.1).

use crate::id::PracticeId;
use crate::message::MessageKind;
use crate::person::Locale;
use crate::refusal::Named;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Letters that a subject may have, as it is written and as it is sent.
pub const SUBJECT_MAX: usize = 78;
/// Letters that the words of a letter may have.
pub const LETTER_MAX: usize = 4_000;
/// Letters that the words of a text may have.
pub const SHORT_MAX: usize = 600;

/// Words as an owner writes them. `{{ name }}` stands for a fact, `{% if name %}…{% endif %}` for what is said only where
/// there is one. The greeting is theirs; link, fee and questions at the end are the house's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateWords {
    /// One neutral line.
    pub subject: String,
    /// The letter: paragraphs with an empty line between them; lines that begin with `- ` are a list.
    pub letter: String,
    /// The text message, without its link.
    pub short: String,
}

/// One version of a practice's words for one kind of message in one English. Versions are never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Whose.
    pub practice: PracticeId,
    /// For what.
    pub kind: MessageKind,
    /// In which English.
    pub locale: Locale,
    /// From 1.
    pub version: u32,
    /// The words; none where the practice went back to the house's.
    pub words: Option<TemplateWords>,
    /// When it was made, UTC.
    pub made_at: Instant,
    /// By whom, as the record names them.
    pub made_by: String,
}

/// A fact that words may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name in the words.
    pub name: &'static str,
    /// What it stands for, for the page.
    pub means: &'static str,
}

const fn v(name: &'static str, means: &'static str) -> Variable {
    Variable { name, means }
}

/// What every message of these kinds knows.
const ALWAYS: [Variable; 13] = [
    v("first_name", "the client’s first name"),
    v("therapist", "the therapist’s first name"),
    v("practice", "the practice’s name"),
    v("phone", "the practice’s phone number"),
    v("email", "the practice’s email address"),
    v("day", "the day of the appointment"),
    v("time", "day and time of the appointment"),
    v("clock", "the time of day of the appointment"),
    v("minutes", "how long the appointment is"),
    v("how", "in person, by video or by phone"),
    v("place", "screen, office or phone"),
    v("cancelled", "the word itself, in the reader’s English"),
    v("update", "“Update: ” where an older message may have left, or nothing"),
];
const OLD_TIME: Variable = v("old_time", "when it was before, or nothing");
const OFFERED: Variable = v("times", "the times that are held, a line for each, or nothing");
const HELD: Variable = v("held_until", "until when they are held, or nothing");
const ANSWER_BY: Variable = v("answer_by", "by when an answer is needed, or nothing");
const PROMISE: Variable = v("promise_by", "by when they will hear, or nothing");
const NEXT: Variable = v("next", "the next appointment, or nothing");
const LATE: Variable = v("late_minutes", "by how many minutes");

/// What the words of one kind may and must name.
#[derive(Debug, Clone, Copy)]
pub struct Editable {
    /// The kind.
    pub kind: MessageKind,
    /// What it is called.
    pub title: &'static str,
    /// What only this kind knows.
    pub own: &'static [Variable],
    /// What both letter and text must name: without it they would say too little.
    pub required: &'static [&'static str],
}

/// Every kind whose words a practice may write.
pub const EDITABLE: [Editable; 10] = [
    Editable { kind: MessageKind::Confirmation, title: "Booked", own: &[OLD_TIME], required: &["time"] },
    Editable { kind: MessageKind::Rescheduled, title: "Moved", own: &[OLD_TIME], required: &["time"] },
    Editable {
        kind: MessageKind::Cancellation,
        title: "Called off",
        own: &[OFFERED, HELD, PROMISE, NEXT],
        required: &["time", "cancelled"],
    },
    Editable {
        kind: MessageKind::Offer,
        title: "Asked for another time",
        own: &[OFFERED, HELD, ANSWER_BY],
        required: &["time", "times"],
    },
    Editable { kind: MessageKind::BookingLink, title: "Booking link", own: &[], required: &[] },
    Editable { kind: MessageKind::RunningLate, title: "Running late", own: &[LATE], required: &["late_minutes"] },
    Editable { kind: MessageKind::Missed, title: "Missed by the therapist", own: &[OFFERED, HELD], required: &[] },
    Editable { kind: MessageKind::ClientLate, title: "Checking in", own: &[], required: &["clock"] },
    Editable {
        kind: MessageKind::SteppedAway,
        title: "Stepped away",
        own: &[LATE],
        required: &["late_minutes", "place"],
    },
    Editable { kind: MessageKind::ClientNoShow, title: "The client did not come", own: &[NEXT], required: &["time"] },
];

/// What a subject may name: it is read on lock screens.
pub const IN_SUBJECT: [&str; 2] = ["day", "update"];

impl Editable {
    /// The kind, if its words may be written.
    pub fn of(kind: MessageKind) -> Option<&'static Self> {
        EDITABLE.iter().find(|editable| editable.kind == kind)
    }

    /// Everything that its words may name.
    pub fn variables(&self) -> impl Iterator<Item = Variable> {
        ALWAYS.into_iter().chain(self.own.iter().copied())
    }

    /// Whether its words may name this.
    pub fn knows(&self, name: &str) -> bool {
        self.variables().any(|variable| variable.name == name)
    }
}

/// Words that neither a subject nor a text may show: they would tell a bystander what it is about.
const PRIVATE: [&str; 34] = [
    "therapy",
    "therapies",
    "therapist",
    "therapists",
    "counselling",
    "counseling",
    "counsellor",
    "counselor",
    "psychologist",
    "psychotherapy",
    "psychiatrist",
    "mental",
    "treatment",
    "diagnosis",
    "diagnosed",
    "session",
    "sessions",
    "clinic",
    "clinical",
    "patient",
    "patients",
    "reason",
    "because",
    "ill",
    "illness",
    "sick",
    "fee",
    "fees",
    "charge",
    "charged",
    "pay",
    "payment",
    "invoice",
    "refund",
];

/// The words of a text or subject that a bystander should not read, in the order in which they stand there.
pub fn private_words(text: &str) -> Vec<&'static str> {
    let low = text.to_lowercase();
    let words = low.split(|c: char| !c.is_alphanumeric());
    let mut found: Vec<&'static str> = Vec::new();
    for word in words {
        if let Some(private) = PRIVATE.iter().find(|private| **private == word).filter(|word| !found.contains(word)) {
            found.push(private);
        }
    }
    if text.contains(['£', '$', '€']) {
        found.push("an amount of money");
    }
    found
}

impl TemplateWords {
    /// The three parts with their names as fields.
    pub fn parts(&self) -> [(&'static str, &str, usize); 3] {
        [
            ("subject", &self.subject, SUBJECT_MAX),
            ("letter", &self.letter, LETTER_MAX),
            ("short", &self.short, SHORT_MAX),
        ]
    }

    /// What is wrong with the words, each at its part: empty, too long, not neutral, marks that do not fit, a fact that
    /// this kind does not know or must name.
    pub fn problems(&self, of: &Editable) -> Vec<Named> {
        let mut problems = self.wrong_marks(of);
        for (field, text, most) in self.parts() {
            if text.trim().is_empty() {
                problems.push(named(field, "required", "Write what it says.".to_owned()));
            }
            if text.chars().count() > most {
                problems.push(named(field, "too_long", format!("Keep it under {most} letters.")));
            }
        }
        if self.subject.trim().contains('\n') {
            problems.push(named("subject", "one_line", "A subject is one line.".to_owned()));
        }
        for (field, text) in [("subject", &self.subject), ("short", &self.short)] {
            let private = private_words(&without_marks(text));
            if !private.is_empty() {
                let found = private.join(", ");
                let detail = format!("It may be read by others, so leave out: {found}. The letter may say more.");
                problems.push(named(field, "not_neutral", detail));
            }
        }
        problems
    }

    fn wrong_marks(&self, of: &Editable) -> Vec<Named> {
        let mut problems = Vec::new();
        for (field, text, _) in self.parts() {
            let (names, wrong) = names(text);
            problems.extend(wrong.into_iter().map(|message| named(field, "template_wrong", message)));
            let is_known = |name: &str| if field == "subject" { IN_SUBJECT.contains(&name) } else { of.knows(name) };
            for name in names.iter().filter(|name| !is_known(name)) {
                let known: Vec<&str> = of.variables().map(|v| v.name).filter(|name| is_known(name)).collect();
                let message = format!("There is no {{{{ {name} }}}} here. There is: {}.", known.join(", "));
                problems.push(named(field, "unknown_variable", message));
            }
            for name in of.required.iter().filter(|name| field != "subject" && !names.contains(*name)) {
                let message = format!("It must say {{{{ {name} }}}}, or the client cannot know what it is about.");
                problems.push(named(field, "variable_required", message));
            }
        }
        problems
    }
}

/// The text without what stands between the marks: `{{ therapist }}` is a name, not a word.
fn without_marks(text: &str) -> String {
    let mut plain = String::new();
    for piece in pieces(text) {
        plain.push_str(if let Piece::Text(text) = piece { text } else { " " });
    }
    plain
}

/// A stretch of somebody's words.
enum Piece<'a> {
    /// As it stands.
    Text(&'a str),
    /// What stands between `{{` and `}}`.
    Value(&'a str),
    /// What stands between `{%` and `%}`.
    Tag(&'a str),
    /// A mark that is not closed, or one that is not for owners.
    Broken(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = ["{{", "{%", "{#"].iter().filter_map(|mark| rest.find(mark)).min() {
        let (before, marked) = rest.split_at(at);
        pieces.push(Piece::Text(before));
        let end = match &marked[..2] {
            "{{" => marked.find("}}"),
            "{%" => marked.find("%}"),
            _ => None,
        };
        let Some(end) = end else {
            pieces.push(Piece::Broken(marked));
            return pieces;
        };
        let inside = marked[2..end].trim();
        pieces.push(if marked.starts_with("{{") { Piece::Value(inside) } else { Piece::Tag(inside) });
        rest = &marked[end + 2..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// Every fact that a text names, and what is wrong with its marks: only `{{ name }}` and `{% if name %}`, `{% elif %}`,
/// `{% else %}`, `{% endif %}` with `and`, `or` and `not` are for owners. So nothing can loop, reach a file or fail.
pub fn names(text: &str) -> (BTreeSet<&str>, Vec<String>) {
    let (mut names, mut wrong, mut open) = (BTreeSet::new(), Vec::new(), 0_u32);
    for piece in pieces(text) {
        match piece {
            Piece::Text(_) => {}
            Piece::Broken(from) => {
                let start: String = from.chars().take(20).collect();
                wrong.push(format!("Close what begins with \u{201c}{start}\u{201d}, or leave it out."));
            }
            Piece::Value(name) if is_name(name) => {
                names.insert(name);
            }
            Piece::Value(other) => {
                wrong.push(format!("Write one name between the braces, not \u{201c}{other}\u{201d}."))
            }
            Piece::Tag(tag) => match (tag.split_whitespace().next().unwrap_or_default(), open) {
                ("else", 1..) if tag == "else" => {}
                ("endif", 1..) if tag == "endif" => open -= 1,
                (word @ ("if" | "elif"), _) if condition(tag, &mut names) && (word == "if" || open > 0) => {
                    open += u32::from(word == "if");
                }
                _ => wrong.push(format!("\u{201c}{tag}\u{201d} does not fit here: there is if, elif, else and endif.")),
            },
        }
    }
    if open > 0 {
        wrong.push("An if is not closed: write {% endif %} where it ends.".to_owned());
    }
    (names, wrong)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
}

/// Whether what stands behind `if` or `elif` is names with `and`, `or`, `not` between them.
fn condition<'a>(tag: &'a str, names: &mut BTreeSet<&'a str>) -> bool {
    let mut wants_name = true;
    for word in tag.split_whitespace().skip(1) {
        match (word, wants_name) {
            ("not", true) => {}
            ("and" | "or", false) => wants_name = true,
            ("and" | "or" | "not", _) => return false,
            (name, true) if is_name(name) => {
                names.insert(name);
                wants_name = false;
            }
            _ => return false,
        }
    }
    !wants_name
}

/// One thing that is wrong, at its field.
pub fn named(field: &str, code: &'static str, message: String) -> Named {
    Named { field: field.to_owned(), code, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(subject: &str, letter: &str, short: &str) -> TemplateWords {
        TemplateWords { subject: subject.into(), letter: letter.into(), short: short.into() }
    }

    fn codes(words: &TemplateWords) -> Vec<(String, &'static str)> {
        words
            .problems(Editable::of(MessageKind::BookingLink).expect("one"))
            .into_iter()
            .map(|problem| (problem.field, problem.code))
            .collect()
    }

    #[test]
    fn every_kind_names_what_it_must_from_what_it_knows() {
        for editable in EDITABLE {
            assert!(editable.required.iter().all(|name| editable.knows(name)), "{}", editable.title);
            assert!(IN_SUBJECT.iter().all(|name| editable.knows(name)));
        }
        assert!(Editable::of(MessageKind::SignIn).is_none() && Editable::of(MessageKind::Fee).is_none());
        assert!(!Editable::of(MessageKind::Confirmation).expect("one").knows("late_minutes"));
    }

    // proves: V-05
    #[test]
    fn what_a_bystander_should_not_read_is_refused_in_texts_and_subjects_and_not_in_letters() {
        let fine =
            words("Your appointment on {{ day }}", "Your therapy session", "Hi {{ first_name }}, {{ therapist }} here");
        assert_eq!(codes(&fine), []);
        let not = words("Your therapy", "Hello", "You were ill. Pay £60, {% if reason %}because{% endif %}");
        let neutral = codes(&not).into_iter().filter(|(_, code)| *code == "not_neutral");
        assert_eq!(neutral.map(|(field, _)| field).collect::<Vec<_>>(), ["subject", "short"]);
        let found = private_words("You were ill. Pay £60, because");
        assert_eq!(found, ["ill", "pay", "because", "an amount of money"]);
        assert_eq!(private_words("still, illustrated, pays"), [] as [&str; 0]);
    }

    #[test]
    fn a_fact_that_is_not_known_or_must_be_named_is_named_in_the_refusal() {
        let late = Editable::of(MessageKind::RunningLate).expect("one");
        let of = |words: &TemplateWords| {
            words.problems(late).into_iter().map(|p| (p.field, p.code, p.message)).collect::<Vec<_>>()
        };
        let problems = of(&words("{{ therapist }}", "{{ late_minutes }} {{ fee }}", "Hello"));
        let short: Vec<_> = problems.iter().map(|(field, code, _)| (field.as_str(), *code)).collect();
        let expected =
            [("subject", "unknown_variable"), ("letter", "unknown_variable"), ("short", "variable_required")];
        assert_eq!(short, expected);
        assert!(problems[1].2.contains("{{ fee }}") && problems[1].2.contains("late_minutes"), "{problems:?}");
        assert!(problems[0].2.ends_with("There is: day, update."), "{problems:?}");
    }

    #[test]
    fn only_names_and_ifs_are_for_owners() {
        let good = "{% if next and not times or update %}{{ next }}{% elif times %}x{% else %}{ y }{% endif %}";
        let (known, wrong) = names(good);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(known.into_iter().collect::<Vec<_>>(), ["next", "times", "update"]);
        for bad in [
            "{% for x in times %}{% endfor %}",
            "{{ times|length }}",
            "{{ 'a' * 9 }}",
            "{{ next",
            "{% include \"x\" %}",
            "{% if next %}",
            "{% endif %}",
            "{% else %}",
            "{% if %}{% endif %}",
            "{% if a b %}{% endif %}",
            "{# x #}",
            "{% set x = 1 %}",
            "{{ x.y }}",
            "{{ f() }}",
            "{% if a == b %}{% endif %}",
            "{%- if next %}{% endif %}",
        ] {
            assert!(!names(bad).1.is_empty(), "{bad}");
        }
    }

    #[test]
    fn empty_and_endless_words_are_refused() {
        let endless = words("a\nb", &"a".repeat(4_001), " ");
        assert_eq!(
            codes(&endless),
            [("letter".into(), "too_long"), ("short".into(), "required"), ("subject".into(), "one_line")]
        );
    }
}
