//! The heart is pure: the same situation, command, moment and command id give the same outcome, and a preview is the deed.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::Initiator;
use domain::contact::AttemptResult;
use domain::decide::{Asker, Command, Due, NextStep, decide};
use domain::id::{Id, Ids};
use domain::person::Channel;
use domain::policy::Preset;

/// Every kind of command, about an appointment that is called off, and about one that is not.
fn every_command(story: &Story) -> Vec<(Asker, Command)> {
    let now = story.start() - hours(30);
    let (slot, other) = (story.local("2026-03-12 10:00"), story.local("2026-03-12 12:00"));
    let all = NextStep { promise_contact_by: Some(now + hours(9)), booking_link: true, ..offering(&[slot, other]) };
    vec![
        (the_therapist(), book_at(slot, Some(yes_at(now)))),
        (the_client(), book_at(other, None)),
        (the_therapist(), by_therapist(all)),
        (the_therapist(), by_therapist(booking_now(slot, yes_at(now)))),
        (an_admin(), by_practice(with_link())),
        (the_client(), by_client()),
        (the_client(), move_to(slot, Initiator::Client, None)),
        (the_therapist(), move_to(slot, Initiator::Therapist, Some(yes_at(now)))),
        (the_client(), Command::Accept { start: slot }),
        (the_client(), Command::Decline { refund: true }),
        (the_client(), Command::Seen),
        (the_therapist(), tried(Channel::Phone, AttemptResult::Reached, now)),
        (the_clock(), Command::Due(Due::AppointmentEnd)),
        (the_clock(), Command::Due(Due::Capture)),
        (the_clock(), Command::Due(Due::OfferExpiry)),
        (the_clock(), Command::Due(Due::RefundChoice)),
    ]
}

fn stories() -> Vec<Story> {
    let mut all = Vec::new();
    for preset in Preset::ALL {
        let booked = Story::booked(*preset);
        let mut offered = booked.clone();
        let slots = [offered.local("2026-03-12 10:00"), offered.local("2026-03-12 12:00")];
        let now = offered.start() - hours(31);
        offered.act(&the_therapist(), by_therapist(offering(&slots)), now).expect("cancelled");
        all.extend([booked, offered]);
    }
    all
}

// proves: V-13
#[test]
fn the_same_command_gives_the_same_outcome_to_the_letter() {
    for story in stories() {
        let (about, now) = (Some(story.appointment().id), story.start() - hours(30));
        for (asker, command) in every_command(&story) {
            let answers: Vec<String> =
                (0..2).map(|_| format!("{:?}", story.preview(about, &asker, command.clone(), now))).collect();
            assert_eq!(answers[0], answers[1]);
        }
    }
}

// proves: G-09
#[test]
fn a_preview_says_exactly_what_the_deed_then_does() {
    for story in stories() {
        let (about, now) = (Some(story.appointment().id), story.start() - hours(30));
        for (asker, command) in every_command(&story) {
            let before = story.preview(about, &asker, command.clone(), now);
            let after = story.clone().run(about, &asker, command, now);
            assert_eq!(format!("{before:?}"), format!("{after:?}"));
        }
    }
}

// proves: V-13
#[test]
fn another_command_id_changes_the_ids_of_new_things_and_nothing_else() {
    let story = Story::booked(Preset::Marketplace);
    let now = story.start() - hours(30);
    let slot = story.local("2026-03-12 10:00");
    let outcome = |seed: u8| {
        let situation = story.situation(Some(story.appointment().id), now);
        let mut ids = Ids::new(Id::from_bytes([seed; 16]), now);
        decide(&situation, &the_therapist(), by_therapist(offering(&[slot])), now, &mut ids).expect("cancelled")
    };
    let (one, two) = (outcome(1), outcome(2));
    assert_eq!(one.appointment, two.appointment);
    assert_ne!(one.offers[0].id, two.offers[0].id);
    let duties = |o: &domain::decide::Outcome| o.obligations.iter().map(|d| (d.kind, d.due_at)).collect::<Vec<_>>();
    assert_eq!(duties(&one), duties(&two));
    assert_eq!(one.because, two.because);
}

// proves: G-10
#[test]
fn every_refusal_says_what_to_do_and_invalid_ones_name_their_field() {
    use domain::refusal::Class;
    for story in stories() {
        let about = Some(story.appointment().id);
        for now in [story.start() - hours(30), story.start(), story.start() + hours(2)] {
            for (asker, command) in every_command(&story) {
                if let Err(refusal) = story.preview(about, &asker, command, now) {
                    assert!(refusal.detail.ends_with('.') && refusal.detail.len() > 20, "{refusal}");
                    assert_eq!(
                        refusal.field.is_some(),
                        refusal.class == Class::Invalid || refusal.code == "slot_taken"
                    );
                }
            }
        }
    }
}
