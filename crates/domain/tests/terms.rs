//! Pathways, therapists' own wishes, stepped and working-day notice, and a late fee that falls away.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::PaymentState;
use domain::attendance::Attended;
use domain::decide::{Command, Correct, Due, FileAct, JobToWake, Live, UpdateAttendance};
use domain::id::Ids;
use domain::ledger::EntryKind;
use domain::message::MessageKind;
use domain::obligation::ObligationKind;
use domain::pathway::{Allowance, AllowanceUse, Pathway, Wish};
use domain::person::PersonRef;
use domain::policy::{FeeScope, Policy, Preset};
use serde_json::{Value, json};

fn wish(overrides: Value) -> Wish {
    let overrides = overrides.as_object().expect("names with values").clone();
    Wish { name: "Insured".into(), payer: Some("plan_forbids".into()), allowance: None, overrides }
}

fn pathway(preset: Preset, wish: Wish) -> Pathway {
    let today = Policy::preset(preset);
    let mut ids = Ids::new(domain::id::Id::from_bytes([9; 16]), utc("2026-01-01T09:00:00Z"));
    Pathway::new(support::people::PRACTICE, wish, &today, &mut ids).expect("a pathway")
}

// proves: G-02, G-04
#[test]
fn where_a_pathway_differs_the_value_kinder_to_the_client_wins_whichever_side_it_is_on() {
    let own = Policy::preset(Preset::Insurance);
    let kinder_and_harsher = json!({ "client_cancel.notice_hours": 12, "client_cancel.grace_minutes": 30,
        "offer.hold_hours": 12, "no_show.grace_min": 30, "late_cancel.cap": {"amount_minor": 30_000, "currency": "USD"} });
    let insured = pathway(Preset::Insurance, wish(kinder_and_harsher));
    let between = own.between(Some(&insured), support::people::THERAPIST, &Default::default()).expect("terms");
    let values = &between.parameters;
    assert_eq!((values.client_cancel.notice_hours, values.client_cancel.grace_minutes), (12, 30), "kinder wins");
    assert_eq!(values.no_show.grace_min, 30, "a longer grace");
    assert_eq!(values.offer.hold_hours, own.parameters.offer.hold_hours, "a shorter hold does not win");
    assert_eq!(values.late_cancel.cap, own.parameters.late_cancel.cap, "a higher cap does not win");
    assert_eq!((between.version, between.preset), (own.version, own.preset));
}

// proves: G-04
#[test]
fn a_therapists_own_wishes_hold_only_where_fees_are_each_therapists_own() {
    let wishes = json!({ "client_cancel.notice_hours": 6 }).as_object().expect("an object").clone();
    let therapist = support::people::THERAPIST;
    let insurance = Policy::preset(Preset::Insurance);
    assert_eq!(insurance.parameters.fee_scope, FeeScope::PerTherapist);
    let between = insurance.between(None, therapist, &wishes).expect("terms");
    assert_eq!(between.parameters.client_cancel.notice_hours, 6);
    assert_eq!(between.terms.as_ref().and_then(|terms| terms.therapist), Some(therapist));
    assert_eq!(Policy::preset(Preset::Marketplace).between(None, therapist, &wishes), None, "practice-wide");
    let harsher = json!({ "client_cancel.notice_hours": 90 }).as_object().expect("an object").clone();
    assert_eq!(insurance.between(None, therapist, &harsher), None, "it changes nothing");
}

/// Who is told what when their therapist calls off a booking made under today's terms, and what the practice owes them.
fn called_off(story: &mut Story) -> (Vec<(PersonRef, MessageKind)>, Vec<ObligationKind>, Vec<EntryKind>) {
    let (start, now) = (story.start(), story.local("2026-03-01 12:00"));
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
    let promise = promising(start - hours(20));
    let outcome = story.act(&the_therapist(), by_therapist(promise), start - hours(30)).expect("called off");
    let told = outcome.notices.iter().map(|notice| (notice.to, notice.kind)).collect();
    let owed = outcome.obligations.iter().map(|duty| duty.kind).collect();
    (told, owed, outcome.ledger.iter().map(|entry| entry.kind).collect())
}

// proves: E-03
#[test]
fn a_client_sent_by_somebody_is_treated_as_one_who_came_by_themselves() {
    for preset in Preset::ALL {
        let mut sent = Story::new(*preset);
        sent.put_on(pathway(*preset, Wish { payer: None, ..wish(json!({})) }));
        let came = called_off(&mut Story::new(*preset));
        assert_eq!(called_off(&mut sent), came, "{preset}");
        assert!(came.0.contains(&(to_client(), MessageKind::Cancellation)), "{preset}");
    }
}

