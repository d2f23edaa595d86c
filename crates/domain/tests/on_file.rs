//! Corrections, relationships, the first session's checklist and the risk screening.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Initiator, PaymentState, State};
use domain::attendance::Attended;
use domain::decide::{
    Asker, Checked, Command, Correct, Due, EndRelationship, FileAct, Keep, Outcome, Said, Screen, UpdateAttendance,
};
use domain::ledger::EntryKind;
use domain::message::MessageKind;
use domain::obligation::{ObligationKind, ObligationState};
use domain::person::{Channel, Role};
use domain::policy::Preset;
use domain::practice::{AgreementHow, Referral, RelationshipState};
use domain::refusal::Refusal;
use domain::reserved::{Pattern, ReservedState};
use domain::time::{Instant, Weekday};

fn file(act: FileAct) -> Command {
    Command::File(act)
}

fn correct(state: &str, reason: &str) -> Command {
    file(FileAct::Correct(Correct { state: state.into(), reason: reason.into() }))
}

fn update(attended: Attended) -> Command {
    file(FileAct::Update(Box::new(UpdateAttendance {
        attended,
        therapist_ready_at: None,
        client_arrived_at: None,
        started_at: None,
        ended_at: None,
        continues: None,
        weekly_space: None,
        reserve_slot: false,
        refund: false,
        next: None,
    })))
}

fn ending() -> EndRelationship {
    EndRelationship { reason: "The work is done".into(), referral: None, confirm: None, words: None }
}

/// Updated as this, ten minutes after the end.
fn updated(preset: Preset, attended: Attended) -> (Story, Instant) {
    let mut story = Story::booked(preset);
    if let Some(at) = story.appointment().payment.due_at {
        story.due(Due::Capture, at);
    }
    let now = story.appointment().end + minutes(10);
    story.act(&the_therapist(), update(attended), now).expect("updated");
    (story, now)
}

fn tried(story: &Story, asker: &Asker, command: Command, now: Instant) -> Result<Outcome, Refusal> {
    story.preview(Some(story.appointment().id), asker, command, now)
}

// proves: E-06
#[test]
fn the_therapist_sets_the_record_right_for_two_days_and_then_only_the_team_does() {
    let (story, now) = updated(Preset::Marketplace, Attended::Yes);
    let end = story.appointment().end;
    let wrong = || correct("client_no_show", "I mixed up two clients");
    tried(&story, &the_therapist(), wrong(), end + hours(48)).expect("exactly the window");
    assert_eq!(code(tried(&story, &the_therapist(), wrong(), end + hours(48) + seconds(1))), "team_only");
    for asker in [an_admin(), support()] {
        tried(&story, &asker, wrong(), end + hours(9000)).expect("the team");
    }
    for asker in [the_client(), clinical_lead()] {
        assert_eq!(code(tried(&story, &asker, wrong(), now)), "team_only");
    }
    assert_eq!(code(tried(&story, &the_therapist(), correct("client_no_show", " "), now)), "reason_required");
    assert_eq!(code(tried(&story, &the_therapist(), correct("elsewhere", "why"), now)), "unknown_state");
    assert_eq!(code(tried(&story, &the_therapist(), correct("attended", "why"), now)), "same_state");
    let booked = Story::booked(Preset::Marketplace);
    assert_eq!(code(tried(&booked, &an_admin(), correct("attended", "why"), booked.start() - hours(1))), "not_over");
}

// proves: V-13, E-06
#[test]
fn before_after_and_why_stay_on_record_and_the_other_side_is_told() {
    let (mut story, now) = updated(Preset::Marketplace, Attended::No);
    let outcome = story.act(&the_therapist(), correct("attended", "She was there all along"), now).expect("corrected");
    assert_eq!((&story.appointment().state, story.appointment().attendance_code()), (&State::Attended, Some("5")));
    let record = &outcome.record;
    assert_eq!(record.word, "appointment_corrected");
    assert_eq!((&record.details["before"], &record.details["after"]), (&"client_no_show".into(), &"attended".into()));
    assert_eq!(record.details["why"], "She was there all along");
    let facts = &told(&outcome, to_client(), MessageKind::Correction).facts;
    assert_eq!(facts.corrected, Some(("it did not take place".into(), "it took place".into())));
    assert!(outcome.notices.iter().all(|notice| notice.to != to_therapist()), "who did it knows");
    let by_team = story.act(&an_admin(), correct("entered_in_error", "A double entry"), now).expect("by the team");
    told(&by_team, to_therapist(), MessageKind::Correction);
    told(&by_team, to_client(), MessageKind::Correction);
}

