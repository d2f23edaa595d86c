//! Every statement of this crate is found in its source and prepared on both engines, and none says what only one of
//! them understands or what the two understand differently.

mod support;

use ::postgres::types::Type;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use support::Rig;

/// What must not be written, and what to write in its place.
const FORBIDDEN: &[(&str, &str)] = &[
    (" like ", "SQLite ignores case there: keep a search column"),
    ("select *", "name the columns: a cached plan breaks when one is added"),
    ("avg(", "PostgreSQL gives numeric: CAST, or compute in Rust"),
    (" sum(", "PostgreSQL gives numeric: CAST(sum(x) AS BIGINT)"),
    ("any($", "only PostgreSQL has it"),
    ("greatest(", "only PostgreSQL has it: CASE"),
    ("least(", "only PostgreSQL has it: CASE"),
    ("instr(", "only SQLite has it"),
    ("now()", "time is an argument"),
    ("current_", "time is an argument"),
    ("random()", "chance is an argument"),
    ("or rollback", "it ends the neighbours' transaction too"),
    ("or replace", "it deletes what others point at"),
    ("pragma", "settings belong to the engine"),
    ("deferred", "a deferred check fails the whole batch at COMMIT"),
    ("returning *", "name the columns"),
];

/// One `sql!` as it stands in the source.
struct Statement {
    place: String,
    sqlite: String,
    postgres: String,
}

#[test]
fn every_statement_can_be_prepared_on_sqlite() {
    let rig = Rig::sqlite();
    let path = rig.folder.as_ref().expect("a folder").file();
    let connection = rusqlite::Connection::open(path).expect("a second connection");
    for Statement { place, sqlite, .. } in statements().iter().filter(|s| !s.sqlite.is_empty()) {
        if let Err(error) = connection.prepare(sqlite) {
            panic!("{place}: {error}\n{sqlite}");
        }
    }
}

#[test]
fn every_statement_can_be_prepared_on_postgres() {
    let rig = Rig::postgres();
    let mut client = rig.raw_postgres();
    for Statement { place, postgres, .. } in statements().iter().filter(|s| !s.postgres.is_empty()) {
        if let Err(error) = prepare(&mut client, postgres) {
            panic!("{place}: {error:?}\n{postgres}");
        }
    }
}

/// Prepares with the types that the server infers or, where it cannot, with any types of ours that fit.
fn prepare(client: &mut postgres::Client, text: &str) -> Result<(), postgres::Error> {
    let Err(error) = client.prepare(text) else { return Ok(()) };
    let parameters = (1..=20).take_while(|n| text.contains(&format!("${n}"))).count();
    let kinds = [Type::INT8, Type::TEXT, Type::BYTEA];
    let fits = (0..3_usize.pow(parameters.min(8) as u32)).any(|choice| {
        let types: Vec<Type> = (0..parameters).map(|n| kinds[choice / 3_usize.pow(n as u32) % 3].clone()).collect();
        client.prepare_typed(text, &types).is_ok()
    });
    if fits { Ok(()) } else { Err(error) }
}

#[test]
fn no_statement_says_what_the_engines_understand_differently() {
    let found = statements();
    assert!(found.len() > 30, "the scan finds the statements: {}", found.len());
    for Statement { place, sqlite, postgres } in &found {
        for text in [sqlite, postgres] {
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            for (word, instead) in FORBIDDEN {
                assert!(!flat.contains(word), "{place}: `{word}`: {instead}\n{flat}");
            }
        }
    }
}

fn statements() -> Vec<Statement> {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files.sort();
    let everywhere: HashMap<_, _> = files.iter().flat_map(|file| shared_pieces(&code_of(file))).collect();
    files.iter().flat_map(|file| statements_of(file, &everywhere)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a source folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("src/sql.rs") {
            files.push(path);
        }
    }
}

/// The product code of a file, without comments and tests.
fn code_of(file: &Path) -> String {
    let source = fs::read_to_string(file).expect("a source file");
    let product = source.split("#[cfg(test)]").next().unwrap_or_default();
    product.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), |mut code, line| {
        code.push_str(line);
        code.push('\n');
        code
    })
}

/// A file's statements; a piece of its own goes before one of another file that has the same name.
fn statements_of(file: &Path, everywhere: &HashMap<String, String>) -> Vec<Statement> {
    let code = code_of(file);
    let mut shared = everywhere.clone();
    shared.extend(shared_pieces(&code));
    code.match_indices("sql!(")
        .map(|(at, start)| {
            let place = format!("{}:{}", file.display(), code[..at].matches('\n').count() + 1);
            read_statement(&code[at + start.len()..], &shared, place)
        })
        .collect()
}

/// Macros that stand for a literal: `macro_rules! columns { () => { "…" } }`.
fn shared_pieces(code: &str) -> HashMap<String, String> {
    let definitions = code.split("macro_rules! ").skip(1);
    definitions
        .filter_map(|definition| {
            let name = definition.split_whitespace().next()?.to_owned();
            let quote = definition.find('"')?;
            let mut rest = &definition[quote..];
            let text = literal(&mut rest)?;
            Some((name, text))
        })
        .collect()
}

fn read_statement(mut rest: &str, shared: &HashMap<String, String>, place: String) -> Statement {
    let mut statement = Statement { place, sqlite: String::new(), postgres: String::new() };
    let (mut on_sqlite, mut on_postgres) = (true, true);
    loop {
        rest = rest.trim_start();
        if rest.starts_with(')') {
            return statement;
        } else if let Some(after) = rest.strip_prefix(',') {
            (rest, on_sqlite, on_postgres) = (after, true, true);
        } else if let Some(after) = rest.strip_prefix("pg ") {
            (rest, on_sqlite) = (after, false);
        } else if let Some(after) = rest.strip_prefix("lite ") {
            (rest, on_postgres) = (after, false);
        } else {
            let piece = literal(&mut rest).or_else(|| shared_piece(&mut rest, shared));
            let piece = piece.unwrap_or_else(|| panic!("{}: not a literal: {rest:.40}", statement.place));
            statement.sqlite.push_str(if on_sqlite { &piece } else { "" });
            statement.postgres.push_str(if on_postgres { &piece } else { "" });
        }
    }
}

fn shared_piece(rest: &mut &str, shared: &HashMap<String, String>) -> Option<String> {
    let (name, after) = rest.split_once("!()")?;
    let text = shared.get(name)?.clone();
    *rest = after;
    Some(text)
}

/// A plain string literal: escapes of quotes, and line ends that swallow the indentation.
fn literal(rest: &mut &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = rest.strip_prefix('"')?.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                *rest = &rest[at + 2..];
                return Some(text);
            }
            '\\' => match letters.next()?.1 {
                '\n' => while letters.next_if(|(_, letter)| letter.is_whitespace()).is_some() {},
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}
