use super::*;
use crate::policy::{Policy, Preset};

/// A Tuesday, 10:00 in London.
fn now() -> Instant {
    "2026-03-10T10:00:00Z".parse().expect("a moment")
}

fn london() -> Zone {
    "Europe/London".parse().expect("a zone")
}

fn setting(hours_until_start: i64) -> Setting {
    let start = now() + Span::hours(hours_until_start);
    Setting { now: now(), start, end: start + Span::minutes(50), given: Given::Nothing, money_open: false }
}

fn duties(preset: Preset, trigger: Trigger, setting: &Setting) -> Vec<Owed> {
    owed(&Policy::preset(preset).parameters, &london(), trigger, setting)
}

fn kinds(owed: &[Owed]) -> Vec<&'static str> {
    owed.iter().map(|owed| owed.kind.as_str()).collect()
}

fn minutes(at: Instant) -> i64 {
    (at - now()).as_minutes()
}

// proves
#[test]
fn running_late_tells_the_client_and_then_the_practice_within_minutes() {
    let owed = duties(Preset::Clinic, Trigger::TherapistLate, &setting(0));
    assert_eq!(kinds(&owed), ["inform_client", "notify_practice"]);
    for duty in owed {
        let times = (minutes(duty.due), duty.breach.map(minutes), duty.second_breach.map(minutes));
        assert_eq!(times, (5, Some(15), Some(30)), "{}", duty.kind);
        assert_eq!(duty.owner, OwnerRole::Therapist);
    }
}

// proves
#[test]
fn a_missed_appointment_tells_the_practice_first_where_the_clinic_says_so() {
    let owed = duties(Preset::Clinic, Trigger::TherapistMissed, &Setting { money_open: true, ..setting(0) });
    let expected = [
        "notify_practice",
        "inform_client",
        "next_step",
        "write_contact_note",
        "confirm_outcome",
        "decide_money",
        "attribute_fault",
    ];
    assert_eq!(kinds(&owed), expected);
    assert!(owed[1..3].iter().all(|duty| minutes(duty.due) == 5));
    assert_eq!((owed[6].owner, owed[1].owner), (OwnerRole::Admin, OwnerRole::Therapist));
    let elsewhere = duties(Preset::Insurance, Trigger::TherapistMissed, &setting(0));
    assert_eq!(kinds(&elsewhere)[..2], ["inform_client", "notify_practice"]);
}

// proves: V-04, V-05, V-08, V-12, V-14, V-15
#[test]
fn a_cancellation_at_short_notice_is_told_within_minutes_and_documented() {
    let owed = duties(Preset::Network, Trigger::TherapistCancels, &setting(3));
    assert_eq!(kinds(&owed), ["inform_client", "next_step", "mark_attendance", "write_contact_note"]);
    assert_eq!(owed.iter().map(|duty| minutes(duty.due)).collect::<Vec<_>>(), [15, 15, 1440, 1440]);
}

// proves: E-01, G-06
#[test]
fn a_cancellation_in_good_time_is_told_the_same_working_day_and_before_the_appointment() {
    let owed = duties(Preset::Insurance, Trigger::TherapistCancels, &setting(24 * 7));
    assert_eq!(kinds(&owed), ["inform_client", "next_step", "mark_attendance"]);
    assert_eq!(owed[0].due.to_string(), "2026-03-10T18:00:00Z");
    assert_eq!(owed[0].breach.map(|at| at.to_string()).as_deref(), Some("2026-03-11T18:00:00Z"));
    let friday: Instant = "2026-03-13T19:00:00Z".parse().expect("a moment");
    let start = friday + Span::hours(25);
    let weekend = Setting { now: friday, start, end: start, ..setting(0) };
    let owed = duties(Preset::Insurance, Trigger::TherapistCancels, &weekend);
    assert_eq!(owed[0].due, start, "Monday would be too late for Saturday");
}

// proves: V-07, V-08, G-08
#[test]
fn the_next_step_follows_what_the_client_was_given() {
    let with = |given| duties(Preset::Network, Trigger::TherapistCancels, &Setting { given, ..setting(3) });
    let expires = now() + Span::hours(24);
    let offered = with(Given::OfferUntil(expires))[1];
    assert_eq!((offered.kind, offered.due), (ObligationKind::NextStep, expires));
    assert_eq!(offered.breach, Some(expires + Span::hours(24)));
    assert_eq!(with(Given::Link)[1].due, now() + Span::hours(24));
    let by = now() + Span::hours(5);
    let promised = with(Given::PromiseBy(by))[1];
    assert_eq!((promised.kind, promised.due), (ObligationKind::KeepPromise, by));
    assert!(!kinds(&with(Given::Settled)).contains(&"next_step"));
}

