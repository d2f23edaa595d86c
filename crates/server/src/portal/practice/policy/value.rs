//! A parameter's value: in words, as a control of a form, and back from what was typed.

use crate::body::Raw;
use domain::money::{Currency, Money};
use domain::policy::Tier;
use domain::policy::parameter::{Allowed, Parameter};
use serde_json::{Value, json};

/// How a parameter is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// One of a few.
    Choose(Vec<Choice>),
    /// Any of a few.
    Tick(Vec<Choice>),
    /// One line: the input's type and what stands in it.
    Line(&'static str, String),
    /// Several lines.
    Lines(String),
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// As sent.
    pub value: String,
    /// As read.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// A word of the document as people read it.
pub fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// The value in words; nothing set reads as a dash with its meaning.
pub fn in_words(parameter: &Parameter, value: &Value) -> String {
    let unit = if matches!(parameter.unit, "" | "money") { String::new() } else { format!(" {}", parameter.unit) };
    match (&parameter.allowed, value) {
        (_, Value::Null) => "not set".to_owned(),
        (_, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        (_, Value::Array(items)) if items.is_empty() => "none".to_owned(),
        (Allowed::Tiers, Value::Array(items)) => {
            let steps: Vec<Tier> = items.iter().filter_map(|item| serde_json::from_value(item.clone()).ok()).collect();
            let step = |tier: &Tier| format!("{}% within {} hours", tier.percent, tier.within_hours);
            steps.iter().map(step).collect::<Vec<_>>().join(", ")
        }
        (_, Value::Array(items)) => format!("{}{unit}", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        (Allowed::MoneyOrNull, value) => {
            serde_json::from_value::<Money>(value.clone()).map(|money| money.to_string()).unwrap_or_default()
        }
        (Allowed::Deadline | Allowed::DeadlineOrNull, value) => deadline(value.as_str().unwrap_or_default()),
        (Allowed::Word(_), Value::String(word)) => plain(word),
        (_, value) => format!("{}{unit}", text(value)),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), plain)
}

/// `PT15M` as "15 minutes", `2_working_days` as "2 working days".
fn deadline(text: &str) -> String {
    let length = text.strip_prefix("PT");
    let counted = |number: &str, one: &str| format!("{number} {one}{}", if number == "1" { "" } else { "s" });
    match length.and_then(|rest| rest.chars().last().map(|unit| (unit, &rest[..rest.len() - 1]))) {
        Some(('M', number)) => counted(number, "minute"),
        Some(('H', number)) => counted(number, "hour"),
        _ => plain(text),
    }
}

/// The control that asks for it, with its present value.
pub fn control(parameter: &Parameter, value: &Value) -> Control {
    let choice = |value: &str, label: String, is_chosen: bool| Choice { value: value.to_owned(), label, is_chosen };
    let shown = || if value.is_null() { String::new() } else { value.to_string() };
    let line = || value.as_str().unwrap_or_default().to_owned();
    match &parameter.allowed {
        Allowed::YesNo => Control::Choose(vec![
            choice("yes", "yes".into(), value == &Value::Bool(true)),
            choice("no", "no".into(), value == &Value::Bool(false)),
        ]),
        Allowed::Word(words) => {
            Control::Choose(words.iter().map(|word| choice(word, plain(word), value.as_str() == Some(word))).collect())
        }
        Allowed::Words(words) => {
            let has = |word: &str| value.as_array().is_some_and(|all| all.iter().any(|v| v.as_str() == Some(word)));
            Control::Tick(words.iter().map(|word| choice(word, plain(word), has(word))).collect())
        }
        Allowed::Number(..) | Allowed::NumberOrNull(..) => Control::Line("number", shown()),
        Allowed::Time => Control::Line("time", line()),
        Allowed::Text(_) | Allowed::TextOrNull(_) | Allowed::Deadline | Allowed::DeadlineOrNull => {
            Control::Line("text", line())
        }
        Allowed::MoneyOrNull => {
            let money: Option<Money> = serde_json::from_value(value.clone()).ok();
            Control::Line("text", money.map(major).unwrap_or_default())
        }
        Allowed::Texts(_) | Allowed::Dates | Allowed::Hours(..) | Allowed::Tiers => Control::Lines(lines(value)),
    }
}

fn lines(value: &Value) -> String {
    let one = |item: &Value| match (item.get("within_hours"), item.get("percent")) {
        (Some(hours), Some(percent)) => format!("{hours}: {percent}"),
        _ => item.as_str().map_or_else(|| item.to_string(), str::to_owned),
    };
    value.as_array().map(|items| items.iter().map(one).collect::<Vec<_>>().join("\n")).unwrap_or_default()
}

fn major(money: Money) -> String {
    format!("{}.{:02}", money.amount_minor / 100, money.amount_minor % 100)
}

/// What was typed, as the value that it means; whatever cannot be read goes on as it is, and the table refuses it.
pub fn read(parameter: &Parameter, raw: &Raw, name: &str, currency: Currency) -> Value {
    let text = raw.get(name).trim();
    match &parameter.allowed {
        Allowed::YesNo => Value::Bool(text == "yes"),
        Allowed::Words(_) => Value::from(raw.all(name).map(str::to_owned).collect::<Vec<_>>()),
        Allowed::NumberOrNull(..) | Allowed::TextOrNull(_) | Allowed::DeadlineOrNull | Allowed::MoneyOrNull
            if text.is_empty() =>
        {
            Value::Null
        }
        Allowed::Number(..) | Allowed::NumberOrNull(..) => number(text),
        Allowed::MoneyOrNull => match minor(text) {
            Some(amount) => json!({ "amount_minor": amount, "currency": currency.code() }),
            None => Value::from(text),
        },
        Allowed::Hours(..) => Value::from(items(text).map(number).collect::<Vec<_>>()),
        Allowed::Texts(_) | Allowed::Dates => Value::from(items(text).map(str::to_owned).collect::<Vec<_>>()),
        Allowed::Tiers => Value::from(items(text).map(tier).collect::<Vec<_>>()),
        _ => Value::from(text),
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', ',']).map(str::trim).filter(|item| !item.is_empty())
}

fn number(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from)
}

fn tier(text: &str) -> Value {
    let (hours, percent) = text.split_once(':').unwrap_or((text, ""));
    json!({ "within_hours": number(hours.trim()), "percent": number(percent.trim().trim_end_matches('%')) })
}

fn minor(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let part = match part.len() {
        1 => part.parse::<i64>().ok()? * 10,
        2 => part.parse().ok()?,
        _ => return None,
    };
    Some(whole.parse::<i64>().ok()?.checked_mul(100)? + part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::policy::{Policy, Preset, parameter};

    /// Every value of every preset goes into its control and comes back the same.
    #[test]
    fn what_a_form_shows_is_what_it_sends_back() {
        for preset in Preset::ALL {
            for (name, value) in Policy::preset(*preset).values() {
                let found = parameter::find(&name).expect("a parameter");
                let sent: Vec<(String, String)> = match control(found, &value) {
                    Control::Choose(all) | Control::Tick(all) => {
                        all.into_iter().filter(|c| c.is_chosen).map(|c| (name.clone(), c.value)).collect()
                    }
                    Control::Line(_, text) | Control::Lines(text) => vec![(name.clone(), text)],
                };
                let mut text = form_urlencoded::Serializer::new(String::new());
                text.extend_pairs(sent);
                let currency = if *preset == Preset::Insurance { Currency::USD } else { Currency::GBP };
                let back = read(found, &Raw::parse(text.finish().as_bytes()), &name, currency);
                assert_eq!(back, value, "{preset} {name}");
                assert!(!in_words(found, &value).is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn steps_and_deadlines_read_as_people_write_them() {
        let tiers = parameter::find("client_cancel.tiers").expect("a parameter");
        let raw = Raw::parse(b"client_cancel.tiers=12%3A+100%25%0A24%3A+50");
        let steps = read(tiers, &raw, "client_cancel.tiers", Currency::GBP);
        assert_eq!(in_words(tiers, &steps), "100% within 12 hours, 50% within 24 hours");
        assert_eq!((deadline("PT15M"), deadline("2_working_days")), ("15 minutes".into(), "2 working days".into()));
        assert_eq!((minor("60"), minor("60.5"), minor("60.555"), minor("x")), (Some(6000), Some(6050), None, None));
    }
}
