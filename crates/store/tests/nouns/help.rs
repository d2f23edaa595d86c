//! Requests for help, guides, appeals and listings.

use crate::support::{Rig, minutes, noon};
use crate::world::*;
use domain::access::{Actor, Scope, Via};
use domain::guidance::{Attachment, Audience, FileKind, Guide, Topic, Words};
use domain::id::{Id, PersonId};
use domain::listing::{Listing, ListingState};
use domain::person::{Locale, PersonRef, Role};
use domain::policy::reliability::EventKind;
use domain::standing::{Appeal, AppealState, Decision};
use domain::ticket::{Line, LineKind, Route, Ticket, TicketKind, TicketState};
use holdspace_store::{DbError, appointment, guide, sql, standing, therapist, ticket};

on_both_engines! {
    a_request_is_seen_by_those_whose_work_it_is;
    safety_comes_first_and_then_the_clock;
    a_thread_keeps_its_order;
    every_version_of_a_guide_stays;
    an_answer_is_counted_and_a_file_comes_back_whole;
    an_appeal_stands_once_against_an_event;
    a_listing_comes_back_as_it_was_kept;
}

fn a_ticket(n: u8, kind: TicketKind) -> Ticket {
    Ticket {
        id: Id::from_bytes([n; 16]),
        practice: ELM,
        kind,
        route: Route::Ticket,
        appointment: None,
        relationship: None,
        raised_by: Some(PersonRef::Therapist(ADA)),
        on_behalf_of: None,
        from_address: None,
        body: format!("Request {n}"),
        hand_over: None,
        opened_at: minutes(n.into()),
        due_at: minutes(100 - i64::from(n)),
        breach_at: None,
        second_breach_at: None,
        escalated: 0,
        state: TicketState::Open,
        acknowledged: None,
        phoned: None,
        obligation: None,
    }
}

fn staff(role: Role) -> Actor {
    let person = PersonRef::Staff(PersonId::from_bytes([90; 16]));
    Actor { person, practice: ELM, role, name: "A".to_owned(), via: Via::Api }
}

fn seen_as(rig: &Rig, role: Role) -> Vec<u8> {
    see(rig, move |tx| {
        let actor = staff(role);
        let open = ticket::open(tx, &Scope::Actor(&actor), 50)?;
        Ok(open.into_iter().map(|one| one.id.bytes()[0]).collect())
    })
}

fn requests(rig: &Rig) {
    settle(rig);
    save(rig, |tx| {
        ticket::put(tx, &a_ticket(1, TicketKind::Technical))?;
        ticket::put(tx, &a_ticket(2, TicketKind::Risk))?;
        ticket::put(tx, &a_ticket(3, TicketKind::Clinical))?;
        ticket::put(tx, &Ticket { raised_by: Some(PersonRef::Client(DAN)), ..a_ticket(4, TicketKind::Admin) })
    });
}

fn a_request_is_seen_by_those_whose_work_it_is(rig: &Rig) {
    requests(rig);
    assert_eq!(seen_as(rig, Role::Support), [4, 1]);
    assert_eq!(seen_as(rig, Role::RiskDuty), [2, 3]);
    assert_eq!(seen_as(rig, Role::Owner), [2, 4, 3, 1]);
    let own = |who: Who| {
        see(rig, move |tx| {
            let page = who.look(|scope| ticket::list(tx, scope, &ticket::Filter::default(), None, 10))?;
            Ok(page.items.into_iter().map(|one| one.id.bytes()[0]).collect::<Vec<_>>())
        })
    };
    assert_eq!(own(Who::Ada), [3, 2, 1], "her own, newest first");
    assert_eq!((own(Who::Dan), own(Who::Eve), own(Who::Hal)), (vec![4], vec![], vec![]));
}

fn safety_comes_first_and_then_the_clock(rig: &Rig) {
    requests(rig);
    save(rig, |tx| ticket::put(tx, &Ticket { state: TicketState::Acknowledged, ..a_ticket(2, TicketKind::Risk) }));
    assert_eq!(seen_as(rig, Role::Owner), [4, 3, 2, 1], "somebody has it: by the clock like the others");
    save(rig, |tx| ticket::put(tx, &Ticket { state: TicketState::Closed, ..a_ticket(3, TicketKind::Clinical) }));
    assert_eq!(seen_as(rig, Role::ClinicalLead), [2]);
    assert_eq!(
        blamed(rig, sql!("UPDATE ticket SET document = '{}'"), |tx| {
            ticket::load(tx, &Scope::System("x"), Id::from_bytes([1; 16]))
        }),
        "document"
    );
}

fn a_thread_keeps_its_order(rig: &Rig) {
    requests(rig);
    let line = |kind, words: &str| Line {
        ticket: Id::from_bytes([1; 16]),
        at: noon(),
        by: Some(PersonRef::Staff(OLIVE)).filter(|_| kind != LineKind::Escalated),
        kind,
        words: words.to_owned(),
    };
    let all =
        vec![line(LineKind::Raised, "One"), line(LineKind::Escalated, "admin"), line(LineKind::Answered, "Three")];
    let kept = all.clone();
    save(rig, move |tx| kept.iter().try_for_each(|line| ticket::add_line(tx, line)));
    assert_eq!(see(rig, |tx| ticket::lines(tx, Id::from_bytes([1; 16]))), all);
}

