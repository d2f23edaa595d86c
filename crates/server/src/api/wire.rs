//! The shapes on the wire, apart from the domain's own types. Names are those of the contract and never change.

use crate::flow;
use domain::access::Scope;
use domain::appointment::Appointment;
use domain::audit::Receipt;
use domain::change_request::ChangeRequest;
use domain::disruption::Disruption;
use domain::id::{
    AppointmentId, ClientId, DisruptionId, LedgerEntryId, ObligationId, OfferId, PracticeId, RelationshipId,
    TherapistId,
};
use domain::ledger::LedgerEntry;
use domain::money::Money;
use domain::obligation::{Obligation, ObligationKind, ObligationState};
use domain::offer::Offer;
use domain::person::{Person, PersonRef};
use domain::practice::Relationship;
use domain::reserved::ReservedSlot;
use domain::time::{Instant, Interval, Zone};
use serde::Serialize;
use serde_json::{Value, json};

/// Coming days of a reserved time that are shown.
const NEXT_TIMES: usize = 3;

/// A list with the cursor of its next page.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// The things.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
}

/// An appointment.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct AppointmentWire {
    pub id: AppointmentId,
    pub practice: PracticeId,
    pub relationship: RelationshipId,
    pub therapist: TherapistId,
    pub client: ClientId,
    pub start: Instant,
    pub end: Instant,
    pub time_zone: String,
    pub kind: &'static str,
    pub state: &'static str,
    pub revision: u32,
    pub sequence: u32,
    pub price: Money,
    pub policy: Value,
    pub payment: Value,
    pub attendance: Value,
    pub claim: Value,
    pub reserved_slot: Value,
    pub replaces: Option<AppointmentId>,
    pub pending_move: Option<OfferId>,
}

impl From<&Appointment> for AppointmentWire {
    fn from(a: &Appointment) -> Self {
        let policy = &a.policy;
        Self {
            id: a.id,
            practice: a.practice,
            relationship: a.relationship,
            therapist: a.therapist,
            client: a.client,
            start: a.start,
            end: a.end,
            time_zone: a.zone.name().to_owned(),
            kind: a.kind.as_str(),
            state: a.state.word(),
            revision: a.revision,
            sequence: a.sequence,
            price: a.price,
            policy: json!({ "preset": policy.preset, "version": policy.version, "cutoff": policy.effective_cutoff(),
                "boundary": policy.boundary, "terms": policy.terms }),
            payment: json!({ "state": a.payment.state, "due_at": a.payment.due_at }),
            attendance: json!({ "label": a.attendance_label(), "nhs_code": a.attendance_code(), "minutes": a.attendance.minutes() }),
            claim: Value::Null,
            reserved_slot: json!(a.reserved_slot),
            replaces: a.replaces,
            pending_move: a.pending_move,
        }
    }
}

/// A duty.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct ObligationWire {
    pub id: ObligationId,
    pub kind: &'static str,
    pub owner: Option<PersonRef>,
    pub owner_role: &'static str,
    pub appointment: Option<AppointmentId>,
    pub disruption: Option<DisruptionId>,
    pub due_at: Instant,
    pub breach_at: Option<Instant>,
    pub state: &'static str,
    pub evidence: Option<String>,
}

impl From<&Obligation> for ObligationWire {
    fn from(o: &Obligation) -> Self {
        let evidence = match &o.state {
            ObligationState::Met { evidence, .. } => Some(evidence.clone()),
            ObligationState::Excused { reason, .. } => Some(reason.clone()),
            ObligationState::Open | ObligationState::Escalated { .. } => None,
        };
        Self {
            id: o.id,
            kind: o.kind.as_str(),
            owner: o.owner.person,
            owner_role: o.owner.role.word(),
            appointment: o.appointment,
            disruption: o.disruption,
            due_at: o.due_at,
            breach_at: o.breach_at,
            state: o.state.word(),
            evidence,
        }
    }
}

