//! Pathways: who sends clients, who pays, what that changes, and who is on which.

use super::policy::value;
use crate::actor::{Owner, Staff};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow;
use crate::portal::desk::{self, Choice};
use crate::portal::{Shell, page as render, page_with, redirect};
use crate::routes::{Answer, Route, get, post};
use askama::Template;
use domain::id::{PathwayId, RelationshipId};
use domain::money::Currency;
use domain::pathway::{Allowance, AllowanceUse, Overrides, Pathway, Wish};
use domain::person::Role;
use domain::policy::parameter;
use domain::refusal::Refusal;
use serde::Deserialize;
use std::fmt::Write;

/// The routes of these pages.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Staff>("/p/pathways", page).about("pathway").says("The practice's pathways"),
        post::<Owner>("/p/pathways", add).about("pathway").audits("pathway_added").says("Adds a pathway"),
        get::<Staff>("/p/pathways/{id}", one).about("pathway").says("One pathway, and putting somebody on it"),
        post::<Owner>("/p/pathways/{id}", change).about("pathway").audits("pathway_changed").says("Changes a pathway"),
        post::<Staff>("/p/pathways/{id}/members", assign)
            .about("relationship")
            .audits("pathway_assigned")
            .says("Puts two people on a pathway"),
        post::<Staff>("/p/clients/{id}/pathway", place)
            .about("relationship")
            .audits("pathway_assigned")
            .says("Puts two people on a pathway, or takes them off"),
    ]
}

/// A pathway in a list.
struct Row {
    href: String,
    name: String,
    detail: String,
}

/// What the form holds.
#[derive(Default)]
struct Form {
    name: String,
    payer: String,
    appointments: String,
    uses: Vec<value::Choice>,
    overrides: String,
}

#[derive(Template)]
#[template(path = "practice/pathways.html")]
struct PathwaysPage {
    shell: Shell,
    errors: FieldErrors,
    rows: Vec<Row>,
    form: Form,
    is_owner: bool,
    action: String,
}

