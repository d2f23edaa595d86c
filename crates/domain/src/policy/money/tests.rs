use super::*;
use crate::money::Currency;
use crate::policy::notice::{Act, judge};
use crate::policy::{FeeModel, Policy, Preset, Tier};
use crate::time::Span;

const PRICE: Money = Money::new(6000, Currency::GBP);
const DOLLARS: Money = Money::new(15000, Currency::USD);

fn values(preset: Preset) -> Parameters {
    Policy::preset(preset).parameters
}

fn start() -> Instant {
    "2026-03-10T14:00:00Z".parse().expect("a moment")
}

fn notice(parameters: &Parameters, hours: i64) -> Notice {
    judge(parameters, &Zone::utc(), Act::Cancel, start(), start() - Span::hours(hours), None)
}

fn cancels(parameters: &Parameters, hours: i64, payment: PaymentState) -> Situation {
    Situation::new(Event::ClientCancels(notice(parameters, hours)), PRICE, payment)
}

fn posted(decision: &MoneyDecision) -> Vec<(EntryKind, i64)> {
    decision.entries.iter().map(|entry| (entry.kind, entry.amount.amount_minor)).collect()
}

fn used(decision: &MoneyDecision, rule: &str) -> bool {
    decision.because.iter().any(|used| used.rule == rule)
}

// proves: G-02, H-10
#[test]
fn a_client_in_time_pays_nothing_in_any_preset() {
    for preset in Preset::ALL {
        let parameters = values(*preset);
        let planned = decide(&parameters, &cancels(&parameters, 100, PaymentState::Planned));
        assert_eq!((planned.cost().amount_minor, planned.release_charge), (0, true), "{preset}");
        assert_eq!((planned.payment_after, posted(&planned)), (PaymentState::None, vec![]));
        let paid = decide(&parameters, &cancels(&parameters, 100, PaymentState::Captured));
        assert_eq!((paid.refund, paid.payment_after), (Refund::Auto, PaymentState::RefundDue));
        assert_eq!(posted(&paid), [(EntryKind::Credit, -6000)]);
    }
}

// proves: H-10, G-04, A-20
#[test]
fn a_late_client_pays_what_the_practice_says() {
    let table = [
        (Preset::Network, PaymentState::None, 0, 0, PaymentState::None),
        (Preset::Clinic, PaymentState::Planned, 6000, 0, PaymentState::Planned),
        (Preset::Marketplace, PaymentState::Captured, 0, 6000, PaymentState::Captured),
        (Preset::Marketplace, PaymentState::Planned, 0, 6000, PaymentState::Planned),
    ];
    for (preset, payment, fee, kept, after) in table {
        let parameters = values(preset);
        let decision = decide(&parameters, &cancels(&parameters, 1, payment));
        assert_eq!((decision.fee.amount_minor, decision.kept.amount_minor), (fee, kept), "{preset} {payment}");
        assert_eq!(decision.payment_after, after, "{preset} {payment}");
        let expected = if fee > 0 { vec![(EntryKind::LateFee, fee)] } else { vec![] };
        assert_eq!(posted(&decision), expected, "{preset}: one fee and nothing on top");
    }
}

// proves: G-04
#[test]
fn a_therapists_own_fee_holds_within_the_cap_and_none_set_is_none() {
    let parameters = values(Preset::Insurance);
    let mut case = Situation { price: DOLLARS, ..cancels(&parameters, 1, PaymentState::Planned) };
    assert_eq!(decide(&parameters, &case).fee.amount_minor, 0);
    case.therapist_fees.late_cancel = Some(Money::new(7500, Currency::USD));
    let decision = decide(&parameters, &case);
    assert_eq!(posted(&decision), [(EntryKind::LateFee, 7500)]);
    assert!(decision.release_charge, "the price itself falls away");
    case.therapist_fees.late_cancel = Some(Money::new(30000, Currency::USD));
    let capped = decide(&parameters, &case);
    assert_eq!(capped.fee.amount_minor, 20000);
    assert!(used(&capped, "fee.cap"));
    case.practice_cap = Some(Money::new(5000, Currency::USD));
    assert_eq!(decide(&parameters, &case).fee.amount_minor, 5000);
    case.practice_cap = Some(Money::new(5000, Currency::GBP));
    assert_eq!(decide(&parameters, &case).fee.amount_minor, 20000, "pounds say nothing about dollars");
}

