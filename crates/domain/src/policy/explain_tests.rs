use super::*;
use crate::money::{Currency, Money};
use crate::policy::money::{self, Event, PaymentState, Situation, TherapistFees};
use crate::policy::notice::{self, Act};
use crate::policy::{FeeModel, Parameters, Policy, Preset, Tier, lateness, self_service};
use crate::time::Span;
use std::collections::BTreeSet;

fn sample(name: &str) -> Value {
    match name {
        "cutoff" | "until" => Value::Moment("2026-03-10T14:00:00Z".parse().expect("a moment")),
        "notice" => Value::Hours(24),
        "within" => Value::Hours(1),
        "amount" => Value::Money(Money::new(6000, Currency::GBP)),
        "percent" => Value::Percent(50),
        "needed" | "missed" | "allowed" => Value::Count(2),
        other => panic!("no sample for {other}"),
    }
}

/// The rule with a sample for each of its values.
fn used(rule: &super::super::rules::Rule) -> RuleUse {
    let names = rule.sentence.split('{').skip(1).filter_map(|part| part.split_once('}'));
    names.fold(RuleUse::of(rule.id), |used, (name, _)| used.with(name, sample(name)))
}

fn london() -> Zone {
    "Europe/London".parse().expect("a zone")
}

#[test]
fn every_rule_reads_as_a_whole_sentence_in_both_languages() {
    for rule in RULES {
        for language in [Language::British, Language::American] {
            let sentence = explain(&used(rule), language, &london());
            assert!(sentence.ends_with('.') && sentence.len() > 15, "{}: {sentence}", rule.id);
            assert!(!sentence.contains(['{', '}', '…']), "{}: {sentence}", rule.id);
            for word in ["provider", "patient", "session"] {
                assert!(!sentence.contains(word), "{}: {sentence}", rule.id);
            }
        }
    }
    let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
}

#[test]
fn a_moment_reads_as_each_country_writes_it_in_the_readers_zone() {
    let summer: Instant = "2026-06-09T13:05:00Z".parse().expect("a moment");
    assert_eq!(moment(summer, Language::British, &london()), "Tuesday 9 June 2026 at 14:05");
    let new_york: Zone = "America/New_York".parse().expect("a zone");
    assert_eq!(moment(summer, Language::American, &new_york), "Tuesday, June 9, 2026 at 9:05 AM");
}

#[test]
fn the_sentences_say_what_was_decided() {
    let late =
        RuleUse::of("client_cancel.notice.late").with("cutoff", sample("cutoff")).with("notice", sample("notice"));
    assert_eq!(
        explain(&late, Language::British, &london()),
        "This reached us after Tuesday 10 March 2026 at 14:00, and the policy asks for 24 hours of notice."
    );
    let short = RuleUse::of("reliability.counted");
    assert_eq!(explain(&short, Language::American, &london()), "It counts: the therapist canceled.");
    let tier = RuleUse::of("fee.tier")
        .with("within", sample("within"))
        .with("percent", sample("percent"))
        .with("amount", sample("amount"));
    assert_eq!(
        explain(&tier, Language::British, &london()),
        "With less than 1 hour of notice the fee is 50% of the price, £60.00."
    );
}

fn start() -> Instant {
    "2026-03-10T14:00:00Z".parse().expect("a moment")
}

/// Every rule that notice, self-service and money use under these parameters, at any hour and payment.
fn everything_used(parameters: &Parameters, used: &mut Vec<RuleUse>) {
    let price = Money::new(6000, Currency::GBP);
    let floor = Some(start() - Span::hours(200));
    for (hours, floor) in [(100, None), (13, None), (1, None), (100, floor)] {
        let received_at = start() - Span::hours(hours);
        let judged = |act| notice::judge(parameters, &london(), act, start(), received_at, floor);
        used.push(notice::short_notice_rule(parameters, start(), received_at));
        used.push(self_service::rule(self_service::decide(parameters, &judged(Act::Cancel))));
        let events = [
            Event::ClientCancels(judged(Act::Cancel)),
            Event::ClientMoves(judged(Act::Move)),
            Event::ClientMisses,
            Event::TherapistCancels,
        ];
        for event in events {
            for payment in PaymentState::ALL {
                for refund_asked in [false, true] {
                    let fee = Some(Money::new(7000, Currency::GBP));
                    let therapist_fees = TherapistFees { late_cancel: fee, no_show: fee };
                    let plain = Situation { refund_asked, ..Situation::new(event, price, *payment) };
                    let case = Situation { therapist_fees, practice_cap: fee.map(|f| f.percent(10)), ..plain };
                    used.extend(money::decide(parameters, &case).because);
                    used.extend(money::decide(parameters, &Situation { new_client: true, ..plain }).because);
                }
            }
        }
    }
    used.extend(lateness::release_prompt(parameters, 9));
    used.push(RuleUse::of("client_cancel.free_until").with("cutoff", sample("cutoff")));
    used.push(RuleUse::of("allowance.used").with("allowed", sample("allowed")));
    for minutes in [1, 60] {
        match lateness::may_call_missed(parameters, start(), start() + Span::minutes(minutes), 0) {
            Ok(rule) => used.push(rule),
            Err(not_yet) => used.push(not_yet.rule()),
        }
    }
    used.extend(lateness::may_call_missed(parameters, start(), start() + Span::minutes(60), 9));
}

#[test]
fn no_decision_leaves_a_gap_in_its_sentence() {
    let mut used = Vec::new();
    for preset in Preset::ALL {
        let mut parameters = Policy::preset(*preset).parameters;
        for model in FeeModel::ALL {
            (parameters.late_cancel.fee_model, parameters.no_show.fee_model) = (*model, *model);
            everything_used(&parameters, &mut used);
        }
        parameters.client_cancel.tiers = vec![Tier { within_hours: 12, percent: 50 }];
        everything_used(&parameters, &mut used);
    }
    for rule in &used {
        let sentence = explain(rule, Language::British, &london());
        assert!(sentence.ends_with('.') && !sentence.contains('…'), "{}: {sentence}", rule.rule);
    }
    let ids: BTreeSet<_> = used.iter().map(|rule| rule.rule).collect();
    let with_values = RULES.iter().filter(|rule| rule.sentence.contains('{'));
    let unseen: Vec<_> = with_values.map(|rule| rule.id).filter(|id| !ids.contains(id)).collect();
    assert_eq!(unseen, Vec::<&str>::new(), "rules with values that no case here uses");
}
