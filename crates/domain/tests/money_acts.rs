//! What people decide about money: one ledger for every way in, and nothing goes back that is not there.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::Initiator;
use domain::decide::{
    AnswerTeam, AskRefund, Asker, CarryPayment, Command, Due, GiveBack, JobToWake, MoneyAct, Moves, NextStep,
    SettleByHand, SettledHow,
};
use domain::ledger::{Account, EntryKind};
use domain::message::MessageKind;
use domain::money::Money;
use domain::obligation::ObligationKind;
use domain::policy::Preset;
use domain::time::Instant;
use proptest::prelude::*;

fn waive(reason: &str, amount: Option<i64>) -> Command {
    Command::Money(MoneyAct::Waive(give(reason, amount)))
}
fn refund(reason: &str, amount: Option<i64>) -> Command {
    Command::Money(MoneyAct::Refund(give(reason, amount)))
}
fn give(reason: &str, amount: Option<i64>) -> GiveBack {
    let amount = amount.map(|minor| Money::new(minor, price(Preset::Clinic).currency));
    GiveBack { reason: reason.into(), amount }
}
fn settle(how: SettledHow) -> Command {
    Command::Money(MoneyAct::Settle(SettleByHand { how, amount: None, reason: Some("As agreed".into()) }))
}

/// Cancelled by the client an hour before: the fee is the whole price.
fn late(preset: Preset) -> (Story, Instant) {
    let mut story = Story::booked(preset);
    story.base.late_before = true;
    let now = story.start() - hours(1);
    story.act(&the_therapist(), by_client_received(now), now).expect("cancelled late");
    (story, now)
}

// proves: G-04, A-20
#[test]
fn a_therapist_lets_a_fee_go_and_the_clinic_hears_of_it() {
    let (mut story, now) = late(Preset::Clinic);
    let outcome = story.act(&the_therapist(), waive("Ill in the night", None), now).expect("waived");
    assert_eq!(story.balance(), 0);
    assert_eq!(story.appointment().payment.state.as_str(), "waived");
    told(&outcome, to_client(), MessageKind::Fee);
    told(&outcome, to_admin(), MessageKind::Fee);
    assert!(outcome.obligations.iter().any(|duty| duty.kind == ObligationKind::NotifyPractice));
    assert!(story.due(Due::Capture, now + hours(1)).ledger.is_empty(), "nothing is taken any more");
    assert_eq!(code(story.act(&the_therapist(), waive("Again", None), now)), "exceeds_captured");
}

// proves: G-04
#[test]
fn what_was_taken_already_goes_back_when_it_is_let_go() {
    let (mut story, now) = late(Preset::Clinic);
    story.due(Due::Capture, now);
    story.act(&the_therapist(), waive("A bereavement", Some(2500)), now + hours(1)).expect("waived in part");
    assert_eq!((story.balance(), story.appointment().payment.state.as_str()), (-2500, "refund_due"));
    story.act(&an_admin(), settle(SettledHow::ReturnedToCard), now + hours(2)).expect("returned");
    assert_eq!((story.balance(), story.appointment().payment.state.as_str()), (0, "refunded"));
}

// proves: G-04
#[test]
fn part_of_a_fee_let_go_leaves_the_rest_to_be_taken() {
    let (mut story, now) = late(Preset::Clinic);
    story.act(&the_therapist(), waive("Half of it", Some(3000)), now).expect("waived");
    let taken = story.due(Due::Capture, now + minutes(1));
    assert_eq!(taken.ledger.iter().map(|e| e.amount.amount_minor).collect::<Vec<_>>(), [-3500]);
    assert_eq!(story.balance(), 0);
}

// proves: E-07
#[test]
fn money_goes_back_once_whatever_door_it_is_asked_at() {
    let mut story = Story::booked(Preset::Marketplace);
    let due = story.appointment().payment.due_at.expect("planned");
    story.due(Due::Capture, due);
    let now = due + hours(1);
    story.act(&the_therapist(), by_therapist(with_refund()), now).expect("with the refund");
    for asker in [the_therapist(), an_admin()] {
        assert_eq!(code(story.act(&asker, refund("Again", None), now)), "exceeds_captured");
    }
    story.act(&an_admin(), settle(SettledHow::ReturnedByTransfer), now).expect("paid out");
    assert_eq!(code(story.act(&an_admin(), settle(SettledHow::ReturnedToCard), now)), "exceeds_captured");
    assert_eq!(story.balance(), 0);
}

