//! What every act answers, before and after: the same shape for a preview and for the deed (`api-contract`).

use domain::appointment::Appointment;
use domain::decide::{NextStepTaken, Outcome, Situation};
use domain::disruption::Disruption;
use domain::ledger::LedgerEntry;
use domain::message::{Message, MessageKind};
use domain::obligation::Obligation;
use domain::person::{Channel, PersonRef};
use domain::policy::{RuleUse, explain};
use domain::time::Instant;

/// Everything that follows from an act.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Whether nothing has happened yet.
    pub preview: bool,
    /// The appointment that the act was about, as it is now.
    pub appointment: Option<Appointment>,
    /// An appointment that was made in the same step.
    pub booked: Option<Appointment>,
    /// The case.
    pub disruption: Option<Disruption>,
    /// Its duties.
    pub obligations: Vec<Obligation>,
    /// Who is told what.
    pub messages: Vec<Told>,
    /// Entries on the client's account.
    pub ledger: Vec<LedgerEntry>,
    /// Whether it counts in the therapist's record, and why.
    pub reliability: (bool, String),
    /// Why, rule by rule.
    pub because: Vec<Because>,
    /// What the client was given to go on with.
    pub next_step: Option<NextStepTaken>,
}

/// One message of the answer.
#[derive(Debug, Clone)]
pub struct Told {
    /// To whom.
    pub to: PersonRef,
    /// Their name.
    pub name: String,
    /// By which way.
    pub channel: Channel,
    /// What for.
    pub kind: MessageKind,
    /// When, UTC.
    pub send_at: Instant,
    /// Its subject.
    pub subject: String,
    /// Its words; links are masked.
    pub body: String,
}

/// One rule and the sentence that a person reads.
#[derive(Debug, Clone)]
pub struct Because {
    /// The rule's id.
    pub rule: String,
    /// The sentence.
    pub text: String,
}

/// What stands where a link will be.
pub const MASKED_LINK: &str = "(the link is added when it is sent)";

impl Answer {
    /// The answer of an outcome.
    pub fn new(situation: &Situation, outcome: Outcome, messages: &[Message], preview: bool) -> Self {
        let locale = situation.practice.locale;
        let because = outcome.because.iter().map(|rule| because(rule, locale)).collect();
        let reliability = outcome.reliability.as_ref();
        let untouched = situation.obligations.iter().filter(|o| outcome.obligations.iter().all(|n| n.id != o.id));
        let obligations = untouched.chain(outcome.obligations.iter()).cloned().collect();
        Self {
            preview,
            appointment: outcome.appointment.or_else(|| situation.appointment.clone()),
            booked: outcome.booked,
            disruption: outcome.disruption.or_else(|| situation.disruption.clone()),
            obligations,
            messages: messages.iter().map(|message| told(situation, message)).collect(),
            ledger: outcome.ledger,
            reliability: reliability.map_or((false, String::new()), |c| (c.counts, explain(&c.why, locale))),
            because,
            next_step: outcome.next_step,
        }
    }
}

fn because(rule: &RuleUse, locale: domain::person::Locale) -> Because {
    Because { rule: rule.rule.to_string(), text: explain(rule, locale) }
}

fn told(situation: &Situation, message: &Message) -> Told {
    let known = [&situation.client, &situation.therapist.person];
    let people = known.into_iter().chain(situation.admins.iter()).chain(situation.owners.iter());
    let name = people.into_iter().find(|person| person.id == message.to).map(|person| person.name.clone());
    Told {
        to: message.to,
        name: name.unwrap_or_default(),
        channel: message.channel,
        kind: message.kind,
        send_at: message.send_at,
        subject: message.subject.clone(),
        body: message.text.replace("{link}", MASKED_LINK).replace("{receipt}", ""),
    }
}
