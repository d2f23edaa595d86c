//! Asking for help: how fast it goes, who sees it, who took it, and what was done in somebody's place.

use crate::house::*;
use crate::office::*;
use domain::id::Ids;
use domain::person::PersonRef;
use domain::policy::Preset;
use domain::time::Span;
use holdspace_server::flow::{self, Failed, Who};
use serde_json::{Value, json};
use store::Tx;

const DANIEL_TODAY: &str = "2026-11-24T14:00:00Z";
const GRACE_SOON: &str = "2026-11-24T10:30:00Z";

async fn raised(house: &House, who: PersonRef, body: Value) -> Value {
    let (status, answer) = post(house, who, "/api/v1/tickets", body).await;
    assert_eq!(status, 201, "{answer}");
    answer
}

// proves: V-11
#[tokio::test]
async fn with_little_time_left_a_technical_request_is_urgent_and_shows_whom_to_phone() {
    let house = the_house(Preset::Network).await;
    let (soon, later) = (house.appointment(GRACE, GRACE_SOON), house.appointment(DANIEL, DANIEL_TODAY));
    let urgent =
        raised(&house, MAYA, json!({"kind": "technical", "appointment": soon, "body": "I cannot reach Grace."})).await;
    assert_eq!(urgent["route"], "urgent");
    assert_eq!(urgent["contact"], json!({"phone": "020 7946 0018", "email": "support@alderhouse.example"}));
    assert!(urgent["due_at"].as_str().is_some_and(|at| at < "2026-11-24T10:30:00Z"), "{urgent}");
    let calm = raised(&house, MAYA, json!({"kind": "technical", "appointment": later, "body": "A link is odd."})).await;
    assert_eq!(calm["route"], "ticket");
    let told = letters(&house, SUE).await;
    assert_eq!(told.len(), 2, "support is written to at once: {told:?}");
    assert!(told.iter().all(|(kind, subject, _)| kind == "ticket" && subject == "A request is waiting for you"));
    assert!(told.iter().all(|(_, _, text)| !text.contains("Grace")), "the words stay in Holdspace");
}

// proves: V-18, V-19
#[tokio::test]
async fn a_worry_goes_to_those_whose_work_it_is_and_to_nobody_else() {
    let house = the_house(Preset::Network).await;
    let about = house.appointment(DANIEL, DANIEL_TODAY);
    let body = json!({"kind": "risk", "appointment": about, "body": "He wrote that he sees no way on."});
    let risk = raised(&house, MAYA, body).await;
    assert_eq!((risk["route"].as_str(), risk["contact"]["phone"].as_str()), (Some("urgent"), Some("+44 7700 900202")));
    let path = format!("/api/v1/tickets/{}", risk["id"].as_str().expect("an id"));
    for (who, status) in [(RAY, 200), (LEA, 200), (RUTH, 200), (MAYA, 200), (SUE, 404), (SAM, 404), (OWEN, 404)] {
        assert_eq!(get(&house, who, &path).await.0, status, "{who}");
    }
    assert_eq!(get(&house, client(DANIEL), &path).await.0, 404);
    let (_, of_sue) = get(&house, SUE, "/api/v1/tickets").await;
    assert_eq!(of_sue["items"], json!([]), "it is not in her queue");
    let calls = letters(&house, SUE).await;
    assert!(calls.iter().any(|(kind, _, text)| kind == "call_task" && text.contains("+44 7700 900202")), "{calls:?}");
    assert!(calls.iter().all(|(_, _, text)| !text.contains("Daniel") && !text.contains("/tickets/")));
    // The duty on file is met once somebody by name has taken it, and the client never hears of it.
    let (_, owed) = get(&house, MAYA, "/api/v1/obligations").await;
    let duty = owed["items"].as_array().expect("a list").iter().find(|o| o["kind"] == "escalate_risk");
    assert_eq!(duty.expect("a duty")["state"], "open");
    assert_eq!(post(&house, SUE, &format!("{path}/acknowledge"), json!({})).await.0, 404);
    let (status, taken) = post(&house, RAY, &format!("{path}/acknowledge"), json!({})).await;
    assert_eq!((status, taken["acknowledged"]["by"].as_str()), (200, Some(RAY.to_string().as_str())));
    let (_, owed) = get(&house, MAYA, "/api/v1/obligations").await;
    assert!(owed["items"].as_array().expect("a list").iter().all(|o| o["kind"] != "escalate_risk"), "{owed}");
    let (_, record) = get(&house, SAM, &format!("/api/v1/audit?subject={}", risk["id"].as_str().expect("id"))).await;
    assert!(
        !record.to_string().contains("no way on") && record.to_string().contains("ticket_acknowledged"),
        "{record}"
    );
}

