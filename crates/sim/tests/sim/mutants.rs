//! The mistakes that the simulator must find (`crates/sim/mutants`) still fit the code as it is written, and the page
//! lists each of them. `scripts/mutants sim` puts them in and plays.

use std::fs;
use std::path::{Path, PathBuf};

fn patches() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mutants");
    let mut all: Vec<_> =
        fs::read_dir(folder).expect("the mutants").map(|entry| entry.expect("a file").path()).collect();
    all.sort();
    all
}

/// Each file that a patch changes, and for each of its parts the lines that must be there.
fn parts(patch: &str) -> Vec<(&str, Vec<String>)> {
    let before = |hunk: &str| {
        let lines = hunk.lines().skip(1).filter(|line| !line.starts_with("+++"));
        lines.filter_map(|line| line.strip_prefix([' ', '-'])).map(|line| format!("{line}\n")).collect()
    };
    patch
        .split("\n--- a/")
        .skip(1)
        .map(|file| (file.lines().next().unwrap_or_default(), file.split("\n@@ ").skip(1).map(before).collect()))
        .collect()
}

#[test]
fn every_mistake_still_fits_the_code_and_stands_on_the_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/mutants.md")).expect("docs/mutants.md");
    let all = patches();
    assert!(!all.is_empty(), "the simulator is measured by mistakes");
    for path in all {
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let patch = fs::read_to_string(&path).expect("a patch");
        let files = parts(&patch);
        assert!(!files.is_empty(), "{name} changes nothing");
        for (file, parts) in files {
            let source = fs::read_to_string(root.join(file)).expect("the file that it changes");
            for part in parts {
                assert_eq!(source.matches(part.as_str()).count(), 1, "{name} does not fit {file} any more:\n{part}");
            }
        }
        assert!(page.contains(&format!("| `{name}` |")), "{name} is not in docs/mutants.md: run scripts/mutants sim");
    }
}
