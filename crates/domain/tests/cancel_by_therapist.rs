//! A therapist or the practice calls an appointment off: the client knows, has a way on, and it is on record.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Initiator, State};
use domain::decide::{Cancel, Command, NextStep, OccupancyChange};
use domain::disruption::DisruptionKind;
use domain::id::Id;
use domain::message::{CalendarMethod, LinkTo, MessageKind};
use domain::obligation::{ObligationKind, ObligationState};
use domain::person::Role;
use domain::policy::Preset;
use domain::reason::Reason;
use domain::refusal::Class;
use domain::time::Interval;
use serde_json::json;

fn because_of(reason: Reason, next_step: NextStep) -> Command {
    Command::Cancel(Cancel { reason: Some(reason), ..call_off(Initiator::Therapist, next_step) })
}

// proves: G-10, G-08, V-01, E-01
#[test]
fn both_are_told_whoever_called_it_off_with_a_calendar_part_that_takes_it_out_of_their_calendars() {
    for preset in Preset::ALL {
        let story = Story::booked(*preset);
        let now = story.start() - hours(72);
        let by = story.local("2026-03-09 10:00");
        let acts = [
            (the_therapist(), by_therapist(promising(by)), "cancelled_by_therapist"),
            (an_admin(), by_practice(promising(by)), "cancelled_by_practice"),
            (the_therapist(), by_client(), "cancelled_by_client"),
        ];
        for (asker, command, word) in acts {
            let outcome = story.preview(Some(story.appointment().id), &asker, command, now).expect(word);
            let ended = outcome.appointment.as_ref().expect("an appointment");
            assert_eq!((ended.state.word(), ended.revision, ended.sequence), (word, 2, 1));
            assert_eq!((ended.id, ended.uid()), (story.appointment().id, story.appointment().uid()));
            for person in [to_client(), to_therapist()] {
                let notice = told(&outcome, person, MessageKind::Cancellation);
                assert_eq!(notice.calendar, Some(CalendarMethod::Cancel));
                assert_eq!((notice.appointment, notice.revision), (ended.id, 2));
                let waits = if asker.is_client() { minutes(0) } else { minutes(3) };
                assert_eq!(notice.send_at, now + waits, "what staff do in good time can be undone first");
            }
            assert!(outcome.occupancy.contains(&OccupancyChange::ReleaseAppointment(ended.id)));
        }
    }
}

// proves: V-07, V-08, G-08, E-02, A-08
#[test]
fn no_therapist_and_no_practice_leaves_a_client_without_a_way_on() {
    for preset in Preset::ALL {
        let story = Story::booked(*preset);
        let now = story.start() - hours(30);
        for (asker, command) in
            [(the_therapist(), by_therapist(NextStep::default())), (an_admin(), by_practice(NextStep::default()))]
        {
            let refusal = refused(story.preview(Some(story.appointment().id), &asker, command, now));
            assert_eq!((refusal.code, refusal.class), ("next_step_required", Class::Invalid));
            assert!(refusal.detail.contains("Daniel"), "it says for whom: {}", refusal.detail);
        }
    }
}

// proves: V-07, V-08, G-08, E-02
#[test]
fn each_preset_takes_the_exits_that_it_names_and_refuses_the_others() {
    for preset in Preset::ALL {
        let mut story = Story::booked(*preset);
        let now = story.start() - hours(30);
        let (first, second) = (story.local("2026-03-12 10:00"), story.local("2026-03-12 12:00"));
        let next = story.local("2026-03-17 14:00");
        story.run(None, &the_therapist(), book_at(next, Some(yes_at(now))), now).expect("the week after");
        let named = NextStep { next_appointment: Some(story.latest().id), ..NextStep::default() };
        let mut loaded = story.clone();
        loaded.base.next_appointment = Some(story.latest().clone());
        let exits = [
            ("offer", offering(&[first, second]), true),
            ("promise", promising(now + hours(20)), true),
            ("link", with_link(), true),
            ("next appointment", named, true),
            ("agreed now", booking_now(first, yes_at(now)), true),
            ("refund", with_refund(), *preset == Preset::Marketplace),
        ];
        for (name, exit, allowed) in exits {
            let answer = loaded.preview(Some(story.appointment().id), &the_therapist(), by_therapist(exit), now);
            match answer {
                Ok(_) => assert!(allowed, "{preset} {name}"),
                Err(refusal) => {
                    assert!(!allowed, "{preset} {name}: {refusal}");
                    assert_eq!((refusal.code, refusal.field), ("next_step_not_allowed", Some("next_step")));
                }
            }
        }
    }
}

