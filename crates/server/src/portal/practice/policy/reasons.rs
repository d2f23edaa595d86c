//! The list of reasons: what the practice calls each, who may give it, and what it does (G-07, G-11).

use super::edit::{ConfirmPage, today};
use super::value::plain;
use crate::actor::Owner;
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::portal::desk::Choice;
use crate::portal::{Shell, page as render, page_with};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::policy::{FieldProblem, Policy, ReasonRule};
use domain::reason::{Initiator, Reason, Treatment};
use serde_json::{Map, Value, json};

/// Where the form is.
const HERE: &str = "/p/policy/reasons";

/// One reason of the table.
struct Row {
    code: &'static str,
    words: String,
    label_id: String,
    label: String,
    enabled_id: String,
    is_enabled: bool,
    link_id: String,
    sends_link: bool,
    counts_id: String,
    counts: Vec<Choice>,
}

/// The reasons that one side's forms offer.
struct Side {
    title: &'static str,
    key: &'static str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "practice/policy_reasons.html")]
struct ReasonsPage {
    shell: Shell,
    errors: FieldErrors,
    sides: Vec<Side>,
}

/// GET.
pub(super) async fn page(app: App, call: Call<Owner>) -> Answer {
    let (policy, _) = today(&app, &call).await?;
    let rule = |reason| policy.parameters.reasons.of(reason);
    render(&form(&app, &call, rule, FieldErrors::default()))
}

/// POST: what would change, or what is wrong with it.
pub(super) async fn confirm(app: App, call: Call<Owner>) -> Answer {
    let (policy, _) = today(&app, &call).await?;
    let wanted = wanted(&policy, call.raw());
    match policy.set(&wanted) {
        Ok(after) => render(&ConfirmPage::of(&app, &call, ("Reasons", HERE.to_owned()), &policy, &after, wanted)),
        Err(problems) => {
            let page = form(&app, &call, |reason| typed(call.raw(), reason), errors(&problems));
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// What was typed about one reason.
fn typed(raw: &Raw, reason: Reason) -> ReasonRule {
    let label = raw.get(&format!("label.{reason}")).trim();
    ReasonRule {
        label: Some(label.to_owned()).filter(|label| !label.is_empty()),
        enabled: raw.has("enabled", reason.as_str()),
        sends_link: raw.has("sends_link", reason.as_str()),
        reliability: raw.get(&format!("reliability.{reason}")).parse().unwrap_or(reason.treatment()),
    }
}

/// What differs from today, as the policy's own names and values.
fn wanted(today: &Policy, raw: &Raw) -> Map<String, Value> {
    let mut wanted = Map::new();
    for reason in Reason::ALL {
        let (is, was) = (typed(raw, *reason), today.parameters.reasons.of(*reason));
        let mut put = |part: &str, differs: bool, value: Value| {
            if differs {
                wanted.insert(format!("reasons.{reason}.{part}"), value);
            }
        };
        put("label", is.label != was.label, json!(is.label));
        put("enabled", is.enabled != was.enabled, json!(is.enabled));
        put("sends_link", is.sends_link != was.sends_link, json!(is.sends_link));
        put("reliability", is.reliability != was.reliability, json!(is.reliability));
    }
    wanted
}

/// What is wrong, beside the reason that it is about.
fn errors(problems: &[FieldProblem]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for problem in problems {
        let parts = problem.field.strip_prefix("reasons.").and_then(|rest| rest.split_once('.'));
        match parts.and_then(|(code, part)| Some((code.parse::<Reason>().ok()?, part))) {
            Some((reason, "enabled")) => errors.push(&format!("enabled.{reason}"), format!("You {}.", problem.message)),
            Some((reason, part)) => {
                let sentence = format!("{}: your own wording {}.", words(reason), problem.message);
                errors.push(&format!("{part}.{reason}"), sentence);
            }
            None => errors.push("", format!("{} {}.", problem.field, problem.message)),
        }
    }
    errors
}

fn words(reason: Reason) -> String {
    reason.words().replace('\'', "’")
}

fn form(app: &App, call: &Call<Owner>, rule: impl Fn(Reason) -> ReasonRule, errors: FieldErrors) -> ReasonsPage {
    let side = |title, key, is_theirs: fn(Reason) -> bool| Side {
        title,
        key,
        rows: Reason::ALL.iter().filter(|reason| is_theirs(**reason)).map(|r| row(*r, rule(*r))).collect(),
    };
    let sides = vec![
        side("Therapists and the practice", "staff", |reason| reason.initiators() != [Initiator::Client]),
        side("Clients", "client", |reason| reason.initiators() == [Initiator::Client]),
    ];
    ReasonsPage { shell: Shell::new(app, call, "Reasons").at("/p/policy").with(&errors), errors, sides }
}

fn row(reason: Reason, rule: ReasonRule) -> Row {
    let counts = |one: &Treatment| Choice::new(one.as_str(), plain(one.as_str()), *one == rule.reliability);
    Row {
        code: reason.as_str(),
        words: words(reason),
        label_id: format!("label.{reason}"),
        label: rule.label.unwrap_or_default(),
        enabled_id: format!("enabled.{reason}"),
        is_enabled: rule.enabled,
        link_id: format!("sends_link.{reason}"),
        sends_link: rule.sends_link,
        counts_id: format!("reliability.{reason}"),
        counts: Treatment::ALL.iter().map(counts).collect(),
    }
}