// proves: E-04
#[test]
fn a_new_clients_refund_goes_through_the_team_with_reason_and_confirmation() {
    let mut story = Story::new_client(Preset::Marketplace);
    let paid = story.appointment().payment.due_at.expect("prepaid");
    story.due(Due::Capture, paid);
    let now = story.start() - hours(72);
    assert_eq!(code(story.act(&the_therapist(), refund("They would rather not", None), now)), "team_request_required");
    let ask = |reason: &str, confirm_refund| {
        Command::Moves(Moves::AskRefund(AskRefund { reason: reason.into(), confirm_refund }))
    };
    let missing = refused(story.act(&the_therapist(), ask("", true), now));
    assert_eq!((missing.code, missing.field), ("reason_required", Some("reason")));
    let missing = refused(story.act(&the_therapist(), ask("I am ill", false), now));
    assert_eq!(missing.field, Some("confirm_refund"));
    let outcome = story.act(&the_therapist(), ask("I am ill", true), now).expect("asked");
    told(&outcome, to_admin(), MessageKind::ChangeRequest);
    assert!(story.owed().contains(&ObligationKind::DecideMoney));
    assert_eq!(code(story.act(&the_therapist(), ask("I am ill", true), now)), "already_asked");

    let approve = Command::Moves(Moves::AnswerTeam(AnswerTeam::Approve { start: None, agreement: None }));
    assert_eq!(code(story.act(&the_therapist(), approve.clone(), now)), "team_only");
    let outcome = story.act(&an_admin(), approve.clone(), now + hours(1)).expect("done");
    assert_eq!(story.appointment().state.word(), "cancelled_by_therapist", "and with that it is called off");
    assert_eq!(story.appointment().payment.state.as_str(), "refund_due");
    assert_eq!(outcome.on_behalf_of, Some(to_therapist()), "both names are kept");
    assert!(!story.owed().contains(&ObligationKind::DecideMoney));
    assert_eq!(code(story.act(&an_admin(), approve, now + hours(2))), "not_found");
}

// proves: E-04
#[test]
fn the_team_may_say_no_and_the_therapist_hears_why() {
    let mut story = Story::new_client(Preset::Marketplace);
    let paid = story.appointment().payment.due_at.expect("prepaid");
    story.due(Due::Capture, paid);
    let ask = AskRefund { reason: "They asked".into(), confirm_refund: true };
    story.act(&the_therapist(), Command::Moves(Moves::AskRefund(ask)), paid + hours(1)).expect("asked");
    let no = |reason: &str| Command::Moves(Moves::AnswerTeam(AnswerTeam::Decline { reason: reason.into() }));
    assert_eq!(code(story.act(&an_admin(), no(" "), paid + hours(2))), "reason_required");
    let outcome = story.act(&an_admin(), no("They have booked another time"), paid + hours(2)).expect("declined");
    told(&outcome, to_therapist(), MessageKind::ChangeRequest);
    assert_eq!(story.balance(), 0);
    assert!(story.owed().is_empty());
}

// proves: E-06
#[test]
fn the_team_rearranges_what_has_begun_in_the_therapists_name_and_the_payment_goes_along() {
    let mut story = Story::booked(Preset::Marketplace);
    let due = story.appointment().payment.due_at.expect("planned");
    story.due(Due::Capture, due);
    let (now, to) = (story.start() + minutes(10), story.local("2026-03-12 10:00"));
    let wish = |reason: &str, agreement| domain::decide::AskTeam { start: to, reason: reason.into(), agreement };
    let ask = |wish| Command::Moves(Moves::AskTeam(wish));
    let early = story.start() - seconds(1);
    assert_eq!(code(story.act(&the_therapist(), ask(wish("Ill", None)), early)), "not_started");
    assert_eq!(code(story.act(&the_therapist(), ask(wish("", None)), now)), "reason_required");
    story.act(&the_therapist(), ask(wish("I was taken ill", None)), now).expect("asked");
    assert!(story.owed().contains(&ObligationKind::AnswerRequest), "with a clock");

    let yes = |agreement| Command::Moves(Moves::AnswerTeam(AnswerTeam::Approve { start: None, agreement }));
    assert_eq!(code(story.act(&support(), yes(None), now)), "agreement_required");
    let outcome = story.act(&support(), yes(Some(yes_at(now))), now + minutes(5)).expect("rearranged");
    assert_eq!(story.appointment().start, to);
    told(&outcome, to_client(), MessageKind::Rescheduled);
    let carried: Vec<i64> = outcome.ledger.iter().map(|e| e.amount.amount_minor).collect();
    assert_eq!(carried, [6500, -6500], "two entries that sum to nothing");
    assert_eq!(story.appointment().payment.state.as_str(), "captured");
    assert!(!story.owed().contains(&ObligationKind::AnswerRequest));
}