// proves: V-07, V-08
#[test]
fn times_a_promise_and_a_link_may_go_together_but_what_settles_it_stands_alone() {
    let story = Story::booked(Preset::Marketplace);
    let now = story.start() - hours(30);
    let slot = story.local("2026-03-12 10:00");
    let ask = |step: NextStep| story.preview(Some(story.appointment().id), &the_therapist(), by_therapist(step), now);
    ask(NextStep { promise_contact_by: Some(now + hours(8)), booking_link: true, ..offering(&[slot]) }).expect("all");
    assert_eq!(code(ask(NextStep { refund: true, ..offering(&[slot]) })), "next_step_conflict");
    assert_eq!(code(ask(NextStep { booking_link: true, ..booking_now(slot, yes_at(now)) })), "next_step_conflict");
}

// proves: E-04
#[test]
fn a_new_clients_refund_in_the_marketplace_goes_through_the_team() {
    let story = Story::new_client(Preset::Marketplace);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(30));
    let refusal = refused(story.preview(about, &the_therapist(), by_therapist(with_refund()), now));
    assert_eq!((refusal.code, refusal.class), ("team_request_required", Class::Invalid));
    for member in [an_admin(), support()] {
        story.preview(about, &member, by_therapist(with_refund()), now).expect("the team itself may");
    }
    let known = Story::booked(Preset::Marketplace);
    let about = Some(known.appointment().id);
    known.preview(about, &the_therapist(), by_therapist(with_refund()), now).expect("a client of old chooses");
}

// proves: G-07, V-02, V-12
#[test]
fn a_reason_is_always_asked_and_a_note_where_the_preset_wants_one() {
    let notes =
        [(Preset::Network, true), (Preset::Insurance, true), (Preset::Marketplace, false), (Preset::Clinic, false)];
    for (preset, note_needed) in notes {
        let story = Story::booked(preset);
        let (about, now) = (Some(story.appointment().id), story.start() - hours(30));
        let step = promising(now + hours(5));
        for (asker, initiator) in [(the_therapist(), Initiator::Therapist), (an_admin(), Initiator::Practice)] {
            let silent = Cancel { reason: None, ..call_off(initiator, step.clone()) };
            let refusal = refused(story.preview(about, &asker, Command::Cancel(silent), now));
            assert_eq!((refusal.code, refusal.field), ("reason_required", Some("reason")));
            for empty in [None, Some("   ".to_owned())] {
                let terse = Cancel { note: empty, ..call_off(initiator, step.clone()) };
                let answer = story.preview(about, &asker, Command::Cancel(terse), now);
                assert_eq!(answer.err().map(|refusal| refusal.code), note_needed.then_some("note_required"));
            }
        }
        let long = Cancel { note: Some("x".repeat(501)), ..call_off(Initiator::Therapist, step) };
        assert_eq!(code(story.preview(about, &the_therapist(), Command::Cancel(long), now)), "too_long");
    }
}

// proves: G-07, E-13
#[test]
fn a_reason_that_the_practice_has_switched_off_or_that_is_somebody_elses_is_refused() {
    let mut story = Story::booked(Preset::Clinic);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(30));
    let ask = |story: &Story, reason| {
        story.preview(about, &the_therapist(), because_of(reason, promising(now + hours(5))), now)
    };
    ask(&story, Reason::TherapistPersonalEmergency).expect("on the list");
    assert_eq!(code(ask(&story, Reason::ClientIllness)), "reason_not_allowed");
    story.set_policy(json!({ "reasons.therapist_personal_emergency.enabled": false }));
    ask(&story, Reason::TherapistPersonalEmergency).expect("the appointment keeps the list that it was booked under");
    let start = story.start() + hours(24);
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked under the new list");
    let command = because_of(Reason::TherapistPersonalEmergency, promising(now + hours(5)));
    assert_eq!(code(story.preview(Some(story.latest().id), &the_therapist(), command, now)), "reason_not_allowed");
}

