//! Whether a therapist is shown and takes new clients (E-09 to E-11). Clients they already see are never affected.

use crate::person::{PersonRef, Role};
use crate::policy::choices::words;
use crate::policy::{HideUnit, Parameters};
use crate::refusal::Refusal;
use crate::time::{Instant, Zone};
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

/// Letters of a reason.
const REASON_MAX: usize = 500;

words! {
    /// How a therapist stands in the practice's list.
    ListingState {
        /// Shown, and open to new clients.
        Listed = "listed",
        /// Not shown, by their own choice, for some months (E-10).
        HiddenByTherapist = "hidden_by_therapist",
        /// Shown, but not open to new clients for now.
        ClosedToNew = "closed_to_new",
        /// The practice sends no new clients for now.
        PausedReferrals = "paused_referrals",
        /// The practice shows them no longer (E-09).
        Dropped = "dropped",
    }
}

impl ListingState {
    /// Whether a therapist may choose this for themselves.
    pub const fn is_own_choice(self) -> bool {
        matches!(self, Self::Listed | Self::HiddenByTherapist | Self::ClosedToNew)
    }
}

/// How a therapist is listed, from when and until when. Moments are UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// How.
    pub state: ListingState,
    /// From this moment on; at once where none is named.
    pub from: Option<Instant>,
    /// Up to this moment, when they are listed again by themselves; until somebody changes it where none is named.
    pub until: Option<Instant>,
    /// Why, in words for the practice; clients never read it.
    pub reason: Option<String>,
    /// Who chose it; nobody where it has always been so, or came back by itself.
    pub by: Option<PersonRef>,
}

impl Default for Listing {
    fn default() -> Self {
        Self { state: ListingState::Listed, from: None, until: None, reason: None, by: None }
    }
}

/// What somebody wishes a listing to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// How.
    pub state: ListingState,
    /// From when, UTC; at once where none is named.
    pub from: Option<Instant>,
    /// Until when, UTC.
    pub until: Option<Instant>,
    /// Why.
    pub reason: Option<String>,
}

impl Listing {
    /// How they are listed at this moment: what has not begun or is over does not count.
    pub fn at(&self, now: Instant) -> ListingState {
        let begun = self.from.is_none_or(|from| from <= now);
        let over = self.until.is_some_and(|until| until <= now);
        if begun && !over { self.state } else { ListingState::Listed }
    }

    /// When something changes by itself next, UTC.
    pub fn next_change(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| self.state != ListingState::Listed && *until > now)
    }

    /// The time is over: listed again, by itself. Nothing where it is not.
    pub fn come_back(&self, now: Instant) -> Option<Self> {
        let over = self.state != ListingState::Listed && self.until.is_some_and(|until| until <= now);
        over.then(Self::default)
    }

    /// Whether somebody who has never had an appointment with them may book.
    ///
    /// # Errors
    /// `not_taking_new_clients`; it never says why.
    pub fn admits_new_client(&self, now: Instant) -> Result<(), Refusal> {
        if self.at(now) == ListingState::Listed {
            return Ok(());
        }
        let detail =
            "They are not taking on new clients at the moment. The practice will gladly help to find somebody.";
        Err(Refusal::conflict("not_taking_new_clients", detail))
    }

    /// The listing that this wish makes. A therapist chooses for themselves what is their own to choose, in the
    /// practice's units: whole months of the practice's calendar, or days (E-10). The practice gives a reason.
    ///
    /// # Errors
    /// `set_by_practice`, `not_your_choice`, `hiding_not_offered`, `reason_required`, `too_long`, `ends_before_it_begins`,
    /// `in_the_past`.
    pub fn change(
        &self,
        wish: Wish,
        by: PersonRef,
        role: Role,
        parameters: &Parameters,
        zone: &Zone,
        now: Instant,
    ) -> Result<Self, Refusal> {
        let own = role == Role::Therapist;
        if own {
            self.is_their_own(&wish, parameters, now)?;
        }
        let reason = wish.reason.as_deref().map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned);
        if reason.as_ref().is_some_and(|words| words.chars().count() > REASON_MAX) {
            return Err(Refusal::invalid("too_long", "reason", format!("Keep it under {REASON_MAX} letters.")));
        }
        if reason.is_none() && !own {
            let detail = "Say why: the therapist reads it, and it stays on record.";
            return Err(Refusal::invalid("reason_required", "reason", detail));
        }
        if wish.state == ListingState::Listed {
            return Ok(Self { reason, by: Some(by), ..Self::default() });
        }
        let monthly =
            own && wish.state == ListingState::HiddenByTherapist && parameters.profile.unit == HideUnit::Month;
        let until = wish.until.map(|until| if monthly { month_end(until, zone) } else { until });
        let from = wish.from.filter(|from| *from > now);
        if until.is_some_and(|until| until <= now) {
            return Err(Refusal::invalid("in_the_past", "until", "Choose an end that is still to come."));
        }
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            return Err(Refusal::invalid("ends_before_it_begins", "until", "End it after it begins."));
        }
        Ok(Self { state: wish.state, from, until, reason, by: Some(by) })
    }

    fn is_their_own(&self, wish: &Wish, parameters: &Parameters, now: Instant) -> Result<(), Refusal> {
        if !self.at(now).is_own_choice() {
            let detail = "The practice has set this. Talk to them; they can change it.";
            return Err(Refusal::forbidden("set_by_practice", detail));
        }
        if !wish.state.is_own_choice() {
            let detail = "Only the practice can choose that. You can be listed, hidden, or closed to new clients.";
            return Err(Refusal::forbidden("not_your_choice", detail));
        }
        if wish.state == ListingState::HiddenByTherapist && !parameters.profile.can_hide {
            let detail = "This practice shows no profiles. Close to new clients instead, or ask the practice.";
            return Err(Refusal::forbidden("hiding_not_offered", detail));
        }
        Ok(())
    }
}