// proves: V-18, V-19
#[tokio::test]
async fn a_client_never_sees_that_somebody_worried_about_them() {
    let house = the_house(Preset::Marketplace).await;
    let about = house.appointment(DANIEL, "2026-12-01T14:00:00Z");
    raised(&house, MAYA, json!({"kind": "clinical", "appointment": about, "body": "Can he wait?"})).await;
    let path = format!("/api/v1/appointments/{about}/cancel");
    let (status, act) = post(&house, client(DANIEL), &path, json!({"initiator": "client"})).await;
    assert_eq!(status, 200, "{act}");
    assert!(!act.to_string().contains("escalate"), "{act}");
    let (status, refused) =
        post(&house, client(DANIEL), "/api/v1/tickets", json!({"kind": "risk", "body": "I am not well."})).await;
    assert_eq!((status, refused["code"].as_str()), (403, Some("speak_to_somebody")));
    assert!(refused["detail"].as_str().is_some_and(|words| words.contains("020 7946 0018")));
    let own = raised(&house, client(DANIEL), json!({"kind": "admin", "body": "May I have a receipt?"})).await;
    let path = format!("/api/v1/tickets/{}", own["id"].as_str().expect("an id"));
    assert_eq!(get(&house, client(DANIEL), &path).await.0, 200);
    assert_eq!(get(&house, client(GRACE), &path).await.0, 404);
}

// proves: V-19
#[tokio::test]
async fn nobody_takes_it_so_the_office_and_then_the_owner_hear_of_it() {
    let house = the_house(Preset::Network).await;
    let risk = raised(&house, MAYA, json!({"kind": "risk", "body": "Please ring me."})).await;
    let id = risk["id"].as_str().expect("an id").parse().expect("a ticket");
    for (minutes, to) in [(15, SAM), (30, RUTH)] {
        let ask = ask(&house, Who::System("ticket_clock"), now() + Span::minutes(minutes));
        let tools = house.app.tools.clone();
        let before = letters(&house, to).await.len();
        let done = house.app.store.write_async(move |tx: &mut Tx| flow::ticket::clock(tx, &tools, &ask, id)).await;
        done.map_err(|why: Failed| format!("{why:?}")).expect("it goes up");
        assert_eq!(letters(&house, to).await.len(), before + 1, "{to} is written to after {minutes} minutes");
    }
    let last = letters(&house, SAM).await.pop().expect("a letter");
    assert!(last.2.contains("+44 7700 900202") && !last.2.contains("/tickets/"), "a call, not the words: {last:?}");
}

