//! How a client is reached, as the desk writes it down.

use crate::house::*;
use crate::page::Reader;
use domain::access::{Actor, Via};
use domain::contact::AttemptResult;
use domain::decide::{Attempt, FileAct, Screen};
use domain::id::{ClientId, Id};
use domain::person::{Channel, Person, PersonRef, Role};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_server::flow::{self, Ask, Failed, Flow, Tools, Who};
use store::{Done, Tx};

const RISK: PersonRef = PersonRef::Staff(Id::from_bytes([6; 16]));

fn id_of(number: u8) -> ClientId {
    match client(number) {
        PersonRef::Client(id) => id,
        other => panic!("{other} is no client"),
    }
}

/// Somebody of the house does something, outside the pages.
async fn does<T: Clone + Send + 'static>(
    house: &House,
    who: PersonRef,
    act: impl Fn(&mut Tx<'_>, &Tools, &Ask) -> Flow<Done<T>> + Send + 'static,
) -> T {
    let app = house.app.clone();
    let actor = Actor { person: who, practice: PRACTICE, role: Role::Therapist, name: String::new(), via: Via::Portal };
    let ask = Ask { who: Who::Actor(actor), now: now(), command: app.dice.command(now()) };
    let tools = app.tools.clone();
    let done = app.store.write_async(move |tx: &mut Tx<'_>| act(tx, &tools, &ask)).await;
    done.map_err(|why: Failed| format!("{why:?}")).expect("done").answer
}

// proves: V-05
#[tokio::test]
async fn a_wrong_number_is_seen_on_the_clients_page_and_used_again_only_on_a_word() {
    let house = House::of(Preset::Clinic).await;
    let made = || Attempt { channel: Channel::Phone, result: AttemptResult::WrongNumber, at: now(), agreed: None };
    does(&house, MAYA, move |tx, tools, ask| flow::case::attempt(tx, tools, ask, id_of(DANIEL), None, made())).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/t/clients/{}", relationship(DANIEL))).await;
    assert!(maya.text().contains("is not Daniel’s number, so nothing goes there."), "{}", maya.text());
    maya.follow("Change or confirm it").await;
    assert!(maya.text().contains("It is not used until it is changed or confirmed."), "{}", maya.text());
    maya.press("Use the number again", &[]).await;
    assert_eq!(maya.status, 422);
    assert!(maya.text().contains("Say how you know"), "{}", maya.text());
    maya.press("Use the number again", &[("word", "He called from it himself.")]).await;
    assert!(maya.text().contains("Confirmed. It is used from now on."), "{}", maya.text());
    assert!(!maya.text().contains("reported wrong"), "{}", maya.text());
}

#[tokio::test]
async fn after_stop_the_desk_keeps_the_order_and_cannot_bring_texts_back() {
    let house = House::of(Preset::Clinic).await;
    let daniel = id_of(DANIEL);
    let app = house.app.clone();
    let ask = Ask { who: Who::System("test"), now: now(), command: app.dice.command(now()) };
    let (tools, asked) = (app.tools.clone(), ask.clone());
    let stopped =
        app.store.write_async(move |tx: &mut Tx<'_>| flow::settings::stop_texts(tx, &tools, &asked, daniel)).await;
    stopped.map(drop).map_err(|why: Failed| format!("{why:?}")).expect("stopped");
    let (tools, asked) = (app.tools.clone(), ask);
    let again = app.store.write_async(move |tx: &mut Tx<'_>| flow::settings::stop_texts(tx, &tools, &asked, daniel));
    assert!(matches!(again.await, Err(Failed::Nothing { .. })), "said twice it is one");
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/t/clients/{}/contact", relationship(DANIEL))).await;
    assert!(maya.text().contains("Only they can ask for texts again"), "{}", maya.text());
    maya.press("Keep it", &[("first", "email"), ("second", "phone")]).await;
    assert!(maya.text().contains("Kept. Messages go this way from now on."), "{}", maya.text());
    let kept = app.store.read_async(move |tx| store::person::load(tx, PersonRef::Client(daniel))).await;
    let kept = kept.expect("no fault").expect("Daniel").preference;
    assert!(kept.file.stopped_by_text().is_some() && kept.channels == [Channel::Email, Channel::Phone], "{kept:?}");
}

#[tokio::test]
async fn a_new_number_waits_until_somebody_spoke_with_them() {
    let house = House::of(Preset::Clinic).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/t/clients/{}/contact", relationship(DANIEL))).await;
    maya.press("Change", &[("phone", "0770")]).await;
    assert_eq!(maya.status, 422);
    maya.press("Change", &[("phone", "+44 7700 900413")]).await;
    assert!(maya.text().contains("+447700900413 waits to be confirmed."), "{}", maya.text());
    maya.press("Confirm the number", &[("word", "Spoke with him.")]).await;
    assert!(maya.text().contains("Confirmed. It is used from now on."), "{}", maya.text());
    assert!(maya.text().contains("A text to +447700900413"), "{}", maya.text());
}

// proves: V-19
#[tokio::test]
async fn an_emergency_contact_opens_for_risk_duty_after_a_decision_and_goes_on_record() {
    let house = House::of(Preset::Clinic).await;
    let daniel = id_of(DANIEL);
    let mut maya = Reader::of(&house, MAYA).await;
    let page = format!("/clients/{}/contact", relationship(DANIEL));
    maya.go(&format!("/t{page}")).await;
    let form = [("name", "Rosa Reyes"), ("emergency_phone", "+44 7700 900499"), ("relation", "sister")];
    maya.press("Keep this contact", &form).await;
    let says = |reader: &Reader| reader.text().contains("Rosa") || reader.text().contains("900499");
    assert!(maya.text().contains("Daniel named somebody") && !says(&maya), "{}", maya.text());
    record(&house.app, |tx| {
        let admin = store::person::load(tx, SAM)?.expect("Sam");
        store::person::insert(tx, &Person { id: RISK, role: Role::RiskDuty, name: "Rita Lowe".into(), ..admin })
    })
    .await;
    let mut risk = Reader::of(&house, RISK).await;
    risk.go(&format!("/p{page}")).await;
    assert!(!risk.text().contains("Open it") && !says(&risk), "no decision yet: {}", risk.text());
    let screen = Screen { flagged: true, review_by: Some(now() + Span::hours(24 * 7)) };
    does(&house, MAYA, move |tx, tools, ask| {
        flow::file::about_two(tx, tools, ask, relationship(DANIEL), FileAct::Screen(screen))
    })
    .await;
    maya.go(&format!("/t{page}")).await;
    assert!(!maya.text().contains("Open it"), "not the therapist's: {}", maya.text());
    risk.go(&format!("/p{page}")).await.press("Open it", &[]).await;
    assert!(says(&risk), "{}", risk.text());
    let entries = house.app.store.read_async(move |tx: &mut Tx<'_>| {
        let page = store::audit::entries(tx, PRACTICE, &daniel.to_string(), 0, 50)?;
        Ok::<_, store::DbError>(page.into_iter().map(|kept| kept.entry.word).collect::<Vec<_>>())
    });
    assert!(entries.await.expect("the record").iter().any(|word| word == "emergency_contact_read"));
}
