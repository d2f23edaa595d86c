//! The office: who doesn't know yet, one case, and acting for a therapist.

use crate::house::*;
use crate::page::Reader;
use domain::disruption::{Disruption, DisruptionKind};
use domain::id::Id;
use domain::obligation::{Obligation, ObligationKind, ObligationState, Owner};
use domain::person::{PersonRef, Role};
use domain::policy::Preset;
use domain::time::Span;

const MARCUS_TODAY: &str = "2026-11-24T11:00:00Z";
const YARA_TODAY: &str = "2026-11-24T12:00:00Z";

async fn a_bad_morning() -> (House, Reader) {
    let house = House::of(Preset::Network).await;
    house.owen_cancels(MARCUS, MARCUS_TODAY, now() - Span::minutes(70)).await;
    house.owen_cancels(YARA, YARA_TODAY, now() - Span::minutes(1)).await;
    let mut sam = Reader::of(&house, SAM).await;
    sam.go("/p").await;
    (house, sam)
}

#[tokio::test]
async fn an_empty_board_says_that_it_is_good() {
    let house = House::of(Preset::Network).await;
    let mut sam = Reader::of(&house, SAM).await;
    sam.go("/p").await;
    assert_eq!(sam.h1(), "Live board");
    assert!(sam.text().contains("Everyone knows. Nothing is owed."), "{}", sam.text());
}

#[tokio::test]
async fn the_board_names_whoever_has_waited_longest_first_and_filters_by_its_tallies() {
    let (_house, mut sam) = a_bad_morning().await;
    let board = sam.text();
    let place = |name: &str| board.find(name).unwrap_or_else(|| panic!("{name} in {board}"));
    assert!(place("Marcus Bell") < place("Yara Haddad"), "{board}");
    assert!(board.contains("cancelled by Owen Price") && board.contains("overdue"), "{board}");
    sam.go("/p?show=overdue").await;
    assert!(sam.text().contains("Marcus Bell") && !sam.text().contains("Yara Haddad"), "{}", sam.text());
}

/// Six hundred notes that nobody wrote, and as many cases that are closed: one of them, the oldest, today.
async fn a_neglected_year(house: &House) {
    let about = house.appointment(TOM, "2026-11-24T09:00:00Z");
    let (PersonRef::Therapist(therapist), PersonRef::Client(client)) = (MAYA, client(TOM)) else { return };
    let note = Obligation {
        id: Id::from_bytes([0; 16]),
        practice: PRACTICE,
        disruption: None,
        relationship: relationship(TOM),
        appointment: Some(about),
        kind: ObligationKind::WriteContactNote,
        owner: Owner { role: Role::Therapist, person: Some(MAYA) },
        opened_at: now() - Span::hours(24 * 365),
        due_at: now() - Span::hours(24 * 364),
        breach_at: None,
        second_breach_at: None,
        state: ObligationState::Open,
    };
    let case = Disruption {
        id: Id::from_bytes([0; 16]),
        practice: PRACTICE,
        relationship: relationship(TOM),
        appointment: about,
        kind: DisruptionKind::ClientLate,
        opened_at: now() - Span::hours(24 * 365),
        closed_at: None,
        fault: None,
        outcome: None,
    };
    record(&house.app, move |tx| {
        for n in 0..600_u16 {
            let [high, low] = n.to_be_bytes();
            let bytes = [0xee, high, low, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            store::obligation::put(tx, &Obligation { id: Id::from_bytes(bytes), ..note.clone() }, therapist, client)?;
            let opened_at = case.opened_at + Span::hours(i64::from(n));
            let closed_at = Some(if n == 0 { now() } else { opened_at + Span::hours(1) });
            let closed = Disruption { id: Id::from_bytes(bytes), opened_at, closed_at, ..case.clone() };
            store::disruption::put(tx, &closed, therapist, client)?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn neither_old_duties_nor_old_cases_hide_what_is_urgent_today() {
    let (house, mut sam) = a_bad_morning().await;
    a_neglected_year(&house).await;
    sam.go("/p").await;
    let board = sam.text();
    assert!(board.contains("Marcus Bell") && board.contains("Yara Haddad"), "{board}");
    for tally in [("1", "don’t know yet, overdue"), ("1", "being told now"), ("1", "closed today")] {
        assert!(sam.html.contains(&format!("<b>{}</b>{}", tally.0, tally.1)), "{tally:?} in {board}");
    }
    sam.go("/p?show=telling").await;
    assert!(sam.text().contains("Yara Haddad") && !sam.text().contains("Marcus Bell"), "{}", sam.text());
}

#[tokio::test]
async fn a_case_shows_its_four_answers_and_an_attempt_is_recorded_in_it() {
    let (_house, mut sam) = a_bad_morning().await;
    sam.follow("Marcus Bell").await;
    let case = sam.text();
    for words in ["Knows", "Next time", "Money", "Record", "Nobody has tried yet", "Call Marcus"] {
        assert!(case.contains(words), "{words} in {case}");
    }
    let tried = [("channel", "phone"), ("result", "no_answer"), ("agreed", "Will try again at ten")];
    sam.press("Record it", &tried).await;
    assert!(sam.path.starts_with("/p/cases/"), "{}", sam.path);
    assert!(sam.text().contains("Phone call: no answer, Sam Turner. Will try again at ten"), "{}", sam.text());
    sam.press("Record it", &[("result", "reached")]).await;
    sam.go("/p?show=overdue").await;
    assert!(sam.text().contains("Nothing of this kind."), "{}", sam.text());
}

#[tokio::test]
async fn the_office_cancels_for_a_therapist_who_asked_for_it() {
    let house = House::of(Preset::Network).await;
    let mut sam = Reader::of(&house, SAM).await;
    sam.go("/p").await.follow("Find an appointment").await;
    sam.press("Search", &[("q", "daniel rey")]).await;
    assert!(sam.text().contains("Maya Okafor"), "{}", sam.text());
    sam.follow("Daniel Reyes").await.follow("Cancel appointment").await;
    assert!(sam.text().contains("Maya is ill"), "{}", sam.text());
    let said = [("initiator", "therapist"), ("reason", "therapist_illness"), ("note", "Rang at nine")];
    sam.press("Cancel Appointment", &said).await;
    assert_eq!(sam.h1(), "Appointment cancelled", "{}", sam.text());
    assert!(sam.text().contains("by Maya Okafor"), "{}", sam.text());
    sam.go("/p/messages").await;
    assert!(sam.text().contains("Cancellation to Daniel Reyes"), "{}", sam.text());
}

#[tokio::test]
async fn every_field_of_the_office_has_a_label_and_every_form_its_proof() {
    let (_house, mut sam) = a_bad_morning().await;
    let case = sam.link("Marcus Bell").expect("a case");
    for path in ["/p".to_owned(), case, "/p/messages".to_owned(), "/p/appointments?q=marcus".to_owned()] {
        sam.go(&path).await;
        assert_eq!(sam.status, 200, "{path}");
        assert_eq!(sam.faults(), Vec::<String>::new(), "{path}");
    }
}

#[tokio::test]
async fn a_case_of_another_practice_or_none_is_not_there() {
    let (_house, mut sam) = a_bad_morning().await;
    for path in
        ["/p/cases/dis_00000000000000000000000001", "/p/cases/x", "/p/appointments/apt_00000000000000000000000001"]
    {
        sam.go(path).await;
        assert_eq!(sam.status, 404, "{path}");
    }
}
