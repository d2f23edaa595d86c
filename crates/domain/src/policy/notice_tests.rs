use super::*;
use crate::policy::lateness::{self, NotMissedYet};
use crate::policy::next_step::{self, NextStepProblem};
use crate::policy::self_service::{self, Refusal, SelfService};
use crate::policy::{NextStepKind, Policy, Preset};
use proptest::prelude::*;

fn values(preset: Preset) -> Parameters {
    Policy::preset(preset).parameters
}

fn london() -> Zone {
    "Europe/London".parse().expect("a zone")
}

/// 2026-03-10 14:00 in London, as the vectors have it.
fn start() -> Instant {
    "2026-03-10T14:00:00Z".parse().expect("a moment")
}

fn before(hours: i64, seconds: i64) -> Instant {
    start() - Span::hours(hours) - Span::seconds(seconds)
}

fn cancel(parameters: &Parameters, received_at: Instant) -> Notice {
    judge(parameters, &london(), Act::Cancel, start(), received_at, None)
}

// proves: G-02, G-03, H-10
#[test]
fn exactly_the_notice_is_in_time_where_inclusive_and_late_where_exclusive() {
    let table = [
        (Preset::Insurance, 24, 1, Verdict::Timely),
        (Preset::Insurance, 24, 0, Verdict::Timely),
        (Preset::Insurance, 24, -1, Verdict::Late),
        (Preset::Marketplace, 48, 1, Verdict::Timely),
        (Preset::Marketplace, 48, 0, Verdict::Late),
        (Preset::Marketplace, 48, -1, Verdict::Late),
        (Preset::Clinic, 24, 0, Verdict::Timely),
        (Preset::Clinic, 24, -1, Verdict::Late),
    ];
    for (preset, hours, seconds, verdict) in table {
        let notice = cancel(&values(preset), before(hours, seconds));
        assert_eq!(notice.verdict, verdict, "{preset}, {hours} h and {seconds} s before");
        assert_eq!(notice.cutoff, before(hours, 0));
    }
    let mut inclusive = values(Preset::Marketplace);
    inclusive.client_cancel.boundary = Boundary::Inclusive;
    assert_eq!(cancel(&inclusive, before(48, 0)).verdict, Verdict::Timely);
}

// proves: G-02, G-03, G-04, H-10
#[test]
fn a_client_may_do_alone_what_the_preset_lets_a_client_do() {
    let late = before(1, 0);
    let in_time = before(100, 0);
    let inside = |hours| SelfService::Refused(Refusal::InsideNoticeWindow { cutoff: before(hours, 0) });
    let table = [
        (Preset::Network, in_time, SelfService::Refused(Refusal::ContactOnly)),
        (Preset::Network, late, SelfService::Refused(Refusal::ContactOnly)),
        (Preset::Insurance, in_time, SelfService::Allowed),
        (Preset::Insurance, late, inside(24)),
        (Preset::Marketplace, in_time, SelfService::Allowed),
        (Preset::Marketplace, late, SelfService::AllowedWithFee { cutoff: before(48, 0) }),
        (Preset::Clinic, in_time, SelfService::Allowed),
        (Preset::Clinic, late, inside(24)),
    ];
    for (preset, received_at, expected) in table {
        let parameters = values(preset);
        assert_eq!(self_service::decide(&parameters, &cancel(&parameters, received_at)), expected, "{preset}");
    }
    assert_eq!(Refusal::ContactOnly.code(), "contact_only");
    assert_eq!(Refusal::InsideNoticeWindow { cutoff: late }.code(), "inside_notice_window");
}

#[test]
fn the_cutoff_is_elapsed_hours_before_the_start_even_when_the_clocks_change() {
    let parameters = values(Preset::Insurance);
    let start: Instant = "2026-03-08T18:00:00Z".parse().expect("a moment");
    let new_york: Zone = "America/New_York".parse().expect("a zone");
    let at = cutoff(&parameters, &new_york, Act::Cancel, start);
    assert_eq!(at.in_zone(&new_york).time(), jiff::civil::time(13, 0, 0, 0));
    assert_eq!(start.in_zone(&new_york).time(), jiff::civil::time(14, 0, 0, 0));
}

#[test]
fn a_late_move_does_not_set_the_clock_back() {
    let parameters = values(Preset::Marketplace);
    let first_cutoff = before(48, 0);
    let moved_to = start() + Span::hours(24 * 14);
    let asked = |received_at, floor| judge(&parameters, &london(), Act::Cancel, moved_to, received_at, floor);
    assert_eq!(asked(start(), None).verdict, Verdict::Timely);
    let floored = asked(start(), Some(first_cutoff));
    assert_eq!((floored.verdict, floored.cutoff), (Verdict::Late, first_cutoff));
    assert_eq!(floored.rule().rule, "client_cancel.notice.after_late_move");
}

#[test]
fn grace_moves_the_last_moment_but_not_the_cutoff_that_is_shown() {
    let mut parameters = values(Preset::Clinic);
    parameters.client_cancel.grace_minutes = 10;
    assert_eq!(cancel(&parameters, before(24, -600)).verdict, Verdict::Timely);
    assert_eq!(cancel(&parameters, before(24, -601)).verdict, Verdict::Late);
    assert_eq!(cancel(&parameters, before(24, -600)).cutoff, before(24, 0));
}

