//! The mistakes that the model checker must find (`crates/domain/mutants`) still fit the rules as they are written, and
//! the page lists each of them. `scripts/mutants` puts them in and runs the checker.

use std::fs;
use std::path::{Path, PathBuf};

fn patches() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mutants");
    let mut all: Vec<_> =
        fs::read_dir(folder).expect("the mutants").map(|entry| entry.expect("a file").path()).collect();
    all.sort();
    all
}

/// The file that a patch changes, and for each of its parts the lines that must be there.
fn parts(patch: &str) -> (&str, Vec<String>) {
    let file = patch.lines().find_map(|line| line.strip_prefix("--- a/")).expect("the file that it changes");
    let hunks = patch.split("\n@@ ").skip(1);
    let before = |hunk: &str| {
        let lines = hunk.lines().skip(1).filter_map(|line| line.strip_prefix([' ', '-']));
        lines.map(|line| format!("{line}\n")).collect()
    };
    (file, hunks.map(before).collect())
}

#[test]
fn every_mistake_still_fits_the_rules_and_stands_on_the_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../../docs/mutants.md")).expect("docs/mutants.md");
    let all = patches();
    assert!(all.len() >= 30, "the checker is measured by at least thirty mistakes");
    for path in all {
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let patch = fs::read_to_string(&path).expect("a patch");
        let (file, parts) = parts(&patch);
        let source = fs::read_to_string(root.join(file)).expect("the file that it changes");
        assert!(!parts.is_empty(), "{name} changes nothing");
        for part in parts {
            assert_eq!(source.matches(part.as_str()).count(), 1, "{name} does not fit {file} any more:\n{part}");
        }
        assert!(page.contains(&format!("| `{name}` |")), "{name} is not in docs/mutants.md: run scripts/mutants");
    }
}
