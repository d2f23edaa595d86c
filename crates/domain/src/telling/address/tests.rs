use super::*;
use crate::id::Id;
use crate::telling::consent::{ContactFile, Source};
use crate::telling::route::tests::{at, client};

fn asked(what: What, typed: &str) -> Result<AddressChange, Refusal> {
    AddressChange::asked(Id::from_bytes([8; 16]), &client(&[]), what, typed, at("2026-03-09T12:00:00Z"))
}

#[test]
fn a_number_is_taken_as_people_write_it_and_what_is_none_is_refused() {
    assert_eq!(asked(What::Phone, "+44 (7700) 900-413").expect("a number").to, "+447700900413");
    assert_eq!(asked(What::Phone, "07700 900413").expect_err("no country").code, "not_an_address");
    assert_eq!(asked(What::Email, "nia at example").expect_err("no address").code, "not_an_address");
    assert_eq!(asked(What::Email, " nia@example.org ").expect_err("the same").code, "same_address");
}

#[test]
fn it_is_open_for_three_days_and_five_wrong_codes() {
    let change = asked(What::Email, "new@example.org").expect("an address");
    assert!(change.is_open(at("2026-03-12T11:59:00Z")) && !change.is_open(at("2026-03-12T12:00:00Z")));
    assert!(!AddressChange { tries: 5, ..change.clone() }.is_open(change.asked_at));
    assert!(!AddressChange { ended_at: Some(change.asked_at), ..change.clone() }.is_open(change.asked_at));
}

#[test]
fn a_new_number_is_not_the_wrong_one_any_more() {
    let mut before = client(&[]);
    before.preference.file = ContactFile::default().wrong("+447700900412", Source::Staff, at("2026-03-09T12:00:00Z"));
    let after = asked(What::Phone, "+447700900413").expect("a number").made(before.clone());
    assert_eq!((after.phone.as_deref(), after.preference.file.wrong_number), (Some("+447700900413"), None));
    let other = asked(What::Email, "new@example.org").expect("an address").made(before);
    assert!(other.preference.file.wrong_number.is_some() && other.email.as_deref() == Some("new@example.org"));
}

#[test]
fn a_confirmation_says_how_somebody_knows() {
    assert_eq!(word("  ").expect_err("nothing").code, "word_required");
    assert_eq!(word(&"a".repeat(501)).expect_err("a letter").code, "too_long");
    assert_eq!(word(" Spoke with her. "), Ok("Spoke with her.".to_owned()));
}

#[test]
fn an_address_or_number_is_read_as_people_type_it() {
    let phones = |text: &str| match typed(text) {
        Some(Typed::Phones(phones)) => phones,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(typed(" Daniel@Example.org "), Some(Typed::Email("daniel@example.org".to_owned())));
    assert_eq!(phones("07700 900412"), ["+447700900412"]);
    assert_eq!(phones("0044 7700-900412"), ["+447700900412"]);
    assert_eq!(phones("+44 (7700) 900412"), ["+447700900412"]);
    assert_eq!(phones("(212) 555-0123"), ["+12125550123", "+2125550123"]);
    for neither in ["", "daniel", "daniel@", "12", "+"] {
        assert_eq!(typed(neither), None, "{neither:?}");
    }
}