// proves: G-11, G-12, H-15
#[test]
fn whether_the_booking_link_goes_along_depends_on_the_reason() {
    let mut story = Story::booked(Preset::Insurance);
    let now = story.start() - hours(30);
    let slot = story.local("2026-03-12 10:00");
    let link = |story: &Story, reason, step| {
        let about = Some(story.latest().id);
        let outcome = story.preview(about, &the_therapist(), because_of(reason, step), now).expect("cancelled");
        assert_eq!(told(&outcome, to_therapist(), MessageKind::Cancellation).link, None);
        told(&outcome, to_client(), MessageKind::Cancellation).link
    };
    let promise = || promising(now + hours(5));
    assert_eq!(link(&story, Reason::TherapistIllness, promise()), Some(LinkTo::Booking(RELATIONSHIP)));
    assert_eq!(link(&story, Reason::NotBestFitReferral, promise()), None);
    assert_eq!(link(&story, Reason::NotBestFitReferral, with_link()), Some(LinkTo::Booking(RELATIONSHIP)), "chosen");
    let Some(LinkTo::Offer(_)) = link(&story, Reason::TherapistIllness, offering(&[slot])) else {
        panic!("offered times have a link of their own");
    };
    story.set_policy(json!({ "reasons.therapist_illness.sends_link": false }));
    story.run(None, &the_therapist(), book_at(slot, Some(yes_at(now))), now).expect("booked");
    assert_eq!(link(&story, Reason::TherapistIllness, promise()), None, "the practice's own choice");
}

// proves: G-01, E-06
#[test]
fn from_the_start_on_it_cannot_be_called_off_and_never_twice() {
    let mut story = Story::booked(Preset::Clinic);
    let (about, start) = (Some(story.appointment().id), story.start());
    let step = || promising(start + hours(20));
    for (asker, command) in [(the_therapist(), by_therapist(step())), (an_admin(), by_practice(step()))] {
        let refusal = refused(story.preview(about, &asker, command.clone(), start));
        assert_eq!((refusal.code, refusal.class), ("already_over", Class::Conflict));
        story.preview(about, &asker, command, start - seconds(1)).expect("a second before");
    }
    story.act(&the_therapist(), by_therapist(step()), start - hours(1)).expect("cancelled");
    for (asker, command) in
        [(the_therapist(), by_therapist(step())), (an_admin(), by_practice(step())), (the_client(), by_client())]
    {
        let refusal = refused(story.preview(about, &asker, command, start - minutes(50)));
        assert_eq!((refusal.code, refusal.class), ("already_cancelled", Class::Conflict));
    }
}

// proves: V-04, V-08, V-12, V-14
#[test]
fn at_short_notice_minutes_count_and_a_note_is_owed() {
    let mut story = Story::booked(Preset::Network);
    let now = story.start() - hours(3);
    let by = story.local("2026-03-11 12:00");
    let outcome = story.act(&the_therapist(), by_therapist(promising(by)), now).expect("cancelled");
    use ObligationKind::{InformClient, KeepPromise, MarkAttendance, NextStep, WriteContactNote};
    assert_eq!(duty_kinds(&outcome), [InformClient, NextStep, KeepPromise, MarkAttendance, WriteContactNote]);
    let times = |kind| {
        let duty = duty(&outcome, kind);
        assert_eq!((duty.owner.role, duty.owner.person), (Role::Therapist, Some(to_therapist())), "{kind}");
        (duty.due_at, duty.breach_at, duty.second_breach_at)
    };
    let soon = (now + minutes(15), Some(now + minutes(30)), Some(now + minutes(60)));
    assert_eq!(times(InformClient), soon);
    assert_eq!(times(NextStep), soon, "the way on is due with the news");
    assert_eq!(times(KeepPromise), (by, Some(by + hours(1)), Some(by + hours(4))));
    assert_eq!(times(WriteContactNote), (now + hours(24), Some(now + hours(48)), Some(now + hours(72))));
    assert!(matches!(duty(&outcome, MarkAttendance).state, ObligationState::Met { .. }), "marked by the very act");
    let case = outcome.disruption.expect("a case");
    assert_eq!((case.kind, case.closed_at), (DisruptionKind::CancelledByTherapist, None));
    assert!(outcome.obligations.iter().all(|o| o.disruption == Some(case.id)));
    let State::Cancelled(how) = &story.appointment().state else { panic!("cancelled") };
    assert!(how.short_notice && !how.late);
}

