//! The practice's policy as a client reads it: a few plain sentences, each from one parameter (H-05, H-10, G-02 to G-04).

use super::words::{kind_words, spell};
use crate::when::When;
use domain::appointment::Appointment;
use domain::ledger::EntryKind;
use domain::money::Money;
use domain::person::Locale;
use domain::policy::money::{Event, PaymentState, Situation, TherapistFees, fee};
use domain::policy::notice::{self, Act};
use domain::policy::{Boundary, CaptureAt, NextStepKind, Parameters, Policy, RefundRule, SelfCancel};
use domain::practice::Therapist;
use domain::time::{Span, Zone};

/// What the sentences are about.
pub(super) struct Terms<'a> {
    /// The policy.
    pub parameters: &'a Parameters,
    /// The therapist's own fees, as shown to the client.
    pub fees: TherapistFees,
    /// The price of a session.
    pub price: Money,
    /// The therapist's first name.
    pub name: &'a str,
    /// Which English.
    pub locale: Locale,
}

impl<'a> Terms<'a> {
    /// Today's terms with this therapist at this price.
    pub fn of(policy: &'a Policy, therapist: &'a Therapist, price: Money, locale: Locale) -> Self {
        let fees = TherapistFees { late_cancel: therapist.late_cancel_fee, no_show: therapist.no_show_fee };
        Self { parameters: &policy.parameters, fees, price, name: therapist.person.first_name(), locale }
    }

    /// What was agreed when this appointment was booked.
    pub fn agreed(policy: &'a Policy, therapist: &'a Therapist, appointment: &Appointment, locale: Locale) -> Self {
        let fees =
            TherapistFees { late_cancel: appointment.policy.late_cancel_fee, no_show: appointment.policy.no_show_fee };
        Self { fees, ..Self::of(policy, therapist, appointment.price, locale) }
    }

    /// The policy in short sentences.
    pub fn sentences(&self) -> Vec<String> {
        let mut all = vec![self.free()];
        all.extend(self.late());
        all.extend(self.missed());
        all.extend(self.paid());
        all.push(self.both_ways());
        all.into_iter().map(|sentence| spell(self.locale, &sentence)).collect()
    }

    /// What cancelling inside the notice period costs; zero is nothing.
    pub fn late_fee(&self) -> Money {
        // A word at the start itself is the latest that there is.
        let start = domain::time::Instant::from_micros(0) + Span::hours(24 * 365);
        let late = notice::judge(self.parameters, &Zone::utc(), Act::Cancel, start, start, None);
        let case = Situation {
            therapist_fees: self.fees,
            ..Situation::new(Event::ClientCancels(late), self.price, PaymentState::Planned)
        };
        fee(self.parameters, &case, EntryKind::LateFee, Some(&late)).amount
    }

    /// What not coming costs; zero is nothing.
    pub fn missed_fee(&self) -> Money {
        let case = Situation {
            therapist_fees: self.fees,
            ..Situation::new(Event::ClientMisses, self.price, PaymentState::Planned)
        };
        fee(self.parameters, &case, EntryKind::NoShowFee, None).amount
    }

    /// "24 hours", in working days where they are counted.
    pub fn notice(&self) -> String {
        let hours = notice::hours(self.parameters, Act::Cancel);
        let counted = if self.parameters.client_cancel.business_days { " on working days" } else { "" };
        format!("{hours} hours{counted}")
    }

    fn free(&self) -> String {
        let notice = self.notice();
        match (self.parameters.client_self_cancel, self.parameters.client_cancel.boundary) {
            (SelfCancel::ContactOnly, _) => {
                format!("To move or cancel a session, contact {} or us. Do it as early as you can.", self.name)
            }
            (_, Boundary::Inclusive) => {
                format!("You can move or cancel free until {notice} before a session. Exactly {notice} is in time.")
            }
            (_, Boundary::Exclusive) => {
                format!("You can move or cancel free with more than {notice}’ notice. Exactly {notice} is too late.")
            }
        }
    }

    fn late(&self) -> Vec<String> {
        let tiers = self.parameters.client_cancel.tiers.iter();
        let mut all: Vec<String> = tiers
            .map(|tier| {
                let amount = self.price.percent(tier.percent.into());
                format!("Cancelling with less than {} hours’ notice costs {amount}.", tier.within_hours)
            })
            .collect();
        let fee = self.late_fee();
        if self.parameters.client_self_cancel == SelfCancel::AllowedBeforeCutoff {
            all.insert(0, format!("Later than that, please contact {} or us instead.", self.name));
        }
        all.push(match (fee.is_zero(), self.parameters.client_self_cancel) {
            _ if !self.parameters.client_cancel.tiers.is_empty() => String::new(),
            (true, _) => "There is no fee for cancelling late.".to_owned(),
            (false, SelfCancel::AllowedBeforeCutoff) => format!("Cancelling then costs {fee}."),
            (false, SelfCancel::AllowedLateWithFee) => {
                format!(
                    "Later than that, cancelling costs {fee}. You can still do it here; we show you the cost first."
                )
            }
            (false, SelfCancel::ContactOnly) => format!("Cancelling later than {} before costs {fee}.", self.notice()),
        });
        all.retain(|sentence| !sentence.is_empty());
        if self.parameters.first_time_forgiveness {
            all.push("The first time costs nothing.".to_owned());
        }
        if self.parameters.waive_late_fee_if_slot_refilled && !fee.is_zero() {
            all.push("If someone else takes your time, you don’t pay the fee.".to_owned());
        }
        all
    }

