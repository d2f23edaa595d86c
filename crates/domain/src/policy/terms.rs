//! The policy between two people: the practice's version with what their pathway and the therapist made kinder.

use super::{FeeScope, Policy};
use crate::audit::Hash;
use crate::id::{PathwayId, TherapistId};
use crate::pathway::{Allowance, Overrides, Pathway};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Under what terms a version was changed, and the name of the document that came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// SHA-256 of the document without this line: bookings point at exactly what was agreed.
    pub key: Hash,
    /// The pathway.
    pub pathway: Option<PathwayTerms>,
    /// The therapist, where their own wishes changed anything.
    pub therapist: Option<TherapistId>,
}

/// What a booking keeps of its pathway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathwayTerms {
    /// Which.
    pub id: PathwayId,
    /// In which revision.
    pub revision: u32,
    /// What it was called.
    pub name: String,
    /// The kind of payer.
    pub payer: Option<String>,
    /// How many appointments the payer allows.
    pub allowance: Option<Allowance>,
}

impl Policy {
    /// This version as it holds between a client on this pathway and a therapist with these wishes; `None` where it
    /// holds as it is. A therapist's wishes count only where fees are each therapist's own (`fee_scope`).
    ///
    /// A value that does not fit this version any more, because the practice changed others since, is left out.
    pub fn between(&self, pathway: Option<&Pathway>, therapist: TherapistId, wishes: &Overrides) -> Option<Self> {
        let per_therapist = self.parameters.fee_scope == FeeScope::PerTherapist;
        let wishes = Some(wishes).filter(|wishes| per_therapist && !wishes.is_empty());
        if pathway.is_none() && wishes.is_none() {
            return None;
        }
        let with_pathway = pathway.map_or_else(|| self.clone(), |pathway| self.kinder_with(&pathway.overrides));
        let all = wishes.map_or_else(|| with_pathway.clone(), |wishes| with_pathway.kinder_with(wishes));
        let therapist = Some(therapist).filter(|_| all.parameters != with_pathway.parameters);
        if pathway.is_none() && therapist.is_none() {
            return None;
        }
        let pathway = pathway.map(|pathway| PathwayTerms {
            id: pathway.id,
            revision: pathway.revision,
            name: pathway.name.clone(),
            payer: pathway.payer.clone(),
            allowance: pathway.allowance.clone(),
        });
        Some(all.named(pathway, therapist))
    }

    /// The name of the document between two people; `None` for a practice's own version.
    pub fn key(&self) -> Option<Hash> {
        self.terms.as_ref().map(|terms| terms.key)
    }

    /// Whether the document is the one that its name says.
    pub fn is_what_it_says(&self) -> bool {
        let Some(terms) = &self.terms else { return true };
        let again = self.clone().named(terms.pathway.clone(), terms.therapist);
        again.key() == Some(terms.key)
    }

    /// The kind of payer of the pathway, if there is one.
    pub fn payer(&self) -> Option<&str> {
        self.pathway()?.payer.as_deref()
    }

    /// What the pathway said when it was agreed.
    pub fn pathway(&self) -> Option<&PathwayTerms> {
        self.terms.as_ref()?.pathway.as_ref()
    }

    /// Whether the client's payer forbids fees.
    pub fn payer_forbids_fee(&self) -> bool {
        self.payer().is_some_and(|payer| self.parameters.forbids_fee(payer))
    }

    fn kinder_with(&self, overrides: &Overrides) -> Self {
        if let Ok(all) = self.with_overrides(overrides) {
            return all;
        }
        let mut policy = self.clone();
        for (name, value) in overrides {
            let alone = Overrides::from_iter([(name.clone(), value.clone())]);
            policy = policy.with_overrides(&alone).unwrap_or(policy);
        }
        policy
    }

    fn named(self, pathway: Option<PathwayTerms>, therapist: Option<TherapistId>) -> Self {
        let unnamed = Terms { key: Hash::ZERO, pathway, therapist };
        let document = Self { terms: Some(Box::new(unnamed.clone())), ..self };
        // A policy of ours is always a document: its maps have text for keys.
        let text = serde_json::to_string(&document).unwrap_or_default();
        let key = Hash::from_bytes(Sha256::digest(without_later(text)).into());
        Self { terms: Some(Box::new(Terms { key, ..unnamed })), ..document }
    }
}

/// What parameters say that came after the first agreed documents, where they say the usual.
const LATER: [&str; 1] = [r#""in_app":{"unread_minutes":30},"#];

/// The document as it would have been written before: so the name of what was agreed then stays the same.
fn without_later(text: String) -> String {
    LATER.iter().fold(text, |text, later| text.replace(later, ""))
}
