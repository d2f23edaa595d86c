//! Which test proves which requirement: `docs/traceability.md`, from the `// proves: V-10, G-08` lines above tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::source::Source;

/// Letter of a seed document, and how many requirements it holds.
const SEEDS: &[(char, usize)] = &[('V', 21), ('G', 18), ('H', 16), ('E', 14), ('A', 22)];

/// A test and the requirements it claims.
pub struct Proof {
    pub ids: Vec<String>,
    pub test: String,
    pub path: String,
}

/// The claims of one file, and what is wrong with them.
pub fn claims(path: &str, source: &Source) -> (Vec<Proof>, Vec<String>) {
    let (mut proofs, mut wrong) = (Vec::new(), Vec::new());
    let known = known();
    let code: Vec<&str> = source.code.lines().collect();
    for (number, comment) in source.comments.lines().enumerate() {
        let Some(list) = comment.trim().strip_prefix("// proves:") else { continue };
        let ids: Vec<String> = list.split(',').map(|id| id.trim().to_owned()).collect();
        for id in ids.iter().filter(|id| !known.contains(id)) {
            wrong.push(format!("{path}:{}: {id:?} is not a requirement", number + 1));
        }
        match test_below(&code[number..]) {
            Some(test) => proofs.push(Proof { ids, test, path: path.to_owned() }),
            None => wrong.push(format!("{path}:{}: no test stands right below", number + 1)),
        }
    }
    (proofs, wrong)
}

/// The name of the function below, if an attribute ending in `test` or a `proptest` stands between.
fn test_below(code: &[&str]) -> Option<String> {
    let mut is_test = false;
    for line in code.iter().take(12).map(|line| line.trim()) {
        is_test |= line.starts_with("#[") && crate::words::has_word(line, "test");
        if let Some((_, name)) = line.split_once("fn ") {
            return is_test.then(|| name.split(['(', '<']).next().unwrap_or_default().to_owned());
        }
    }
    None
}

fn known() -> Vec<String> {
    SEEDS.iter().flat_map(|(seed, count)| (1..=*count).map(move |number| format!("{seed}-{number:02}"))).collect()
}

/// The page.
pub fn page(proofs: &[Proof]) -> String {
    let mut by_id: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for proof in proofs {
        for id in &proof.ids {
            by_id.entry(id).or_default().push((&proof.test, &proof.path));
        }
    }
    let known = known();
    let mut page = String::from(
        "# Requirements and the tests that prove them\n\nWritten by the tidy test from the `proves:` lines above tests. To \
         renew it: `UPDATE=1 cargo nextest run -p holdspace-testkit --test tidy`.\n\n| requirement | test | file |\n|---|---|---|\n",
    );
    for id in &known {
        let mut tests = by_id.get(id.as_str()).cloned().unwrap_or_default();
        tests.sort_unstable();
        tests.dedup();
        for (test, path) in tests {
            // Writing to a String cannot fail.
            let _ = writeln!(page, "| {id} | {} | [{path}](../{path}) |", test.replace('_', " "));
        }
    }
    let open: Vec<&str> = known.iter().map(String::as_str).filter(|id| !by_id.contains_key(id)).collect();
    let proven = known.len() - open.len();
    let _ = write!(page, "\nProven: {proven} of {}.", known.len());
    if !open.is_empty() {
        let _ = write!(page, " No test names these yet: {}.", open.join(", "));
    }
    page.push('\n');
    page
}

#[test]
fn a_claim_belongs_to_the_test_below_it_and_to_a_known_requirement() {
    let good = Source::parse("// proves: V-10, G-08\n#[test]\nfn voicemail_is_not_telling() {}\n");
    let (proofs, wrong) = claims("a.rs", &good);
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(proofs[0].ids, ["V-10", "G-08"]);
    assert_eq!(proofs[0].test, "voicemail_is_not_telling");
    assert!(page(&proofs).contains("| V-10 | voicemail is not telling | [a.rs](../a.rs) |"));

    let unknown = Source::parse("// proves: V-99\n#[test]\nfn a() {}\n");
    assert_eq!(claims("a.rs", &unknown).1.len(), 1);
    let no_test = Source::parse("// proves: V-01\nfn helper() {}\n");
    assert_eq!(claims("a.rs", &no_test).1.len(), 1);
}