    fn missed(&self) -> Option<String> {
        let fee = self.missed_fee();
        (!fee.is_zero()).then(|| format!("If you don’t come and don’t tell us, it costs {fee}."))
    }

    fn paid(&self) -> Vec<String> {
        let hours = notice::hours(self.parameters, Act::Cancel);
        let when = match self.parameters.payment.capture_at {
            CaptureAt::None => return Vec::new(),
            CaptureAt::AfterSession => "after each session".to_owned(),
            CaptureAt::Session => "when each session starts".to_owned(),
            CaptureAt::Cutoff => format!("{hours} hours before each session"),
        };
        let mut all = vec![format!("Payment is taken {when}.")];
        if self.parameters.payment.first_session_prepaid {
            all.push("Your first session is paid when you book it.".to_owned());
        }
        all
    }

    fn both_ways(&self) -> String {
        let money = match self.parameters.refund.on_therapist_cancel {
            _ if self.parameters.payment.capture_at == CaptureAt::None => "",
            RefundRule::Auto => " What you paid comes back by itself.",
            RefundRule::ClientChoice if self.parameters.next_step.allowed.contains(&NextStepKind::Refund) => {
                " What you paid moves to your new time or comes back, as you choose."
            }
            RefundRule::ClientChoice => " What you paid moves to your new time.",
            RefundRule::TeamRequest => " Ask us about what you paid.",
        };
        format!("It works both ways: if {} cancels, you never pay.{money}", self.name)
    }
}

/// The facts of a time that is about to be booked, or moved to.
pub(super) fn facts(
    policy: &Policy,
    with: &Therapist,
    booked: &Appointment,
    when: &When,
) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("When", format!("{} to {}", when.moment_both(booked.start, &booked.zone), when.clock(booked.end))),
        ("With", with.person.name.clone()),
        ("How", kind_words(booked.kind).to_owned()),
    ];
    if !booked.price.is_zero() {
        facts.push(("Price", price(booked)));
    }
    facts.push(("Changes", free_until(&policy.parameters, booked, when)));
    facts
}

/// The price with what has become of it.
pub(super) fn price(appointment: &Appointment) -> String {
    let amount = appointment.price;
    match appointment.payment.state {
        PaymentState::Captured => format!("{amount}, paid"),
        PaymentState::RefundDue => format!("{amount}, on its way back to you"),
        PaymentState::Refunded => format!("{amount}, paid back"),
        PaymentState::Waived => format!("{amount}, you don’t pay it"),
        PaymentState::Failed => format!("{amount}, not paid yet"),
        PaymentState::None | PaymentState::Planned | PaymentState::Unknown => amount.to_string(),
    }
}

/// Until when the client may change it free, or whom to ask.
pub(super) fn free_until(parameters: &Parameters, appointment: &Appointment, when: &When) -> String {
    let cutoff = appointment.policy.effective_cutoff();
    match parameters.client_self_cancel {
        SelfCancel::ContactOnly => "Contact us to change it".to_owned(),
        _ if cutoff <= when.now => format!("Free changes closed {}", when.on(cutoff)),
        _ => format!("Free until {}", when.moment(cutoff)),
    }
}

/// What the client agrees to by booking this.
pub(super) fn of_booking(policy: &Policy, with: &Therapist, booked: &Appointment, when: &When) -> Vec<String> {
    Terms::of(policy, with, booked.price, when.locale).sentences()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;
    use domain::policy::Preset;

    fn said(preset: Preset, locale: Locale) -> String {
        let policy = Policy::preset(preset);
        let fees = TherapistFees { late_cancel: Some(Money::new(8000, Currency::USD)), no_show: None };
        let currency = if preset == Preset::Insurance { Currency::USD } else { Currency::GBP };
        let terms =
            Terms { parameters: &policy.parameters, fees, price: Money::new(6500, currency), name: "Maya", locale };
        terms.sentences().join("\n")
    }

    // proves: G-02, G-03, G-04
    #[test]
    fn an_insurance_client_reads_the_cutoff_whom_to_contact_after_it_and_the_therapist_s_own_fee() {
        let said = said(Preset::Insurance, Locale::EnUs);
        assert!(said.contains("free until 24 hours before a session. Exactly 24 hours is in time."), "{said}");
        assert!(said.contains("please contact Maya or us instead.\nCanceling then costs $80.00."), "{said}");
        assert!(!said.contains("ancelling"), "{said}");
    }

    // proves: H-05, H-10
    #[test]
    fn a_marketplace_client_reads_that_it_takes_more_than_48_hours_and_what_later_costs() {
        let said = said(Preset::Marketplace, Locale::EnGb);
        assert!(said.contains("free with more than 48 hours’ notice. Exactly 48 hours is too late."), "{said}");
        assert!(
            said.contains("cancelling costs £65.00. You can still do it here; we show you the cost first."),
            "{said}"
        );
        assert!(said.contains("Payment is taken 48 hours before each session."), "{said}");
        assert!(
            said.contains("if Maya cancels, you never pay. What you paid moves to your new time or comes back"),
            "{said}"
        );
    }

    #[test]
    fn a_network_client_reads_whom_to_contact_and_of_no_fee() {
        let said = said(Preset::Network, Locale::EnGb);
        assert!(said.contains("To move or cancel a session, contact Maya or us."), "{said}");
        assert!(said.contains("There is no fee for cancelling late."), "{said}");
        assert!(!said.contains("Payment is taken"), "{said}");
    }
}
