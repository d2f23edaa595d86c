//! Stories that the model checker told first: each was wrong once.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Initiator, PaymentState};
use domain::attendance::{Attended, Connected, LateAnswer, Plan};
use domain::decide::*;
use domain::id::{Id, RelationshipId};
use domain::ledger::Account;
use domain::person::Role;
use domain::policy::Preset;
use domain::reason::Fault;
use domain::reserved::{ReservedSlot, ReservedState};
use domain::time::Weekday;

fn live(act: Live) -> Command {
    Command::Live(act)
}

// proves: A-20, E-07
#[test]
fn a_fee_that_was_let_go_beforehand_is_not_charged_again_by_the_update() {
    let mut story = Story::booked(Preset::Clinic);
    story.due(Due::Capture, story.start());
    let end = story.appointment().end;
    story.due(Due::AppointmentEnd, end);
    let waive = GiveBack { reason: "A bereavement".into(), amount: None };
    story.act(&the_therapist(), Command::Money(MoneyAct::Waive(waive)), end).expect("waived");
    let update = UpdateAttendance {
        attended: Attended::No,
        therapist_ready_at: None,
        client_arrived_at: None,
        started_at: None,
        ended_at: None,
        continues: None,
        weekly_space: None,
        reserve_slot: false,
        refund: false,
        next: None,
    };
    let update = Command::File(FileAct::Update(Box::new(update)));
    let outcome = story.act(&the_therapist(), update, end + minutes(5)).expect("updated");
    assert!(outcome.ledger.is_empty(), "what the therapist decided stands: {:#?}", outcome.ledger);
    assert_eq!(story.appointment().payment.state, PaymentState::RefundDue);
    assert_eq!(Account::of(&story.ledger, story.appointment().id).due_back(), 6500);
}

// proves, H-03
#[test]
fn a_missed_appointment_is_reported_though_the_next_free_time_is_kept_for_another_client() {
    let mut story = Story::booked(Preset::Marketplace);
    let now = story.start() + minutes(30);
    let theirs: RelationshipId = Id::from_bytes([77; 16]);
    // This very afternoon, the first time that would be offered.
    story.reserved.push(ReservedSlot {
        id: Id::from_bytes([78; 16]),
        practice: PRACTICE,
        relationship: theirs,
        weekday: Weekday::Tuesday,
        local_time: "16:30".parse().expect("a time of day"),
        minutes: 50,
        every_weeks: 1,
        first: jiff::civil::date(2026, 3, 3),
        released: Default::default(),
        state: ReservedState::Active,
    });
    let report = Missed { reported_by: Role::Client, fault: Fault::Undetermined };
    let outcome = story.act(&the_client(), live(Live::Missed(report)), now).expect("reported");
    let kept = domain::time::Interval::new(story.local("2026-03-10 16:30"), story.local("2026-03-10 17:20"));
    assert!(outcome.offers[0].slots.iter().all(|slot| !slot.meets(kept)), "{:#?}", outcome.offers);
}

// proves: V-04
#[test]
fn who_would_rather_have_another_time_makes_one_change_of_the_appointment() {
    let late = |story: &mut Story| {
        let now = story.start() - minutes(5);
        story.act(&the_therapist(), live(Live::RunningLate(20)), now).expect("said");
        (now, story.appointment().revision)
    };
    let mut story = Story::booked(Preset::Clinic);
    let (now, before) = late(&mut story);
    story.act(&the_client(), live(Live::Answer(LateAnswer::Reschedule)), now).expect("answered");
    assert_eq!(story.appointment().revision, before + 1);

    let mut story = Story::booked(Preset::Clinic);
    let (now, before) = late(&mut story);
    let connection = Connection { apologised: true, plan: Plan::Rescheduled, ends_at: None };
    story.act(&the_therapist(), live(Live::Connected(connection)), now).expect("connected");
    assert_eq!(story.appointment().revision, before + 1);
    let connected: Option<Connected> = story.appointment().attendance.connected;
    assert!(connected.is_some_and(|how| how.apologised), "what they said stays on record");
}

