//! What `decide` yields can always be read: rules and their sentences are the same list.

extern crate holdspace_domain as domain;

use domain::policy::rules::RULES;
use std::collections::BTreeSet;

/// The text of every file of the rules and the decisions, save the sentences themselves and the tests.
fn sources() -> Vec<String> {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") && name != "rules.rs" && !name.contains("tests") {
                texts.push(std::fs::read_to_string(path).expect("a text"));
            }
        }
    }
    texts
}

/// Every id that a decision names anywhere has a sentence, and no sentence is without a decision: what `decide` yields
/// can always be read.
// proves: G-04, H-05
#[test]
fn no_decision_names_a_rule_without_a_sentence_and_no_sentence_is_without_a_decision() {
    let sources = sources();
    let known: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
    let used = sources.iter().flat_map(|text| text.split("RuleUse::of(\"").skip(1));
    let unsaid: Vec<_> = used.filter_map(|rest| rest.split('"').next()).filter(|id| !known.contains(id)).collect();
    assert_eq!(unsaid, Vec::<&str>::new(), "rules without a sentence");
    let is_named = |id: &str| sources.iter().any(|text| text.contains(&format!("\"{id}\"")));
    let unused: Vec<_> = known.iter().filter(|id| !is_named(id)).collect();
    assert_eq!(unused, Vec::<&&str>::new(), "sentences that no decision names");
    // Rules are named in variables and matches too; whatever looks like one of a known family is one.
    let families: BTreeSet<_> = RULES.iter().filter_map(|rule| rule.id.split('.').next()).collect();
    for file in ["notice", "self_service", "next_step", "lateness", "money", "money/fee", "reliability"] {
        let path = format!("{}/src/policy/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect(file);
        for word in text.split('"').skip(1).step_by(2) {
            let dotted = word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.');
            let of_a_family = word.split_once('.').is_some_and(|(family, _)| families.contains(family));
            assert!(!dotted || !of_a_family || known.contains(word), "{file} names {word}, which has no sentence");
        }
    }
}
