//! The practice: the tenant that owns policy, people and the ways to ask for help.

use crate::id::{ClientId, CommandId, PracticeId, RelationshipId, TherapistId};
use crate::listing::Listing;
use crate::money::{Currency, Money};
use crate::pathway::{Overrides, Pathway};
use crate::person::{Locale, Person};
use crate::policy::Parameters;
use crate::policy::choices::words;
use crate::refusal::Refusal;
use crate::reserved::ReservedSlot;
use crate::schedule::Schedule;
use crate::time::{Instant, Interval, Zone};
use serde::{Deserialize, Serialize};

/// A practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// Which.
    pub id: PracticeId,
    /// Its name as clients know it.
    pub name: String,
    /// Where its working day is.
    pub zone: Zone,
    /// Which English its messages are in.
    pub locale: Locale,
    /// What it charges in.
    pub currency: Currency,
    /// Phone of the people who help when the system cannot (V-11).
    pub support_phone: String,
    /// E-mail of the same (V-11).
    pub support_email: String,
    /// Where clinical advice is asked (V-18).
    pub clinical_email: String,
    /// Where immediate risk is reported (V-19).
    pub risk_email: String,
    /// The change since which its own words for messages are as they are; none where it has none.
    pub templates: Option<CommandId>,
}

/// A therapist: the person, when they work, and the fees that they set (G-04).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Therapist {
    /// Which.
    pub id: TherapistId,
    /// The person.
    pub person: Person,
    /// When they work and what kinds of appointment they give.
    pub schedule: Schedule,
    /// Their fee for a late cancellation within the practice's cap; `None` is no fee.
    pub late_cancel_fee: Option<Money>,
    /// Their fee when a client does not come, within the cap; `None` is no fee.
    pub no_show_fee: Option<Money>,
    /// The weekly times that they keep for clients, those that are removed left out (H-03).
    pub reserved: Vec<ReservedSlot>,
    /// Whether they are shown and take new clients (E-09 to E-11).
    pub listing: Listing,
    /// What they would like to differ from the practice's policy, by dotted name; each holds where it is kinder.
    pub overrides: Overrides,
}

impl Therapist {
    /// What of this range is kept for clients, save for the one whose time it is (H-03, `rulings` 6).
    pub fn kept_for_others(&self, range: Interval, own: Option<RelationshipId>) -> Vec<Interval> {
        let others = self.reserved.iter().filter(|slot| Some(slot.relationship) != own && slot.is_kept());
        others.flat_map(|slot| slot.times(&self.schedule.zone, range)).map(|(_, time)| time).collect()
    }

    /// The same therapist with other fees, within the practice's caps (G-04); none is no fee.
    ///
    /// # Errors
    /// `above_cap`, `wrong_currency` or `not_an_amount`, naming the field.
    pub fn with_fees(
        self,
        late_cancel: Option<Money>,
        no_show: Option<Money>,
        policy: &Parameters,
        currency: Currency,
    ) -> Result<Self, Refusal> {
        check_fee("late_cancel", late_cancel, policy.late_cancel.cap, currency)?;
        check_fee("no_show", no_show, policy.no_show.cap, currency)?;
        Ok(Self { late_cancel_fee: late_cancel, no_show_fee: no_show, ..self })
    }
}

fn check_fee(field: &'static str, fee: Option<Money>, cap: Option<Money>, currency: Currency) -> Result<(), Refusal> {
    let Some(fee) = fee else { return Ok(()) };
    if fee.currency != currency {
        let detail = format!("This practice charges in {}.", currency.code());
        return Err(Refusal::invalid("wrong_currency", field, detail));
    }
    if fee.amount_minor < 0 {
        return Err(Refusal::invalid("not_an_amount", field, "A fee is nothing or more."));
    }
    match cap.filter(|cap| cap.currency == currency && cap.amount_minor < fee.amount_minor) {
        Some(cap) => Err(Refusal::invalid("above_cap", field, format!("The practice allows at most {cap}."))),
        None => Ok(()),
    }
}

words! {
/// Whether a relationship is worked in.
    RelationshipState {
        /// Appointments are made in it.
        Active = "active",
        /// Nothing is booked for now.
        Paused = "paused",
        /// Over; the client is hidden from lists, never deleted (H-14).
        Ended = "ended",
    }
}

/// That a client accepted a version of the policy (H-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyAcceptance {
    /// The version.
    pub version: u32,
    /// When, UTC.
    pub at: Instant,
    /// How they said so.
    pub how: AgreementHow,
}

words! {
    /// How a person said yes.
    AgreementHow {
        /// In session.
        InSession = "in_session",
        /// Phone.
        Phone = "phone",
        /// Email.
        Email = "email",
        /// Sms.
        Sms = "sms",
        /// Portal.
        Portal = "portal",
    }
}

/// A working relationship of one therapist and one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    /// Which.
    pub id: RelationshipId,
    /// Whose practice.
    pub practice: PracticeId,
    /// The therapist.
    pub therapist: TherapistId,
    /// The client.
    pub client: ClientId,
    /// Whether it is worked in.
    pub state: RelationshipState,
    /// The policy version that the client accepted, once they have.
    pub accepted_policy: Option<PolicyAcceptance>,
    /// What was gone through at the beginning, and how it ended.
    pub file: RelationshipFile,
    /// Who sent the client and pays, where that changes anything.
    pub pathway: Option<Box<Pathway>>,
}

/// What a relationship keeps beside its state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelationshipFile {
    /// What was gone through in the first appointment (H-04 to H-06, V-06).
    pub contracting: Contracting,
    /// How it ended, the last time that it did (H-14, H-15).
    pub ending: Option<Ending>,
}

impl RelationshipFile {
    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The checklist of the first appointment. How to reach the client stands with the client (V-06).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contracting {
    /// Whether the client wishes to go on, once asked (H-04).
    pub continues: Option<bool>,
    /// When the notice policy was gone through once more, UTC (H-05).
    pub policy_recap: Option<Instant>,
    /// When the automatic payment was gone through once more, UTC (H-06).
    pub payment_recap: Option<Instant>,
    /// Who last wrote here, and when, UTC.
    pub by: Option<String>,
    /// When, UTC.
    pub at: Option<Instant>,
}

/// How a relationship ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// When, UTC.
    pub at: Instant,
    /// Who said so.
    pub by: String,
    /// Why, in a few words for the file.
    pub reason: String,
    /// To whom the client goes from here, where somebody fits better (H-15).
    pub referral: Option<Referral>,
}

/// A better fit, with the client's yes to it (H-15).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Referral {
    /// A therapist of the practice, if it is one.
    pub therapist: Option<TherapistId>,
    /// Who or where else, in words.
    pub words: String,
    /// How and when the client agreed.
    pub agreed_how: Option<AgreementHow>,
    /// When, UTC.
    pub agreed_at: Option<Instant>,
}
