//! T6 without agreement: the therapist asks, the old time stands, and the client answers or the moment comes.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Initiator, State};
use domain::decide::{AskToMove, Command, Due, JobToWake, Moves, Outcome};
use domain::ledger::EntryKind;
use domain::message::MessageKind;
use domain::obligation::ObligationKind;
use domain::policy::Preset;
use domain::reason::Reason;
use domain::time::Instant;

fn asking(slots: &[Instant]) -> Command {
    let reason = Some(Reason::TherapistTrainingMeeting);
    let offer_slots = slots.to_vec();
    Command::Moves(Moves::Ask(AskToMove { offer_slots, initiator: Initiator::Therapist, reason, words: None }))
}

/// Asked four days before, with two times on Thursday.
fn asked(preset: Preset) -> (Story, Instant, [Instant; 2]) {
    let mut story = Story::booked(preset);
    let now = story.start() - hours(96);
    let slots = [story.local("2026-03-12 10:00"), story.local("2026-03-12 12:00")];
    story.act(&the_therapist(), asking(&slots), now).expect("asked");
    (story, now, slots)
}

fn refund_of(outcome: &Outcome) -> bool {
    told(outcome, to_client(), MessageKind::Offer).facts.refund_is_a_choice
}

// proves: H-09, E-01, E-05, E-11
#[test]
fn the_old_time_stands_until_the_client_answers_and_the_new_ones_are_held() {
    for preset in Preset::ALL {
        let mut story = Story::booked(*preset);
        let now = story.start() - hours(96);
        let slots = [story.local("2026-03-12 10:00"), story.local("2026-03-12 12:00")];
        let outcome = story.act(&the_therapist(), asking(&slots), now).expect("asked");
        let asked = story.appointment();
        assert_eq!((&asked.state, asked.pending_move), (&State::Booked, Some(story.offer().id)));
        assert_eq!((asked.revision, asked.sequence), (2, 0), "nothing goes into calendars yet");
        assert_eq!(story.occupancy.iter().filter(|taken| taken.3.is_some()).count(), 2, "both are held");
        assert_eq!(told(&outcome, to_client(), MessageKind::Offer).send_at, now, "at once");
        assert_eq!(refund_of(&outcome), *preset == Preset::Marketplace, "money only where the practice gives it");
        assert!(story.owed().contains(&ObligationKind::InformClient));
        let counted = outcome.reliability.expect("judged");
        assert_eq!(counted.counts, story.base.policy.parameters.reliability.enabled, "{preset}: as a rearrangement");
        let until = story.wakes.get(&format!("{:?}", JobToWake::MoveUnanswered(story.offer().id))).expect("a clock");
        assert_eq!(until.1, story.start() - hours(12));
    }
}

// proves: E-01, E-05
#[test]
fn taking_a_time_moves_the_same_appointment() {
    let (mut story, now, slots) = asked(Preset::Marketplace);
    let before = story.appointment().clone();
    let outcome = story.act(&the_client(), Command::Accept { start: slots[1] }, now + hours(2)).expect("taken");
    let moved = story.appointment();
    assert_eq!((moved.id, moved.uid(), moved.sequence), (before.id, before.uid(), before.sequence + 1));
    assert_eq!((moved.start, moved.pending_move, &moved.state), (slots[1], None, &State::Booked));
    assert!(outcome.booked.is_none(), "no other appointment is made");
    for person in [to_client(), to_therapist()] {
        let notice = told(&outcome, person, MessageKind::Rescheduled);
        assert_eq!(notice.facts.old_time, Some(before.interval()));
    }
    assert!(story.owed().is_empty());
    assert!(story.case().closed_at.is_some());
    assert!(story.occupancy.iter().all(|taken| taken.3.is_none()), "nothing is held any more");
    assert!(!story.wakes.values().any(|(job, _)| matches!(job, JobToWake::MoveUnanswered(_))));
    assert_eq!(code(story.act(&the_client(), Command::Accept { start: slots[0] }, now + hours(3))), "already_answered");
}