/// A case with its duties.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct DisruptionWire {
    pub id: DisruptionId,
    pub appointment: AppointmentId,
    pub kind: &'static str,
    pub opened_at: Instant,
    pub closed_at: Option<Instant>,
    pub fault: Option<String>,
    pub outcome: Option<String>,
    pub obligations: Vec<ObligationWire>,
}

impl DisruptionWire {
    /// The case with those of `obligations` that are its own.
    pub fn of(d: &Disruption, obligations: &[Obligation]) -> Self {
        Self {
            id: d.id,
            appointment: d.appointment,
            kind: d.kind.as_str(),
            opened_at: d.opened_at,
            closed_at: d.closed_at,
            fault: d.fault.clone(),
            outcome: d.outcome.clone(),
            obligations: obligations.iter().filter(|o| o.disruption == Some(d.id)).map(Into::into).collect(),
        }
    }
}

/// One entry of a client's account.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct LedgerWire {
    pub id: LedgerEntryId,
    pub kind: &'static str,
    pub amount: Money,
    pub appointment: Option<AppointmentId>,
    pub reason: String,
    pub at: Instant,
    pub by: String,
}

impl From<&LedgerEntry> for LedgerWire {
    fn from(e: &LedgerEntry) -> Self {
        Self {
            id: e.id,
            kind: e.kind.as_str(),
            amount: e.amount,
            appointment: e.appointment,
            reason: e.reason.clone(),
            at: e.at,
            by: e.by.clone(),
        }
    }
}

/// A stretch of time that can be booked.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct SlotWire {
    pub start: Instant,
    pub end: Instant,
}

impl From<&Interval> for SlotWire {
    fn from(slot: &Interval) -> Self {
        Self { start: slot.from, end: slot.to }
    }
}

/// An offer of times.
pub fn offer(offer: &Offer) -> Value {
    let slots: Vec<SlotWire> = offer.slots.iter().map(Into::into).collect();
    json!({ "id": offer.id, "appointment": offer.appointment, "slots": slots, "expires_at": offer.expires_at,
        "state": offer.state.word() })
}

/// Something asked of the team.
pub fn change_request(request: &ChangeRequest) -> Value {
    json!({ "id": request.id, "appointment": request.appointment, "wish": request.wish, "reason": request.reason,
        "asked_by": request.asked_by, "asked_at": request.asked_at, "obligation": request.obligation,
        "state": request.state.word(), "answer": request.state })
}

/// A relationship; with its client where it is known how they are reached.
pub fn relationship(r: &Relationship, client: Option<&Person>) -> Value {
    let accepted = r.accepted_policy.map(|a| json!({ "version": a.version, "at": a.at, "how": a.how }));
    let (checked, preference) = (&r.file.contracting, client.map(|client| &client.preference));
    let continues = checked.continues.map(|goes_on| if goes_on { "yes" } else { "no" });
    let ending = r.file.ending.as_ref();
    json!({ "id": r.id, "therapist": r.therapist, "client": r.client, "state": r.state, "preferred_slot": null,
        "accepted_policy": accepted, "pathway": r.pathway.as_ref().map(|pathway| pathway.id),
        "contracting": { "preferred_contact": preference.map(|p| p.asked_at.is_some()),
            "voicemail": preference.map(|p| p.voicemail), "continue": continues,
            "policy_recap": checked.policy_recap, "payment_recap": checked.payment_recap, "at": checked.at },
        "ended": ending.map(|e| json!({ "at": e.at, "reason": e.reason, "referral": e.referral })) })
}

/// A reserved time, with its next days.
pub fn reserved_slot(slot: &ReservedSlot, zone: &Zone, now: Instant) -> Value {
    let next: Vec<Value> = slot
        .next_times(zone, now, NEXT_TIMES)
        .into_iter()
        .map(|(day, time)| json!({ "date": day.to_string(), "start": time.from, "end": time.to }))
        .collect();
    json!({ "id": slot.id, "relationship": slot.relationship, "state": slot.state, "weekday": slot.weekday,
        "local_time": slot.local_time, "time_zone": zone.name(), "minutes": slot.minutes,
        "every_weeks": slot.every_weeks, "first": slot.first.to_string(),
        "released": slot.released.iter().map(ToString::to_string).collect::<Vec<_>>(), "next": next })
}

