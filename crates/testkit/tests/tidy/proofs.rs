//! Which test proves which requirement: `docs/traceability.md`, from the `// proves: V-10, G-08` lines above tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::source::Source;

/// Letter of a seed document, and how many requirements it holds.
const SEEDS: &[(char, usize)] = &[('V', 21), ('G', 18), ('H', 16), ('E', 14), ('A', 22)];

/// What of a requirement waits for a later part of the product, and what of it is decided and tested already.
struct Later {
    id: &'static str,
    waits_for: &'static str,
    already: &'static str,
}

const fn later(id: &'static str, waits_for: &'static str, already: &'static str) -> Later {
    Later { id, waits_for, already }
}

const LATER: &[Later] = &[
    later(
        "V-05",
        "text messages, phone and push gateways",
        "the preference, its order, and e-mail as the channel that sends",
    ),
    later(
        "V-09",
        "an absence plan over many appointments",
        "each appointment called off carries its own promise and clock",
    ),
    later("V-11", "text messages and a telephone gateway", "ticket or urgent contact by the time that is left"),
    later("V-20", "claims, for the payers' own forms", "pathways with what each payer allows; guides linked in place"),
    later(
        "V-21",
        "documents in other formats and languages",
        "author, role, date, version and language of each guide and policy",
    ),
    later("G-16", "the outside calendar and the claim", "the system is the only place where a time changes (G-15)"),
    later("H-06", "a card processor", "when a payment falls due and what becomes of it, in the ledger"),
    later("H-10", "a card processor", "whether it is taken, by the boundary of the policy that was agreed"),
    later("E-02", "a card processor", "the choice, the refund that is due, and its settling by hand"),
    later("E-07", "a card processor", "both entry points, and that nothing goes back twice"),
    later("E-12", "an absence plan", "hiding the profile, closing to new bookings, a request to the team"),
    later("A-03", "text messages", "who is told first, at once, in the words of the template, by e-mail"),
    later("A-12", "text messages and calls", "when it is due, and the attempt on file; e-mail as the practice allows"),
    later("A-14", "text messages", "when it may be said, and that the client may still come"),
];

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
    page.push_str("\n\n## What waits for a later part\n\n| requirement | waits for | decided and tested already |\n|---|---|---|\n");
    for Later { id, waits_for, already } in LATER {
        let _ = writeln!(page, "| {id} | {waits_for} | {already} |");
    }
    page
}

/// Requirements that no test names and that are not marked as coming later; and marks that no longer fit.
pub fn silent(proofs: &[Proof]) -> Vec<String> {
    let named = |id: &str| proofs.iter().any(|proof| proof.ids.iter().any(|known| known == id));
    let marked = |id: &str| LATER.iter().any(|later| later.id == id);
    let known = known();
    let quiet = known.iter().filter(|id| !named(id) && !marked(id)).map(|id| format!("{id}: no test names it"));
    let unknown = LATER.iter().filter(|later| !known.iter().any(|id| id == later.id));
    quiet.chain(unknown.map(|later| format!("{}: marked, and not a requirement", later.id))).collect()
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