// proves: E-06, H-10
#[test]
fn a_correction_only_adds_entries_and_the_account_ends_where_the_record_says() {
    let (mut story, now) = updated(Preset::Marketplace, Attended::Yes);
    let before = story.ledger.clone();
    let outcome = story.act(&an_admin(), correct("therapist_no_show", "The client was right"), now).expect("corrected");
    assert_eq!(story.ledger[..before.len()], before[..], "what stood there stands there");
    assert_eq!(
        outcome.ledger.iter().map(|e| (e.kind, e.amount.amount_minor)).collect::<Vec<_>>(),
        [(EntryKind::Credit, -6500)]
    );
    assert_eq!((story.appointment().payment.state, story.balance()), (PaymentState::RefundDue, -6500));
    // And back again: money that is on its way back waits for a person.
    let outcome = story.act(&an_admin(), correct("attended", "Both were there"), now).expect("corrected again");
    assert!(duty(&outcome, ObligationKind::DecideMoney).is_owed() && outcome.ledger.is_empty());
    for preset in [Preset::Network, Preset::Insurance, Preset::Clinic] {
        let (mut story, now) = updated(preset, Attended::Yes);
        story.act(&an_admin(), correct("entered_in_error", "A double entry"), now).expect("corrected");
        let charged: i64 = story
            .ledger
            .iter()
            .filter(|e| !matches!(e.kind, EntryKind::Payment | EntryKind::Refund))
            .map(|e| e.amount.amount_minor)
            .sum();
        assert_eq!(charged, 0, "{preset}: {:?}", story.ledger);
    }
}

// proves: V-13
#[test]
fn each_side_puts_its_own_account_on_file() {
    let (story, now) = updated(Preset::Clinic, Attended::No);
    for asker in [the_client(), the_therapist(), an_admin()] {
        let said = FileAct::Say(Said { words: " I waited for twenty minutes. ".into() });
        let outcome = tried(&story, &asker, file(said), now).expect("on file");
        let kept = outcome.statement.expect("a statement");
        assert_eq!((kept.words.as_str(), Some(kept.role)), ("I waited for twenty minutes.", asker.role));
    }
    let empty = FileAct::Say(Said { words: "  ".into() });
    assert_eq!(code(tried(&story, &the_client(), file(empty), now)), "required");
}

// proves: H-14
#[test]
fn ending_calls_off_what_is_booked_voids_its_money_and_removes_the_weekly_time() {
    let mut story = Story::booked(Preset::Marketplace);
    let now = story.start() - hours(200);
    let pattern = Pattern {
        weekday: Weekday::Tuesday,
        local_time: "14:00".parse().expect("a time"),
        minutes: 50,
        every_weeks: 1,
        from: None,
    };
    story.run(None, &the_therapist(), file(FileAct::Keep(Keep::Add(pattern))), now).expect("kept");
    let unread = EndRelationship { confirm: Some(Default::default()), ..ending() };
    assert_eq!(code(story.run(None, &the_therapist(), file(FileAct::End(unread)), now)), "bookings_changed");
    let silent = EndRelationship { reason: " ".into(), ..ending() };
    assert_eq!(code(story.run(None, &the_therapist(), file(FileAct::End(silent)), now)), "reason_required");
    assert_eq!(code(story.run(None, &the_client(), file(FileAct::End(ending())), now)), "not_found");
    let words = Some("Thank you for your trust.".to_owned());
    let wish = EndRelationship { confirm: Some([story.appointment().id].into()), words, ..ending() };
    let outcome = story.run(None, &the_therapist(), file(FileAct::End(wish)), now).expect("ended");
    assert_eq!(story.base.relationship.state, RelationshipState::Ended);
    let gone = story.appointment();
    assert_eq!((gone.state.word(), gone.payment.state), ("cancelled_by_therapist", PaymentState::None));
    assert_eq!((story.balance(), story.reserved[0].state), (0, ReservedState::Removed));
    assert!(story.occupancy.is_empty() && story.owed().is_empty(), "{:?}", story.owed());
    told(&outcome, to_client(), MessageKind::Cancellation);
    let closing = told(&outcome, to_client(), MessageKind::Closing);
    assert_eq!(closing.facts.words.as_deref(), Some("Thank you for your trust."));
    let later = book_at(story.local("2026-03-20 10:00"), Some(yes_at(now)));
    assert_eq!(code(story.run(None, &the_therapist(), later, now)), "relationship_not_active");
}

