//! Conversations in the portal, and browsers that are told.

use crate::support::{Rig, minutes, noon};
use crate::world::*;
use domain::access::{Actor, Scope, Via};
use domain::conversation::{Between, LineId};
use domain::id::{Id, InboundId};
use domain::inbound::Inbound;
use domain::person::{Channel, PersonRef, Role};
use domain::telling::push::{DEVICES_MAX, PushDevice, Subscription};
use holdspace_store::{conversation, inbound, push};

crate::on_both_engines! {
    a_line_is_put_once_and_opened_once;
    conversations_in_which_a_client_waits_come_first;
    only_those_who_work_with_them_see_a_conversation;
    a_browser_belongs_to_whoever_said_yes_there_last;
    the_oldest_of_too_many_browsers_goes;
}

fn system() -> Scope<'static> {
    Scope::System("test")
}

fn line(n: u8) -> LineId {
    LineId::Said(Id::from_bytes([n; 16]))
}

/// The client of this relationship writes, so many minutes past noon.
fn says(rig: &Rig, n: u8, relationship: domain::id::RelationshipId, of: domain::id::ClientId) {
    let text = Inbound {
        id: InboundId::from_bytes([n; 16]),
        practice: ELM,
        client: of,
        answers: None,
        appointment: None,
        channel: Channel::InApp,
        address: relationship.to_string(),
        body: format!("Line {n}"),
        received_at: minutes(n.into()),
        understood: None,
    };
    let between = Between { practice: ELM, relationship, therapist: ADA, client: of };
    save(rig, move |tx| {
        assert!(inbound::insert(tx, &text, &format!("in_app:{n}"))?);
        conversation::insert(tx, &between, line(n), Some(PersonRef::Client(of)), minutes(n.into()))
    });
}

fn a_line_is_put_once_and_opened_once(rig: &Rig) {
    settle(rig);
    says(rig, 1, ADA_DAN, DAN);
    let between = Between { practice: ELM, relationship: ADA_DAN, therapist: ADA, client: DAN };
    assert!(!save(rig, move |tx| conversation::insert(tx, &between, line(1), Some(PersonRef::Client(DAN)), noon())));
    let unread = |rig: &Rig| see(rig, |tx| conversation::unread(tx, &system(), ADA_DAN, true, 10)).len();
    assert_eq!(unread(rig), 1);
    assert!(save(rig, |tx| conversation::mark_read(tx, line(1), minutes(5))));
    assert!(!save(rig, |tx| conversation::mark_read(tx, line(1), minutes(9))), "the first look counts");
    assert_eq!(unread(rig), 0);
    let lines = see(rig, |tx| conversation::lines(tx, &system(), ADA_DAN, None, 10)).items;
    assert_eq!((lines[0].words.as_str(), lines[0].read_at), ("Line 1", Some(minutes(5))));
    assert_eq!(see(rig, |tx| conversation::read_at(tx, line(2))), None);
}

fn conversations_in_which_a_client_waits_come_first(rig: &Rig) {
    settle(rig);
    says(rig, 1, ADA_DAN, DAN);
    says(rig, 2, ADA_ZOE, ZOE);
    says(rig, 3, ADA_ZOE, ZOE);
    save(rig, |tx| {
        conversation::mark_read(tx, line(2), minutes(5)).and(conversation::mark_read(tx, line(3), minutes(5)))
    });
    let ada = Actor {
        person: PersonRef::Therapist(ADA),
        practice: ELM,
        role: Role::Therapist,
        name: "Ada".into(),
        via: Via::Portal,
    };
    let threads = see(rig, move |tx| conversation::threads(tx, &Scope::Actor(&ada), 10));
    let shown: Vec<_> = threads.iter().map(|one| (one.between.relationship, one.unread_of_client)).collect();
    assert_eq!(shown, [(ADA_DAN, 1), (ADA_ZOE, 0)], "who waits comes before what is newer");
    assert_eq!(threads[1].newest_at, minutes(3));
}

fn only_those_who_work_with_them_see_a_conversation(rig: &Rig) {
    settle(rig);
    says(rig, 1, ADA_DAN, DAN);
    only_those_who_may_see(rig, |tx, scope| Ok(conversation::lines(tx, scope, ADA_DAN, None, 10)?.items.len() == 1));
}

fn browser(n: u8, person: PersonRef, endpoint: &str) -> PushDevice {
    PushDevice {
        id: Id::from_bytes([n; 16]),
        practice: ELM,
        person,
        subscription: Subscription { endpoint: endpoint.into(), p256dh: vec![4; 65], auth: vec![n; 16] },
        label: "Firefox on Android".into(),
        created_at: minutes(n.into()),
    }
}

fn a_browser_belongs_to_whoever_said_yes_there_last(rig: &Rig) {
    settle(rig);
    let (dan, zoe) = (PersonRef::Client(DAN), PersonRef::Client(ZOE));
    let (first, second) =
        (browser(1, dan, "https://push.example.org/1"), browser(2, zoe, "https://push.example.org/1"));
    let kept = first.clone();
    save(rig, move |tx| push::put(tx, &kept));
    assert_eq!(see(rig, move |tx| push::of(tx, dan)), [first]);
    save(rig, move |tx| push::put(tx, &second));
    assert!(!see(rig, move |tx| push::has(tx, dan)) && see(rig, move |tx| push::has(tx, zoe)));
    assert!(!save(rig, move |tx| push::remove_endpoint(tx, dan, "https://push.example.org/1")), "not his any more");
    assert!(save(rig, move |tx| push::remove_endpoint(tx, zoe, "https://push.example.org/1")));
}

fn the_oldest_of_too_many_browsers_goes(rig: &Rig) {
    settle(rig);
    let dan = PersonRef::Client(DAN);
    for n in 1..=DEVICES_MAX as u8 + 2 {
        let device = browser(n, dan, &format!("https://push.example.org/{n}"));
        save(rig, move |tx| push::put(tx, &device));
    }
    let left: Vec<u8> = see(rig, move |tx| push::of(tx, dan)).iter().map(|one| one.id.bytes()[0]).collect();
    assert_eq!(left, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
}
