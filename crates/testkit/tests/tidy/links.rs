//! Relative links in the documents lead somewhere.

use std::path::Path;

/// Every relative link of a Markdown file that leads nowhere.
pub fn broken(root: &Path, path: &str, text: &str) -> Vec<String> {
    let folder = Path::new(path).parent().expect("a file is in a folder");
    let mut broken = Vec::new();
    for (line, target) in targets(text) {
        let file = target.split(['#', '?']).next().unwrap_or_default();
        if !file.is_empty() && !root.join(folder).join(file).exists() {
            broken.push(format!("{path}:{line}: {target} leads nowhere"));
        }
    }
    broken
}

/// Targets of `[words](target)` outside code, without those that leave the repository.
fn targets(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for part in prose.split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default();
            // What begins at the root, or with a brace, is an address of the server, not a file (its guides have such).
            let is_page = target.starts_with(['/', '{']);
            if !is_page && !target.contains("://") && !target.starts_with("mailto:") {
                found.push((number + 1, target.to_owned()));
            }
        }
    }
    found
}

#[test]
fn links_to_a_missing_file_are_named_and_code_is_skipped() {
    let text = "[a](lib.rs#top) [b](gone.md) `[c](gone.md)` [d](https://example.org/x)\n```\n[e](gone.md)\n```\n";
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(broken(root, "src/page.md", text), ["src/page.md:1: gone.md leads nowhere"]);
}
