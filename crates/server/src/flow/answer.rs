//! What every act answers, before and after: the same shape for a preview and for the deed (`api-contract`).

use crate::links::LinkKey;
use domain::appointment::Appointment;
use domain::change_request::ChangeRequest;
use domain::decide::{NextStepTaken, Outcome, Situation, UndoChange};
use domain::disruption::Disruption;
use domain::ledger::LedgerEntry;
use domain::message::{LinkTo, Message, MessageKind};
use domain::obligation::Obligation;
use domain::person::{Channel, PersonRef};
use domain::policy::{Language, RuleUse, explain};
use domain::practice::Relationship;
use domain::reserved::ReservedSlot;
use domain::time::{Instant, Zone};

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
    /// The client's booking link, where they were given it; masked in a preview.
    pub booking_link: Option<String>,
    /// Whether the new appointment is what the act was about: an offer accepted, not a cancellation.
    pub answers_with_new: bool,
    /// Other appointments of the two that changed in the same step.
    pub others: Vec<Appointment>,
    /// The relationship, where it changed.
    pub relationship: Option<Relationship>,
    /// What is kept for the client, and what became of it.
    pub reserved: Reserved,
    /// Until when a staff edit may be taken back, UTC; none where it may not.
    pub undo_until: Option<Instant>,
    /// What was asked of the team, or answered by it.
    pub requests: Vec<ChangeRequest>,
    /// Ids that a preview would give to new things; no table has them.
    pub new_ids: Vec<String>,
}

/// The weekly times of the client, and what is said at the top of the screen where one has gone (H-12).
#[derive(Debug, Clone, Default)]
pub struct Reserved {
    /// The one that the answer is about: the one that changed last, else one that is kept.
    pub slot: Option<ReservedSlot>,
    /// What is said.
    pub banner: Option<String>,
}

impl Reserved {
    fn of(situation: &Situation, outcome: &Outcome) -> Self {
        let own = |slot: &&ReservedSlot| slot.relationship == situation.relationship.id;
        let slot = outcome.reserved.last().or_else(|| situation.therapist.reserved.iter().find(own)).cloned();
        Self { slot, banner: outcome.reserved_banner.clone() }
    }
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

/// What stands where the receipt will be.
pub const MASKED_RECEIPT: &str = "(added when it is sent)";
/// What stands where a link will be.
pub const MASKED_LINK: &str = "(the link is added when it is sent)";

impl Answer {
    /// The answer of an outcome.
    pub fn new(
        situation: &Situation,
        outcome: Outcome,
        messages: &[Message],
        links: &Links<'_>,
        preview: bool,
    ) -> Self {
        let read = Reader { language: situation.practice.locale.language(), zone: &situation.practice.zone };
        let reserved = Reserved::of(situation, &outcome);
        let because = outcome.because.iter().map(|rule| read.because(rule)).collect();
        let new_ids = if preview { new_ids(situation, &outcome) } else { Vec::new() };
        let link = LinkTo::Booking(situation.relationship.id);
        let booking_link = if preview { MASKED_LINK.to_owned() } else { links.key.url(links.base_url, link) };
        let reliability = outcome.reliability.as_ref();
        let untouched = situation.obligations.iter().filter(|o| outcome.obligations.iter().all(|n| n.id != o.id));
        let obligations = untouched.chain(outcome.obligations.iter()).cloned().collect();
        let undo_until = undo_until(&outcome);
        Self {
            preview,
            appointment: outcome.appointment.or_else(|| situation.appointment.clone()),
            booked: outcome.booked,
            disruption: outcome.disruption.or_else(|| situation.disruption.clone()),
            obligations,
            messages: messages.iter().map(|message| told(situation, message)).collect(),
            ledger: outcome.ledger,
            reliability: reliability.map_or((false, String::new()), |c| (c.counts, read.sentence(&c.why))),
            because,
            booking_link: outcome.next_step.as_ref().filter(|step| step.booking_link).map(|_| booking_link),
            next_step: outcome.next_step,
            answers_with_new: matches!(
                outcome.record.word,
                "offer_accepted" | "appointment_booked" | "appointment_requested" | "request_confirmed"
            ),
            undo_until,
            requests: outcome.requests,
            others: outcome.others,
            relationship: outcome.relationship,
            reserved,
            new_ids,
        }
    }
}

/// How links are made, for the answer that shows one.
pub struct Links<'a> {
    /// The key.
    pub key: &'a LinkKey,
    /// Where this server is reached.
    pub base_url: &'a str,
}

struct Reader<'a> {
    language: Language,
    zone: &'a Zone,
}

impl Reader<'_> {
    fn sentence(&self, rule: &RuleUse) -> String {
        explain(rule, self.language, self.zone)
    }
    fn because(&self, rule: &RuleUse) -> Because {
        Because { rule: rule.rule.to_owned(), text: self.sentence(rule) }
    }
}

fn undo_until(outcome: &Outcome) -> Option<Instant> {
    match &outcome.undo {
        Some(UndoChange::Open(undo)) => Some(undo.until),
        Some(UndoChange::Taken(..)) | None => None,
    }
}

fn new_ids(situation: &Situation, outcome: &Outcome) -> Vec<String> {
    let known = situation.appointment.as_ref().map(|a| a.id.to_string());
    let appointments = outcome.appointment.iter().chain(outcome.booked.iter()).map(|a| a.id.to_string());
    let mut ids: Vec<String> = appointments.filter(|id| Some(id) != known.as_ref()).collect();
    let case = situation.disruption.as_ref().map(|d| d.id);
    ids.extend(outcome.disruption.iter().filter(|d| Some(d.id) != case).map(|d| d.id.to_string()));
    let duties = outcome.obligations.iter().filter(|o| situation.obligations.iter().all(|before| before.id != o.id));
    ids.extend(duties.map(|o| o.id.to_string()));
    let offered = situation.offer.as_ref().map(|o| o.id);
    ids.extend(outcome.offers.iter().filter(|o| Some(o.id) != offered).map(|o| o.id.to_string()));
    ids.extend(outcome.requests.iter().map(|request| request.id.to_string()));
    ids.extend(outcome.ledger.iter().map(|entry| entry.id.to_string()));
    let kept = &situation.file.reserved;
    let reserved = outcome.reserved.iter().filter(|slot| kept.iter().all(|before| before.id != slot.id));
    ids.extend(reserved.map(|slot| slot.id.to_string()));
    ids
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
        body: message.text.replace("{link}", MASKED_LINK).replace("{receipt}", MASKED_RECEIPT),
    }
}