// proves
#[test]
fn checking_in_with_a_late_client_is_the_therapists_alone_and_never_escalates() {
    let owed = duties(Preset::Clinic, Trigger::ClientLate, &setting(0));
    assert_eq!(kinds(&owed), ["check_in_with_client"]);
    let duty = owed[0];
    assert_eq!((duty.owner, minutes(duty.due), duty.breach, duty.second_breach), (OwnerRole::Therapist, 5, None, None));
}

// proves: V-09, V-16, V-18, V-19, E-04, E-12, H-01, A-05, A-17, A-18, A-19
#[test]
fn each_other_event_opens_its_own_duty() {
    let table: [(Preset, Trigger, &[&str]); 19] = [
        (Preset::Network, Trigger::AbsenceLasts, &["update_long_absence"]),
        (Preset::Network, Trigger::ClinicalWorry, &["escalate_clinical"]),
        (Preset::Network, Trigger::RiskWorry, &["escalate_risk"]),
        (Preset::Network, Trigger::AgreedToRebook, &["book_next"]),
        (Preset::Clinic, Trigger::Waived, &["notify_practice"]),
        (Preset::Insurance, Trigger::Waived, &[]),
        (Preset::Marketplace, Trigger::NewClientRefund, &["notify_practice", "decide_money"]),
        (Preset::Marketplace, Trigger::TimeRequested, &["answer_request"]),
        (Preset::Network, Trigger::TeamAsked, &["answer_request"]),
        (Preset::Clinic, Trigger::Connected, &["confirm_plan"]),
        (Preset::Clinic, Trigger::TherapistAloneAtFault, &["consider_makeup"]),
        (Preset::Network, Trigger::TherapistAloneAtFault, &[]),
        (Preset::Marketplace, Trigger::Ended, &["attendance_update"]),
        (Preset::Marketplace, Trigger::TechnicalFailure, &["next_step", "attribute_fault"]),
        (Preset::Marketplace, Trigger::ClientCancels { late: false }, &[]),
        (Preset::Clinic, Trigger::ClientCancels { late: true }, &[]),
        (Preset::Clinic, Trigger::ClientMissed, &[]),
        (Preset::Clinic, Trigger::TherapistMoves, &["inform_client"]),
        (Preset::Clinic, Trigger::Absence, &["inform_client", "next_step", "notify_practice", "mark_attendance"]),
    ];
    for (preset, trigger, expected) in table {
        assert_eq!(kinds(&duties(preset, trigger, &setting(72))), expected, "{preset} {trigger:?}");
    }
    let lasts = duties(Preset::Network, Trigger::AbsenceLasts, &setting(72));
    assert_eq!(lasts[0].due, now() + Span::hours(24 * 7));
    let late = Setting { money_open: true, ..setting(1) };
    assert_eq!(kinds(&duties(Preset::Clinic, Trigger::ClientCancels { late: true }, &late)), ["decide_money"]);
}

#[test]
fn what_the_practice_cancels_is_the_admins_to_tell() {
    let owed = duties(Preset::Clinic, Trigger::PracticeCancels, &setting(3));
    assert_eq!(kinds(&owed), ["inform_client", "next_step", "mark_attendance", "write_contact_note"]);
    assert!(owed.iter().all(|duty| duty.owner == OwnerRole::Admin));
}

#[test]
fn no_duty_is_breached_before_it_is_due() {
    for preset in Preset::ALL {
        for trigger in [Trigger::TherapistCancels, Trigger::TherapistMissed, Trigger::Absence, Trigger::Ended] {
            for hours in [0, 3, 23, 25, 70, 200] {
                for duty in duties(*preset, trigger, &setting(hours)) {
                    assert!(duty.breach.is_none_or(|breach| breach >= duty.due), "{preset} {duty:?}");
                    assert!(duty.second_breach >= duty.breach, "{preset} {duty:?}");
                }
            }
        }
    }
}

// proves
#[test]
fn a_make_up_is_thought_about_only_where_the_therapist_alone_missed_it() {
    let clinic = Policy::preset(Preset::Clinic).parameters;
    for fault in Fault::ALL {
        assert_eq!(asks_for_makeup(&clinic, *fault), *fault == Fault::Therapist, "{fault}");
    }
    assert!(!asks_for_makeup(&Policy::preset(Preset::Marketplace).parameters, Fault::Therapist));
}