// proves: E-06
#[test]
fn a_past_payment_is_carried_to_another_appointment_by_the_team_only() {
    let mut story = Story::booked(Preset::Clinic);
    story.due(Due::Capture, story.start());
    story.due(Due::AppointmentEnd, story.start() + minutes(50));
    let now = story.start() + hours(2);
    let to = story.local("2026-03-17 14:00");
    story.run(None, &the_therapist(), book_at(to, Some(yes_at(now))), now).expect("booked");
    let carry = Command::Money(MoneyAct::Carry(CarryPayment { reason: "The line was down".into() }));
    assert_eq!(code(story.act(&the_therapist(), carry.clone(), now)), "team_only");
    story.act(&support(), carry.clone(), now).expect("carried");
    assert_eq!((story.balance(), story.latest().payment.state.as_str()), (0, "captured"));
    assert_eq!(code(story.act(&support(), carry, now)), "exceeds_captured", "once");
    assert_eq!(code(story.act(&an_admin(), refund("From the old one", None), now)), "exceeds_captured");
    let latest = story.latest().id;
    story.run(Some(latest), &an_admin(), refund("From the new one", None), now).expect("it went there");
}

// proves: G-04
#[test]
fn debts_are_paid_by_hand_or_given_up_with_a_reason() {
    let (mut story, now) = late(Preset::Clinic);
    let give_up =
        Command::Money(MoneyAct::Settle(SettleByHand { how: SettledHow::WriteOff, amount: None, reason: None }));
    assert_eq!(code(story.act(&an_admin(), give_up, now)), "reason_required");
    assert_eq!(code(story.act(&the_therapist(), settle(SettledHow::PaidByTransfer), now)), "not_found");
    assert_eq!(code(story.act(&an_admin(), settle(SettledHow::ReturnedToCard), now)), "exceeds_captured");
    let mut paid = story.clone();
    paid.act(&an_admin(), settle(SettledHow::PaidByTransfer), now).expect("paid");
    assert_eq!((paid.balance(), paid.appointment().payment.state.as_str()), (0, "captured"));
    story.act(&an_admin(), settle(SettledHow::WriteOff), now).expect("given up");
    assert_eq!((story.balance(), story.appointment().payment.state.as_str()), (0, "waived"));
}

#[derive(Debug, Clone)]
enum Step {
    Waive(bool, i64),
    Refund(bool, i64),
    Settle(usize, i64),
    Cancel(usize),
    Capture,
    AskRefund,
    Answer(bool),
    Carry,
    BookNext(i64),
    End,
    Choice,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = || prop_oneof![Just(0_i64), 1..9000_i64];
    let step = prop_oneof![
        (any::<bool>(), amount()).prop_map(|(by, n)| Step::Waive(by, n)),
        (any::<bool>(), amount()).prop_map(|(by, n)| Step::Refund(by, n)),
        (0..6_usize, amount()).prop_map(|(how, n)| Step::Settle(how, n)),
        (0..4_usize).prop_map(Step::Cancel),
        Just(Step::Capture),
        Just(Step::AskRefund),
        any::<bool>().prop_map(Step::Answer),
        Just(Step::Carry),
        (1..20_i64).prop_map(Step::BookNext),
        Just(Step::End),
        Just(Step::Choice),
    ];
    prop::collection::vec(step, 1..25)
}