#[derive(Template)]
#[template(path = "practice/pathway.html")]
struct PathwayPage {
    shell: Shell,
    errors: FieldErrors,
    facts: Vec<(&'static str, String)>,
    form: Form,
    is_owner: bool,
    action: String,
    relationships: Vec<Choice>,
    was_assigned: bool,
}

async fn page(app: App, call: Call<Staff>) -> Answer {
    let ask = desk::ask(&call);
    let found = desk::read(&app, move |tx| flow::pathway::list(tx, &ask)).await?;
    let is_owner = call.actor.role == Role::Owner;
    let shell = Shell::new(&app, &call, "Pathways").at("/p/policy");
    render(&list_page(shell, &found, typed(&Raw::default()), FieldErrors::default(), is_owner))
}

fn list_page(shell: Shell, found: &[Pathway], form: Form, errors: FieldErrors, is_owner: bool) -> PathwaysPage {
    let row = |pathway: &Pathway| Row {
        href: format!("/p/pathways/{}", pathway.id),
        name: pathway.name.clone(),
        detail: match (&pathway.payer, &pathway.allowance) {
            (Some(payer), Some(allowance)) => format!("{payer}, {} appointments", allowance.appointments),
            (Some(payer), None) => payer.clone(),
            (None, Some(allowance)) => format!("{} appointments", allowance.appointments),
            (None, None) => "clients pay for themselves".into(),
        },
    };
    let rows = found.iter().map(row).collect();
    PathwaysPage { shell: shell.with(&errors), errors, rows, form, is_owner, action: "/p/pathways".into() }
}

async fn add(app: App, call: Call<Owner>) -> Answer {
    let (ask, inner) = (desk::ask(&call), app.clone());
    let (asked, wish) = (ask.clone(), wish(&app, &call).await?);
    let added = match wish {
        Ok(wish) => {
            flow::once::write(&app, &ask, desk::once_of(&call), move |tx| {
                let done = flow::pathway::add(tx, &inner.tools, &asked, wish.clone())?;
                Ok(store::Done::new(done.answer.id.to_string(), done.audit))
            })
            .await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match added {
        Ok(added) => Ok(redirect(&format!("/p/pathways/{}", added.answer))),
        Err(failed) => {
            let refused = desk::refused(failed)?;
            let ask = desk::ask(&call);
            let found = desk::read(&app, move |tx| flow::pathway::list(tx, &ask)).await?;
            let shell = Shell::new(&app, &call, "Pathways").at("/p/policy");
            page_with(refused.status, &list_page(shell, &found, typed(call.raw()), at_field(refused.errors), true))
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct Query {
    assigned: Option<String>,
}

async fn one(app: App, call: Call<Staff>) -> Answer {
    let id: PathwayId = call.id("id")?;
    let query: Query = call.query()?;
    let ask = desk::ask(&call);
    let (found, relationships) = desk::read(&app, move |tx| {
        Ok((flow::pathway::one(tx, &ask, id)?, desk::relationship_choices::<Staff>(tx, &ask, None)?))
    })
    .await?;
    let shell = Shell::new(&app, &call, found.name.clone()).at("/p/policy");
    render(&PathwayPage {
        shell,
        errors: FieldErrors::default(),
        facts: facts(&found),
        form: of(&found),
        is_owner: call.actor.role == Role::Owner,
        action: format!("/p/pathways/{id}"),
        relationships,
        was_assigned: query.assigned.is_some(),
    })
}

async fn change(app: App, call: Call<Owner>) -> Answer {
    let id: PathwayId = call.id("id")?;
    let (ask, inner) = (desk::ask(&call), app.clone());
    let (asked, wish) = (ask.clone(), wish(&app, &call).await?);
    let changed = match wish {
        Ok(wish) => {
            flow::once::write(&app, &ask, desk::once_of(&call), move |tx| {
                let done = flow::pathway::change(tx, &inner.tools, &asked, id, wish.clone())?;
                Ok(store::Done::new((), done.audit))
            })
            .await
        }
        Err(refusal) => Err(refusal.into()),
    };
    let Err(failed) = changed else { return Ok(redirect(&format!("/p/pathways/{id}"))) };
    let refused = desk::refused(failed)?;
    let ask = desk::ask(&call);
    let (found, relationships) = desk::read(&app, move |tx| {
        Ok((flow::pathway::one(tx, &ask, id)?, desk::relationship_choices::<Staff>(tx, &ask, None)?))
    })
    .await?;
    let errors = at_field(refused.errors);
    let page = PathwayPage {
        shell: Shell::new(&app, &call, found.name.clone()).at("/p/policy").with(&errors),
        errors,
        facts: facts(&found),
        form: typed(call.raw()),
        is_owner: true,
        action: format!("/p/pathways/{id}"),
        relationships,
        was_assigned: false,
    };
    page_with(refused.status, &page)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    relationship: RelationshipId,
}

async fn assign(app: App, call: Call<Staff>) -> Answer {
    let id: PathwayId = call.id("id")?;
    let Member { relationship } = call.form()?;
    put(&app, &call, relationship, Some(id)).await?;
    Ok(redirect(&format!("/p/pathways/{id}?assigned=yes")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placed {
    /// None takes them off.
    pathway: Option<PathwayId>,
}

/// From the page of the client.
async fn place(app: App, call: Call<Staff>) -> Answer {
    let relationship: RelationshipId = call.id("id")?;
    let Placed { pathway } = call.form()?;
    put(&app, &call, relationship, pathway).await?;
    Ok(redirect(&format!("/p/clients/{relationship}?done=pathway")))
}

async fn put(app: &App, call: &Call<Staff>, pair: RelationshipId, to: Option<PathwayId>) -> Result<(), Problem> {
    let (ask, inner) = (desk::ask(call), app.clone());
    let asked = ask.clone();
    flow::once::write(app, &ask, desk::once_of(call), move |tx| {
        let done = flow::pathway::assign(tx, &inner.tools, &asked, pair, to)?;
        Ok(store::Done::new((), done.audit))
    })
    .await?;
    Ok(())
}

fn facts(found: &Pathway) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Payer", found.payer.clone().unwrap_or_else(|| "clients pay for themselves".into()))];
    if let Some(allowance) = &found.allowance {
        let uses: Vec<String> = allowance.used_by.iter().map(|used| value::plain(used.as_str())).collect();
        facts.push(("Allowance", format!("{} appointments; used up by {}", allowance.appointments, uses.join(", "))));
    }
    for (name, wanted) in &found.overrides {
        if let Some(parameter) = parameter::find(name) {
            facts.push((parameter.what, value::in_words(parameter, wanted)));
        }
    }
    facts
}

fn uses(is_chosen: impl Fn(AllowanceUse) -> bool) -> Vec<value::Choice> {
    let choice = |used: &AllowanceUse| value::Choice {
        value: used.as_str().to_owned(),
        label: value::plain(used.as_str()),
        is_chosen: is_chosen(*used),
    };
    AllowanceUse::ALL.iter().map(choice).collect()
}

fn of(found: &Pathway) -> Form {
    let used_by = found.allowance.as_ref().map(|allowance| allowance.used_by.clone()).unwrap_or_default();
    let mut overrides = String::new();
    for (name, wanted) in &found.overrides {
        // Writing to a string cannot fail.
        let _ = writeln!(overrides, "{name}: {}", wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned));
    }
    Form {
        name: found.name.clone(),
        payer: found.payer.clone().unwrap_or_default(),
        appointments: found.allowance.as_ref().map(|a| a.appointments.to_string()).unwrap_or_default(),
        uses: uses(|used| used_by.contains(&used)),
        overrides,
    }
}

fn typed(raw: &Raw) -> Form {
    Form {
        name: raw.get("name").to_owned(),
        payer: raw.get("payer").to_owned(),
        appointments: raw.get("appointments").to_owned(),
        uses: uses(|used| raw.has("used_by", used.as_str())),
        overrides: raw.get("overrides").to_owned(),
    }
}

/// What the form says; a line that cannot be read is refused in words.
async fn wish(app: &App, call: &Call<Owner>) -> Result<Result<Wish, Refusal>, Problem> {
    let practice = call.actor.practice;
    let found = desk::read(app, move |tx| Ok(store::practice::load(tx, practice)?)).await?;
    let currency = found.map_or(Currency::GBP, |practice| practice.currency);
    Ok(wished(call.raw(), currency))
}

fn wished(raw: &Raw, currency: Currency) -> Result<Wish, Refusal> {
    let appointments = raw.get("appointments").trim();
    let allowance = match appointments {
        "" => None,
        text => Some(Allowance {
            appointments: text.parse().unwrap_or(0),
            used_by: AllowanceUse::ALL.iter().copied().filter(|used| raw.has("used_by", used.as_str())).collect(),
        }),
    };
    let mut overrides = Overrides::new();
    for line in raw.get("overrides").lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, text) = line.split_once(':').ok_or_else(|| unreadable(line))?;
        let (name, text) = (name.trim(), text.trim());
        let found = parameter::find(name).ok_or_else(|| unreadable(line))?;
        let as_document = serde_json::from_str(text).ok().filter(|value| found.allowed.accepts(value).is_ok());
        let as_typed = || {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair(name, text);
            value::read(found, &Raw::parse(form.finish().as_bytes()), name, currency)
        };
        let wanted = as_document.unwrap_or_else(as_typed);
        overrides.insert(name.to_owned(), wanted);
    }
    let payer = Some(raw.get("payer").to_owned());
    Ok(Wish { name: raw.get("name").to_owned(), payer, allowance, overrides })
}

fn unreadable(line: &str) -> Refusal {
    let detail =
        format!("“{line}” names no parameter. Write one on each line, such as client_cancel.notice_hours: 12.");
    Refusal::invalid("unknown_parameter", "overrides", detail)
}

/// A problem of a parameter stands at the lines that named it.
fn at_field(errors: FieldErrors) -> FieldErrors {
    let mut moved = FieldErrors::default();
    for error in errors.0 {
        let field = match error.field.as_str() {
            "name" | "payer" => error.field.as_str(),
            "allowance" => "appointments",
            _ => "overrides",
        };
        moved.push(field, error.message);
    }
    moved
}
