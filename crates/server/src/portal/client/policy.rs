//! The policy in plain sentences: what each client agreed to with each therapist.

use super::policy_words::Terms;
use super::{desk, scene};
use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use domain::person::Locale;
use domain::policy::Policy;
use domain::practice::{Relationship, Therapist};

/// Relationships that the page tells of at most.
const RELATIONSHIPS: u32 = 20;

/// The terms with one therapist.
struct With {
    id: String,
    heading: String,
    accepted: String,
    sentences: Vec<String>,
}

#[derive(Template)]
#[template(path = "client/policy.html")]
struct PolicyPage {
    shell: Shell,
    version: u32,
    practice: String,
    with: Vec<With>,
    terms: String,
}

/// The page.
pub(super) async fn page<A: Scoped>(app: App, call: Call<A>) -> Answer {
    let found = desk::read(&app, &call, |tx, _, ask| {
        let scope = ask.who.scope();
        let practice = scene::found(scope.limits().practice, "practice")?;
        let policy = scene::found(store::policy::latest(tx, practice)?, "policy")?;
        let practice = scene::found(store::practice::load(tx, practice)?, "practice")?;
        let mut pairs: Vec<(Relationship, Therapist)> = Vec::new();
        for relationship in store::relationship::list(tx, &scope, None, None, RELATIONSHIPS)?.items {
            if let Some(therapist) = store::therapist::load(tx, relationship.therapist)? {
                pairs.push((relationship, therapist));
            }
        }
        Ok((practice, policy, pairs))
    });
    let (practice, policy, pairs) = found.await?;
    let when = When::of(&call);
    let page = PolicyPage {
        shell: Shell::new(&app, &call, "If plans change"),
        version: policy.version,
        terms: crate::portal::terms::address(practice.id, Some(policy.version)),
        practice: practice.name,
        with: pairs.iter().map(|(relationship, therapist)| with(&policy, relationship, therapist, &when)).collect(),
    };
    render(&page)
}

/// The policy with one therapist, in plain sentences.
pub(in crate::portal) fn sentences(policy: &Policy, therapist: &Therapist, locale: Locale) -> Vec<String> {
    let prices = therapist.schedule.kinds.values().map(|setup| setup.price);
    let price = prices.max_by_key(|price| price.amount_minor);
    let nothing = domain::money::Money::new(0, domain::money::Currency::GBP);
    Terms::of(policy, therapist, price.unwrap_or(nothing), locale).sentences()
}

fn with(policy: &Policy, relationship: &Relationship, therapist: &Therapist, when: &When) -> With {
    let between = policy.between(relationship.pathway.as_deref(), therapist.id, &therapist.overrides);
    let accepted = match relationship.accepted_policy {
        Some(accepted) if accepted.version >= policy.version => {
            format!("You agreed to this on {}.", when.date_words(accepted.at))
        }
        Some(accepted) => format!(
            "You agreed to version {} on {}. Sessions that are already booked keep what was agreed.",
            accepted.version,
            when.date_words(accepted.at)
        ),
        None => "You’ll be asked to agree when you book.".to_owned(),
    };
    With {
        id: format!("with-{}", relationship.id),
        heading: format!("With {}", therapist.person.name),
        accepted,
        sentences: sentences(between.as_ref().unwrap_or(policy), therapist, when.locale),
    }
}
