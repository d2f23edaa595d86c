use super::*;
use crate::id::Id;
use crate::person::PersonRef;
use crate::policy::reliability::{Event, EventKind, judge};
use crate::policy::{Policy, Preset};
use crate::reason::{Initiator, Reason};
use crate::standing::Decision;

fn now() -> Instant {
    "2026-11-24T09:12:00Z".parse().expect("a moment")
}

fn apt(n: u8) -> AppointmentId {
    Id::from_bytes([n; 16])
}

fn parameters(preset: Preset) -> Parameters {
    Policy::preset(preset).parameters
}

fn happened(rules: &Parameters, n: u8, kind: EventKind, by: Initiator, days_ago: i64) -> Happened {
    let reason = (kind != EventKind::Missed).then_some(Reason::TherapistTrainingMeeting);
    let event = Event { kind, initiator: by, fault: None, reason, short_notice: true, mistaken: false };
    let at = now() - Span::hours(24 * days_ago);
    Happened { appointment: apt(n), kind, at, judged: judge(rules, &event) }
}

fn sample(count: u8) -> Sample {
    Sample { came_due: (100..100 + count).map(apt).collect() }
}

// proves: E-08
#[test]
fn what_the_client_asked_for_is_shown_and_does_not_count() {
    let rules = parameters(Preset::Marketplace);
    let events = vec![
        happened(&rules, 1, EventKind::Cancelled, Initiator::Therapist, 3),
        happened(&rules, 2, EventKind::Moved, Initiator::Client, 2),
        happened(&rules, 3, EventKind::Cancelled, Initiator::Therapist, 100),
    ];
    let record = report(&rules, events, &[], &sample(19), false, now());
    let seen: Vec<_> = record.lines.iter().map(|line| (line.event.appointment, line.counts)).collect();
    assert_eq!(seen, [(apt(2), false), (apt(1), true)], "newest first; what is older than the window is left out");
    assert_eq!((record.counted, record.sample, record.score), (1, 20, Some(95.0)));
    let sure = record.interval.expect("enough appointments");
    assert_eq!((sure.low, sure.high), (76.4, 99.1), "Wilson's interval of 19 in 20");
    assert!(record.suggestions.is_empty());
}

// proves: E-08
#[test]
fn few_appointments_make_no_score() {
    let rules = parameters(Preset::Marketplace);
    let events = vec![happened(&rules, 1, EventKind::Missed, Initiator::Therapist, 3)];
    let record = report(&rules, events, &[], &sample(3), false, now());
    assert_eq!((record.score, record.interval, record.sample), (None, None, 4));
    assert_eq!((record.counted, record.weight), (1, 3), "it is still counted");
}

// proves: E-09, E-10, E-11
#[test]
fn hiding_is_suggested_at_the_second_event_and_the_listing_only_to_a_person() {
    let rules = parameters(Preset::Marketplace);
    let words = |count: u8, away| {
        let events = (1..=count).map(|n| happened(&rules, n, EventKind::Moved, Initiator::Therapist, 3)).collect();
        let record = report(&rules, events, &[], &sample(20), away, now());
        record.suggestions.into_iter().map(Suggestion::word).collect::<Vec<_>>()
    };
    assert_eq!(words(1, false), [""; 0]);
    assert_eq!(words(1, true), ["hide"], "an absence without an end");
    assert_eq!(words(2, false), ["hide"]);
    assert_eq!(words(3, false), ["hide", "consider_listing"]);
    let rules = parameters(Preset::Insurance);
    let events = (1..=3).map(|n| happened(&rules, n, EventKind::Missed, Initiator::Therapist, 3)).collect();
    let record = report(&rules, events, &[], &sample(20), false, now());
    assert!(record.suggestions.contains(&Suggestion::PauseReferrals { counted: 3, days: 30 }));
    assert!(record.suggestions.iter().all(|suggestion| !suggestion.text().contains("must")));
}

// proves: E-08
#[test]
fn an_appeal_that_was_granted_takes_the_event_out_and_says_so() {
    let rules = parameters(Preset::Marketplace);
    let event = happened(&rules, 1, EventKind::Cancelled, Initiator::Therapist, 3);
    let by = PersonRef::Staff(Id::from_bytes([9; 16]));
    let appeal = Appeal {
        id: Id::from_bytes([8; 16]),
        practice: Id::from_bytes([7; 16]),
        therapist: Id::from_bytes([6; 16]),
        appointment: apt(1),
        kind: EventKind::Cancelled,
        words: "The building was closed.".into(),
        by: PersonRef::Therapist(Id::from_bytes([6; 16])),
        at: now(),
        state: AppealState::Open,
        decision: None,
    };
    let open = report(&rules, vec![event.clone()], std::slice::from_ref(&appeal), &sample(9), false, now());
    assert_eq!((open.counted, open.lines[0].counts), (1, true), "until somebody decides it counts");
    assert_eq!(appeal.clone().decide(true, " ", by, now()).map_err(|refusal| refusal.code), Err("reason_required"));
    let decided = appeal.decide(true, "It was.", by, now()).expect("decided");
    assert_eq!(decided.decision, Some(Decision { by, at: now(), reason: "It was.".into() }));
    let closed = report(&rules, vec![event], std::slice::from_ref(&decided), &sample(9), false, now());
    assert_eq!((closed.counted, closed.weight, closed.score), (0, 0, Some(100.0)));
    assert!(closed.is_clean && closed.lines[0].appeal.is_some());
    assert_eq!(decided.decide(false, "No", by, now()).map_err(|refusal| refusal.code), Err("already_decided"));
}

// proves: E-08
#[test]
fn a_practice_that_keeps_no_record_shows_the_events_and_no_score() {
    let rules = parameters(Preset::Clinic);
    let events = vec![happened(&rules, 1, EventKind::Missed, Initiator::Therapist, 3)];
    let record = report(&rules, events, &[], &sample(20), false, now());
    assert_eq!((record.is_kept, record.score, record.counted, record.lines.len()), (false, None, 0, 1));
}