fn a_guide(version: u32, text: &str) -> Guide {
    Guide {
        id: Id::from_bytes([7; 16]),
        practice: ELM,
        about: Topic::Cancel,
        version,
        updated_at: minutes(version.into()),
        updated_by: Some(PersonRef::Staff(OLIVE)),
        words: Words {
            title: "Cancelling".into(),
            author: "Olive Marsh".into(),
            author_role: "Owner".into(),
            audience: Audience::Client,
            collection: "Your appointments".into(),
            language: Locale::EnGb,
            text: text.into(),
        },
    }
}

fn every_version_of_a_guide_stays(rig: &Rig) {
    settle(rig);
    save(rig, |tx| guide::put(tx, &a_guide(1, "One")));
    save(rig, |tx| guide::put(tx, &a_guide(2, "Two")));
    assert_eq!(see(rig, |tx| guide::load(tx, Id::from_bytes([7; 16]))), Some(a_guide(2, "Two")));
    let versions = see(rig, |tx| guide::versions(tx, Id::from_bytes([7; 16])));
    assert_eq!(versions, [a_guide(2, "Two"), a_guide(1, "One")]);
    let again = crate::support::write(&rig.store, |tx| guide::put(tx, &a_guide(2, "Other")));
    assert!(again.is_err(), "of two who change it at once one is told");
    let count = |about, audience| see(rig, move |tx| Ok(guide::list(tx, ELM, about, audience)?.len()));
    assert_eq!(count(None, None), 1);
    assert_eq!(count(Some(Topic::Late), None) + count(None, Some(Audience::Therapist)), 0);
    assert!(see(rig, |tx| guide::list(tx, OAK, None, None)).is_empty());
}

fn an_answer_is_counted_and_a_file_comes_back_whole(rig: &Rig) {
    settle(rig);
    let file = Attachment {
        id: Id::from_bytes([8; 16]),
        guide: Id::from_bytes([7; 16]),
        name: "A policy.pdf".into(),
        kind: FileKind::Pdf,
        bytes: vec![0, 255, 7],
    };
    let kept = file.clone();
    save(rig, move |tx| {
        guide::put(tx, &a_guide(1, "One"))?;
        guide::add_file(tx, &kept)?;
        for helped in [true, false, true] {
            guide::answer(tx, &a_guide(1, "One"), helped)?;
        }
        Ok(())
    });
    let answers = see(rig, |tx| guide::answers(tx, Id::from_bytes([7; 16])));
    assert_eq!((answers.yes, answers.no), (2, 1));
    let (guide_id, file_id) = (file.guide, file.id);
    assert_eq!(see(rig, move |tx| guide::file(tx, guide_id, file_id)), Some(file));
    assert_eq!(see(rig, move |tx| guide::files(tx, guide_id))[0].size, 3);
    assert!(save(rig, move |tx| guide::remove_file(tx, guide_id, file_id)));
    assert!(see(rig, move |tx| guide::files(tx, guide_id)).is_empty());
}

fn an_appeal_stands_once_against_an_event(rig: &Rig) {
    settle(rig);
    let appeal = Appeal {
        id: Id::from_bytes([5; 16]),
        practice: ELM,
        therapist: ADA,
        appointment: apt(1),
        kind: EventKind::Cancelled,
        words: "The building was closed.".into(),
        by: PersonRef::Therapist(ADA),
        at: noon(),
        state: AppealState::Open,
        decision: None,
    };
    let kept = appeal.clone();
    save(rig, move |tx| {
        appointment::insert(tx, &an_appointment(1))?;
        standing::add_appeal(tx, &kept)
    });
    let twice = Appeal { id: Id::from_bytes([6; 16]), ..appeal.clone() };
    assert!(crate::support::write(&rig.store, move |tx| standing::add_appeal(tx, &twice)).is_err());
    assert_eq!(see(rig, |tx| standing::open_appeals(tx, ELM)), std::slice::from_ref(&appeal));
    let decision = Some(Decision { by: PersonRef::Staff(OLIVE), at: minutes(1), reason: "It was.".into() });
    let decided = Appeal { state: AppealState::Excluded, decision, ..appeal };
    let kept = decided.clone();
    save(rig, move |tx| standing::decide_appeal(tx, &kept));
    assert_eq!(see(rig, |tx| standing::appeals(tx, ADA)), [decided]);
    assert!(see(rig, |tx| standing::open_appeals(tx, ELM)).is_empty());
    let found =
        |who: Who| see(rig, move |tx| Ok(who.look(|s| standing::appeal(tx, s, Id::from_bytes([5; 16])))?.is_some()));
    assert_eq!((found(Who::Ada), found(Who::Olive), found(Who::Ben), found(Who::Dan)), (true, true, false, false));
}

fn a_listing_comes_back_as_it_was_kept(rig: &Rig) {
    settle(rig);
    let kept = |rig: &Rig| see(rig, |tx| Ok::<_, DbError>(therapist::load(tx, ADA)?.map(|one| one.listing)));
    assert_eq!(kept(rig), Some(Listing::default()));
    let hidden = Listing {
        state: ListingState::HiddenByTherapist,
        from: Some(minutes(1)),
        until: Some(minutes(9)),
        reason: Some("Ill".into()),
        by: Some(PersonRef::Therapist(ADA)),
    };
    let wanted = hidden.clone();
    assert!(save(rig, move |tx| therapist::update_listing(tx, ADA, &wanted)));
    assert_eq!(kept(rig), Some(hidden));
    save(rig, |tx| therapist::update_listing(tx, ADA, &Listing::default()));
    assert_eq!(kept(rig), Some(Listing::default()));
}
