//! Disruptions, the offers of times in them, and what people owe.

use crate::support::{self, Rig, minutes};
use crate::world::*;
use domain::disruption::{Disruption, DisruptionKind};
use domain::id::{DisruptionId, Id, ObligationId, OfferId};
use domain::obligation::{Obligation, ObligationKind, ObligationState, Owner};
use domain::offer::{Offer, OfferState};
use domain::person::{PersonRef, Role};
use domain::schedule::MeetingKind;
use domain::time::Span;
use holdspace_store::obligation::{Cases, Counts};
use holdspace_store::{Cursor, Tx, appointment, disruption, obligation, offer, sql};

crate::on_both_engines! {
    a_case_opens_and_closes;
    cases_are_listed_from_page_to_page;
    every_case_closed_since_a_moment_counts_however_old_it_is;
    a_case_waits_for_a_time_until_the_client_has_a_next_step;
    an_offer_reads_back_whatever_was_answered;
    open_offers_are_found_by_appointment_and_by_client;
    a_duty_reads_back_in_every_state;
    what_is_owed_is_counted_and_comes_in_order_of_its_target;
    the_most_urgent_comes_first_of_more_than_can_be_shown;
    a_case_counts_once_however_much_is_owed_in_it;
    a_review_of_risk_is_neither_shown_nor_counted_to_those_who_may_not_know;
    rows_of_cases_are_distrusted;
}

fn dis(n: u8) -> DisruptionId {
    Id::from_bytes([n; 16])
}

fn a_case(n: u8, kind: DisruptionKind) -> Disruption {
    Disruption {
        id: dis(n),
        practice: ELM,
        relationship: ADA_DAN,
        appointment: apt(1),
        kind,
        opened_at: minutes(0),
        closed_at: None,
        fault: None,
        outcome: None,
    }
}

fn an_offer(n: u8, state: OfferState) -> Offer {
    Offer {
        id: Id::from_bytes([n; 16]),
        practice: ELM,
        relationship: ADA_DAN,
        therapist: ADA,
        client: DAN,
        appointment: apt(1),
        disruption: Some(dis(1)),
        kind: MeetingKind::Phone,
        slots: vec![support::time(500, 550), support::time(600, 650)],
        buffer_after: Span::minutes(5),
        expires_at: minutes(100 + i64::from(n)),
        reason: n.is_multiple_of(2).then_some(domain::reason::Reason::TherapistIllness),
        state,
    }
}

fn a_duty(n: u8, state: ObligationState) -> Obligation {
    Obligation {
        id: obl(n),
        practice: ELM,
        disruption: Some(dis(1)),
        relationship: ADA_DAN,
        appointment: Some(apt(1)),
        kind: ObligationKind::NextStep,
        owner: Owner { role: Role::Therapist, person: Some(PersonRef::Therapist(ADA)) },
        opened_at: minutes(i64::from(n)),
        due_at: minutes(30),
        breach_at: Some(minutes(40)),
        second_breach_at: None,
        state,
    }
}

fn obl(n: u8) -> ObligationId {
    Id::from_bytes([n; 16])
}

/// One of more than a byte can number.
fn many<K>(n: u16) -> Id<K> {
    let mut bytes = [0xee; 16];
    bytes[14..].copy_from_slice(&n.to_be_bytes());
    Id::from_bytes(bytes)
}

fn booked(rig: &Rig) {
    settle(rig);
    save(rig, |tx| {
        appointment::insert(tx, &an_appointment(1))?;
        appointment::insert(tx, &an_appointment_of(5, OAK, (HAL_IDA, HAL, IDA)))
    });
}

fn put(rig: &Rig, case: Disruption) {
    save(rig, move |tx| disruption::put(tx, &case, ADA, DAN));
}

fn owe(rig: &Rig, duty: Obligation) {
    save(rig, move |tx| obligation::put(tx, &duty, ADA, DAN));
}

