//! Changing the policy: one section at a time, and nothing before its owner has seen what would change.

use super::value::{self, Control};
use super::{Change, changes};
use crate::actor::Owner;
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow;
use crate::portal::desk;
use crate::portal::{Shell, page as render, page_with, redirect};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::money::Currency;
use domain::policy::Policy;
use domain::policy::parameter::{self, Section};
use domain::refusal::Refusal;
use serde::Deserialize;
use serde_json::{Map, Value};

/// One parameter of the form.
struct Field {
    name: String,
    what: String,
    takes: String,
    control: Control,
}

#[derive(Template)]
#[template(path = "practice/policy_section.html")]
struct SectionPage {
    shell: Shell,
    errors: FieldErrors,
    section: Section,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "practice/policy_confirm.html")]
pub(super) struct ConfirmPage {
    shell: Shell,
    title: &'static str,
    back: String,
    changes: Vec<Change>,
    next: u32,
    seen: u32,
    set: String,
}

/// GET.
pub(super) async fn page(app: App, call: Call<Owner>) -> Answer {
    let section = section(&call)?;
    let (today, _) = today(&app, &call).await?;
    render(&form(&app, &call, section, &today.values(), FieldErrors::default()))
}

/// POST: what would change, or what is wrong with it.
pub(super) async fn confirm(app: App, call: Call<Owner>) -> Answer {
    let section = section(&call)?;
    let (today, currency) = today(&app, &call).await?;
    let values = today.values();
    let mut wanted = Map::new();
    for (name, value) in &values {
        let Some(found) = of_section(name, section) else { continue };
        let typed = value::read(found, call.raw(), name, currency);
        if typed != *value {
            wanted.insert(name.clone(), typed);
        }
    }
    let after = match today.set(&wanted) {
        Ok(after) => after,
        Err(problems) => {
            let mut errors = FieldErrors::default();
            problems.iter().for_each(|problem| errors.push(&problem.field, sentence(&problem.field, &problem.message)));
            let typed =
                values.into_iter().map(|(name, value)| (name.clone(), wanted.get(&name).cloned().unwrap_or(value)));
            let page = form(&app, &call, section, &typed.collect(), errors);
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let back = format!("/p/policy/sections/{}", section.as_str());
    render(&ConfirmPage::of(&app, &call, (section.title(), back), &today, &after, wanted))
}

impl ConfirmPage {
    /// What these changes make of today's policy; `from` is the title and address of the form.
    pub(super) fn of(
        app: &App,
        call: &Call<Owner>,
        from: (&'static str, String),
        today: &Policy,
        after: &Policy,
        wanted: Map<String, Value>,
    ) -> Self {
        Self {
            shell: Shell::new(app, call, "What would change").at("/p/policy"),
            title: from.0,
            back: from.1,
            changes: changes(today, after),
            next: after.version,
            seen: today.version,
            set: Value::Object(wanted).to_string(),
        }
    }
}

/// A parameter of this form; the reasons have a form of their own.
fn of_section(name: &str, section: Section) -> Option<&'static parameter::Parameter> {
    parameter::find(name).filter(|parameter| parameter.section == section && !name.starts_with("reasons."))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publish {
    set: String,
    seen: u32,
}

/// POST: the next version, if nobody has made one meanwhile.
pub(super) async fn publish(app: App, call: Call<Owner>) -> Answer {
    let Publish { set, seen } = call.form()?;
    let set: Map<String, Value> = serde_json::from_str(&set).map_err(|_| Refusal::not_found("policy"))?;
    let (ask, practice, inner) = (desk::ask(&call), call.actor.practice, app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, desk::once_of(&call), move |tx| {
        if flow::settings::policy_in_scope(tx, &asked, practice)?.version != seen {
            return Err(Refusal::stale().into());
        }
        let done = flow::settings::policy(tx, &inner.tools, &asked, practice, &set)?;
        Ok(store::Done::new(done.answer.version, done.audit))
    })
    .await?;
    Ok(redirect(&format!("/p/policy?published={}", done.answer)))
}

pub(super) async fn today(app: &App, call: &Call<Owner>) -> Result<(Policy, Currency), Problem> {
    let (ask, practice) = (desk::ask(call), call.actor.practice);
    desk::read(app, move |tx| {
        let found = store::practice::load(tx, practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
        Ok((flow::settings::policy_in_scope(tx, &ask, practice)?, found.currency))
    })
    .await
}

fn section(call: &Call<Owner>) -> Result<Section, Problem> {
    call.param("section").parse().map_err(|_| Problem::not_found())
}

fn form(
    app: &App,
    call: &Call<Owner>,
    section: Section,
    values: &Map<String, Value>,
    errors: FieldErrors,
) -> SectionPage {
    let field = |(name, value): (&String, &Value)| {
        let found = of_section(name, section)?;
        Some(Field {
            name: name.clone(),
            what: found.sentence(),
            takes: takes(found),
            control: value::control(found, value),
        })
    };
    SectionPage {
        shell: Shell::new(app, call, section.title()).at("/p/policy").with(&errors),
        section,
        fields: values.iter().filter_map(field).collect(),
        errors,
    }
}

/// What may be typed, where the control does not say so itself.
fn takes(found: &parameter::Parameter) -> String {
    use parameter::Allowed::{Tiers, Word, Words, YesNo};
    let unit = if found.unit.is_empty() || found.unit == "money" { String::new() } else { format!("{}. ", found.unit) };
    match found.allowed {
        YesNo | Word(_) | Words(_) => unit,
        Tiers => {
            "One step on each line, the shortest notice first: 12: 100 means all of the price within 12 hours.".into()
        }
        _ => format!("{unit}{}.", desk::capital(&found.allowed.in_words())),
    }
}

fn sentence(field: &str, message: &str) -> String {
    format!("{field} {message}.")
}
