//! The document: presets, names, changes, kinder values.

use super::parameter::{ALL, Kinder, find};
use super::*;
use crate::reason::{Reason, Treatment};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

fn changes(json: Json) -> Map<String, Json> {
    json.as_object().expect("an object").clone()
}

/// `reasons.weather.enabled` as the list of parameters spells it.
fn spelled(name: &str) -> &str {
    find(name).unwrap_or_else(|| panic!("{name} has no definition")).name
}

#[test]
fn every_leaf_of_the_document_is_a_parameter_and_every_parameter_is_a_leaf() {
    for preset in Preset::ALL {
        let values = Policy::preset(*preset).values();
        let leaves: BTreeSet<&str> = values.keys().map(|name| spelled(name)).collect();
        let mut defined: BTreeSet<&str> = ALL.iter().map(|parameter| parameter.name).collect();
        assert_eq!(defined.len(), ALL.len(), "a name is defined twice");
        assert!(defined.remove("reasons.<code>.label"), "there only where a practice has words of its own");
        assert_eq!(leaves, defined);
        let of_kinds = values.keys().filter(|name| name.starts_with("obligation.")).count();
        assert_eq!(of_kinds, ObligationKind::ALL.len() * 3);
        let of_reasons = values.keys().filter(|name| name.starts_with("reasons.")).count();
        assert_eq!(of_reasons, Reason::ALL.len() * 3);
    }
}

#[test]
fn every_parameter_says_what_it_means_in_whole_sentences() {
    for parameter in ALL {
        assert!(parameter.what.ends_with('.') && parameter.what.len() > 10, "{}", parameter.name);
    }
}

#[test]
fn every_preset_is_sound_and_says_so_itself() {
    for preset in Preset::ALL {
        let policy = Policy::preset(*preset);
        assert_eq!((policy.preset, policy.version), (*preset, 1));
        assert_eq!(policy.problems(), vec![]);
    }
}

#[test]
fn a_policy_goes_through_toml_and_json_unchanged_and_in_one_order() {
    for preset in Preset::ALL {
        let policy = Policy::preset(*preset);
        let text = policy.to_toml().expect("writable");
        let again = Policy::from_toml(&text).expect("readable");
        assert_eq!(again, policy);
        assert_eq!(again.to_toml().expect("writable"), text);
        let json = serde_json::to_string(&policy).expect("writable");
        assert_eq!(serde_json::from_str::<Policy>(&json).expect("readable"), policy);
    }
}

#[test]
fn a_document_with_an_unknown_or_missing_parameter_is_refused_with_its_name() {
    let text = Policy::preset(Preset::Clinic).to_toml().expect("writable");
    let unknown = text.replace("grace_minutes", "grace_moments");
    let why = Policy::from_toml(&unknown).expect_err("unknown").to_string();
    assert!(why.contains("grace_moments"), "{why}");
    let out_of_range = text.replace("notice_hours = 24", "notice_hours = 9999");
    let why = Policy::from_toml(&out_of_range).expect_err("out of range").to_string();
    assert!(why.contains("client_cancel.notice_hours"), "{why}");
}

// proves: V-03, V-10, V-14, V-18, V-19, G-02, G-04, G-12, H-03, H-07, H-09, H-10, H-14, E-02, E-04, E-07, E-10, A-12, A-14
#[test]
fn the_presets_hold_what_their_seeds_ask_for() {
    let table = [
        (Preset::Network, "client_self_cancel", json!("contact_only")),
        (Preset::Network, "late_cancel.fee_model", json!("none")),
        (Preset::Network, "therapist_cancel.attendance_label", json!("Appointment Cancelled by Therapist/VHG")),
        (Preset::Network, "therapist_cancel.short_notice_hours", json!(24)),
        (Preset::Network, "therapist_cancel.requires_note", json!(true)),
        (Preset::Network, "inform.voicemail_counts", json!(false)),
        (Preset::Network, "escalation.clinical", json!("network.clinical@vhg.co.uk")),
        (Preset::Network, "escalation.risk", json!("ptsriskduty@vhg.co.uk")),
        (Preset::Insurance, "client_cancel.notice_hours", json!(24)),
        (Preset::Insurance, "client_cancel.boundary", json!("inclusive")),
        (Preset::Insurance, "late_cancel.fee_model", json!("per_therapist")),
        (Preset::Insurance, "late_cancel.cap", json!({"amount_minor": 20000, "currency": "USD"})),
        (Preset::Insurance, "booking_link.per_client_unique", json!(true)),
        (Preset::Insurance, "claim.enabled", json!(true)),
        (Preset::Marketplace, "client_cancel.notice_hours", json!(48)),
        (Preset::Marketplace, "client_cancel.boundary", json!("exclusive")),
        (Preset::Marketplace, "attendance_update.unsure_label", json!("No, I don't want to rebook")),
        (Preset::Marketplace, "refund.on_therapist_cancel", json!("client_choice")),
        (Preset::Marketplace, "refund.new_client", json!("team_request")),
        (Preset::Marketplace, "refund.entry_points", json!(["cancel", "attendance"])),
        (Preset::Marketplace, "reserved_slot.on_no_followup", json!("remove_with_banner")),
        (Preset::Marketplace, "relationship.end_hides_client", json!(true)),
        (Preset::Marketplace, "book_on_behalf.requires_explicit_agreement", json!(true)),
        (Preset::Marketplace, "profile.unit", json!("month")),
        (Preset::Marketplace, "past_start_edit_role", json!("team")),
        (Preset::Clinic, "late.client_checkin_min", json!(10)),
        (Preset::Clinic, "late.client_stepaway_min", json!(20)),
        (Preset::Clinic, "makeup.mode", json!("suggest")),
        (Preset::Clinic, "order_of_notice.missed", json!("practice_first")),
        (Preset::Clinic, "order_of_notice.late", json!("client_first")),
    ];
    for (preset, name, value) in table {
        assert_eq!(Policy::preset(preset).values().get(name), Some(&value), "{preset} {name}");
    }
}

