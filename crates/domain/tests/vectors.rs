//! The test vectors of the presets, by name: an appointment on 10 March 2026 at 14:00 local time. Every preset gives
//! these, whatever else changes.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::PaymentState;
use domain::contact::AttemptResult;
use domain::decide::Due;
use domain::obligation::ObligationKind;
use domain::person::Channel;
use domain::policy::obligations::asks_for_makeup;
use domain::policy::{Policy, Preset, lateness};
use domain::reason::Fault;
use serde_json::json;

// proves: G-02, G-03
#[test]
fn grow_exactly_24_hours_is_free_and_a_second_less_is_for_the_therapist_with_the_fee_named() {
    let mut story = Story::booked(Preset::Insurance);
    let outcome = story.act(&the_client(), by_client(), story.start() - hours(24)).expect("allowed");
    assert!(outcome.ledger.is_empty(), "no fee");
    let mut story = Story::booked(Preset::Insurance);
    let refusal = refused(story.act(&the_client(), by_client(), story.start() - hours(24) + seconds(1)));
    assert_eq!(refusal.code, "inside_notice_window");
    let contact = refusal.contact.expect("whom to contact");
    assert_eq!((contact.therapist.as_str(), contact.fee.is_some()), ("Ruth Okafor", true));
}

// proves: H-10
#[test]
fn harley_exactly_48_hours_pays_and_a_second_more_does_not_and_the_inclusive_reading_flips_the_first() {
    for (before, inclusive, pays) in [
        (hours(48), false, true),
        (seconds(48 * 3600 + 1), false, false),
        (hours(48), true, false),
        (seconds(48 * 3600 - 1), true, true),
    ] {
        let mut story = Story::new(Preset::Marketplace);
        if inclusive {
            story.set_policy(json!({ "client_cancel.boundary": "inclusive" }));
        }
        let (start, now) = (story.start(), story.local("2026-03-01 12:00"));
        story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
        story.act(&the_client(), by_client(), start - before).expect("cancelled");
        assert_eq!(story.appointment().payment.state == PaymentState::Planned, pays, "{before:?} {inclusive}");
        story.due(Due::Capture, start);
        assert_eq!(story.appointment().payment.state == PaymentState::Captured, pays);
    }
}

// proves
#[test]
fn assoc_a_check_in_is_owed_after_more_than_ten_minutes_and_stepping_away_from_twenty() {
    let parameters = Policy::preset(Preset::Clinic).parameters;
    let start = Story::new(Preset::Clinic).start();
    assert!(!lateness::check_in_due(&parameters, start, start + minutes(10)));
    assert!(lateness::check_in_due(&parameters, start, start + minutes(10) + seconds(1)));
    assert!(!lateness::step_away_ready(&parameters, start, start + minutes(20) - seconds(1)));
    assert!(lateness::step_away_ready(&parameters, start, start + minutes(20)));
}

// proves: V-10
#[test]
fn vhg_a_voicemail_to_a_client_who_prefers_e_mail_leaves_telling_them_open() {
    let mut story = Story::booked(Preset::Network);
    story.base.client.preference.channels = vec![Channel::Email];
    story.base.client.preference.voicemail = false;
    let now = story.start() - hours(3);
    story.act(&the_therapist(), by_therapist(promising(now + hours(20))), now).expect("cancelled");
    let voicemail = tried(Channel::Phone, AttemptResult::LeftVoicemail, now + minutes(2));
    story.act(&the_therapist(), voicemail, now + minutes(2)).expect("on file");
    assert!(story.of_kind(ObligationKind::InformClient).is_owed());
}

// proves: E-04
#[test]
fn harley_a_new_clients_money_is_the_teams_to_give_back_and_never_the_therapists() {
    let mut story = Story::new_client(Preset::Marketplace);
    story.due(Due::Capture, story.start() - hours(48));
    let now = story.start() - hours(3);
    assert_eq!(code(story.act(&the_therapist(), by_therapist(with_refund()), now)), "team_request_required");
    let outcome = story.act(&the_therapist(), by_therapist(promising(now + hours(20))), now).expect("cancelled");
    assert!(outcome.because.iter().any(|rule| rule.rule == "refund.team_request"));
    assert_eq!(story.appointment().payment.state, PaymentState::Captured, "nothing has gone back");
    assert!(story.of_kind(ObligationKind::DecideMoney).is_owed());
}

// proves
#[test]
fn assoc_missed_because_the_office_double_booked_asks_for_no_make_up() {
    let parameters = Policy::preset(Preset::Clinic).parameters;
    assert!(!asks_for_makeup(&parameters, Fault::PracticeAdmin));
    assert!(asks_for_makeup(&parameters, Fault::Therapist));
}
