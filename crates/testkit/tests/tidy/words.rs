//! Words that do not belong: leftovers, machine-bound paths, private matters on a lock screen, SQL out of its crate.

use crate::source::Source;

/// Whether `text` holds `word` with no identifier character on either side.
pub fn has_word(text: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .any(|(at, found)| !text[..at].ends_with(is_word) && !text[at + found.len()..].starts_with(is_word))
}

/// The project speaks of itself alone. Written in halves so that this file passes its own test; matched as whole
/// words, whatever the case.
const FOREIGN: &[&str] = &[
    concat!("cl", "aude"),
    concat!("anth", "ropic"),
    concat!("open", "ai"),
    concat!("chat", "gpt"),
    concat!("co", "pilot"),
    concat!("l", "lm"),
    concat!("l", "lms"),
    concat!("language ", "model"),
    concat!("sub", "agent"),
    concat!("sub", "-agent"),
    concat!("coding ", "agent"),
    concat!("system ", "prompt"),
];
/// Matched as written.
const FOREIGN_EXACT: &[&str] = &[concat!("A", "I"), concat!("A", "I-generated")];
/// Folders of one person's machine.
const MACHINE_PATHS: &[&str] = &[concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/")];
/// Marks of unfinished work.
const UNFINISHED: &[&str] = &[concat!("FIX", "ME"), concat!("X", "XX"), concat!("TO", "DO")];

/// Lines of any committed text that speak of something else than the project.
pub fn foreign(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let lower = line.to_lowercase();
        let words = FOREIGN.iter().filter(|word| has_word(&lower, word));
        let exact = FOREIGN_EXACT.iter().filter(|word| has_word(line, word));
        let paths = MACHINE_PATHS.iter().filter(|start| starts_a_path(line, start));
        found.extend(words.chain(exact).chain(paths).map(|word| format!("{path}:{}: {word}", number + 1)));
    }
    found
}