// proves: A-01, H-05
#[test]
fn a_practice_sets_a_value_and_gets_the_next_version() {
    let own = Policy::preset(Preset::Clinic);
    let wish = changes(json!({"client_cancel.notice_hours": 72, "inform.target_minutes": 3}));
    let next = own.set(&wish).expect("fine");
    assert_eq!((own.version, next.version), (1, 2));
    assert_eq!(next.parameters.client_cancel.notice_hours, 72);
    assert_eq!(next.parameters.inform.target_minutes, 3);
    assert_eq!(own.parameters.client_cancel.notice_hours, 24);
}

// proves: G-11
#[test]
fn each_reason_and_each_duty_is_set_by_its_own_name() {
    let wish = changes(json!({
        "reasons.therapist_illness.sends_link": false,
        "reasons.weather.enabled": false,
        "reasons.therapist_other.reliability": "not_counted",
        "obligation.write_contact_note.due": "PT4H",
        "obligation.check_in_with_client.breach": "PT30M",
    }));
    let next = Policy::preset(Preset::Insurance).set(&wish).expect("fine").parameters;
    assert!(!next.reasons.of(Reason::TherapistIllness).sends_link);
    assert!(!next.reasons.enabled().any(|reason| reason == Reason::Weather));
    assert_eq!(next.reasons.of(Reason::TherapistOther).reliability, Treatment::NotCounted);
    assert_eq!(next.obligation.write_contact_note.due, Deadline::Minutes(240));
    assert_eq!(next.obligation.check_in_with_client.breach, Some(Deadline::Minutes(30)));
}