fn kept(reserved: &flow::answer::Reserved) -> Value {
    let state = reserved.slot.as_ref().map_or("none", |slot| slot.state.as_str());
    json!({ "state": state, "banner": reserved.banner, "id": reserved.slot.as_ref().map(|slot| slot.id) })
}

/// Where an act stands on the record.
pub fn receipt(receipt: Receipt) -> Value {
    json!({ "seq": receipt.seq, "hash": receipt.hash.to_string() })
}

/// What every act answers.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Act {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub preview: bool,
    pub appointment: Option<AppointmentWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booked: Option<AppointmentWire>,
    pub disruption: Option<DisruptionWire>,
    pub obligations: Vec<ObligationWire>,
    pub messages: Vec<Value>,
    pub ledger: Vec<LedgerWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cancelled: Vec<AppointmentWire>,
    pub reserved_slot: Value,
    pub reliability: Value,
    pub because: Vec<Value>,
    pub next_step: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Value>,
    pub receipt: Value,
}

impl Act {
    /// The wire form of an answer; ids of things that do not exist yet are left out of a preview.
    pub fn of(answer: &flow::Answer) -> Value {
        let subject = answer.booked.as_ref().filter(|_| answer.answers_with_new).or(answer.appointment.as_ref());
        let act = Self {
            preview: answer.preview,
            appointment: subject.map(Into::into),
            booked: answer.booked.as_ref().map(Into::into),
            disruption: answer.disruption.as_ref().map(|d| DisruptionWire::of(d, &answer.obligations)),
            obligations: answer.obligations.iter().map(Into::into).collect(),
            messages: answer.messages.iter().map(message).collect(),
            ledger: answer.ledger.iter().map(Into::into).collect(),
            relationship: answer.relationship.as_ref().map(|r| relationship(r, None)),
            cancelled: answer.others.iter().map(Into::into).collect(),
            reserved_slot: kept(&answer.reserved),
            reliability: json!({ "counts": answer.reliability.0, "why": answer.reliability.1 }),
            because: answer.because.iter().map(|b| json!({ "rule": b.rule, "text": b.text })).collect(),
            next_step: answer.next_step.as_ref().map_or(Value::Null, |step| next_step(step, answer)),
            undo: answer.undo_until.map(|until| json!({ "until": until })),
            request: answer.requests.last().map(change_request),
            receipt: Value::Null,
        };
        let body = serde_json::to_value(act).unwrap_or_default();
        if answer.preview { without_new_ids(body, &answer.new_ids) } else { body }
    }
}

fn message(told: &flow::answer::Told) -> Value {
    json!({ "to_person": told.to, "channel": told.channel.word(), "kind": told.kind, "send_at": told.send_at,
        "subject": told.subject, "body": told.body })
}

fn next_step(step: &domain::decide::NextStepTaken, answer: &flow::Answer) -> Value {
    let link = step.booking_link.then(|| answer.booking_link.clone()).flatten();
    json!({ "offer": step.offer.as_ref().map(offer), "promise_contact_by": step.promise_contact_by,
        "booking_link": link, "refund": step.refund, "appointment": step.appointment })
}

/// Takes ids that exist in no table out of a preview, wherever they stand.
fn without_new_ids(value: Value, new: &[String]) -> Value {
    match value {
        Value::Object(fields) => {
            let keep = |v: &Value| !v.as_str().is_some_and(|text| new.iter().any(|id| id == text));
            Value::Object(
                fields.into_iter().filter(|(_, v)| keep(v)).map(|(k, v)| (k, without_new_ids(v, new))).collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|v| without_new_ids(v, new)).collect()),
        other => other,
    }
}

/// Takes out of a client's sight that somebody worried about them: it is for those whose work it is (V-18, V-19).
pub fn keep_confidence(duties: &mut Vec<Obligation>, scope: &Scope<'_>) {
    if scope.limits().client.is_some() {
        duties.retain(|duty| !matches!(duty.kind, ObligationKind::EscalateClinical | ObligationKind::EscalateRisk));
    }
}