// proves: E-02, E-06
#[test]
fn a_correction_gives_no_credit_for_a_payment_that_went_along_to_another_time() {
    let mut story = Story::booked(Preset::Marketplace);
    let due = story.appointment().payment.due_at.expect("taken at the cutoff");
    story.due(Due::Capture, due);
    let (now, next) = (due + hours(1), story.local("2026-03-12 09:00"));
    story.act(&an_admin(), by_practice(booking_now(next, yes_at(now))), now).expect("called off, and booked anew");
    let old = story.appointment().id;
    assert_eq!(Account::of(&story.ledger, old).charged, 0, "the price went along with the payment");
    let wish = Correct { state: "cancelled_by_client".into(), reason: "It was the client's own word".into() };
    let outcome = story.act(&an_admin(), Command::File(FileAct::Correct(wish)), now + hours(1)).expect("set right");
    assert!(outcome.ledger.is_empty(), "nothing is left on it to credit: {:#?}", outcome.ledger);
    assert!(matches!(story.appointment().state, domain::appointment::State::Cancelled(ref how)
        if how.initiator == Initiator::Client));
}

// proves: V-07
#[test]
fn a_client_is_not_asked_to_move_to_the_time_that_they_have() {
    let mut story = Story::booked(Preset::Clinic);
    let wish = AskToMove {
        offer_slots: vec![story.start(), story.start() + hours(24)],
        initiator: Initiator::Therapist,
        reason: Some(domain::reason::Reason::TherapistTrainingMeeting),
        words: None,
    };
    let now = story.start() - hours(72);
    let refusal = refused(story.act(&the_therapist(), Command::Moves(Moves::Ask(wish)), now));
    assert_eq!((refusal.code, refusal.field), ("same_time", Some("offer_slots")));
}

// proves: E-06
#[test]
fn a_late_fee_that_was_charged_is_part_of_the_price_once_the_record_says_attended() {
    let mut story = Story::booked(Preset::Insurance);
    let now = story.start() - hours(1);
    story.act(&the_therapist(), by_client_received(now), now).expect("cancelled late");
    assert_eq!(story.balance(), 4000, "the therapist's own fee");
    story.due(Due::Capture, now);
    let wish = Correct { state: "attended".into(), reason: "They came after all".into() };
    let later = story.appointment().end + hours(1);
    story.act(&an_admin(), Command::File(FileAct::Correct(wish)), later).expect("set right");
    story.due(Due::Capture, later);
    let account = Account::of(&story.ledger, story.appointment().id);
    assert_eq!((account.charged, account.paid), (6500, 6500), "{:#?}", story.ledger);
}

// proves: E-06
#[test]
fn money_that_was_left_on_the_account_pays_what_the_corrected_record_costs() {
    let mut story = Story::booked(Preset::Marketplace);
    let due = story.appointment().payment.due_at.expect("taken at the cutoff");
    story.due(Due::Capture, due);
    story.act(&the_therapist(), by_therapist(with_refund()), due).expect("called off, the money back");
    let kept = SettleByHand { how: SettledHow::KeptAsCredit, amount: None, reason: None };
    story.act(&an_admin(), Command::Money(MoneyAct::Settle(kept)), due).expect("left for another time");
    let wish = Correct { state: "client_no_show".into(), reason: "They did not come".into() };
    let later = story.appointment().end + hours(1);
    story.act(&an_admin(), Command::File(FileAct::Correct(wish)), later).expect("set right");
    let account = Account::of(&story.ledger, story.appointment().id);
    assert_eq!((account.charged, account.paid, account.due_back()), (6500, 6500, 0), "{:#?}", story.ledger);
    assert_eq!(story.appointment().payment.state, PaymentState::Captured);
}
