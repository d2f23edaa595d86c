//! The tidy test: the rules of `STYLE.md` that a machine can hold. Each test names every place that breaks its rule.

mod arrows;
mod links;
mod proofs;
mod sizes;
mod source;
mod tree;
mod words;

use source::Source;

/// Fails with all findings, one a line.
fn none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}\n", findings.join("\n  "));
}

/// What `check` finds in every Rust file.
fn in_rust(check: impl Fn(&tree::File, &Source) -> Vec<String>) -> Vec<String> {
    let files = tree::files();
    files.iter().filter(|file| file.is_rust()).flat_map(|file| check(file, &Source::parse(&file.text))).collect()
}

/// What `check` finds in every text file but the lock files.
fn in_text(check: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    tree::files().iter().filter(|file| !file.is_lock()).flat_map(|file| check(&file.path, &file.text)).collect()
}

#[test]
fn crates_depend_only_downwards() {
    none("arrows between crates", &arrows::broken(&tree::files()));
}

#[test]
fn the_domain_is_pure() {
    none("no IO in the domain", &in_rust(|file, source| arrows::impure(&file.path, &source.code)));
}

#[test]
fn files_and_functions_stay_small() {
    none("size budgets", &in_rust(|file, source| sizes::broken(&file.path, &file.text, source)));
    let rust: Vec<_> = tree::files().into_iter().filter(tree::File::is_rust).collect();
    let files = sizes::spread(rust.iter().map(|file| file.text.lines().count()).collect());
    let functions = rust.iter().flat_map(|file| Source::parse(&file.text).functions());
    let functions = sizes::spread(functions.map(|function| function.last - function.first + 1).collect());
    assert!(files.1 <= 300, "90 % of files have at most 300 lines; now {files:?} (median, p90, most)");
    assert!(functions.0 <= 15, "half of all functions have at most 15 lines; now {functions:?} (median, p90, most)");
}

#[test]
fn sql_lives_in_the_store() {
    none("SQL", &in_rust(|file, source| words::sql(&file.path, source)));
}

#[test]
fn nothing_is_left_unfinished() {
    none("unfinished", &in_rust(|file, source| words::unfinished(&file.path, source)));
}

#[test]
fn texts_speak_of_the_project_alone() {
    none("foreign words", &in_text(words::foreign));
}

#[test]
fn messages_are_neutral_where_others_may_read_them() {
    none("neutral messages", &in_text(words::private));
}

#[test]
fn pages_say_therapist_and_client() {
    none("names for people", &in_text(words::names));
}

#[test]
fn every_icon_a_page_names_is_carried() {
    let files = tree::files();
    let build = files.iter().find(|file| file.path == "crates/server/build.rs").expect("the server's build script");
    none("icons", &in_text(|path, text| words::icons(path, text, &build.text)));
}

#[test]
fn links_in_documents_lead_somewhere() {
    let root = tree::root();
    let check = |path: &str, text: &str| {
        if path.ends_with(".md") { links::broken(&root, path, text) } else { Vec::new() }
    };
    none("links", &in_text(check));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "UPDATE=1 renews the page")]
fn traceability_is_up_to_date() {
    let mut proofs = Vec::new();
    let mut wrong = Vec::new();
    for file in tree::files().iter().filter(|file| file.is_rust()) {
        let (found, problems) = proofs::claims(&file.path, &Source::parse(&file.text));
        proofs.extend(found);
        wrong.extend(problems);
    }
    none("proves: lines", &wrong);
    none("requirements", &proofs::silent(&proofs));
    let page = proofs::page(&proofs);
    let path = tree::root().join("docs/traceability.md");
    if std::env::var("UPDATE").is_ok() {
        std::fs::create_dir_all(path.parent().expect("docs")).expect("docs can be made");
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/traceability.md is out of date: UPDATE=1 cargo nextest run -p holdspace-testkit --test tidy"
    );
}

#[test]
fn the_lexer_tells_code_from_text() {
    let source = Source::parse(
        "fn a<'x>(c: char) -> &'x str {\n  // fn b() {\n  let s = \"fn c() {\"; let q = '{'; r#\"}\"#\n}\nfn d();\n",
    );
    let functions = source.functions();
    assert_eq!(functions.len(), 1);
    assert_eq!((functions[0].name.as_str(), functions[0].first, functions[0].last), ("a", 1, 4));
    assert_eq!(source.strings.len(), 2);
    assert!(source.comments.contains("fn b"));
}
