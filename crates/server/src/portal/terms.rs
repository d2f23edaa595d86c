//! The full terms for clients: public, with an address for each practice and each version, so that what somebody agreed to
//! can be read years later (H-05).

use super::client::terms_sentences;
use super::{Shell, page as render};
use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::routes::{Answer, Route, get};
use askama::Template;
use domain::id::PracticeId;
use domain::policy::Policy;
use domain::practice::{Practice, Therapist};

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Public>("/terms/{practice}", today).about("policy").says("The terms for clients as they are today"),
        get::<Public>("/terms/{practice}/{version}", version)
            .about("policy")
            .says("The terms for clients of one version"),
    ]
}

/// Where the terms of a practice are read: today's, or those of one version.
pub fn address(practice: PracticeId, version: Option<u32>) -> String {
    version.map_or(format!("/terms/{practice}"), |version| format!("/terms/{practice}/{version}"))
}

#[derive(Template)]
#[template(path = "client/terms.html")]
struct TermsPage {
    shell: Shell,
    practice: Practice,
    version: u32,
    permanent: String,
    newest: String,
    is_newest: bool,
    common: Vec<String>,
    with: Vec<(String, Vec<String>)>,
}

async fn today(app: App, call: Call<Public>) -> Answer {
    show(app, call, None).await
}

async fn version(app: App, call: Call<Public>) -> Answer {
    let version = call.param("version").parse::<u32>().map_err(|_| Problem::not_found())?;
    show(app, call, Some(version)).await
}

async fn show(app: App, call: Call<Public>, version: Option<u32>) -> Answer {
    let id: PracticeId = call.id("practice")?;
    let found = super::desk::read(&app, move |tx| {
        let Some(practice) = store::practice::load(tx, id)? else { return Ok(None) };
        let Some(latest) = store::policy::latest(tx, id)? else { return Ok(None) };
        let policy = match version {
            Some(version) => store::policy::load(tx, id, version)?,
            None => Some(latest.clone()),
        };
        let therapists = store::therapist::list(tx, id)?;
        Ok(policy.map(|policy| (practice, latest.version, policy, therapists)))
    });
    let (practice, newest, policy, therapists) = found.await?.ok_or_else(Problem::not_found)?;
    let locale = practice.locale;
    let active = therapists.iter().filter(|therapist| therapist.person.active);
    let page = TermsPage {
        shell: Shell::new(&app, &call, "Terms for clients"),
        version: policy.version,
        permanent: address(id, Some(policy.version)),
        newest: address(id, None),
        is_newest: policy.version == newest,
        common: common(&practice, &policy),
        with: active.map(|one| (one.person.name.clone(), of_therapist(&policy, one, locale))).collect(),
        practice,
    };
    render(&page)
}

fn of_therapist(policy: &Policy, therapist: &Therapist, locale: domain::person::Locale) -> Vec<String> {
    let own = policy.between(None, therapist.id, &therapist.overrides);
    terms_sentences(own.as_ref().unwrap_or(policy), therapist, locale)
}

/// What holds with every therapist of the practice.
fn common(practice: &Practice, policy: &Policy) -> Vec<String> {
    let parameters = &policy.parameters;
    let mut all = vec![
        "A session is booked only when you have said yes to its time.".to_owned(),
        "Whoever calls a session off, both of you are told, and you are given a way on.".to_owned(),
        "If your therapist or the practice calls a session off, you never pay a fee for it.".to_owned(),
        "What was agreed when you booked stays as it was for that booking, whatever changes later.".to_owned(),
    ];
    if parameters.reserved_slot.enabled {
        all.push("A weekly time can be kept for you. It is not a booking, and it costs nothing.".to_owned());
    }
    all.push(format!(
        "Everything that is decided about your sessions stands on a record that nobody can rewrite. Ask {} for a copy.",
        practice.name
    ));
    all
}
