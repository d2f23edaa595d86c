//! The practice's policy: what it says by section, changing it, its versions, and "what if" (`ux` 4.15).

mod edit;
mod reasons;
mod replay;
pub(super) mod value;
mod versions;
mod what_if;

use crate::actor::{Manager, Owner, Staff};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::portal::desk::{self, When};
use crate::portal::{Shell, page as render};
use crate::routes::{Answer, Route, get, post};
use askama::Template;
use domain::id::PracticeId;
use domain::money::Currency;
use domain::person::Role;
use domain::policy::Policy;
use domain::policy::parameter::{self, Section};
use store::policy::VersionMade;

/// The routes of these pages.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Staff>("/p/policy", page).about("policy").says("What the policy says, by section"),
        get::<Owner>("/p/policy/sections/{section}", edit::page).about("policy").says("The form of one section"),
        post::<Owner>("/p/policy/sections/{section}", edit::confirm)
            .about("policy")
            .says("Shows what would change, before it does"),
        get::<Owner>("/p/policy/reasons", reasons::page)
            .about("policy")
            .says("The reasons: wording, and what each does"),
        post::<Owner>("/p/policy/reasons", reasons::confirm)
            .about("policy")
            .says("Shows what would change about the reasons, before it does"),
        post::<Owner>("/p/policy/publish", edit::publish)
            .about("policy")
            .audits("policy_changed")
            .says("Makes the next version"),
        get::<Staff>("/p/policy/versions", versions::page).about("policy").says("Every version"),
        get::<Staff>("/p/policy/compare", versions::compare).about("policy").says("Two versions side by side"),
        get::<Staff>("/p/policy/what-if", what_if::page)
            .about("policy")
            .says("What each policy would make of one appointment"),
        post::<Manager>("/p/policy/replays", replay::begin).about("policy").says("Replays the past year"),
        get::<Manager>("/p/policy/replays/{id}", replay::page)
            .about("policy")
            .says("How far a replay is, and what came of it"),
    ]
}

/// Versions that a list shows.
const VERSIONS_MAX: u32 = 500;

/// One parameter as it stands.
struct Line {
    name: String,
    what: String,
    value: String,
}

/// One section as it stands.
struct SectionView {
    key: &'static str,
    title: &'static str,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "practice/policy.html")]
struct PolicyPage {
    shell: Shell,
    version: u32,
    preset: &'static str,
    made: String,
    is_owner: bool,
    was_published: bool,
    sections: Vec<SectionView>,
}

#[derive(Debug, Default, serde::Deserialize)]
struct PublishedQuery {
    published: Option<u32>,
}

async fn page(app: App, call: Call<Staff>) -> Answer {
    let query: PublishedQuery = call.query()?;
    let (ask, practice) = (desk::ask(&call), call.actor.practice);
    let (policy, made) = desk::read(&app, move |tx| {
        let policy = flow::settings::policy_in_scope(tx, &ask, practice)?;
        Ok((policy, store::policy::versions(tx, practice, 1)?))
    })
    .await?;
    let when = When::of(&call);
    render(&PolicyPage {
        shell: Shell::new(&app, &call, "Policy").at("/p/policy"),
        version: policy.version,
        preset: policy.preset.as_str(),
        made: made.first().map(|made| when.on(made.made_at)).unwrap_or_default(),
        is_owner: call.actor.role == Role::Owner,
        was_published: query.published == Some(policy.version),
        sections: Section::ALL.iter().map(|section| section_view(&policy, *section)).collect(),
    })
}

fn section_view(policy: &Policy, section: Section) -> SectionView {
    let of_section = |(name, value): (String, serde_json::Value)| {
        let found = parameter::find(&name).filter(|parameter| parameter.section == section)?;
        Some(Line { what: found.sentence(), value: value::in_words(found, &value), name })
    };
    let lines = policy.values().into_iter().filter_map(of_section).collect();
    SectionView { key: section.as_str(), title: section.title(), lines }
}

/// One value that differs.
struct Change {
    name: String,
    what: String,
    before: String,
    after: String,
}

/// What differs between two documents, in the order of the documentation; what only one of them names is not set in the
/// other.
fn changes(before: &Policy, after: &Policy) -> Vec<Change> {
    let (own, theirs) = (before.values(), after.values());
    let added = theirs.keys().filter(|name| !own.contains_key(*name));
    let differs = |name: &String| {
        let (found, unset) = (parameter::find(name)?, serde_json::Value::Null);
        let (was, is) = (own.get(name).unwrap_or(&unset), theirs.get(name).unwrap_or(&unset));
        (was != is).then(|| Change {
            what: found.sentence(),
            before: value::in_words(found, was),
            after: value::in_words(found, is),
            name: name.clone(),
        })
    };
    own.keys().chain(added).filter_map(differs).collect()
}

/// A version as a choice of a form.
struct VersionChoice {
    version: u32,
    label: String,
    is_a: bool,
    is_b: bool,
}

fn version_choices(made: &[VersionMade], when: &When, a: u32, b: u32) -> Vec<VersionChoice> {
    let choice = |one: &VersionMade| VersionChoice {
        version: one.version,
        label: format!("Version {}, {}", one.version, when.short_moment(one.made_at)),
        is_a: one.version == a,
        is_b: one.version == b,
    };
    made.iter().map(choice).collect()
}

/// The practice's versions and what it charges in.
async fn known(app: &App, practice: PracticeId) -> Result<(Vec<VersionMade>, Currency), Problem> {
    desk::read(app, move |tx| {
        let found = store::practice::load(tx, practice)?;
        let currency = found.map_or(Currency::GBP, |practice| practice.currency);
        Ok((store::policy::versions(tx, practice, VERSIONS_MAX)?, currency))
    })
    .await
}
