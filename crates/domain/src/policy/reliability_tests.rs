use super::*;
use crate::policy::{Policy, Preset};

fn cancelled(reason: Option<Reason>, short_notice: bool) -> Event {
    let kind = EventKind::Cancelled;
    Event { kind, initiator: Initiator::Therapist, fault: None, reason, short_notice, mistaken: false }
}

fn judged(event: Event) -> (bool, u8, &'static str) {
    let found = judge(&Policy::preset(Preset::Marketplace).parameters, &event);
    (found.counts, found.weight, found.why.rule)
}

// proves: E-08, E-11
#[test]
fn what_a_therapist_calls_off_or_moves_counts_and_short_notice_weighs_more() {
    let training = Some(Reason::TherapistTrainingMeeting);
    assert_eq!(judged(cancelled(training, false)), (true, 1, "reliability.counted"));
    assert_eq!(judged(cancelled(training, true)), (true, 2, "reliability.short_notice"));
    let moved = Event { kind: EventKind::Moved, ..cancelled(training, true) };
    assert_eq!(judged(moved), (true, 2, "reliability.moved"));
    let missed = Event { kind: EventKind::Missed, fault: Some(Fault::Therapist), ..cancelled(None, true) };
    assert_eq!(judged(missed), (true, 3, "reliability.missed"));
    assert_eq!(judged(Event { kind: EventKind::Late, ..missed }), (true, 1, "reliability.late"));
}

// proves: E-08, E-13
#[test]
fn each_reason_counts_as_the_practice_has_it() {
    let table = [
        (Reason::TherapistIllness, true, (true, 2, "reliability.counted_excusable")),
        (Reason::TherapistBereavement, true, (false, 0, "reliability.excused")),
        (Reason::TherapistPlannedLeave, false, (false, 0, "reliability.planned_in_time")),
        (Reason::TherapistPlannedLeave, true, (true, 2, "reliability.short_notice")),
        (Reason::NotBestFitReferral, true, (false, 0, "reliability.reason_not_counted")),
    ];
    for (reason, short_notice, expected) in table {
        assert_eq!(judged(cancelled(Some(reason), short_notice)), expected, "{reason}");
    }
}

// proves: A-17
#[test]
fn what_was_not_the_therapists_doing_does_not_count() {
    let base = cancelled(None, true);
    let missed = Event { kind: EventKind::Missed, ..base };
    let table = [
        (Event { initiator: Initiator::Client, ..base }, "reliability.client_initiated"),
        (Event { initiator: Initiator::Practice, ..base }, "reliability.practice_initiated"),
        (Event { mistaken: true, ..missed }, "reliability.mistaken_report"),
        (Event { fault: Some(Fault::PlatformTechnical), ..missed }, "reliability.technical"),
        (Event { fault: Some(Fault::PracticeAdmin), ..missed }, "reliability.other_fault"),
        (Event { fault: Some(Fault::Shared), ..missed }, "reliability.other_fault"),
        (Event { kind: EventKind::TechnicalFailure, ..base }, "reliability.technical"),
    ];
    for (event, rule) in table {
        assert_eq!(judged(event), (false, 0, rule));
    }
}

// proves: V-13
#[test]
fn a_practice_that_keeps_no_record_counts_nothing() {
    for preset in [Preset::Network, Preset::Clinic] {
        let found = judge(&Policy::preset(preset).parameters, &cancelled(None, true));
        assert_eq!((found.counts, found.why.rule), (false, "reliability.not_kept"));
    }
}