// proves: V-14
#[test]
fn the_attendance_section_reads_as_the_practice_calls_it() {
    let labels = [
        (Preset::Network, "Appointment Cancelled by Therapist/VHG"),
        (Preset::Insurance, "Canceled by therapist"),
        (Preset::Marketplace, "Cancelled by therapist"),
        (Preset::Clinic, "Cancelled by therapist"),
    ];
    for (preset, label) in labels {
        let mut story = Story::booked(preset);
        let now = story.start() - hours(30);
        story.act(&the_therapist(), by_therapist(promising(now + hours(5))), now).expect("cancelled");
        assert_eq!(story.appointment().attendance_label(), label);
        assert_eq!(story.appointment().attendance_code(), Some("4"));
    }
}

// proves: V-04, G-06
#[test]
fn in_good_time_the_client_knows_by_the_end_of_the_working_day_and_never_after_the_start() {
    let due = |now: &str, start: &str| {
        let mut story = Story::new(Preset::Clinic);
        let (booked_at, start) = (story.local("2026-02-20 12:00"), story.local(start));
        story.run(None, &the_therapist(), book_at(start, Some(yes_at(booked_at))), booked_at).expect("booked");
        let now = story.local(now);
        let outcome = story.act(&the_therapist(), by_therapist(promising(now + hours(5))), now).expect("cancelled");
        assert!(!duty_kinds(&outcome).contains(&ObligationKind::WriteContactNote), "no note is owed in good time");
        duty(&outcome, ObligationKind::InformClient).due_at
    };
    let story = Story::new(Preset::Clinic);
    assert_eq!(due("2026-03-04 10:00", "2026-03-10 14:00"), story.local("2026-03-04 18:00"));
    assert_eq!(due("2026-03-06 18:00", "2026-03-10 14:00"), story.local("2026-03-09 18:00"), "Friday evening");
    assert_eq!(due("2026-03-07 10:00", "2026-03-09 10:00"), story.local("2026-03-09 10:00"), "the start comes first");
}

// proves: V-03
#[test]
fn short_notice_begins_where_the_preset_says() {
    for (preset, notice) in
        [(Preset::Network, 24), (Preset::Insurance, 24), (Preset::Marketplace, 48), (Preset::Clinic, 24)]
    {
        let story = Story::booked(preset);
        let short = |now| {
            let command = by_therapist(promising(now + hours(1)));
            let outcome =
                story.preview(Some(story.appointment().id), &the_therapist(), command, now).expect("cancelled");
            let State::Cancelled(how) = outcome.appointment.expect("an appointment").state else { panic!("cancelled") };
            how.short_notice
        };
        assert!(!short(story.start() - hours(notice)), "{preset}");
        assert!(short(story.start() - hours(notice) + seconds(1)), "{preset}");
    }
}

// proves: V-07
#[test]
fn while_an_offer_lives_the_next_step_is_due_when_it_ends() {
    let mut story = Story::booked(Preset::Network);
    let now = story.start() - hours(3);
    let slots = [story.local("2026-03-12 10:00"), story.local("2026-03-12 12:00")];
    let outcome = story.act(&the_therapist(), by_therapist(offering(&slots)), now).expect("cancelled");
    let offer = story.offer();
    assert_eq!(offer.expires_at, now + hours(24));
    assert_eq!(offer.slots, slots.map(|from| Interval::new(from, from + minutes(50))));
    let next = duty(&outcome, ObligationKind::NextStep);
    assert_eq!((next.due_at, next.breach_at), (offer.expires_at, Some(offer.expires_at + hours(24))));
    assert!(next.is_owed(), "sending an offer meets nothing");
    let notice = told(&outcome, to_client(), MessageKind::Cancellation);
    assert_eq!((&notice.facts.offered, notice.facts.offer_expires_at), (&offer.slots, Some(offer.expires_at)));
}