// proves: V-17
#[tokio::test]
async fn support_types_for_a_therapist_who_phones_and_both_names_stay() {
    let house = the_house(Preset::Network).await;
    let body = json!({"kind": "technical", "on_behalf_of": MAYA, "body": "She cannot sign in."});
    let ticket = raised(&house, SUE, body.clone()).await;
    assert_eq!(ticket["raised_by"], json!(SUE));
    assert_eq!(ticket["on_behalf_of"], json!(MAYA));
    let path = format!("/api/v1/tickets/{}", ticket["id"].as_str().expect("an id"));
    assert_eq!(get(&house, MAYA, &path).await.0, 200, "it is her question");
    let (_, refused) = post(&house, OWEN, "/api/v1/tickets", body).await;
    assert_eq!(refused["code"], "on_behalf_not_yours");
    let (status, answered) = post(&house, SUE, &format!("{path}/answer"), json!({"body": "A new link is sent."})).await;
    assert_eq!((status, answered["state"].as_str()), (200, Some("answered")));
    let told = letters(&house, MAYA).await;
    assert!(told.iter().any(|(kind, subject, _)| kind == "ticket_answer" && subject == "An answer to your request"));
    let (_, record) = get(&house, SAM, &format!("/api/v1/audit?subject={}", ticket["id"].as_str().expect("id"))).await;
    let first = &record["items"][0];
    assert_eq!((first["actor"].clone(), first["on_behalf_of"].clone()), (json!(SUE), json!(MAYA)));
}

// proves: V-11
#[tokio::test]
async fn support_tells_a_client_in_the_therapists_place() {
    let house = the_house(Preset::Network).await;
    let about = house.appointment(DANIEL, DANIEL_TODAY);
    let hand_over = json!({"client": client(DANIEL), "channel": "phone", "text": "Maya is ill and will write tomorrow.",
        "deadline": "2026-11-24T10:00:00Z"});
    let body = json!({"kind": "technical", "appointment": about, "body": "Please ring him.", "hand_over": hand_over});
    let ticket = raised(&house, MAYA, body).await;
    assert_eq!(ticket["due_at"], "2026-11-24T10:00:00Z");
    let path = format!("/api/v1/tickets/{}", ticket["id"].as_str().expect("an id"));
    let tried = |result: &str| json!({"channel": "phone", "result": result, "agreed": "Tomorrow is fine"});
    assert_eq!(post(&house, MAYA, &format!("{path}/told"), tried("reached")).await.0, 404, "it is support's to do");
    let (_, still) = post(&house, SUE, &format!("{path}/told"), tried("no_answer")).await;
    assert_eq!(still["hand_over"]["done"], Value::Null);
    let (status, told) = post(&house, SUE, &format!("{path}/told"), tried("reached")).await;
    assert_eq!((status, told["hand_over"]["done"]["by"].clone()), (200, json!(SUE)), "{told}");
    let (_, seen) = get(&house, MAYA, &path).await;
    assert!(seen["thread"].to_string().contains("Tomorrow is fine"), "the therapist sees it: {seen}");
    let (_, record) = get(&house, SAM, &format!("/api/v1/audit?subject={about}")).await;
    assert!(record.to_string().contains("contact_attempted"), "the tries are on the client's file: {record}");
}

// proves: E-12, V-11
#[tokio::test]
async fn a_letter_to_the_support_address_becomes_a_request() {
    let house = the_house(Preset::Marketplace).await;
    for (from, asker) in [("Maya.Okafor@example.org", Some(MAYA)), ("stranger@example.net", None)] {
        let ask = ask(&house, Who::System("inbound"), now());
        let tools = house.app.tools.clone();
        let done = house.app.store.write_async(move |tx: &mut Tx| {
            let practice = flow::ticket::practice_of_address(tx, "Support@alderhouse.example")?.expect("ours");
            let mut ids = Ids::new(ask.command, ask.now);
            flow::ticket::by_mail(tx, &tools, &ask, &mut ids, practice, from, "I am away until March.")
        });
        let raised = done.await.map_err(|why: Failed| format!("{why:?}")).expect("raised").answer;
        assert_eq!((raised.ticket.raised_by, raised.ticket.from_address.as_deref()), (asker, Some(from)));
    }
    let (_, queue) = get(&house, SUE, "/api/v1/tickets").await;
    assert_eq!(queue["items"].as_array().map(Vec::len), Some(2));
}
