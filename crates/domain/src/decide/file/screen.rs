//! The risk screening: a flag that brings a client to the top of every queue, and a day on which somebody looks again
//! (V-19, V-20).

use super::about_both;
use crate::decide::{Asker, Outcome, Record, Situation, contact};
use crate::id::Ids;
use crate::obligation::{Obligation, ObligationKind};
use crate::policy::obligations;
use crate::refusal::Refusal;
use crate::risk::{self, Screening};
use crate::time::{Instant, Span};
use serde_json::json;

/// A review further away than this is none.
const REVIEW_DAYS_MAX: i64 = 366;

/// What somebody found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Whether more care is to be taken.
    pub flagged: bool,
    /// By when somebody looks again, UTC; needed with a flag.
    pub review_by: Option<Instant>,
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    wish: Screen,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let (Some(set_by), true) = (asker.person, asker.role.is_some_and(risk::may_see)) else {
        return Err(Refusal::not_found("client"));
    };
    check_review(&wish, now)?;
    let mut outcome = Outcome::default();
    let reviews = situation.file.duties.iter().filter(|o| o.kind == ObligationKind::ReviewRisk && o.is_owed());
    for duty in reviews.cloned() {
        if let Ok(met) = duty.meet("screened again", now) {
            contact::put(met, &mut outcome);
        }
    }
    if let Some(by) = wish.review_by {
        let duty = obligations::risk_review(&situation.policy_today.parameters, &situation.practice.zone, by);
        contact::put(Obligation::about(duty, &situation.relationship, now, ids), &mut outcome);
    }
    let screening = Screening {
        practice: situation.practice.id,
        client: situation.relationship.client,
        flagged: wish.flagged,
        set_by,
        set_at: now,
        review_by: wish.review_by,
    };
    outcome.screening = Some(screening);
    // The record says that somebody looked. What they found stays out of it: more people read the record.
    outcome.record = Record { word: "risk_screened", subjects: about_both(situation), details: json!({}) };
    Ok(outcome)
}

fn check_review(wish: &Screen, now: Instant) -> Result<(), Refusal> {
    match wish.review_by {
        None if wish.flagged => {
            let detail = "Say by when somebody looks again. A flag without a day is forgotten.";
            Err(Refusal::invalid("review_required", "review_by", detail))
        }
        Some(by) if by <= now => {
            Err(Refusal::invalid("in_the_past", "review_by", "Choose a day that is still to come."))
        }
        Some(by) if by > now + Span::hours(24 * REVIEW_DAYS_MAX) => {
            Err(Refusal::invalid("too_far_ahead", "review_by", "Choose a day within the next year."))
        }
        _ => Ok(()),
    }
}
