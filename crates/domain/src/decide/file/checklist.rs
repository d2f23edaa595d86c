//! The checklist of the first appointment: how to reach the client, whether they go on, the policy and the payment once
//! more (H-04 to H-06, V-06).

use super::about_both;
use crate::decide::{Asker, Outcome, Record, Situation};
use crate::person::{Channel, ContactPreference};
use crate::practice::{AgreementHow, Contracting, PolicyAcceptance, Relationship, RelationshipFile};
use crate::refusal::Refusal;
use crate::telling::consent::Source;
use crate::time::Instant;
use serde_json::json;

/// What was gone through. What is not named stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// How the client wishes to be reached, in order.
    pub channels: Option<Vec<Channel>>,
    /// Whether a voicemail may be left.
    pub voicemail: Option<bool>,
    /// Whether the client wishes to go on.
    pub continues: Option<bool>,
    /// The notice policy was gone through.
    pub policy_recap: bool,
    /// The automatic payment was gone through.
    pub payment_recap: bool,
    /// The client accepts today's policy and terms, and how they said so (H-05).
    pub accepts_policy: Option<AgreementHow>,
}

pub(super) fn decide(situation: &Situation, asker: &Asker, checked: Checked, now: Instant) -> Result<Outcome, Refusal> {
    if asker.is_client() {
        return Err(Refusal::not_found("relationship"));
    }
    let before = &situation.relationship.file.contracting;
    let recap = |said: bool, before: Option<Instant>| before.or(Some(now).filter(|_| said));
    let contracting = Contracting {
        continues: checked.continues.or(before.continues),
        policy_recap: recap(checked.policy_recap, before.policy_recap),
        payment_recap: recap(checked.payment_recap, before.payment_recap),
        by: Some(asker.signature.clone()),
        at: Some(now),
    };
    let mut outcome = Outcome { preference: preference(situation, &checked, now)?, ..Outcome::default() };
    let version = situation.policy_today.version;
    let accepted = checked.accepts_policy.map(|how| PolicyAcceptance { version, at: now, how });
    let file = RelationshipFile { contracting, ..situation.relationship.file.clone() };
    let accepted_policy = accepted.or(situation.relationship.accepted_policy);
    outcome.record = Record {
        word: "contracting_noted",
        subjects: about_both(situation),
        details: json!({ "contracting": file.contracting, "preference": outcome.preference, "accepted": accepted }),
    };
    outcome.relationship = Some(Relationship { accepted_policy, file, ..situation.relationship.clone() });
    Ok(outcome)
}

fn preference(situation: &Situation, checked: &Checked, now: Instant) -> Result<Option<ContactPreference>, Refusal> {
    let known = &situation.client.preference;
    let voicemail = checked.voicemail.unwrap_or(known.voicemail);
    match &checked.channels {
        Some(channels) => {
            ContactPreference::stated(channels.clone(), voicemail, &situation.client, Source::Staff, now).map(Some)
        }
        None if checked.voicemail.is_some() => Ok(Some(ContactPreference { voicemail, ..known.clone() })),
        None => Ok(None),
    }
}