fn a_case_opens_and_closes(rig: &Rig) {
    booked(rig);
    put(rig, a_case(1, DisruptionKind::RunningLate));
    assert_eq!(see(rig, |tx| disruption::open_of(tx, apt(1))), Some(a_case(1, DisruptionKind::RunningLate)));
    put(rig, Disruption { opened_at: minutes(1), ..a_case(2, DisruptionKind::TherapistMissed) });
    assert_eq!(see(rig, |tx| disruption::open_of(tx, apt(1))).map(|case| case.id), Some(dis(2)), "the newest");
    let closed = Disruption {
        closed_at: Some(minutes(9)),
        fault: Some("therapist".to_owned()),
        outcome: Some("rescheduled".to_owned()),
        opened_at: minutes(1),
        ..a_case(2, DisruptionKind::TherapistMissed)
    };
    put(rig, closed.clone());
    let found = see(rig, |tx| Who::Job.look(|scope| disruption::load(tx, scope, dis(2))));
    assert_eq!(found, Some(closed));
    assert_eq!(see(rig, |tx| disruption::open_of(tx, apt(1))).map(|case| case.id), Some(dis(1)));
    only_those_who_may_see(rig, |tx, scope| Ok(disruption::load(tx, scope, dis(1))?.is_some()));
}