#[test]
fn every_value_that_will_not_do_is_named_with_its_remedy() {
    let own = Policy::preset(Preset::Marketplace);
    let table = [
        ("client_cancel.notice_hour", json!(24), "unknown_parameter"),
        ("client_cancel", json!({}), "unknown_parameter"),
        ("obligation.<kind>.due", json!("PT5M"), "unknown_parameter"),
        ("obligation.sing.due", json!("PT5M"), "unknown_parameter"),
        ("reasons.because.enabled", json!(true), "unknown_parameter"),
        ("client_cancel.notice_hours", json!(-1), "invalid_value"),
        ("client_cancel.notice_hours", json!(1.5), "invalid_value"),
        ("client_cancel.notice_hours", json!("24"), "invalid_value"),
        ("client_cancel.notice_hours", json!(null), "invalid_value"),
        ("client_cancel.notice_hours", json!(721), "invalid_value"),
        ("client_cancel.boundary", json!("about"), "invalid_value"),
        ("late_cancel.percent", json!(101), "invalid_value"),
        ("late_cancel.fee_amount", json!({"amount_minor": -1, "currency": "GBP"}), "invalid_value"),
        ("late_cancel.fee_amount", json!({"amount_minor": 1, "currency": "pounds"}), "invalid_value"),
        ("client_cancel.business_days", json!("yes"), "invalid_value"),
        ("next_step.allowed", json!(["offer_slots", "sing"]), "invalid_value"),
        ("next_step.allowed", json!(["refund", "refund"]), "invalid_value"),
        ("practice.working_day_end", json!("25:00"), "invalid_value"),
        ("practice.holidays", json!(["Christmas"]), "invalid_value"),
        ("reminder.at", json!([0]), "invalid_value"),
        ("obligation.book_next.due", json!("soon"), "invalid_value"),
        ("obligation.book_next.due", json!(null), "invalid_value"),
        ("therapist_cancel.attendance_label", json!(" "), "invalid_value"),
        ("inform.breach_minutes", json!(4), "contradiction"),
        ("inform.escalate_minutes", json!(14), "contradiction"),
        ("obligation.book_next.breach", json!("PT1H"), "contradiction"),
        ("late_cancel.fee_amount", json!(null), ""),
        ("client_cancel.tiers", json!([{"within_hours": 96, "percent": 50}]), "contradiction"),
        (
            "client_cancel.tiers",
            json!([{"within_hours": 24, "percent": 50}, {"within_hours": 48, "percent": 90}]),
            "contradiction",
        ),
        ("client_cancel.tiers", json!([{"within_hours": 24, "percent": 100}, {"within_hours": 48, "percent": 50}]), ""),
        ("practice.working_days", json!([]), "contradiction"),
        ("quiet_hours.to", json!("21:00"), "contradiction"),
        ("client_cancel.grace_minutes", json!(-5), "invalid_value"),
        ("late.client_checkin_min", json!(16), "contradiction"),
        ("late.client_checkin_min", json!(15), ""),
        ("late.client_stepaway_min", json!(-1), "invalid_value"),
        ("therapist_no_show.client_report_min", json!(2), "contradiction"),
        ("therapist_no_show.client_report_min", json!(3), ""),
        ("slot.horizon_days", json!(1), ""),
        ("next_step.allowed", json!([]), "contradiction"),
    ];
    for (name, value, code) in table {
        let mut wish = Map::new();
        wish.insert(name.into(), value.clone());
        match own.set(&wish) {
            Ok(_) => assert_eq!(code, "", "{name} = {value} was accepted"),
            Err(problems) => {
                let found: Vec<_> = problems.iter().map(|p| (p.field.as_str(), p.code)).collect();
                assert_eq!(found, [(name, code)], "{value}");
                assert!(!problems[0].message.is_empty());
            }
        }
    }
}

#[test]
fn several_wrong_values_are_named_together_and_a_fixed_fee_needs_its_amount() {
    let own = Policy::preset(Preset::Clinic);
    let problems = own.set(&changes(json!({"undo.minutes": 61, "a.b": 1}))).expect_err("both wrong");
    assert_eq!(problems.len(), 2);
    let problems = own.set(&changes(json!({"late_cancel.fee_model": "fixed"}))).expect_err("no amount");
    assert_eq!(problems[0].field, "late_cancel.fee_amount");
    let both =
        json!({"late_cancel.fee_model": "fixed", "late_cancel.fee_amount": {"amount_minor": 2000, "currency": "GBP"}});
    assert!(own.set(&changes(both)).is_ok());
}

#[test]
fn values_that_are_each_fine_and_at_odds_together_are_named_with_what_to_do() {
    let own = Policy::preset(Preset::Clinic);
    let pounds = |minor: i64| json!({ "amount_minor": minor, "currency": "GBP" });
    let dollars = json!({ "amount_minor": 1000, "currency": "USD" });
    let fixed = |amount: &Json, cap: &Json| json!({ "no_show.fee_model": "fixed", "no_show.fee_amount": amount, "no_show.cap": cap });
    let table = [
        (json!({ "no_show.grace_min": 5 }), "late.client_checkin_min", "no_show.grace_min"),
        (json!({ "slot.horizon_days": 2, "booking.min_notice_hours": 48 }), "booking.min_notice_hours", "horizon"),
        (fixed(&pounds(3000), &pounds(2000)), "no_show.fee_amount", "no_show.cap"),
        (fixed(&dollars, &pounds(2000)), "no_show.fee_amount", "currency"),
    ];
    for (wish, field, named) in table {
        let problems = own.set(&changes(wish.clone())).expect_err("at odds");
        assert_eq!((problems[0].field.as_str(), problems[0].code), (field, "contradiction"), "{wish}");
        assert!(problems[0].message.contains(named), "{}", problems[0].message);
    }
    let together = json!({ "no_show.grace_min": 5, "late.client_checkin_min": 5 });
    assert!(own.set(&changes(together)).is_ok(), "both at once fit");
    assert!(own.set(&changes(fixed(&pounds(2000), &pounds(2000)))).is_ok());
}

