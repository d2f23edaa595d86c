//! `docs/policy.md` is read by owners; when the table changes, run this with `UPDATE=1` and review the difference.

extern crate holdspace_domain as domain;

use domain::policy::parameter::{ALL, Section};
use domain::policy::{Policy, Preset, page};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
#[allow(clippy::disallowed_methods, reason = "a test that can write its reviewed file again")]
fn the_page_of_parameters_is_the_table() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md");
    let now = page();
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(&file, &now).expect("written");
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (reviewed.lines().collect(), now.lines().collect());
    let differ: Vec<_> = old.symmetric_difference(&new).collect();
    assert!(differ.is_empty(), "docs/policy.md differs from the table; run with UPDATE=1 and review: {differ:#?}");
}

/// Every value of every preset is described once, in a section, with a sentence, and within its range.
#[test]
fn each_parameter_is_described_once_and_every_preset_gives_it_a_value() {
    let names: BTreeSet<_> = ALL.iter().map(|parameter| parameter.name).collect();
    assert_eq!(names.len(), ALL.len(), "listed once");
    for parameter in ALL {
        assert!(
            parameter.what.ends_with('.') && parameter.sentence().len() > 15,
            "{}: {}",
            parameter.name,
            parameter.what
        );
    }
    for section in Section::ALL {
        assert!(ALL.iter().any(|parameter| parameter.section == *section), "{section} is empty");
    }
    for preset in Preset::ALL {
        let policy = Policy::preset(*preset);
        assert_eq!(policy.problems(), [], "{preset}");
        let values = policy.values();
        for parameter in ALL.iter().filter(|parameter| !parameter.name.contains('<')) {
            assert!(values.contains_key(parameter.name), "{preset} has no {}", parameter.name);
        }
    }
    // The names that the rulings add to the table of the domain.
    for name in [
        "late_cancel.fee_amount",
        "late_cancel.percent",
        "late_cancel.cap",
        "no_show.fee_amount",
        "no_show.percent",
        "no_show.cap",
        "client_cancel.tiers",
        "client_cancel.business_days",
        "first_time_forgiveness",
        "waive_late_fee_if_slot_refilled",
        "correction.therapist_hours",
        "undo.minutes",
        "quiet_hours.from",
        "quiet_hours.to",
        "quiet_hours.urgent",
        "reminder.at",
        "unable_to_reach.reply_hours",
        "no_show.release_prompt_after",
        "reliability.window_days",
        "reliability.min_sample",
        "reliability.threshold",
        "booking.mode",
        "booking.min_notice_hours",
        "slot.horizon_days",
        "reserved_slot.gap_rule",
        "next_step.allowed",
        "reschedule.unanswered_cancel_hours",
        "client_cancel.grace_minutes",
        "practice.holidays",
    ] {
        assert!(names.contains(name), "{name}");
    }
}