fn cases_are_listed_from_page_to_page(rig: &Rig) {
    booked(rig);
    for n in 1..=7_u8 {
        let closed_at = n.is_multiple_of(2).then_some(minutes(50));
        put(rig, Disruption { closed_at, ..a_case(n, DisruptionKind::ClientLate) });
    }
    save(rig, |tx| {
        let theirs = Disruption { practice: OAK, appointment: apt(5), ..a_case(8, DisruptionKind::ClientLate) };
        disruption::put(tx, &theirs, HAL, IDA)
    });
    let listed = |who: Who, open: Option<bool>, size| {
        let (mut seen, mut after) = (Vec::new(), None::<Cursor>);
        loop {
            let (from, who) = (after.clone(), who.clone());
            let page = see(rig, move |tx| who.look(|scope| disruption::list(tx, scope, open, from.as_ref(), size)));
            seen.extend(page.items.iter().map(|case| case.id.bytes()[0]));
            after = page.next;
            if after.is_none() {
                return seen;
            }
        }
    };
    assert_eq!(listed(Who::Olive, None, 2), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(listed(Who::Ada, Some(true), 2), [1, 3, 5, 7]);
    assert_eq!(listed(Who::Dan, Some(false), 1), [2, 4, 6]);
    assert_eq!(listed(Who::Hal, None, 3), [8]);
    assert!(listed(Who::Ben, None, 3).is_empty());
    assert_eq!(listed(Who::Job, Some(true), 3), [1, 3, 5, 7, 8]);
}

fn every_case_closed_since_a_moment_counts_however_old_it_is(rig: &Rig) {
    booked(rig);
    save(rig, |tx| {
        for n in 0..2_000_u16 {
            // Of the oldest cases every tenth was open until today.
            let closed_at = Some(if n % 10 == 0 && n < 500 { minutes(5_000) } else { minutes(i64::from(n) + 1) });
            let id = many(n);
            let case =
                Disruption { id, opened_at: minutes(i64::from(n)), closed_at, ..a_case(1, DisruptionKind::Drift) };
            disruption::put(tx, &case, ADA, DAN)?;
        }
        let open = a_case(1, DisruptionKind::Drift);
        let theirs = Disruption { practice: OAK, appointment: apt(5), closed_at: Some(minutes(5_001)), ..open.clone() };
        disruption::put(tx, &Disruption { id: dis(2), ..open }, ADA, DAN)?;
        disruption::put(tx, &theirs, HAL, IDA)
    });
    let closed = |who: Who, since| see(rig, move |tx| who.look(|scope| disruption::closed_since(tx, scope, since)));
    assert_eq!(closed(Who::Olive, minutes(5_000)), 50);
    assert_eq!(closed(Who::Olive, minutes(5_001)), 0);
    assert_eq!((closed(Who::Ada, minutes(5_000)), closed(Who::Ben, minutes(5_000))), (50, 0));
    assert_eq!((closed(Who::Hal, minutes(5_000)), closed(Who::Job, minutes(5_000))), (1, 51));
}

fn a_case_waits_for_a_time_until_the_client_has_a_next_step(rig: &Rig) {
    booked(rig);
    let waiting = || see(rig, |tx| disruption::waiting_for_a_time(tx, ADA_DAN)).map(|case| case.id);
    put(rig, a_case(1, DisruptionKind::CancelledByTherapist));
    assert_eq!(waiting(), None, "nothing is owed in it");
    owe(rig, Obligation { kind: ObligationKind::MarkAttendance, ..a_duty(1, ObligationState::Open) });
    assert_eq!(waiting(), None, "no next step is owed in it");
    owe(rig, a_duty(2, ObligationState::Open));
    assert_eq!(waiting(), Some(dis(1)));
    owe(rig, a_duty(2, ObligationState::Escalated { at: minutes(40), times: 1 }));
    assert_eq!(waiting(), Some(dis(1)));
    owe(rig, a_duty(2, ObligationState::Met { at: minutes(45), evidence: "booked".to_owned() }));
    assert_eq!(waiting(), None);
    put(rig, a_case(2, DisruptionKind::CancelledByClient));
    owe(rig, Obligation { disruption: Some(dis(2)), ..a_duty(3, ObligationState::Open) });
    assert_eq!(waiting(), None, "a client who cancelled is not waiting for us");
}

fn an_offer_reads_back_whatever_was_answered(rig: &Rig) {
    booked(rig);
    let states = [
        OfferState::Open,
        OfferState::Accepted { start: minutes(500), appointment: apt(9) },
        OfferState::Declined { refund: true },
        OfferState::Expired,
        OfferState::Withdrawn,
    ];
    for state in states {
        let kept = an_offer(1, state);
        save(rig, move |tx| offer::put(tx, &kept));
        let found = see(rig, |tx| Who::Job.look(|scope| offer::load(tx, scope, Id::from_bytes([1; 16]))));
        assert_eq!(found, Some(an_offer(1, state)));
    }
    only_those_who_may_see(rig, |tx, scope| Ok(offer::load(tx, scope, OfferId::from_bytes([1; 16]))?.is_some()));
}

fn open_offers_are_found_by_appointment_and_by_client(rig: &Rig) {
    booked(rig);
    for (n, state) in [(1, OfferState::Open), (2, OfferState::Open), (3, OfferState::Expired)] {
        save(rig, move |tx| offer::put(tx, &an_offer(n, state)));
    }
    assert_eq!(see(rig, |tx| offer::open_of(tx, apt(1))), Some(an_offer(2, OfferState::Open)));
    assert_eq!(see(rig, |tx| offer::open_of(tx, apt(5))), None);
    let mine = see(rig, |tx| Who::LinkOfDan.look(|scope| offer::open_of_client(tx, scope)));
    assert_eq!(mine, [an_offer(1, OfferState::Open), an_offer(2, OfferState::Open)]);
    only_those_who_may_see(rig, |tx, scope| Ok(!offer::open_of_client(tx, scope)?.is_empty()));
}

fn a_duty_reads_back_in_every_state(rig: &Rig) {
    booked(rig);
    let states = [
        ObligationState::Open,
        ObligationState::Met { at: minutes(1), evidence: "reached by phone".to_owned() },
        ObligationState::Excused { at: minutes(2), reason: "arrived".to_owned() },
        ObligationState::Escalated { at: minutes(3), times: 2 },
    ];
    for state in states {
        let (kept, expected) = (a_duty(1, state.clone()), a_duty(1, state));
        owe(rig, kept);
        let found = see(rig, |tx| Who::Job.look(|scope| obligation::load(tx, scope, obl(1))));
        assert_eq!(found, Some(expected));
    }
    let handed_up = Obligation {
        owner: Owner { role: Role::Owner, person: None },
        disruption: None,
        breach_at: None,
        due_at: minutes(99),
        ..a_duty(1, ObligationState::Open)
    };
    owe(rig, handed_up.clone());
    assert_eq!(see(rig, |tx| obligation::of_appointment(tx, apt(1))), [handed_up]);
    only_those_who_may_see(rig, |tx, scope| Ok(obligation::load(tx, scope, obl(1))?.is_some()));
}

fn what_is_owed_is_counted_and_comes_in_order_of_its_target(rig: &Rig) {
    booked(rig);
    let due = |n, at, state| Obligation { due_at: minutes(at), ..a_duty(n, state) };
    owe(rig, due(1, 50, ObligationState::Open));
    owe(rig, due(2, 20, ObligationState::Escalated { at: minutes(40), times: 1 }));
    owe(rig, due(3, 20, ObligationState::Open));
    owe(rig, due(4, 10, ObligationState::Met { at: minutes(5), evidence: "done".to_owned() }));
    save(rig, |tx| {
        let theirs = Obligation { practice: OAK, ..a_duty(5, ObligationState::Open) };
        obligation::put(tx, &theirs, HAL, IDA)
    });
    let owed = |who: Who| {
        let found = see(rig, move |tx| who.look(|scope| obligation::owed(tx, scope, 10)));
        found.iter().map(|duty| duty.id.bytes()[0]).collect::<Vec<_>>()
    };
    assert_eq!(owed(Who::Olive), [2, 3, 1]);
    assert_eq!(owed(Who::Ada), [2, 3, 1]);
    assert!(owed(Who::Ben).is_empty());
    assert_eq!(owed(Who::Job), [2, 3, 5, 1]);
    assert_eq!(see(rig, |tx| Who::Job.look(|scope| obligation::owed(tx, scope, 0))).len(), 1);
    let counts = |who: Who| see(rig, move |tx| who.look(|scope| obligation::counts(tx, scope, minutes(30))));
    assert_eq!(counts(Who::Ada), Counts { owed: 3, overdue: 2, escalated: 1 });
    assert_eq!(counts(Who::Eve), Counts::default());
    assert_eq!(counts(Who::Job).owed, 4);
    assert_eq!(see(rig, |tx| obligation::of_disruption(tx, dis(1))).len(), 5);
}

/// What somebody may not see is in none of their numbers either, and takes no place on their page (V-20).
fn a_review_of_risk_is_neither_shown_nor_counted_to_those_who_may_not_know(rig: &Rig) {
    booked(rig);
    let review = |n, at| Obligation {
        kind: ObligationKind::ReviewRisk,
        due_at: minutes(at),
        disruption: None,
        ..a_duty(n, ObligationState::Open)
    };
    owe(rig, review(1, 10));
    owe(rig, review(2, 11));
    owe(rig, Obligation { due_at: minutes(20), disruption: None, ..a_duty(3, ObligationState::Open) });
    let tell = [ObligationKind::InformClient; 2];
    let all = [("Ada", Who::Ada, 2), ("Olive", Who::Olive, 0), ("Dan", Who::Dan, 0), ("a job", Who::Job, 2)];
    for (name, who, reviews) in all {
        let seen = |who: Who, limit| see(rig, move |tx| who.look(|scope| obligation::owed(tx, scope, limit))).len();
        assert_eq!((seen(who.clone(), 9), seen(who.clone(), 1)), (reviews + 1, 1), "{name}");
        let of = who.clone();
        let first = see(rig, move |tx| of.look(|scope| obligation::owed_first(tx, scope, tell, 9)));
        assert_eq!(first.len(), reviews + 1, "{name}");
        let of = who.clone();
        let counts = see(rig, move |tx| of.look(|scope| obligation::counts(tx, scope, minutes(30))));
        assert_eq!((counts.owed as usize, counts.overdue as usize), (reviews + 1, reviews + 1), "{name}");
        let cases = see(rig, move |tx| who.look(|scope| obligation::cases(tx, scope, minutes(30))));
        assert_eq!(cases.all, 1, "{name}");
    }
}

fn the_most_urgent_comes_first_of_more_than_can_be_shown(rig: &Rig) {
    booked(rig);
    save(rig, |tx| {
        for n in 0..1_000_u16 {
            let note =
                Obligation { kind: ObligationKind::WriteContactNote, id: many(n), ..a_duty(1, ObligationState::Open) };
            obligation::put(tx, &Obligation { due_at: minutes(1_000 - i64::from(n)), ..note }, ADA, DAN)?;
        }
        let tell = Obligation { kind: ObligationKind::InformClient, ..a_duty(1, ObligationState::Open) };
        obligation::put(tx, &Obligation { due_at: minutes(5_001), ..tell.clone() }, ADA, DAN)?;
        obligation::put(tx, &Obligation { id: obl(2), due_at: minutes(5_000), ..tell }, ADA, DAN)
    });
    let tell = [ObligationKind::InformClient; 2];
    let found = see(rig, move |tx| Who::Olive.look(|scope| obligation::owed_first(tx, scope, tell, 4)));
    assert_eq!(found.iter().map(|duty| duty.id).collect::<Vec<_>>(), [obl(2), obl(1), many(999), many(998)]);
    let first = see(rig, |tx| Who::Ada.look(|scope| obligation::owed(tx, scope, 1)));
    assert_eq!(first.first().map(|duty| duty.due_at), Some(minutes(1)));
    let nobody_s = see(rig, move |tx| Who::Ben.look(|scope| obligation::owed_first(tx, scope, tell, 4)));
    assert!(nobody_s.is_empty(), "{nobody_s:?}");
}

fn a_case_counts_once_however_much_is_owed_in_it(rig: &Rig) {
    booked(rig);
    let owed = |n: u8, case: Option<u8>, kind, at| Obligation {
        disruption: case.map(dis),
        kind,
        due_at: minutes(at),
        ..a_duty(n, ObligationState::Open)
    };
    owe(rig, owed(1, Some(1), ObligationKind::InformClient, 10));
    owe(rig, owed(2, Some(1), ObligationKind::NextStep, 50));
    owe(rig, owed(3, Some(1), ObligationKind::KeepPromise, 60));
    owe(rig, owed(4, Some(2), ObligationKind::InformClient, 40));
    owe(rig, owed(5, Some(2), ObligationKind::DecideMoney, 10));
    owe(rig, owed(6, None, ObligationKind::WriteContactNote, 10));
    let done = ObligationState::Met { at: minutes(5), evidence: "done".to_owned() };
    owe(rig, Obligation { state: done, ..owed(7, Some(3), ObligationKind::WriteContactNote, 10) });
    let cases = |who: Who| see(rig, move |tx| who.look(|scope| obligation::cases(tx, scope, minutes(30))));
    let expected = Cases { untold_overdue: 1, untold_in_time: 1, no_next_step: 1, money: 1, notes: 1, all: 3 };
    assert_eq!((cases(Who::Olive), cases(Who::Ada), cases(Who::Job)), (expected, expected, expected));
    assert_eq!(cases(Who::Ben), Cases::default());
}

fn rows_of_cases_are_distrusted(rig: &Rig) {
    booked(rig);
    put(rig, a_case(1, DisruptionKind::Absence));
    owe(rig, a_duty(1, ObligationState::Open));
    save(rig, |tx| offer::put(tx, &an_offer(1, OfferState::Open)));
    let case = |tx: &mut Tx<'_>| disruption::open_of(tx, apt(1));
    assert_eq!(blamed(rig, sql!("UPDATE disruption SET kind = 'boredom'"), case), "kind");
    let closed = |tx: &mut Tx<'_>| Who::Job.look(|scope| disruption::load(tx, scope, dis(1)));
    assert_eq!(blamed(rig, sql!("UPDATE disruption SET closed_at = 5"), closed), "closed_at");
    let duty = |tx: &mut Tx<'_>| obligation::of_appointment(tx, apt(1));
    assert_eq!(blamed(rig, sql!("UPDATE obligation SET state = 'met'"), duty), "state");
    assert_eq!(blamed(rig, sql!("UPDATE obligation SET words = 'done'"), duty), "state");
    assert_eq!(blamed(rig, sql!("UPDATE obligation SET times = 300"), duty), "times");
    assert_eq!(blamed(rig, sql!("UPDATE obligation SET owner_person = 'somebody'"), duty), "owner_person");
    let offered = |tx: &mut Tx<'_>| Who::Job.look(|scope| offer::load(tx, scope, Id::from_bytes([1; 16])));
    assert_eq!(blamed(rig, sql!("UPDATE offer SET state = 'expired'"), offered), "state");
    assert_eq!(blamed(rig, sql!("UPDATE offer SET answer = '{\"state\":\"lost\"}'"), offered), "answer");
    // No times at all is an offer of any time: a make-up. Half a time is none.
    assert_eq!(blamed(rig, sql!("UPDATE offer SET slots = '[{\"from\":1}]'"), offered), "slots");
}