#[test]
fn a_therapists_wish_holds_only_where_it_is_kinder_to_the_client() {
    let own = Policy::preset(Preset::Clinic);
    let table = [
        ("client_cancel.notice_hours", json!(12), true),
        ("client_cancel.notice_hours", json!(48), false),
        ("client_reschedule.notice_hours", json!(12), true),
        ("client_reschedule.notice_hours", json!(36), false),
        ("client_cancel.boundary", json!("exclusive"), false),
        ("client_self_cancel", json!("allowed_late_with_fee"), true),
        ("client_self_cancel", json!("contact_only"), false),
        ("late_cancel.fee_model", json!("none"), true),
        ("late_cancel.percent", json!(50), true),
        ("late_cancel.cap", json!({"amount_minor": 3000, "currency": "GBP"}), true),
        ("no_show.grace_min", json!(30), true),
        ("no_show.grace_min", json!(10), false),
        ("first_time_forgiveness", json!(true), true),
        ("inform.target_minutes", json!(2), true),
        ("inform.target_minutes", json!(10), false),
        ("obligation.inform_client.due", json!("PT1H"), true),
        ("obligation.write_contact_note.due", json!("PT30H"), false),
        ("late.client_checkin_min", json!(5), true),
        ("late.client_checkin_min", json!(null), false),
        ("next_step.allowed", json!(["offer_slots", "promise_contact_by", "booking_link", "refund"]), true),
        ("offer.hold_hours", json!(48), true),
        ("claim.enabled", json!(true), false),
    ];
    for (name, value, holds) in table {
        let mut wish = Map::new();
        wish.insert(name.into(), value.clone());
        let merged = own.with_overrides(&wish).expect(name);
        let expected = if holds { value } else { own.values()[name].clone() };
        let mut found = merged.values()[name].clone();
        if name == "client_reschedule.notice_hours" && !holds {
            found = Json::Null;
        }
        assert_eq!(found, expected, "{name}");
        assert_eq!(merged.version, own.version);
    }
}

#[test]
fn a_shorter_notice_to_cancel_is_the_notice_to_move_as_well() {
    let own = Policy::preset(Preset::Marketplace);
    let merged = own.with_overrides(&changes(json!({"client_cancel.notice_hours": 24}))).expect("fine").parameters;
    assert_eq!(notice::hours(&merged, notice::Act::Move), 24);
}

/// A policy with a few values changed at random, each valid alone.
fn any_policy() -> impl Strategy<Value = Policy> {
    let preset = prop::sample::select(Preset::ALL);
    let wishes =
        (0u32..720, 0u32..100, 0u32..240, any::<bool>(), prop::option::of(1u32..240), prop::option::of(0i64..9000));
    (preset, wishes, prop::sample::select(Boundary::ALL), prop::option::of(0u32..720)).prop_map(
        |(preset, (hours, percent, grace, forgiving, check_in, cap), boundary, moves)| {
            let mut policy = Policy::preset(preset);
            let values = &mut policy.parameters;
            values.client_cancel.notice_hours = hours;
            values.client_cancel.boundary = boundary;
            values.client_reschedule.notice_hours = moves;
            values.late_cancel.percent = percent;
            values.late_cancel.cap = cap.map(|minor| crate::money::Money::new(minor, crate::money::Currency::GBP));
            values.no_show.grace_min = grace;
            values.first_time_forgiveness = forgiving;
            values.late.client_checkin_min = check_in;
            policy
        },
    )
}

fn kind_values(policy: &Policy) -> Map<String, Json> {
    let directed = |name: &str| find(name).is_some_and(|parameter| parameter.kinder != Kinder::None);
    policy.values().into_iter().filter(|(name, _)| directed(name)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_kinder_of_a_policy_and_itself_is_itself(policy in any_policy()) {
        prop_assert_eq!(policy.merged(&policy), policy);
    }

    #[test]
    fn the_kinder_of_two_policies_does_not_depend_on_their_order(one in any_policy(), other in any_policy()) {
        let (mut left, mut right) = (kind_values(&one.merged(&other)), kind_values(&other.merged(&one)));
        // Caps in two currencies are beyond comparison, and each practice's own stands.
        for name in ["late_cancel.cap", "no_show.cap"] {
            if one.preset != other.preset {
                left.remove(name);
                right.remove(name);
            }
        }
        prop_assert_eq!(left, right);
    }

    #[test]
    fn taking_the_kinder_again_changes_nothing(one in any_policy(), other in any_policy()) {
        let merged = one.merged(&other);
        prop_assert_eq!(merged.merged(&other), merged);
    }
}