#[test]
fn each_way_to_reckon_a_fee() {
    let mut parameters = values(Preset::Clinic);
    let fee_of =
        |parameters: &Parameters| decide(parameters, &cancels(parameters, 1, PaymentState::Planned)).fee.amount_minor;
    parameters.late_cancel.fee_model = FeeModel::Percent;
    parameters.late_cancel.percent = 50;
    assert_eq!(fee_of(&parameters), 3000);
    parameters.late_cancel.fee_model = FeeModel::Fixed;
    parameters.late_cancel.fee_amount = Some(Money::new(2500, Currency::GBP));
    assert_eq!(fee_of(&parameters), 2500);
    parameters.late_cancel.fee_model = FeeModel::None;
    assert_eq!(fee_of(&parameters), 0);
}

#[test]
fn stepped_fees_depend_on_how_late_it_is() {
    let mut parameters = values(Preset::Marketplace);
    parameters.payment.capture_at = CaptureAt::Session;
    let tier = |within_hours, percent| Tier { within_hours, percent };
    parameters.client_cancel.tiers = vec![tier(12, 100), tier(24, 50), tier(48, 25)];
    for (hours, fee) in [(1, 6000), (12, 6000), (13, 3000), (24, 3000), (30, 1500), (48, 1500), (49, 0)] {
        let decision = decide(&parameters, &cancels(&parameters, hours, PaymentState::Planned));
        assert_eq!(decision.fee.amount_minor, fee, "{hours} hours before, exclusive");
    }
    parameters.client_cancel.boundary = crate::policy::Boundary::Inclusive;
    let decision = decide(&parameters, &cancels(&parameters, 12, PaymentState::Planned));
    assert_eq!(decision.fee.amount_minor, 3000, "exactly twelve hours is not within twelve hours");
}

#[test]
fn what_lets_a_client_off_the_fee() {
    let mut parameters = values(Preset::Clinic);
    let case = cancels(&parameters, 1, PaymentState::Planned);
    let off = |parameters: &Parameters, case: Situation, rule: &str| {
        let decision = decide(parameters, &case);
        assert_eq!(decision.cost().amount_minor, 0, "{rule}");
        assert!(used(&decision, rule), "{rule}");
    };
    off(&parameters, Situation { payer_forbids_fee: true, ..case }, "fee.prohibited_payer");
    off(&parameters, Situation { fee_charged: true, ..case }, "fee.once_per_appointment");
    parameters.first_time_forgiveness = true;
    off(&parameters, Situation { late_before: false, ..case }, "fee.first_time_forgiven");
    assert_eq!(decide(&parameters, &case).fee, PRICE, "not the first time");
    parameters.waive_late_fee_if_slot_refilled = true;
    off(&parameters, Situation { slot_refilled: true, ..case }, "fee.slot_refilled");
    assert!(values(Preset::Insurance).forbids_fee("medicaid"));
}

#[test]
fn a_price_already_taken_goes_back_as_far_as_the_fee_does_not_reach() {
    let mut parameters = values(Preset::Marketplace);
    parameters.late_cancel.fee_model = FeeModel::Percent;
    parameters.late_cancel.percent = 50;
    let paid = decide(&parameters, &cancels(&parameters, 1, PaymentState::Captured));
    assert_eq!((paid.kept.amount_minor, paid.fee.amount_minor), (3000, 0));
    assert_eq!(posted(&paid), [(EntryKind::Credit, -3000)]);
    let planned = decide(&parameters, &cancels(&parameters, 1, PaymentState::Planned));
    assert_eq!((planned.cost().amount_minor, posted(&planned)), (3000, vec![(EntryKind::LateFee, 3000)]));
}

// proves: A-20, H-10
#[test]
fn a_missed_appointment_costs_its_own_fee() {
    let clinic = values(Preset::Clinic);
    let missed = |payment| Situation::new(Event::ClientMisses, PRICE, payment);
    assert_eq!(posted(&decide(&clinic, &missed(PaymentState::Planned))), [(EntryKind::NoShowFee, 6000)]);
    let marketplace = values(Preset::Marketplace);
    let paid = decide(&marketplace, &missed(PaymentState::Captured));
    assert_eq!((posted(&paid), paid.kept), (vec![], PRICE));
    let mut insurance = values(Preset::Insurance);
    insurance.first_time_forgiveness = true;
    let first = Situation { late_before: false, ..missed(PaymentState::Planned) };
    assert_eq!(decide(&insurance, &first).cost().amount_minor, 0);
}

// proves: E-02, E-04, E-07, A-18
#[test]
fn nobody_but_the_client_costs_the_client_anything() {
    for event in [Event::TherapistCancels, Event::PracticeCancels, Event::TherapistMisses, Event::TechnicalFailure] {
        for preset in Preset::ALL {
            let planned = decide(&values(*preset), &Situation::new(event, PRICE, PaymentState::Planned));
            assert_eq!((planned.cost().amount_minor, planned.payment_after), (0, PaymentState::None), "{preset}");
            assert!(posted(&planned).is_empty());
        }
    }
}