/// `/x/` at the start of a path, not inside one such as `src/x/`.
fn starts_a_path(line: &str, start: &str) -> bool {
    line.match_indices(start)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-/*})".contains(c)))
}

/// Macros and attributes that leave work undone, and tests that wait or race.
pub fn unfinished(path: &str, source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_tests = path.contains("/tests/");
    for (number, line) in source.comments.lines().enumerate() {
        let marks = UNFINISHED.iter().filter(|mark| has_word(line, mark));
        found.extend(marks.map(|mark| format!("{path}:{}: {mark}", number + 1)));
    }
    for (number, line) in source.code.lines().enumerate() {
        in_tests |= line.contains("#[cfg(test)]");
        let mut report = |what: &str| found.push(format!("{path}:{}: {what}", number + 1));
        for name in ["todo", "unimplemented", "dbg"] {
            if has_word(line, name) && line.contains(&format!("{name}!")) {
                report(&format!("{name}! is unfinished work"));
            }
        }
        if line.contains("#[ignore") {
            report("an ignored test proves nothing: mend it or delete it");
        }
        if in_tests && (has_word(line, "sleep") || has_word(line, "sleep_ms")) {
            report("a test that sleeps: wait on the thing itself, or move the world's clock");
        }
        if in_tests && line.contains("assert") && has_word(line, "elapsed") {
            report("a timed assert: speed is the business of bench/");
        }
    }
    found
}

/// SQL text lives in crates/store. The benchmarks have a raw loop to compare with, and a unit test may quote SQL to prove
/// that it does not get out.
pub fn sql(path: &str, source: &Source) -> Vec<String> {
    if path.starts_with("crates/store/") || path.starts_with("bench/") {
        return Vec::new();
    }
    let is_sql = |literal: &str| {
        let text = literal.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        (text.starts_with("select ") && text.contains(" from "))
            || (text.starts_with("update ") && text.contains(" set "))
            || [
                "insert into ",
                "delete from ",
                "create table ",
                "create index ",
                "alter table ",
                "drop table ",
                "pragma ",
            ]
            .iter()
            .any(|start| text.starts_with(start))
    };
    let product = source.code.lines().position(|line| line.contains("#[cfg(test)]")).unwrap_or(usize::MAX);
    let quoted = source.strings.iter().filter(|(line, literal)| *line <= product && is_sql(literal));
    quoted.map(|(line, _)| format!("{path}:{line}: SQL outside crates/store")).collect()
}

/// Reasons and fields of work that must not be read over someone's shoulder (ids V-10, G-08; `ux` wording).
const PRIVATE: &[&str] = &[
    "therapy",
    "therapies",
    "psychotherapy",
    "counselling",
    "counsellor",
    "psychologist",
    "psychiatrist",
    "mental",
    "illness",
    "ill",
    "sick",
    "sickness",
    "unwell",
    "bereavement",
    "hospital",
    "treatment",
    "diagnosis",
    "clinical",
];

/// What lock screens and shared calendars show is neutral: whole files of `templates/messages` with sms, push,
/// subject or calendar in their path, and `Subject:` lines in the others.
pub fn private(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("crates/server/templates/messages/") {
        return Vec::new();
    }
    let bare = ["sms", "push", "subject", "calendar", ".ics"].iter().any(|kind| path.contains(kind));
    let mut found = Vec::new();
    for (number, line) in without_tags(text).lines().enumerate() {
        let lower = line.to_lowercase();
        if bare || lower.starts_with("subject:") {
            let words = PRIVATE.iter().filter(|word| has_word(&lower, word));
            found.extend(words.map(|word| format!("{path}:{}: `{word}` where anyone may read it", number + 1)));
        }
    }
    found
}

/// Names for people that this product does not use on any page.
pub fn names(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("crates/server/templates/") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in without_tags(text).lines().enumerate() {
        for word in ["provider", "providers", "patient", "patients"] {
            if has_word(&line.to_lowercase(), word) {
                found.push(format!("{path}:{}: say therapist and client, not `{word}`", number + 1));
            }
        }
    }
    found
}

/// A template with what stands in `{{ }}`, `{% %}` and `{# #}` blanked; line breaks stay.
fn without_tags(text: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or_default();
        if !inside && letter == '{' && "{%#".contains(next) {
            inside = true;
        } else if inside && "}%#".contains(letter) && next == '}' {
            inside = false;
            letters.next();
        } else if !inside || letter == '\n' {
            kept.push(letter);
        }
    }
    kept
}

/// Icons that templates name and build.rs does not carry.
pub fn icons(path: &str, text: &str, build: &str) -> Vec<String> {
    if !path.starts_with("crates/server/templates/") && !path.starts_with("crates/server/src/") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for part in line.split("icon(\"").skip(1) {
            let name = part.split('"').next().unwrap_or_default();
            if !build.contains(&format!("\"{name}\",")) {
                found.push(format!("{path}:{}: icon {name} is not in crates/server/build.rs", number + 1));
            }
        }
    }
    found
}

#[test]
fn sql_is_found_over_several_lines_and_prose_is_not_sql() {
    let source = Source::parse(
        "let a = \"select id\\n  from t\"; let b = \"Select a time from the list\"; let c = r#\"update t\n set a = 1\"#;",
    );
    let prose = Source::parse("let b = \"Update your details\";");
    assert_eq!(sql("crates/server/src/a.rs", &source).len(), 3, "prose that reads like SQL is SQL here: reword it");
    assert!(sql("crates/server/src/a.rs", &prose).is_empty());
    assert!(sql("crates/store/src/a.rs", &source).is_empty());
}

#[test]
fn a_text_message_may_not_say_why() {
    let path = "crates/server/templates/messages/cancelled.sms.txt";
    assert_eq!(private(path, "Your therapist is ill {{ therapy }}").len(), 1);
    assert!(private("crates/server/templates/messages/cancelled.txt", "Subject: A change\n\nyour therapy").is_empty());
    assert_eq!(private("crates/server/templates/messages/cancelled.txt", "Subject: Therapy cancelled").len(), 1);
}

#[test]
fn a_machine_path_is_one_that_starts_there() {
    let path = ["see /wo", "rk/x and ", "crates/server/src/wo", "rk/y"].concat();
    assert_eq!(foreign("a.md", &path).len(), 1);
    assert!(foreign("a.md", &path[12..]).is_empty());
}

#[test]
fn a_sleeping_or_ignored_test_is_named() {
    let source = Source::parse("fn a() {}\n#[cfg(test)]\n#[ignore]\nfn b() { std::thread::sleep(x); }\n// sleep\n");
    assert_eq!(unfinished("crates/a/src/lib.rs", &source).len(), 2);
}