/// The end of the calendar month in which the moment before `until` lies, in this zone.
fn month_end(until: Instant, zone: &Zone) -> Instant {
    let last = zone.day_of(Instant::from_micros(until.micros() - 1));
    let next = last.first_of_month().checked_add(1.month()).unwrap_or(last);
    zone.start_of(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::policy::{Policy, Preset};

    const MAYA: PersonRef = PersonRef::Therapist(Id::from_bytes([1; 16]));
    const SAM: PersonRef = PersonRef::Staff(Id::from_bytes([2; 16]));

    fn at(text: &str) -> Instant {
        text.parse().expect("a moment")
    }

    fn now() -> Instant {
        at("2026-11-24T09:12:00Z")
    }

    fn change(from: &Listing, wish: Wish, by: PersonRef, role: Role, preset: Preset) -> Result<Listing, Refusal> {
        let zone = "Europe/London".parse().expect("a zone");
        from.change(wish, by, role, &Policy::preset(preset).parameters, &zone, now())
    }

    fn hide(from: Option<&str>, until: Option<&str>) -> Wish {
        let state = ListingState::HiddenByTherapist;
        Wish { state, from: from.map(at), until: until.map(at), reason: None }
    }

    // proves: E-10
    #[test]
    fn a_profile_is_hidden_for_whole_months_and_comes_back_by_itself() {
        let wish = hide(Some("2026-12-01T00:00:00Z"), Some("2027-01-20T00:00:00Z"));
        let hidden =
            change(&Listing::default(), wish, MAYA, Role::Therapist, Preset::Marketplace).expect("their choice");
        assert_eq!(hidden.until, Some(at("2027-02-01T00:00:00Z")), "to the end of the month");
        assert_eq!(hidden.at(now()), ListingState::Listed, "not yet");
        assert_eq!(hidden.at(at("2026-12-24T00:00:00Z")), ListingState::HiddenByTherapist);
        assert_eq!(hidden.at(at("2027-02-01T00:00:00Z")), ListingState::Listed, "whether or not anybody looked");
        assert_eq!(hidden.come_back(at("2027-01-31T23:59:00Z")), None);
        assert_eq!(hidden.come_back(at("2027-02-01T00:00:00Z")), Some(Listing::default()));
        let january = hide(None, Some("2027-02-01T00:00:00Z"));
        let hidden = change(&Listing::default(), january, MAYA, Role::Therapist, Preset::Marketplace).expect("theirs");
        assert_eq!(hidden.until, Some(at("2027-02-01T00:00:00Z")), "a whole month stays as it is");
    }

    // proves: E-09, E-11
    #[test]
    fn a_therapist_chooses_what_is_theirs_and_the_practice_gives_a_reason() {
        let code = |listing: Result<Listing, Refusal>| listing.map(|l| l.state).map_err(|refusal| refusal.code);
        let dropped = Wish { state: ListingState::Dropped, from: None, until: None, reason: None };
        let listed = Listing::default();
        let market = Preset::Marketplace;
        assert_eq!(code(change(&listed, dropped.clone(), MAYA, Role::Therapist, market)), Err("not_your_choice"));
        assert_eq!(code(change(&listed, dropped.clone(), SAM, Role::Admin, market)), Err("reason_required"));
        let said = Wish { reason: Some("Three in a month, talked through".into()), ..dropped };
        let gone = change(&listed, said, SAM, Role::Owner, market).expect("a person decided");
        let back = Wish { state: ListingState::Listed, ..hide(None, None) };
        assert_eq!(code(change(&gone, back.clone(), MAYA, Role::Therapist, market)), Err("set_by_practice"));
        let again = Wish { reason: Some("Agreed".into()), ..back };
        assert_eq!(code(change(&gone, again, SAM, Role::Admin, market)), Ok(ListingState::Listed));
        assert_eq!(
            code(change(&listed, hide(None, None), MAYA, Role::Therapist, Preset::Clinic)),
            Err("hiding_not_offered")
        );
    }

    // proves: E-11
    #[test]
    fn every_state_but_listed_is_closed_to_new_clients_and_none_says_why() {
        for state in ListingState::ALL {
            let listing = Listing { state: *state, reason: Some("ill".into()), ..Listing::default() };
            let answer = listing.admits_new_client(now());
            assert_eq!(answer.is_ok(), *state == ListingState::Listed, "{state}");
            assert!(answer.err().is_none_or(|refusal| !refusal.detail.contains("ill.")));
        }
    }
}
