//! The chain and the export, without a store.

use super::*;
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use serde_json::json;

const KEY: [u8; 32] = [7; 32];

fn practice() -> PracticeId {
    PracticeId::from_bytes([1; 16])
}

fn entry(n: u8, subject: &str) -> Entry {
    Entry {
        practice: practice(),
        command: CommandId::from_bytes([n; 16]),
        at: Instant::from_micros(1_790_000_000_000_000 + i64::from(n)),
        actor: "thp_ada".to_owned(),
        on_behalf_of: n.is_multiple_of(2).then(|| "cli_bea".to_owned()),
        word: "appointment_cancelled".to_owned(),
        subjects: vec![subject.to_owned(), "apt_one".to_owned()],
        details: json!({"z": 1, "a": ["ü", null, {"late": true}], "n": n}),
        salt: [n; 16],
    }
}

fn sealed(n: u8, subject: &str) -> Sealed {
    entry(n, subject).seal().expect("a tidy entry")
}

/// Five entries: the second and the fourth are about `cli_bea`, the fourth has lost its particulars.
fn file() -> Vec<u8> {
    let mut fourth = sealed(4, "cli_bea");
    fourth.opening = None;
    let lines = [
        Line::Digest(sealed(1, "cli_carl").digest()),
        Line::Whole(Box::new(sealed(2, "cli_bea"))),
        Line::Digest(sealed(3, "cli_carl").digest()),
        Line::Whole(Box::new(fourth)),
        Line::Digest(sealed(5, "cli_carl").digest()),
    ];
    export(practice(), "cli_bea", &lines, &KEY)
}

fn trusted() -> Trusted {
    Trusted::Key(SigningKey::from_bytes(&KEY).verifying_key().to_bytes())
}

#[test]
fn a_party_checks_the_file_with_the_key_or_its_fingerprint_alone() {
    let summary = verify(&file(), trusted()).expect("an honest file");
    assert_eq!((summary.entries, summary.whole, summary.erased), (5, 2, 1));
    assert_eq!(summary.subject, "cli_bea");
    let Trusted::Key(key) = trusted() else { unreachable!("made above") };
    let by_print = verify(&file(), Trusted::Fingerprint(Trusted::fingerprint_of(&key)));
    assert_eq!(by_print, Ok(summary));
}

#[test]
fn somebody_elses_entry_shows_nothing_but_its_digest() {
    let text = String::from_utf8(file()).expect("text");
    assert!(!text.contains("cli_carl"));
    assert!(text.contains("cli_bea"));
}

#[test]
fn erasing_the_particulars_leaves_the_hash_as_it_was() {
    let mut erased = sealed(2, "cli_bea");
    let before = erased.digest();
    erased.opening = None;
    assert_eq!(erased.digest(), before);
    assert!(erased.opens());
}

#[test]
fn another_practices_key_is_not_trusted() {
    let refused = verify(&file(), Trusted::Key([9; 32])).expect_err("a foreign key");
    assert_eq!(refused.line, 7);
    assert!(refused.why.contains("not the trusted one"), "{refused}");
}

#[test]
fn a_changed_word_is_named_with_its_line() {
    let text = String::from_utf8(file()).expect("text");
    let forged = text.replacen("\"late\":true", "\"late\":false", 1);
    let refused = verify(forged.as_bytes(), trusted()).expect_err("a forged line");
    assert_eq!(refused, Broken { line: 3, why: "the details are not the ones that were committed to".to_owned() });
}

#[test]
fn a_missing_or_swapped_line_is_noticed() {
    let text = String::from_utf8(file()).expect("text");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let without: String = lines.iter().enumerate().filter(|(i, _)| *i != 3).map(|(_, l)| *l).collect();
    assert!(verify(without.as_bytes(), trusted()).is_err());
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    assert!(verify(swapped.concat().as_bytes(), trusted()).is_err());
    assert!(verify(b"", trusted()).is_err());
    assert!(verify(b"{}\n", trusted()).is_err());
}

#[test]
fn an_untidy_entry_is_refused_before_it_is_sealed() {
    let bad = |change: fn(&mut Entry)| {
        let mut e = entry(1, "cli_bea");
        change(&mut e);
        e.seal().expect_err("refused")
    };
    assert!(matches!(bad(|e| e.word = "Cancelled!".to_owned()), NotAnEntry::Word(_)));
    assert!(matches!(bad(|e| e.actor.clear()), NotAnEntry::Actor));
    assert!(matches!(bad(|e| e.details = json!([{"fee": 0.1}])), NotAnEntry::Fraction(_)));
    assert!(matches!(bad(|e| e.subjects.clear()), NotAnEntry::Subjects(_)));
}

#[test]
fn the_order_of_keys_and_subjects_does_not_matter() {
    let mut other = entry(2, "cli_bea");
    other.subjects.reverse();
    other.details = serde_json::from_str(r#"{"n":2,"a":["ü",null,{"late":true}],"z":1}"#).expect("json");
    assert_eq!(other.seal().expect("tidy").digest(), sealed(2, "cli_bea").digest());
}

#[test]
fn every_single_bit_of_a_file_matters() {
    let honest = file();
    for position in 0..honest.len() {
        let mut forged = honest.clone();
        forged[position] ^= 1;
        assert!(verify(&forged, trusted()).is_err(), "byte {position} may change unseen");
    }
}

proptest! {
    #[test]
    fn any_one_byte_changed_in_an_export_makes_verification_fail(position in 0usize..10_000, byte in any::<u8>()) {
        let mut forged = file();
        let position = position % forged.len();
        prop_assume!(forged[position] != byte);
        forged[position] = byte;
        prop_assert!(verify(&forged, trusted()).is_err());
    }

    #[test]
    fn changed_particulars_never_open_the_commitment(a in any::<i64>(), b in any::<i64>()) {
        prop_assume!(a != b);
        let mut e = entry(1, "cli_bea");
        e.details = json!({"fee": a});
        let mut kept = e.seal().expect("tidy");
        kept.opening = Some(Opening { details: json!({"fee": b}), salt: [1; 16] });
        prop_assert!(!kept.opens());
    }
}