// proves: E-02, E-04, E-07
#[test]
fn money_already_taken_goes_back_as_the_client_chooses_and_for_a_new_client_through_the_team() {
    let marketplace = values(Preset::Marketplace);
    let case = Situation::new(Event::TherapistCancels, PRICE, PaymentState::Captured);
    let waits = decide(&marketplace, &case);
    assert_eq!((waits.refund, waits.payment_after), (Refund::ClientChoice, PaymentState::Captured));
    assert!(posted(&waits).is_empty(), "nothing moves before the client has chosen");
    let asked = decide(&marketplace, &Situation { refund_asked: true, ..case });
    assert_eq!((asked.refund, asked.payment_after), (Refund::Requested, PaymentState::RefundDue));
    assert_eq!(posted(&asked), [(EntryKind::Credit, -6000)]);
    for refund_asked in [false, true] {
        let new = decide(&marketplace, &Situation { new_client: true, refund_asked, ..case });
        assert_eq!((new.refund, new.payment_after), (Refund::TeamRequest, PaymentState::Captured));
    }
    let unanswered = refund_now(&case);
    assert_eq!(
        (unanswered.payment_after, posted(&unanswered)),
        (PaymentState::RefundDue, vec![(EntryKind::Credit, -6000)])
    );
    let moved: i64 = carry_over(PRICE).iter().map(|entry| entry.amount.amount_minor).sum();
    assert_eq!(moved, 0);
}

#[test]
fn a_late_move_costs_nothing_itself_and_keeps_the_missed_cutoff() {
    let parameters = values(Preset::Marketplace);
    let late = judge(&parameters, &Zone::utc(), Act::Move, start(), start() - Span::hours(3), None);
    let decision = decide(&parameters, &Situation::new(Event::ClientMoves(late), PRICE, PaymentState::Captured));
    assert_eq!((decision.cost().amount_minor, decision.payment_after), (0, PaymentState::Captured));
    assert_eq!(decision.fee_cutoff_floor, Some(start() - Span::hours(48)));
    let in_time = judge(&parameters, &Zone::utc(), Act::Move, start(), start() - Span::hours(60), None);
    let decision = decide(&parameters, &Situation::new(Event::ClientMoves(in_time), PRICE, PaymentState::Planned));
    assert_eq!((decision.fee_cutoff_floor, decision.payment_after), (None, PaymentState::Planned));
}

// proves: H-06
#[test]
fn the_price_is_taken_when_the_preset_says() {
    let (booked_at, end) = (start() - Span::hours(24 * 7), start() + Span::minutes(50));
    let booking = Booking { booked_at, start: start(), end, first: false };
    let due = |preset, booking: &Booking| capture_due(&values(preset), &Zone::utc(), booking);
    assert_eq!(due(Preset::Network, &booking), None);
    assert_eq!(due(Preset::Insurance, &booking), Some(end));
    assert_eq!(due(Preset::Marketplace, &booking), Some(start() - Span::hours(48)));
    assert_eq!(due(Preset::Clinic, &booking), Some(start()));
    assert_eq!(due(Preset::Marketplace, &Booking { first: true, ..booking }), Some(booked_at), "the first is prepaid");
    let late = Booking { booked_at: start() - Span::hours(5), ..booking };
    assert_eq!(due(Preset::Marketplace, &late), Some(late.booked_at), "booked inside the window");
}

#[test]
fn a_payment_that_was_refused_or_is_in_doubt_is_never_paid_back_by_guess() {
    let marketplace = values(Preset::Marketplace);
    let case = |payment| Situation::new(Event::TherapistCancels, PRICE, payment);
    let refused = decide(&marketplace, &case(PaymentState::Failed));
    assert_eq!((refused.refund, refused.payment_after), (Refund::None, PaymentState::None));
    assert_eq!(posted(&refused), [(EntryKind::Credit, -6000)], "the unpaid charge falls away");
    let doubt = decide(&marketplace, &case(PaymentState::Unknown));
    assert_eq!((doubt.refund, doubt.payment_after, posted(&doubt)), (Refund::None, PaymentState::Unknown, vec![]));
    assert!(doubt.release_charge && used(&doubt, "payment.looked_up"));
    let late = decide(&marketplace, &cancels(&marketplace, 1, PaymentState::Failed));
    assert_eq!((late.kept, late.payment_after, posted(&late)), (PRICE, PaymentState::Failed, vec![]));
}