// proves: V-13, H-05
#[test]
fn a_booking_points_at_exactly_what_was_agreed_and_the_document_proves_itself() {
    let mut story = Story::new(Preset::Insurance);
    story.put_on(pathway(Preset::Insurance, wish(json!({ "client_cancel.notice_hours": 12 }))));
    let (start, now) = (story.start(), story.local("2026-03-01 12:00"));
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
    let agreed = story.base.policy_today.clone();
    let booked = story.appointment().policy;
    assert_eq!((booked.terms, booked.cutoff), (agreed.key(), start - hours(12)));
    assert!(agreed.is_what_it_says());
    // As it was written before there was a portal to write into.
    let mut older = serde_json::to_value(&*agreed).expect("a document");
    older["parameters"].as_object_mut().expect("parameters").remove("in_app").expect("it is there today");
    let older: Policy = serde_json::from_value(older).expect("a document of then is read today");
    assert!(older.is_what_it_says() && older == *agreed, "and has the name that it had");
    let text = serde_json::to_string(&*agreed).expect("a document");
    let harmed: Policy =
        serde_json::from_str(&text.replace("\"notice_hours\":12", "\"notice_hours\":13")).expect("one");
    assert!(!harmed.is_what_it_says());
    // The pathway changes afterwards: what was booked stays as it was.
    story.put_on(pathway(Preset::Insurance, wish(json!({ "client_cancel.notice_hours": 1 }))));
    let outcome = story.act(&the_client(), by_client(), start - hours(12)).expect("in time by what was agreed");
    assert!(outcome.because.iter().any(|rule| rule.rule == "client_cancel.notice.timely"));
}

// proves: G-04
#[test]
fn a_payer_that_forbids_fees_keeps_the_client_from_any() {
    for payer in [Some("plan_forbids".to_owned()), None] {
        let mut story = Story::new(Preset::Clinic);
        let free = payer.is_some();
        story.put_on(pathway(Preset::Clinic, Wish { payer, ..wish(json!({})) }));
        let (start, now) = (story.start(), story.local("2026-03-01 12:00"));
        story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
        let outcome =
            story.act(&the_therapist(), by_client_received(start - hours(2)), start - hours(1)).expect("cancelled");
        let charged = outcome.ledger.iter().any(|entry| entry.kind == EntryKind::LateFee);
        assert_eq!(charged, !free);
        assert_eq!(outcome.because.iter().any(|rule| rule.rule == "fee.prohibited_payer"), free);
    }
}

#[test]
fn a_late_cancellation_uses_one_of_the_allowed_appointments_where_the_funder_says_so() {
    for used_by in [AllowanceUse::LateCancel, AllowanceUse::NoShow] {
        let allowance = Some(Allowance { appointments: 8, used_by: [used_by].into() });
        let mut story = Story::new(Preset::Network);
        story.put_on(pathway(Preset::Network, Wish { allowance, payer: None, ..wish(json!({})) }));
        let (start, now) = (story.start(), story.local("2026-03-01 12:00"));
        story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
        let outcome =
            story.act(&the_therapist(), by_client_received(start - hours(2)), start - hours(1)).expect("cancelled");
        let used: Vec<_> = outcome.ledger.iter().filter(|entry| entry.kind == EntryKind::Allowance).collect();
        assert_eq!(used.len(), usize::from(used_by == AllowanceUse::LateCancel));
        assert!(used.iter().all(|entry| entry.amount.is_zero()), "it is no money");
        assert_eq!(story.balance(), 0);
    }
}

fn allowed(used_by: &[AllowanceUse]) -> Story {
    let allowance = Some(Allowance { appointments: 8, used_by: used_by.iter().copied().collect() });
    let mut story = Story::new(Preset::Network);
    story.put_on(pathway(Preset::Network, Wish { allowance, payer: None, ..wish(json!({})) }));
    let (start, now) = (story.start(), story.local("2026-03-01 12:00"));
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
    story
}