// proves: V-07
#[test]
fn offered_times_are_held_with_their_buffer_and_must_be_free_times_of_the_therapist() {
    let story = Story::booked(Preset::Network);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(30));
    let ask = |walls: &[&str]| {
        let slots: Vec<_> = walls.iter().map(|wall| story.local(wall)).collect();
        story.preview(about, &the_therapist(), by_therapist(offering(&slots)), now)
    };
    let outcome = ask(&["2026-03-10 14:00", "2026-03-11 10:00"]).expect("the time that was called off is free again");
    let held: Vec<_> = outcome.occupancy.iter().filter(|o| matches!(o, OccupancyChange::Hold(..))).collect();
    assert_eq!(held.len(), 2);
    assert_eq!(outcome.occupancy[0], OccupancyChange::ReleaseAppointment(story.appointment().id), "freed first");
    assert_eq!(code(ask(&["2026-03-11 21:00"])), "outside_availability");
    assert_eq!(code(ask(&["2026-03-09 07:00"])), "in_the_past");
    assert_eq!(code(ask(&["2026-03-11 10:00", "2026-03-11 10:00"])), "offered_times_overlap", "twice the same");
    let many: Vec<String> = (0..13).map(|n| format!("2026-03-{:02} 10:00", n + 11)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(code(ask(&many)), "too_many");
}

// proves: V-08
#[test]
fn a_promise_names_a_time_to_come_that_is_not_months_away() {
    let story = Story::booked(Preset::Network);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(30));
    let ask = |by| story.preview(about, &the_therapist(), by_therapist(promising(by)), now);
    assert_eq!(code(ask(now)), "in_the_past");
    assert_eq!(code(ask(now + hours(24 * 31) + seconds(1))), "too_far_ahead");
    let outcome = ask(now + hours(24 * 31)).expect("a month is the most");
    let notice = told(&outcome, to_client(), MessageKind::Cancellation);
    assert_eq!(notice.facts.promise_by, Some(now + hours(24 * 31)));
}

// proves: G-08, V-16
#[test]
fn a_next_appointment_or_a_time_agreed_now_settles_the_next_step_at_once() {
    let mut story = Story::booked(Preset::Insurance);
    let now = story.start() - hours(30);
    let start = story.local("2026-03-12 10:00");
    let step = booking_now(start, yes_at(now - minutes(5)));
    let outcome = story.act(&the_therapist(), by_therapist(step), now).expect("cancelled and booked");
    let (ended, booked) = (outcome.appointment.as_ref().expect("ended"), outcome.booked.as_ref().expect("booked"));
    assert_eq!((booked.replaces, booked.start, booked.sequence), (Some(ended.id), start, 0));
    assert_ne!(booked.uid(), ended.uid());
    assert!(!duty(&outcome, ObligationKind::NextStep).is_owed());
    told(&outcome, to_client(), MessageKind::Confirmation);
    let notice = told(&outcome, to_client(), MessageKind::Cancellation);
    assert_eq!(notice.facts.next_start, Some(start), "the message says when they meet instead");

    let nothing = NextStep { next_appointment: Some(Id::from_bytes([77; 16])), ..NextStep::default() };
    let other = Story::booked(Preset::Insurance);
    let refusal = refused(other.preview(Some(other.appointment().id), &the_therapist(), by_therapist(nothing), now));
    assert_eq!(refusal.code, "not_a_next_appointment");
}

