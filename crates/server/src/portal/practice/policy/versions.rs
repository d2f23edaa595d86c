//! Every version of the policy, and any two of them side by side.

use super::{Change, VERSIONS_MAX, VersionChoice, changes, known, version_choices};
use crate::actor::Staff;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::portal::desk::{self, People, When};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::person::PersonRef;
use serde::Deserialize;

/// One version.
struct VersionView {
    version: u32,
    made: String,
    by: String,
    before: u32,
}

#[derive(Template)]
#[template(path = "practice/policy_versions.html")]
struct VersionsPage {
    shell: Shell,
    versions: Vec<VersionView>,
    choices: Vec<VersionChoice>,
}

#[derive(Template)]
#[template(path = "practice/policy_compare.html")]
struct ComparePage {
    shell: Shell,
    left: String,
    right: String,
    changes: Vec<Change>,
    choices: Vec<VersionChoice>,
}

/// GET.
pub(super) async fn page(app: App, call: Call<Staff>) -> Answer {
    let (practice, when) = (call.actor.practice, When::of(&call));
    let inner = when.clone();
    let (versions, choices) = desk::read(&app, move |tx| {
        let made = store::policy::versions(tx, practice, VERSIONS_MAX)?;
        let newest = made.first().map_or(1, |made| made.version);
        let mut people = People::default();
        let mut views = Vec::with_capacity(made.len());
        for one in &made {
            let by = match one.made_by.parse::<PersonRef>() {
                Ok(who) => people.find(tx, who)?.map(|person| person.name.clone()).unwrap_or_default(),
                Err(_) => "setting up".to_owned(),
            };
            let made = inner.moment(one.made_at);
            views.push(VersionView { version: one.version, made, by, before: one.version.saturating_sub(1) });
        }
        Ok((views, version_choices(&made, &inner, newest.saturating_sub(1), newest)))
    })
    .await?;
    render(&VersionsPage { shell: Shell::new(&app, &call, "Versions").at("/p/policy"), versions, choices })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    a: u32,
    b: u32,
}

/// GET.
pub(super) async fn compare(app: App, call: Call<Staff>) -> Answer {
    let Pair { a, b } = call.query()?;
    let practice = call.actor.practice;
    let found =
        desk::read(&app, move |tx| Ok((store::policy::load(tx, practice, a)?, store::policy::load(tx, practice, b)?)));
    let (Some(before), Some(after)) = found.await? else { return Err(Problem::not_found()) };
    let (made, _) = known(&app, practice).await?;
    render(&ComparePage {
        shell: Shell::new(&app, &call, format!("Version {a} and version {b}")).at("/p/policy"),
        left: format!("Version {a}"),
        right: format!("Version {b}"),
        changes: changes(&before, &after),
        choices: version_choices(&made, &When::of(&call), a, b),
    })
}
