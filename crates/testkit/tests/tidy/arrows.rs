//! Which crate may name which: `cli -> server -> {store, outside} -> domain`; `testkit -> server`.

use crate::tree::File;

/// A crate's folder and those of ours that its product code may name.
const OURS: &[(&str, &[&str])] = &[
    ("crates/domain", &[]),
    ("crates/store", &["domain"]),
    ("crates/outside", &["domain"]),
    ("crates/server", &["domain", "store", "outside"]),
    ("crates/sim", &["domain", "store", "outside", "server"]),
    ("crates/cli", &["domain", "store", "outside", "server", "sim"]),
    ("crates/testkit", &["domain", "store", "outside", "server", "sim"]),
    ("bench", &["domain", "store", "outside", "server", "sim", "testkit"]),
];

/// A permission is a dependency: who may hold a database, a socket, a page, a dice.
const THEIRS: &[(&str, &[&str])] = &[
    ("rusqlite", &["crates/store", "bench"]),
    ("postgres", &["crates/store", "crates/testkit", "bench"]),
    ("lettre", &["crates/outside", "crates/testkit"]),
    ("ureq", &["crates/outside", "crates/testkit", "bench"]),
    ("axum", &["crates/server"]),
    ("tower-http", &["crates/server"]),
    ("askama", &["crates/server"]),
    ("getrandom", &["crates/server", "crates/cli"]),
    (
        "tokio",
        &["crates/store", "crates/outside", "crates/server", "crates/sim", "crates/cli", "crates/testkit", "bench"],
    ),
    ("rand", &[]),
];

/// Every dependency that its crate must not have.
pub fn broken(files: &[File]) -> Vec<String> {
    let mut broken = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        let folder = file.path.trim_end_matches("/Cargo.toml");
        let manifest: toml::Table = file.text.parse().expect("Cargo.toml is TOML");
        let Some((_, ours)) = OURS.iter().find(|(name, _)| *name == folder) else {
            broken.push(format!(
                "{folder}: a crate the architecture does not know; add it to tidy/arrows.rs with its reason"
            ));
            continue;
        };
        for (section, dev) in [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)] {
            let names = manifest.get(section).and_then(toml::Value::as_table).map(|table| table.keys().cloned());
            for name in names.into_iter().flatten() {
                if !allowed(folder, ours, &name, dev) {
                    broken.push(format!("{folder}: [{section}] {name} is not allowed here"));
                }
            }
        }
    }
    broken
}

fn allowed(folder: &str, ours: &[&str], name: &str, dev: bool) -> bool {
    let local = OURS.iter().any(|(path, _)| path.trim_start_matches("crates/") == name);
    if local {
        // The harnesses may serve every test but those of the crates below the server.
        return ours.contains(&name)
            || (dev && name == "testkit" && !["crates/domain", "crates/store"].contains(&folder));
    }
    let listed = THEIRS.iter().find(|(library, _)| *library == name);
    listed.is_none_or(|(_, homes)| homes.contains(&folder) || (dev && folder != "crates/domain" && name != "rand"))
}

/// Words of IO, clock and chance that have no place in the domain's code.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time",
    "std::io",
    "SystemTime",
    "async",
    "await",
    "rusqlite",
    "postgres",
    "axum",
    "reqwest",
    "ureq",
    "lettre",
    "tokio",
    "getrandom",
    "println",
    "eprintln",
];

/// Impure words in `crates/domain/src`.
pub fn impure(path: &str, code: &str) -> Vec<String> {
    if !path.starts_with("crates/domain/src/") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for word in IMPURE.iter().filter(|word| crate::words::has_word(line, word)) {
            found.push(format!("{path}:{}: `{word}` in the domain, which is pure", number + 1));
        }
    }
    found
}