// proves: H-09, V-16
#[test]
fn a_time_agreed_now_may_overlap_the_one_that_is_called_off_and_needs_the_clients_yes() {
    let story = Story::booked(Preset::Clinic);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(30));
    let half_past = story.start() + minutes(30);
    let step = booking_now(half_past, yes_at(now));
    story.preview(about, &the_therapist(), by_therapist(step), now).expect("both diaries are freed first");
    let unsaid = booking_now(half_past, yes_at(now + hours(1)));
    assert_eq!(code(story.preview(about, &the_therapist(), by_therapist(unsaid), now)), "agreement_required");
}

// proves
#[test]
fn what_the_practice_calls_off_is_the_practices_to_tell() {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.start() - hours(3);
    let outcome = story.act(&an_admin(), by_practice(promising(now + hours(5))), now).expect("cancelled");
    for kind in [ObligationKind::InformClient, ObligationKind::NextStep, ObligationKind::WriteContactNote] {
        let duty = duty(&outcome, kind);
        assert_eq!((duty.owner.role, duty.owner.person), (Role::Admin, None), "{kind}");
    }
    let case = outcome.disruption.as_ref().expect("a case");
    assert_eq!((case.kind, case.fault.as_deref()), (DisruptionKind::CancelledByPractice, Some("practice_admin")));
    assert!(!outcome.reliability.as_ref().expect("judged").counts, "not held against the therapist");
    told(&outcome, to_therapist(), MessageKind::Cancellation);
}

// proves: E-08, E-11
#[test]
fn a_therapists_cancellation_counts_where_the_practice_keeps_a_record() {
    let judged = |preset, reason, before_start| {
        let story = Story::booked(preset);
        let now = story.start() - hours(before_start);
        let command = because_of(reason, promising(now + hours(1)));
        let outcome = story.preview(Some(story.appointment().id), &the_therapist(), command, now).expect("cancelled");
        let counted = outcome.reliability.expect("judged");
        (counted.counts, counted.weight)
    };
    assert_eq!(judged(Preset::Marketplace, Reason::TherapistTrainingMeeting, 72), (true, 1));
    assert_eq!(judged(Preset::Marketplace, Reason::TherapistTrainingMeeting, 3), (true, 2));
    assert_eq!(judged(Preset::Marketplace, Reason::TherapistPlannedLeave, 72), (false, 0));
    assert_eq!(judged(Preset::Marketplace, Reason::TherapistHospitalised, 3), (false, 0));
    assert_eq!(judged(Preset::Network, Reason::TherapistTrainingMeeting, 3), (false, 0));
    assert_eq!(judged(Preset::Clinic, Reason::TherapistTrainingMeeting, 3), (false, 0));
}

// proves: G-01, V-17
#[test]
fn who_called_for_it_is_recorded_as_it_was_not_as_it_suits() {
    let story = Story::booked(Preset::Marketplace);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(72));
    let step = || promising(now + hours(5));
    let ask = |asker, command| story.preview(about, &asker, command, now);
    assert_eq!(code(ask(the_client(), by_therapist(step()))), "initiator_not_allowed");
    assert_eq!(code(ask(the_client(), by_practice(step()))), "initiator_not_allowed");
    assert_eq!(code(ask(the_therapist(), by_practice(step()))), "initiator_not_allowed");
    assert_eq!(refused(ask(another_client(), by_client())).class, Class::NotFound);
    let outcome = ask(support(), by_therapist(step())).expect("support types it for the therapist");
    let State::Cancelled(how) = outcome.appointment.expect("an appointment").state else { panic!("cancelled") };
    assert_eq!((how.initiator, how.recorded_by), (Initiator::Therapist, support().signature));
}

// proves: V-05
#[test]
fn the_reason_reaches_the_client_only_where_the_therapist_shares_it() {
    let story = Story::booked(Preset::Clinic);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(30));
    for share_reason in [false, true] {
        let wish = Cancel { share_reason, ..call_off(Initiator::Therapist, promising(now + hours(5))) };
        let outcome = story.preview(about, &the_therapist(), Command::Cancel(wish), now).expect("cancelled");
        let facts = &told(&outcome, to_client(), MessageKind::Cancellation).facts;
        assert_eq!(facts.shared_reason.is_some(), share_reason);
        assert_eq!(facts.words, None, "the note is for the file");
    }
}
