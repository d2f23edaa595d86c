//! Rules in sentences that a person reads.

use super::rule::{RuleUse, Value};
use super::rules::RULES;
use crate::time::{Instant, Zone};
use std::fmt::Write;

/// Whose English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// en-GB: "cancelled", Tuesday 10 March 2026 at 14:00.
    British,
    /// en-US: "canceled", Tuesday, March 10, 2026 at 2:00 PM.
    American,
}

/// The rule as a sentence, moments as a clock in `zone` shows them. A rule that is not on the list reads as its id.
pub fn explain(rule_use: &RuleUse, language: Language, zone: &Zone) -> String {
    let Some(rule) = RULES.iter().find(|rule| rule.id == rule_use.rule) else { return rule_use.rule.to_owned() };
    let mut sentence = String::with_capacity(rule.sentence.len() + 40);
    let mut rest = rule.sentence;
    while let Some((plain, tail)) = rest.split_once('{') {
        sentence.push_str(plain);
        let (name, tail) = tail.split_once('}').unwrap_or((tail, ""));
        match rule_use.values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => write_value(&mut sentence, value, language, zone),
            None => sentence.push('…'),
        }
        rest = tail;
    }
    sentence.push_str(rest);
    match language {
        Language::British => sentence,
        Language::American => american(&sentence),
    }
}

fn american(sentence: &str) -> String {
    sentence.replace("ancelled", "anceled").replace("ancelling", "anceling").replace("rogramme", "rogram")
}

fn write_value(into: &mut String, value: &Value, language: Language, zone: &Zone) {
    let counted = |into: &mut String, n: u32, one: &str| {
        let end = if n == 1 { "" } else { "s" };
        // Writing to a string cannot fail.
        let _ = write!(into, "{n} {one}{end}");
    };
    match value {
        Value::Moment(at) => into.push_str(&moment(*at, language, zone)),
        Value::Hours(n) => counted(into, *n, "hour"),
        Value::Minutes(n) => counted(into, *n, "minute"),
        Value::Count(n) => into.push_str(&n.to_string()),
        Value::Money(amount) => into.push_str(&amount.to_string()),
        Value::Percent(n) => {
            let _ = write!(into, "{n}%");
        }
        Value::Words(words) => into.push_str(words),
    }
}

/// A moment as people of this language write it, in that zone.
pub fn moment(at: Instant, language: Language, zone: &Zone) -> String {
    let pattern = match language {
        Language::British => "%A %-d %B %Y at %H:%M",
        Language::American => "%A, %B %-d, %Y at %-I:%M %p",
    };
    at.in_zone(zone).strftime(pattern).to_string()
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;