// proves: E-01
#[test]
fn keeping_the_old_time_ends_the_question_even_after_the_held_times_have_lapsed() {
    for waits in [2, 40] {
        let (mut story, now, slots) = asked(Preset::Clinic);
        let at = now + hours(waits);
        if waits > 24 {
            story.due(Due::OfferExpiry, now + hours(24));
            assert_eq!(story.appointment().pending_move, Some(story.offer().id), "the question still stands");
            assert_eq!(code(story.act(&the_client(), Command::Accept { start: slots[0] }, at)), "offer_expired");
        }
        let outcome = story.act(&the_client(), Command::Decline { refund: false }, at).expect("kept");
        assert_eq!((story.appointment().start, story.appointment().pending_move), (story.start(), None));
        assert_eq!(told(&outcome, to_therapist(), MessageKind::TimeKept).revision, story.appointment().revision);
        assert!(story.owed().is_empty());
        assert_eq!(story.case().outcome.as_deref(), Some("kept"));
        story.due(Due::MoveUnanswered, story.start() - hours(12));
        assert_eq!(story.appointment().state, State::Booked, "and it takes place");
    }
}

// proves: E-02
#[test]
fn a_client_may_have_their_money_instead_where_the_practice_gives_it() {
    let (mut story, now, _) = asked(Preset::Marketplace);
    let captured = story.appointment().payment.due_at.expect("a moment");
    story.due(Due::Capture, captured.max(now));
    let at = captured.max(now) + hours(1);
    let ask = Command::Moves(Moves::Withdraw);
    story.act(&the_therapist(), ask, at).expect("asked anew below");
    let slots = [story.local("2026-03-12 10:00")];
    story.act(&the_therapist(), asking(&slots), at).expect("asked");
    let outcome = story.act(&the_client(), Command::Decline { refund: true }, at + hours(1)).expect("money");
    assert_eq!(story.appointment().state.word(), "cancelled_by_therapist");
    assert_eq!(story.appointment().payment.state.as_str(), "refund_due");
    assert_eq!(
        outcome.ledger.iter().map(|e| (e.kind, e.amount.amount_minor)).collect::<Vec<_>>(),
        [(EntryKind::Credit, -6500)]
    );
    assert!(!story.owed().contains(&ObligationKind::NextStep) && !story.owed().contains(&ObligationKind::InformClient));

    let (story, now, _) = asked(Preset::Insurance);
    let about = Some(story.appointment().id);
    let answer = story.preview(about, &the_client(), Command::Decline { refund: true }, now + hours(1));
    assert_eq!(code(answer), "next_step_not_allowed");
}

// proves: E-04
#[test]
fn a_new_client_who_would_rather_have_the_money_is_let_go_and_the_team_decides() {
    let mut story = Story::new_client(Preset::Marketplace);
    let prepaid = story.appointment().payment.due_at.expect("paid at booking");
    story.due(Due::Capture, prepaid);
    let now = story.start() - hours(72);
    let slots = [story.local("2026-03-12 10:00")];
    story.act(&the_therapist(), asking(&slots), now).expect("asked");
    story.act(&the_client(), Command::Decline { refund: true }, now + hours(1)).expect("money");
    assert_eq!(story.appointment().payment.state.as_str(), "captured", "not the therapist's to give back");
    assert!(story.owed().contains(&ObligationKind::DecideMoney));
}

// proves: E-01, G-08, V-07
#[test]
fn unanswered_it_is_called_off_twelve_hours_before_with_a_way_on() {
    for preset in Preset::ALL {
        let (mut story, now, _) = asked(*preset);
        story.due(Due::OfferExpiry, now + hours(24));
        let due = story.start() - hours(12);
        let early = story.due(Due::MoveUnanswered, due - seconds(1));
        assert!(early.appointment.is_none(), "a second before nothing happens");
        let outcome = story.due(Due::MoveUnanswered, due);
        assert_eq!(story.appointment().state.word(), "cancelled_by_therapist");
        assert_eq!(story.appointment().pending_move, None);
        assert!(outcome.next_step.as_ref().expect("a next step").booking_link);
        assert!(
            story.owed().contains(&ObligationKind::NextStep) && story.owed().contains(&ObligationKind::InformClient)
        );
        assert_eq!(told(&outcome, to_client(), MessageKind::Cancellation).send_at, due, "at once");
        assert_eq!(code(story.act(&the_client(), Command::Decline { refund: false }, due)), "offer_expired");
        assert!(story.due(Due::MoveUnanswered, due + hours(1)).appointment.is_none(), "once");
    }
}

// proves: E-01
#[test]
fn asked_at_short_notice_the_client_has_half_of_what_is_left() {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.start() - hours(6);
    let slots = [story.local("2026-03-12 10:00")];
    story.act(&the_therapist(), asking(&slots), now).expect("asked");
    assert_eq!(story.offer().expires_at, now + hours(3));
    story.due(Due::MoveUnanswered, now + hours(3) - seconds(1));
    assert_eq!(story.appointment().state, State::Booked);
    story.due(Due::MoveUnanswered, now + hours(3));
    assert_eq!(story.appointment().state.word(), "cancelled_by_therapist");
}