fn command(step: &Step, story: &Story, now: Instant) -> (Asker, Command) {
    let some = |n: i64| Some(n).filter(|n| *n > 0);
    let by = |office: bool| if office { an_admin() } else { the_therapist() };
    let give = |n| GiveBack {
        reason: "Decided".into(),
        amount: some(n).map(|minor| Money::new(minor, story.appointment().price.currency)),
    };
    match *step {
        Step::Waive(office, n) => (by(office), Command::Money(MoneyAct::Waive(give(n)))),
        Step::Refund(office, n) => (by(office), Command::Money(MoneyAct::Refund(give(n)))),
        Step::Settle(how, n) => {
            let GiveBack { amount, .. } = give(n);
            let wish = SettleByHand { how: SettledHow::ALL[how], amount, reason: Some("By hand".into()) };
            (an_admin(), Command::Money(MoneyAct::Settle(wish)))
        }
        Step::Cancel(0) => (the_therapist(), by_therapist(promising(now + hours(5)))),
        Step::Cancel(1) => (the_therapist(), by_therapist(with_refund())),
        Step::Cancel(2) => (the_therapist(), by_client_received(now)),
        Step::Cancel(_) => (
            an_admin(),
            Command::Cancel(call_off(Initiator::Practice, NextStep { booking_link: true, ..NextStep::default() })),
        ),
        Step::Capture => (the_clock(), Command::Due(Due::Capture)),
        Step::AskRefund => {
            let ask = AskRefund { reason: "They asked".into(), confirm_refund: true };
            (the_therapist(), Command::Moves(Moves::AskRefund(ask)))
        }
        Step::Answer(true) => {
            (an_admin(), Command::Moves(Moves::AnswerTeam(AnswerTeam::Approve { start: None, agreement: None })))
        }
        Step::Answer(false) => {
            (an_admin(), Command::Moves(Moves::AnswerTeam(AnswerTeam::Decline { reason: "No".into() })))
        }
        Step::Carry => (support(), Command::Money(MoneyAct::Carry(CarryPayment { reason: "Carried".into() }))),
        Step::BookNext(day) => {
            let start = story.start() + hours(24 * day);
            (the_therapist(), book_at(start, Some(yes_at(now))))
        }
        Step::End => (the_clock(), Command::Due(Due::AppointmentEnd)),
        Step::Choice => (the_clock(), Command::Due(Due::RefundChoice)),
    }
}

fn the_books_are_right(story: &Story) {
    let of = |kind: EntryKind| -> i64 {
        story.ledger.iter().filter(|e| e.kind == kind).map(|e| e.amount.amount_minor).sum()
    };
    assert_eq!(of(EntryKind::CarryOver), 0, "what is carried sums to nothing");
    assert!(of(EntryKind::Refund) <= -of(EntryKind::Payment), "more was paid out than came in");
    for appointment in &story.appointments {
        let account = Account::of(&story.ledger, appointment.id);
        assert!(account.returned <= account.paid.max(account.returned), "{account:?}");
        assert!(account.charged >= 0, "more was let go than was charged: {account:?} {:#?}", story.ledger);
        assert!(account.paid - account.returned >= 0, "more went back than was taken: {account:?} {:#?}", story.ledger);
        let due = matches!(appointment.payment.state.as_str(), "refund_due" | "none" | "refunded");
        assert!(account.due_back() == 0 || due, "{appointment:#?} {account:?}");
    }
    assert!(story.ledger.iter().all(|entry| !entry.amount.is_zero()));
    assert!(
        !story
            .wakes
            .values()
            .any(|(job, _)| matches!(job, JobToWake::Capture(id) if story.find(*id).payment.due_at.is_none()))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    // proves: E-02, E-04, E-07, G-04
    #[test]
    fn no_sequence_of_money_acts_gives_back_more_than_was_taken(
        preset in prop::sample::select(Preset::ALL),
        new_client in any::<bool>(),
        from in 1..4_usize,
        steps in steps(),
    ) {
        let mut story = if new_client { Story::new_client(preset) } else { Story::booked(preset) };
        let hour = [60, 30, 1][from - 1];
        let mut now = story.start() - hours(hour);
        for step in &steps {
            let (asker, command) = command(step, &story, now);
            let about = Some(story.appointment().id).filter(|_| !matches!(step, Step::BookNext(_)));
            let balance = story.balance();
            let posted = match story.run(about, &asker, command, now) {
                Ok(outcome) => outcome.ledger.iter().map(|e| e.amount.amount_minor).sum::<i64>(),
                Err(_) => 0,
            };
            prop_assert_eq!(story.balance(), balance + posted, "the balance is the plain sum");
            the_books_are_right(&story);
            now = now + minutes(if matches!(step, Step::End) { 240 } else { 11 });
        }
    }
}
