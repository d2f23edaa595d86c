//! Pathways, who is on one, and what therapists would like to differ (`rulings` 12).

use super::settings::{entry, policy_in_scope, therapist_in_scope};
use super::{Ask, Flow, Tools};
use domain::id::{Ids, PathwayId, PracticeId, RelationshipId, TherapistId};
use domain::pathway::{self, Overrides, Pathway, Wish};
use domain::policy::FeeScope;
use domain::practice::{Relationship, Therapist};
use domain::refusal::Refusal;
use serde_json::json;
use store::{DbError, Done, Tx};

/// Pathways that a practice may have, for a list.
const MANY: u32 = 500;

/// The practice of whoever asks.
fn own_practice(ask: &Ask) -> Flow<PracticeId> {
    Ok(ask.who.scope().limits().practice.ok_or_else(|| Refusal::not_found("practice"))?)
}

/// The practice's pathways by name.
pub fn list(tx: &mut Tx, ask: &Ask) -> Flow<Vec<Pathway>> {
    Ok(store::pathway::list(tx, own_practice(ask)?, MANY)?)
}

/// One pathway of the practice.
pub fn one(tx: &mut Tx, ask: &Ask, id: PathwayId) -> Flow<Pathway> {
    Ok(store::pathway::load(tx, own_practice(ask)?, id)?.ok_or_else(|| Refusal::not_found("pathway"))?)
}

/// A new pathway.
pub fn add(tx: &mut Tx, tools: &Tools, ask: &Ask, wish: Wish) -> Flow<Done<Pathway>> {
    let practice = own_practice(ask)?;
    let today = policy_in_scope(tx, ask, practice)?;
    let made = Pathway::new(practice, wish, &today, &mut Ids::new(ask.command, ask.now))?;
    store::pathway::insert(tx, &made).map_err(|why| twin(why, &made.name))?;
    let details = json!({ "after": made });
    let entry = entry(tools, ask, practice, "pathway_added", &made.id.to_string(), details);
    Ok(Done::new(made, entry))
}

/// The next revision of a pathway; what was booked keeps what was agreed.
pub fn change(tx: &mut Tx, tools: &Tools, ask: &Ask, id: PathwayId, wish: Wish) -> Flow<Done<Pathway>> {
    let before = one(tx, ask, id)?;
    let today = policy_in_scope(tx, ask, before.practice)?;
    let after = before.clone().changed(wish, &today)?;
    if !store::pathway::update(tx, &after).map_err(|why| twin(why, &after.name))? {
        return Err(Refusal::stale().into());
    }
    let details = json!({ "before": before, "after": after });
    let entry = entry(tools, ask, after.practice, "pathway_changed", &id.to_string(), details);
    Ok(Done::new(after, entry))
}

fn twin(why: DbError, name: &str) -> super::Failed {
    match why {
        DbError::Unique(_) => {
            let detail = format!("There is a pathway called {name} already. Choose another name.");
            Refusal::invalid("name_taken", "name", detail).into()
        }
        other => other.into(),
    }
}

/// Puts two people on a pathway, or on none. Bookings keep what was agreed.
pub fn assign(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: RelationshipId,
    to: Option<PathwayId>,
) -> Flow<Done<Relationship>> {
    let missing = || Refusal::not_found("relationship");
    let before = store::relationship::load(tx, &ask.who.scope(), id)?.ok_or_else(missing)?;
    let pathway = match to {
        Some(to) => Some(Box::new(store::pathway::load(tx, before.practice, to)?.ok_or_else(|| {
            Refusal::invalid("unknown_pathway", "pathway", "Choose one of the practice's pathways, or none.")
        })?)),
        None => None,
    };
    let was = before.pathway.as_ref().map(|pathway| pathway.id);
    let after = Relationship { pathway, ..before };
    store::relationship::update(tx, &after)?;
    let details = json!({ "before": was, "after": to });
    let entry = entry(tools, ask, after.practice, "pathway_assigned", &id.to_string(), details);
    Ok(Done::new(after, entry))
}

/// What a therapist would like to differ from the practice's policy, where fees are each therapist's own.
pub fn wishes(tx: &mut Tx, tools: &Tools, ask: &Ask, id: TherapistId, wishes: Overrides) -> Flow<Done<Therapist>> {
    let before = therapist_in_scope(tx, ask, id)?;
    let practice = before.person.practice;
    let today = store::policy::latest(tx, practice)?.ok_or_else(|| Refusal::not_found("policy"))?;
    if today.parameters.fee_scope != FeeScope::PerTherapist && !wishes.is_empty() {
        let detail = "This practice has one policy for everybody (fee_scope is practice_wide).";
        return Err(Refusal::forbidden("practice_wide", detail).into());
    }
    pathway::check(&wishes, &today)?;
    store::therapist::update_overrides(tx, id, &wishes)?;
    let details = json!({ "before": before.overrides, "after": wishes });
    let entry = entry(tools, ask, practice, "therapist_policy_changed", &id.to_string(), details);
    Ok(Done::new(Therapist { overrides: wishes, ..before }, entry))
}
