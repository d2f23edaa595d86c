//! An appointment is taken over from another system: what is to come is booked, what is over becomes history.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Initiator, MeetingKind, PaymentState};
use domain::decide::{Became, Command, Import, JobToWake, OccupancyChange};
use domain::money::{Currency, Money};
use domain::person::PersonRef;
use domain::policy::Preset;
use domain::practice::RelationshipState;
use domain::time::{Instant, Interval};

fn taken_over(start: Instant, became: Became) -> Import {
    Import {
        time: Interval::new(start, start + minutes(45)),
        kind: MeetingKind::Video,
        price: Money::new(4200, Currency::GBP),
        became,
        agreement: None,
        tell: false,
    }
}

// proves: H-09, H-05
#[test]
fn what_is_to_come_is_booked_with_its_own_time_and_price_and_nobody_is_told() {
    let story = Story::new(Preset::Marketplace);
    let (now, start) = (story.local("2026-03-01 12:00"), story.start() + minutes(7));
    let import = Import { agreement: Some(yes_at(now)), ..taken_over(start, Became::Booked) };
    let outcome = story.preview(None, &the_clock(), Command::Import(import), now).expect("taken over");
    let booked = outcome.appointment.as_ref().expect("an appointment");
    assert_eq!((booked.state.word(), booked.start, booked.end), ("booked", start, start + minutes(45)));
    assert_eq!((booked.price, booked.agreement), (import.price, yes_at(now)));
    assert!(booked.policy.cutoff < start && booked.policy.version > 0, "today's policy with its cutoff");
    assert_eq!(booked.payment.state, PaymentState::Planned);
    assert!(outcome.notices.is_empty() && outcome.obligations.is_empty() && outcome.ledger.is_empty());
    assert!(outcome.wakes.iter().any(|wake| wake.job == JobToWake::AppointmentEnd(booked.id)));
    let taken: Vec<PersonRef> = outcome
        .occupancy
        .iter()
        .map(|change| match change {
            OccupancyChange::Take(who, _, _) => *who,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(taken, [to_therapist(), to_client()]);
    let told = Import { tell: true, ..import };
    assert_eq!(story.preview(None, &the_clock(), Command::Import(told), now).expect("told").notices.len(), 2);
}

// proves: H-09
#[test]
fn nothing_that_is_to_come_is_taken_over_without_a_recorded_yes() {
    let story = Story::new(Preset::Marketplace);
    let (now, start) = (story.local("2026-03-01 12:00"), story.start());
    for became in [Became::Booked, Became::Cancelled(Initiator::Client)] {
        let answer = story.preview(None, &the_clock(), Command::Import(taken_over(start, became)), now);
        assert_eq!(code(answer), "agreement_required", "{became:?}");
    }
}

#[test]
fn what_is_over_becomes_history_that_takes_no_time_and_costs_nobody_anything() {
    let story = Story::new(Preset::Marketplace);
    let (start, now) = (story.start(), story.start() + hours(2));
    for (became, word) in [
        (Became::Attended, "attended"),
        (Became::Cancelled(Initiator::Client), "cancelled_by_client"),
        (Became::Cancelled(Initiator::Therapist), "cancelled_by_therapist"),
        (Became::Cancelled(Initiator::Practice), "cancelled_by_practice"),
        (Became::ClientNoShow, "client_no_show"),
        (Became::LateNotSeen, "late_not_seen"),
        (Became::TherapistNoShow, "therapist_no_show"),
        (Became::TechnicalFailure, "technical_failure"),
    ] {
        let outcome = story.preview(None, &the_clock(), Command::Import(taken_over(start, became)), now);
        let outcome = outcome.expect("history");
        let past = outcome.appointment.as_ref().expect("an appointment");
        assert_eq!((past.state.word(), past.payment.state), (word, PaymentState::None));
        assert!(outcome.occupancy.is_empty() && outcome.wakes.is_empty() && outcome.disruption.is_none(), "{word}");
        assert_eq!(outcome.record.word, "appointment_imported");
        assert!(outcome.record.details["agreement"].is_null(), "what is not known is not made up on the record");
    }
}

#[test]
fn what_contradicts_the_clock_the_currency_or_the_diaries_is_refused() {
    let mut story = Story::new(Preset::Marketplace);
    let (now, start) = (story.local("2026-03-01 12:00"), story.start());
    let import = Import { agreement: Some(yes_at(now)), ..taken_over(start, Became::Booked) };
    let ask =
        |story: &Story, import: Import, now| code(story.preview(None, &the_clock(), Command::Import(import), now));
    assert_eq!(ask(&story, import, start), "in_the_past");
    assert_eq!(ask(&story, Import { became: Became::Attended, ..import }, start + minutes(10)), "not_over");
    let dollars = Import { price: Money::new(1, Currency::USD), ..import };
    assert_eq!(ask(&story, dollars, now), "wrong_currency");
    assert_eq!(ask(&story, Import { price: Money::new(-1, Currency::GBP), ..import }, now), "not_an_amount");
    story.base.relationship.state = RelationshipState::Ended;
    assert_eq!(ask(&story, import, now), "relationship_not_active");
}
