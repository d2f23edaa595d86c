//! The practice: the tenant that owns policy, people and the ways to ask for help.

use crate::id::{ClientId, PracticeId, RelationshipId, TherapistId};
use crate::listing::Listing;
use crate::money::{Currency, Money};
use crate::pathway::{Overrides, Pathway};
use crate::person::{Locale, Person};
use crate::policy::Parameters;
use crate::policy::choices::words;
use crate::refusal::Refusal;
use crate::schedule::Schedule;
use crate::time::{Instant, Zone};
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
    /// Whether they are shown and take new clients (E-09 to E-11).
    pub listing: Listing,
    /// What they would like to differ from the practice's policy, by dotted name; each holds where it is kinder.
    pub overrides: Overrides,
}

impl Therapist {
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
    /// Who sent the client and pays, where that changes anything.
    pub pathway: Option<Box<Pathway>>,
}
