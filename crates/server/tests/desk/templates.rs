//! The wording of messages, as an owner writes it.

use crate::house::*;
use crate::page::Reader;
use domain::access::Scope;
use domain::message::{Message, MessageKind};
use domain::person::{Channel, PersonRef};
use domain::policy::Preset;

/// Everything that was written of this kind, by each way.
async fn written(house: &House, kind: MessageKind) -> Vec<Message> {
    let found = house.app.store.read_async(move |tx: &mut store::Tx<'_>| {
        let filter = store::message::Filter { kind: Some(kind), ..Default::default() };
        Ok::<_, store::DbError>(store::message::list(tx, &Scope::System("test"), &filter, None, 200)?.items)
    });
    found.await.expect("no fault")
}

const LETTER: &str = "Dear {{ first_name }},\n\nI am about {{ late_minutes }} minutes behind.\n\n{{ therapist }}";
const PAGE: &str = "/p/templates/running_late/en-GB";

#[tokio::test]
async fn an_owner_words_a_message_sees_how_it_reads_keeps_it_and_goes_back() {
    let house = House::of(Preset::Clinic).await;
    let mut ruth = Reader::of(&house, RUTH).await;
    ruth.go("/p/messages").await.follow("Wording").await;
    assert!(ruth.text().contains("Running late") && !ruth.text().contains("Your words"), "{}", ruth.text());
    ruth.go(PAGE).await;
    assert!(ruth.html.contains("I’m running behind and expect to be about {{ late_minutes }} minutes late today."));
    ruth.press("Keep these words", &[("letter", "Dear {{ first_nam }}, {{ late_minutes }}")]).await;
    assert_eq!(ruth.status, 422);
    assert!(ruth.text().contains("There is no {{ first_nam }} here. There is: first_name,"), "{}", ruth.text());
    ruth.press("See how it reads", &[("letter", LETTER), ("short", "Your therapy is {{ late_minutes }} late")]).await;
    assert!(ruth.text().contains("It may be read by others, so leave out: therapy."), "{}", ruth.text());
    let short = "About {{ late_minutes }} minutes \u{2014} {{ therapist }}";
    ruth.press("See how it reads", &[("letter", LETTER), ("short", short)]).await;
    let text = ruth.text();
    assert!(text.contains("I am about 10 minutes behind.") && text.contains("About 10 minutes - Owen"), "{text}");
    assert!(text.contains("characters, sent in 1 part") && text.contains("Any questions?"), "{text}");
    assert!(written(&house, MessageKind::RunningLate).await.is_empty(), "nobody is told");
    ruth.press("Send it to me", &[]).await;
    assert!(ruth.text().contains("On its way to you, and to nobody else."), "{}", ruth.text());
    let tests = written(&house, MessageKind::Message).await;
    let [test] = &tests[..] else { panic!("one letter: {tests:?}") };
    assert!(test.to == RUTH && test.subject.starts_with("Test: ") && test.text.starts_with("Dear Ruth,"), "{test:?}");
    ruth.press("Keep these words", &[]).await;
    assert!(ruth.text().contains("Your words, version 1."), "{}", ruth.text());
    ruth.follow("Versions").await;
    assert!(ruth.text().contains("I am about {{ late_minutes }} minutes behind."), "{}", ruth.text());
    assert!(ruth.html.contains("<ins>Dear {{ first_name }},</ins>"), "{}", ruth.html);
    ruth.go(PAGE).await.press("Back to the house’s words", &[]).await;
    assert!(ruth.text().contains("The house’s words are in use again."), "{}", ruth.text());
    let mut sam = Reader::of(&house, SAM).await;
    sam.go(&format!("{PAGE}/versions?a=1&b=2")).await;
    assert!(sam.html.contains("<del>Dear {{ first_name }},</del>"), "{}", sam.html);
    let mut maya = Reader::of(&house, MAYA).await;
    assert_eq!(maya.go(PAGE).await.status, 404);
}

#[tokio::test]
async fn what_is_told_from_then_on_is_in_the_practices_own_words() {
    let house = House::of(Preset::Clinic).await;
    let mut ruth = Reader::of(&house, RUTH).await;
    ruth.go(PAGE).await.press("Keep these words", &[("subject", "News for {{ day }}"), ("letter", LETTER)]).await;
    assert!(ruth.text().contains("Kept."), "{}", ruth.text());
    house.app.clock.advance_to(at("2026-11-24T13:50:00Z")).expect("forward");
    let id = house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/t/appointments/{id}/live")).await.press("About 10 min", &[]).await;
    let told = written(&house, MessageKind::RunningLate).await;
    let client = told.iter().find(|m| matches!(m.to, PersonRef::Client(_)) && m.channel == Channel::Email);
    let client = client.expect("the client is told");
    assert_eq!(client.subject, "News for Tuesday 24 November");
    assert!(client.text.starts_with("Dear Daniel,\n\nI am about 10 minutes behind.\n\nMaya\n"), "{}", client.text);
    let office = told.iter().find(|m| !matches!(m.to, PersonRef::Client(_))).expect("the office is told");
    assert!(office.text.contains("is running about 10 minutes behind"), "{}", office.text);
}
