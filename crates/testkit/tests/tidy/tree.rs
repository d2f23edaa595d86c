//! The text files of the repository, as a fresh clone has them.

use std::fs;
use std::path::{Path, PathBuf};

/// One text file, with its path relative to the root of the repository.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    pub fn is_lock(&self) -> bool {
        self.path.ends_with("Cargo.lock") || self.path.ends_with("package-lock.json")
    }
}

/// Folders that never hold a committed file (they are in `.gitignore`).
const SKIPPED: &[&str] = &["target", "node_modules"];
/// The hidden folders that are ours.
const HIDDEN: &[&str] = &[".ci", ".cargo", ".config"];

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository is where it was built")
}

/// Every text file, sorted by path.
pub fn files() -> Vec<File> {
    let root = root();
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.iter().any(|file| file.path == "Cargo.toml"), "the walk starts at the root of the repository");
    found
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let entry = entry.expect("a readable entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().expect("an entry has a type");
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) && (!name.starts_with('.') || HIDDEN.contains(&&*name)) {
            walk(root, &entry.path(), found);
        } else if kind.is_file() && name != ".git" {
            // What is not UTF-8 is not text.
            if let Ok(text) = fs::read_to_string(entry.path()) {
                let path = entry.path().strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
                found.push(File { path, text });
            }
        }
    }
}
