//! The list of parameters as a page for people, made from the same table as everything else.

use super::parameter::{ALL, Parameter, Section};
use super::{Policy, Preset};
use serde_json::Value;
use std::fmt::Write;

/// `docs/policy.md`: every parameter by section, with its type, range, kinder direction and the presets' values.
pub fn page() -> String {
    let mut text = String::from(
        "# The policy, parameter by parameter\n\n\
         Made from the table in `crates/domain/src/policy/parameters.rs`; a test keeps the two the same \
         (`UPDATE=1 cargo nextest run -p holdspace-domain --test policy_page`). \
         [For owners](owner.md) says how to change them.\n\n\
         *Kinder* says which value holds where a pathway or a therapist differs from the practice. \
         `obligation.<kind>.due` stands for one parameter for each kind of duty, `reasons.<code>.enabled` for one for \
         each reason.\n",
    );
    let presets: Vec<Policy> = Preset::ALL.iter().map(|preset| Policy::preset(*preset)).collect();
    for section in Section::ALL {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n## {}\n\n", section.title());
        text.push_str("| parameter | what it means | takes | kinder | network | insurance | marketplace | clinic |\n");
        text.push_str("|---|---|---|---|---|---|---|---|\n");
        for parameter in ALL.iter().filter(|parameter| parameter.section == *section) {
            line(&mut text, parameter, &presets);
        }
    }
    text
}

fn line(into: &mut String, parameter: &Parameter, presets: &[Policy]) {
    let unit = if parameter.unit.is_empty() { String::new() } else { format!(" ({})", parameter.unit) };
    let values: Vec<String> = presets.iter().map(|policy| value(parameter, policy)).collect();
    let cells = [
        format!("`{}`", parameter.name),
        parameter.sentence(),
        format!("{}{unit}", parameter.allowed.in_words()),
        parameter.kinder.in_words().to_owned(),
        values.join(" | "),
    ];
    let _ = writeln!(into, "| {} |", cells.join(" | "));
}

fn value(parameter: &Parameter, policy: &Policy) -> String {
    if parameter.name.contains('<') {
        return "each its own".to_owned();
    }
    policy.values().get(parameter.name).map(in_words).unwrap_or_default()
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Value::Object(_) => serde_json::from_value::<crate::money::Money>(value.clone())
            .map_or_else(|_| value.to_string(), |money| money.to_string()),
        Value::Number(number) => number.to_string(),
    }
}