fn how_it_went(attended: Attended) -> Command {
    Command::File(FileAct::Update(Box::new(UpdateAttendance {
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

fn used(story: &Story) -> usize {
    story.ledger.iter().filter(|entry| entry.kind == EntryKind::Allowance).count()
}

#[test]
fn what_was_attended_or_missed_uses_one_of_the_allowed_appointments_as_the_funder_counts() {
    use AllowanceUse::{LateCancel, NoShow};
    let cases = [
        (Attended::Yes, AllowanceUse::Attended),
        (Attended::Late, AllowanceUse::Attended),
        (Attended::No, NoShow),
        (Attended::LateNotSeen, NoShow),
    ];
    for (attended, what) in cases {
        for used_by in [AllowanceUse::Attended, NoShow, LateCancel] {
            let mut story = allowed(&[used_by]);
            let over = story.appointment().end + minutes(5);
            story.act(&the_therapist(), how_it_went(attended), over).expect("updated");
            assert_eq!(used(&story), usize::from(used_by == what), "{attended} where {used_by} counts");
            assert_eq!(story.balance(), 0, "it is no money");
        }
    }
    // What we missed is never theirs.
    for attended in [Attended::TherapistMissed, Attended::Technical] {
        let mut story = allowed(&[AllowanceUse::Attended, NoShow, LateCancel]);
        let over = story.appointment().end + minutes(5);
        story.act(&the_therapist(), how_it_went(attended), over).expect("updated");
        assert_eq!(used(&story), 0, "{attended}");
    }
}

#[test]
fn an_absence_said_on_the_day_uses_one_and_setting_the_record_right_uses_no_second() {
    let mut story = allowed(&[AllowanceUse::Attended, AllowanceUse::NoShow]);
    let now = story.start() + minutes(30);
    let live = |act| Command::Live(act);
    let asked = story.act(&the_therapist(), live(Live::CheckIn), now).expect("asked");
    story.base.live.attempts.extend(asked.attempt);
    story.act(&the_therapist(), live(Live::ClientNoShow), now).expect("absent");
    assert_eq!(used(&story), 1);
    let right = Correct { state: "attended".into(), reason: "They were there".into() };
    story.act(&the_therapist(), Command::File(FileAct::Correct(right)), now + hours(1)).expect("set right");
    assert_eq!(used(&story), 1, "one appointment is one");
}

#[test]
fn what_a_pathway_may_not_say_is_named() {
    let today = Policy::preset(Preset::Clinic);
    let mut ids = Ids::new(domain::id::Id::from_bytes([9; 16]), utc("2026-01-01T09:00:00Z"));
    let mut refused = |wish| Pathway::new(support::people::PRACTICE, wish, &today, &mut ids).expect_err("refused");
    for (overrides, code, named) in [
        (json!({ "client_cancel.notice_hours": -1 }), "invalid_value", "client_cancel.notice_hours"),
        (json!({ "no.such": 1 }), "unknown_parameter", "no.such"),
        (json!({ "past_start_edit_role": "team" }), "not_overridable", "past_start_edit_role"),
        (json!({ "late_cancel.fee_model": "fixed" }), "contradiction", "late_cancel.fee_amount"),
    ] {
        let refusal = refused(wish(overrides));
        assert_eq!(
            (refusal.code, refusal.field),
            (code, Some(if code == "unknown_parameter" { "overrides" } else { named }))
        );
        assert!(refusal.detail.contains(named), "{}", refusal.detail);
    }
    assert_eq!(refused(Wish { name: " ".into(), ..wish(json!({})) }).field, Some("name"));
    let none = Some(Allowance { appointments: 0, used_by: [AllowanceUse::Attended].into() });
    assert_eq!(refused(Wish { allowance: none, ..wish(json!({})) }).field, Some("allowance"));
}

fn refilled_story(preset: Preset, waives: bool) -> Story {
    let mut story = Story::new(preset);
    story.set_policy(json!({ "waive_late_fee_if_slot_refilled": waives }));
    let (start, now) = (story.start(), story.local("2026-03-01 12:00"));
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
    story
}

// proves: H-10
#[test]
fn a_late_fee_falls_away_when_somebody_else_takes_the_time_and_the_client_hears_of_it() {
    let mut story = refilled_story(Preset::Clinic, true);
    let start = story.start();
    story.act(&the_therapist(), by_client_received(start - hours(3)), start - hours(2)).expect("cancelled");
    assert_eq!(story.balance(), 6500, "the fee is posted");
    let watched = story.wakes.values().any(|(job, at)| matches!(job, JobToWake::SlotRefilled(_)) && *at == start);
    assert!(watched, "it is looked at when the time begins, at the latest");
    let nothing = story.due(Due::SlotRefilled { taken: false }, start - hours(1));
    assert!(nothing.ledger.is_empty() && nothing.notices.is_empty());
    let outcome = story.due(Due::SlotRefilled { taken: true }, start - hours(1));
    assert_eq!((story.balance(), story.appointment().payment.state), (0, PaymentState::Waived));
    assert_eq!(outcome.ledger[0].kind, EntryKind::Waiver);
    let told = told(&outcome, to_client(), MessageKind::FeeWaived);
    assert_eq!(told.facts.fee, Some(price(Preset::Clinic)));
    let again = story.due(Due::SlotRefilled { taken: true }, start);
    assert!(again.ledger.is_empty() && again.notices.is_empty(), "only once");
}

// proves: H-10
#[test]
fn a_price_that_was_taken_comes_back_when_the_time_is_refilled_and_one_not_yet_taken_never_is() {
    let mut story = refilled_story(Preset::Marketplace, true);
    let start = story.start();
    story.due(Due::Capture, start - hours(48));
    story.act(&the_client(), by_client(), start - hours(3)).expect("cancelled");
    story.due(Due::SlotRefilled { taken: true }, start - hours(1));
    assert_eq!((story.balance(), story.appointment().payment.state), (-6500, PaymentState::RefundDue));

    let mut story = refilled_story(Preset::Marketplace, false);
    story.due(Due::Capture, start - hours(48));
    story.act(&the_client(), by_client(), start - hours(3)).expect("cancelled");
    story.due(Due::SlotRefilled { taken: true }, start - hours(1));
    assert_eq!(story.balance(), 0, "this practice promised no such thing");
    assert_eq!(story.appointment().payment.state, PaymentState::Captured);
}