// proves: H-14, H-15
#[test]
fn it_is_reopened_and_a_better_fit_needs_the_clients_yes() {
    let mut story = Story::new(Preset::Marketplace);
    let now = story.local("2026-03-01 12:00");
    let mut referral = Referral { therapist: Some(THERAPIST), words: String::new(), agreed_how: None, agreed_at: None };
    let wish = |referral: &Referral| FileAct::End(EndRelationship { referral: Some(referral.clone()), ..ending() });
    assert_eq!(code(story.run(None, &the_therapist(), file(wish(&referral)), now)), "agreement_required");
    (referral.agreed_how, referral.agreed_at) = (Some(AgreementHow::InSession), Some(now));
    story.run(None, &the_therapist(), file(wish(&referral)), now).expect("ended");
    let kept = story.base.relationship.file.ending.clone().expect("how it ended");
    assert_eq!((kept.reason.as_str(), kept.referral), ("The work is done", Some(referral)));
    assert_eq!(code(story.run(None, &the_therapist(), file(FileAct::Pause), now)), "already_ended");
    story.run(None, &the_therapist(), file(FileAct::Reopen), now).expect("reopened");
    story.run(None, &the_therapist(), file(FileAct::Pause), now).expect("paused");
    assert_eq!(story.base.relationship.state, RelationshipState::Paused);
}

// proves: H-04, H-05, H-06, V-06
#[test]
fn the_first_sessions_checklist_keeps_preference_recaps_and_the_accepted_version() {
    let mut story = Story::new(Preset::Network);
    let now = story.local("2026-03-01 12:00");
    let checked = Checked {
        channels: Some(vec![Channel::Sms, Channel::Email]),
        voicemail: Some(false),
        continues: Some(true),
        policy_recap: true,
        payment_recap: false,
        accepts_policy: Some(AgreementHow::InSession),
    };
    let outcome = story.run(None, &the_therapist(), file(FileAct::Check(checked)), now).expect("noted");
    let preference = outcome.preference.expect("a preference");
    assert_eq!((preference.channels, preference.asked_at), (vec![Channel::Sms, Channel::Email], Some(now)));
    let pair = &story.base.relationship;
    assert_eq!((pair.file.contracting.policy_recap, pair.file.contracting.payment_recap), (Some(now), None));
    let accepted = pair.accepted_policy.expect("accepted");
    assert_eq!((accepted.version, accepted.how, accepted.at), (1, AgreementHow::InSession, now));
    let later = Checked { payment_recap: true, ..Checked::default() };
    story.run(None, &the_therapist(), file(FileAct::Check(later)), now + hours(1)).expect("noted");
    let kept = &story.base.relationship.file.contracting;
    assert_eq!((kept.policy_recap, kept.payment_recap), (Some(now), Some(now + hours(1))), "nothing is forgotten");
}

// proves: V-19, V-20
#[test]
fn a_screening_is_for_therapist_clinical_lead_and_risk_duty_and_opens_a_review_that_never_goes_to_the_admins() {
    let mut story = Story::new(Preset::Network);
    let now = story.local("2026-03-01 12:00");
    let wish = |flagged, review_by| file(FileAct::Screen(Screen { flagged, review_by }));
    for asker in [an_admin(), support(), the_client()] {
        assert_eq!(code(story.run(None, &asker, wish(true, Some(now + hours(48))), now)), "not_found");
    }
    assert_eq!(code(story.run(None, &the_therapist(), wish(true, None), now)), "review_required");
    let outcome = story.run(None, &the_therapist(), wish(true, Some(now + hours(48))), now).expect("kept");
    assert!(outcome.screening.expect("it").flagged);
    assert_eq!(outcome.record.details, serde_json::json!({}), "what was found is not for every reader of the record");
    let review = story.of_kind(ObligationKind::ReviewRisk).clone();
    assert_eq!((review.due_at, review.next_look()), (now + hours(48), None), "it goes up to nobody");
    assert!(review.is_open_to(Role::ClinicalLead) && !review.is_open_to(Role::Admin));
    story.run(None, &clinical_lead(), wish(false, None), now + hours(24)).expect("looked again");
    assert!(matches!(story.of_kind(ObligationKind::ReviewRisk).state, ObligationState::Met { .. }));
}

#[test]
fn a_cancellation_that_nobody_entered_is_entered_later_as_one_in_time() {
    let mut story = Story::booked(Preset::Marketplace);
    let now = story.appointment().end + hours(1);
    story.due(Due::AppointmentEnd, story.appointment().end);
    story.act(&an_admin(), correct("cancelled_by_client", "They wrote last week"), now).expect("corrected");
    let State::Cancelled(how) = &story.appointment().state else { panic!("cancelled") };
    assert_eq!((how.initiator, how.late), (Initiator::Client, false));
    assert!(story.owed().is_empty(), "{:?}", story.owed());
}