// proves: E-01
#[test]
fn the_therapist_takes_the_question_back_and_of_two_answers_the_first_counts() {
    let (story, now, slots) = asked(Preset::Network);
    let at = now + hours(1);
    let mut withdrawn = story.clone();
    let outcome = withdrawn.act(&the_therapist(), Command::Moves(Moves::Withdraw), at).expect("withdrawn");
    assert_eq!((withdrawn.appointment().pending_move, withdrawn.appointment().start), (None, story.start()));
    told(&outcome, to_client(), MessageKind::TimeKept);
    assert_eq!(code(withdrawn.act(&the_client(), Command::Accept { start: slots[0] }, at)), "offer_withdrawn");
    assert_eq!(code(withdrawn.act(&the_therapist(), Command::Moves(Moves::Withdraw), at)), "not_asked");
    assert!(withdrawn.due(Due::MoveUnanswered, story.start() - hours(12)).appointment.is_none());

    let mut taken = story.clone();
    taken.act(&the_client(), Command::Accept { start: slots[0] }, at).expect("taken");
    assert_eq!(code(taken.act(&the_therapist(), Command::Moves(Moves::Withdraw), at)), "not_asked");

    let mut gone = story;
    let due = gone.start() - hours(12);
    gone.due(Due::MoveUnanswered, due);
    assert_eq!(code(gone.act(&the_therapist(), Command::Moves(Moves::Withdraw), due)), "not_asked");
}

// proves: G-07, H-09, E-06
#[test]
fn what_cannot_be_asked_is_refused() {
    let story = Story::booked(Preset::Marketplace);
    let (now, about) = (story.start() - hours(96), Some(story.appointment().id));
    let slot = story.local("2026-03-12 10:00");
    let ask = |story: &Story, wish: AskToMove, asker, now| {
        story.preview(about, &asker, Command::Moves(Moves::Ask(wish)), now)
    };
    let good = AskToMove {
        offer_slots: vec![slot],
        initiator: Initiator::Therapist,
        reason: Some(Reason::TherapistIllness),
        words: None,
    };
    ask(&story, good.clone(), the_therapist(), now).expect("good");
    let without = AskToMove { reason: None, ..good.clone() };
    assert_eq!(code(ask(&story, without, the_therapist(), now)), "reason_required");
    let nothing = AskToMove { offer_slots: vec![], ..good.clone() };
    assert_eq!(code(ask(&story, nothing, the_therapist(), now)), "next_step_required");
    let twice = AskToMove { offer_slots: vec![slot, slot + minutes(30)], ..good.clone() };
    assert_eq!(code(ask(&story, twice, the_therapist(), now)), "offered_times_overlap");
    assert_eq!(code(ask(&story, good.clone(), the_client(), now)), "initiator_not_allowed");
    assert_eq!(code(ask(&story, good.clone(), another_client(), now)), "not_found");
    assert_eq!(code(ask(&story, good.clone(), the_therapist(), story.start())), "team_only_after_start");
    let (asked_already, _, _) = asked(Preset::Marketplace);
    assert_eq!(
        code(ask(&asked_already, AskToMove { offer_slots: vec![slot + hours(4)], ..good }, the_therapist(), now)),
        "already_asked"
    );
}

// proves: E-05
#[test]
fn a_time_that_overlaps_the_old_one_may_be_offered_and_taken() {
    let mut story = Story::booked(Preset::Clinic);
    let (now, later) = (story.start() - hours(96), story.start() + minutes(30));
    story.act(&the_therapist(), asking(&[later]), now).expect("half an hour on");
    story.act(&the_client(), Command::Accept { start: later }, now + hours(1)).expect("taken");
    assert_eq!(story.appointment().start, later);
}

// proves: G-15
#[test]
fn calling_it_off_or_moving_it_otherwise_ends_the_question() {
    let (story, now, _) = asked(Preset::Clinic);
    let mut off = story.clone();
    off.act(&the_client(), by_client(), now + hours(1)).expect("cancelled");
    assert_eq!(off.offer().state.word(), "withdrawn");
    assert_eq!(off.appointment().pending_move, None);
    let mut moved = story;
    let to = moved.local("2026-03-13 10:00");
    let yes = Some(yes_at(now));
    moved.act(&the_therapist(), move_to(to, Initiator::Therapist, yes), now + hours(1)).expect("agreed by phone");
    assert_eq!((moved.offer().state.word(), moved.appointment().pending_move), ("withdrawn", None));
}