#[test]
fn notice_in_working_days_leaves_out_the_weekend() {
    let mut parameters = values(Preset::Clinic);
    parameters.client_cancel.business_days = true;
    let monday: Instant = "2026-03-09T14:00:00Z".parse().expect("a moment");
    let friday: Instant = "2026-03-06T14:00:00Z".parse().expect("a moment");
    assert_eq!(cutoff(&parameters, &london(), Act::Cancel, monday), friday);
}

#[test]
fn moving_has_its_own_notice_where_the_practice_sets_one() {
    let mut parameters = values(Preset::Clinic);
    assert_eq!(hours(&parameters, Act::Move), 24);
    parameters.client_reschedule.notice_hours = Some(6);
    let notice = judge(&parameters, &london(), Act::Move, start(), before(7, 0), None);
    assert_eq!((notice.verdict, notice.rule().rule), (Verdict::Timely, "client_reschedule.notice.timely"));
}

// proves: V-01, V-03
#[test]
fn short_notice_is_less_than_the_hours_that_the_practice_chose() {
    let mut parameters = values(Preset::Network);
    assert!(!short_notice(&parameters, start(), before(24, 0)));
    assert!(short_notice(&parameters, start(), before(24, -1)));
    parameters.therapist_cancel.short_notice_hours = 72;
    assert!(short_notice(&parameters, start(), before(71, 0)));
}

// proves
#[test]
fn a_client_is_checked_on_after_more_than_ten_minutes_and_the_therapist_may_step_away_at_twenty() {
    let clinic = values(Preset::Clinic);
    let after = |minutes, seconds| start() + Span::minutes(minutes) + Span::seconds(seconds);
    assert!(!lateness::check_in_due(&clinic, start(), after(10, 0)));
    assert!(lateness::check_in_due(&clinic, start(), after(10, 1)));
    assert!(!lateness::step_away_ready(&clinic, start(), after(19, 59)));
    assert!(lateness::step_away_ready(&clinic, start(), after(20, 0)));
    for preset in [Preset::Network, Preset::Insurance, Preset::Marketplace] {
        assert!(!lateness::check_in_due(&values(preset), start(), after(60, 0)), "{preset} has no such clock");
    }
}

// proves
#[test]
fn an_appointment_is_missed_only_after_the_grace_and_an_attempt_to_reach_the_client() {
    let clinic = values(Preset::Clinic);
    let after = |minutes| start() + Span::minutes(minutes);
    let until = after(20);
    assert_eq!(lateness::may_call_missed(&clinic, start(), after(19), 1), Err(NotMissedYet::GraceNotOver { until }));
    let untried = lateness::may_call_missed(&clinic, start(), after(20), 0);
    assert_eq!(untried.map_err(NotMissedYet::code), Err("contact_attempt_required"));
    assert!(lateness::may_call_missed(&clinic, start(), after(20), 1).is_ok());
    assert!(lateness::therapist_is_late(&clinic, Span::seconds(181)));
    assert!(!lateness::therapist_is_late(&clinic, Span::minutes(3)));
}

// proves: V-07, V-08, G-08, E-02, E-04
#[test]
fn a_cancellation_needs_a_next_step_that_the_practice_allows() {
    use NextStepKind::*;
    type Row<'a> = (Preset, &'a [NextStepKind], bool, Result<(), &'a str>);
    let table: [Row; 10] = [
        (Preset::Network, &[], false, Err("next_step_required")),
        (Preset::Network, &[OfferSlots], false, Ok(())),
        (Preset::Network, &[PromiseContactBy], false, Ok(())),
        (Preset::Network, &[Refund], false, Err("next_step_not_allowed")),
        (Preset::Insurance, &[BookingLink], false, Ok(())),
        (Preset::Insurance, &[NextAppointment], false, Ok(())),
        (Preset::Clinic, &[Book], false, Ok(())),
        (Preset::Marketplace, &[Refund], false, Ok(())),
        (Preset::Marketplace, &[Refund], true, Err("team_request_required")),
        (Preset::Marketplace, &[OfferSlots], true, Ok(())),
    ];
    for (preset, given, new_client, expected) in table {
        let found = next_step::check(&values(preset), given, new_client).map_err(NextStepProblem::code);
        assert_eq!(found, expected, "{preset} {given:?}");
    }
    let shown: Vec<_> = next_step::allowed(&values(Preset::Clinic)).take(2).collect();
    assert_eq!(shown, [OfferSlots, PromiseContactBy], "pages show these first");
}

proptest! {
    #[test]
    fn whoever_says_so_earlier_is_never_judged_worse(
        preset in prop::sample::select(Preset::ALL),
        early in 0i64..400_000, more in 0i64..400_000, working in any::<bool>(), grace in 0u32..60,
    ) {
        let mut parameters = values(preset);
        parameters.client_cancel.business_days = working;
        parameters.client_cancel.grace_minutes = grace;
        let later = cancel(&parameters, before(0, early));
        let earlier = cancel(&parameters, before(0, early + more));
        prop_assert!(earlier.verdict <= later.verdict);
    }

    #[test]
    fn more_notice_asked_for_is_an_earlier_cutoff(hours in 0u32..600, more in 0u32..100, working in any::<bool>()) {
        let mut parameters = values(Preset::Clinic);
        parameters.client_cancel.business_days = working;
        parameters.client_cancel.notice_hours = hours;
        let short = cutoff(&parameters, &london(), Act::Cancel, start());
        parameters.client_cancel.notice_hours = hours + more;
        prop_assert!(cutoff(&parameters, &london(), Act::Cancel, start()) <= short);
    }
}
