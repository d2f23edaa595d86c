//! "What if": one appointment, one thing that happens to it, and what each policy would make of that.

use super::{Ask, Flow, Tools, replay::Side, settings};
use domain::appointment::Appointment;
use domain::id::AppointmentId;
use domain::person::{Person, PersonRef};
use domain::policy::Policy;
use domain::policy::money::TherapistFees;
use domain::policy::what_if::{Case, Happening, Verdict, judge};
use domain::practice::{Practice, Therapist};
use domain::refusal::Refusal;
use domain::time::Instant;
use store::Tx;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// To which appointment.
    pub appointment: AppointmentId,
    /// What happens.
    pub what: Happening,
    /// When the word of it arrives, UTC.
    pub at: Instant,
    /// By which policies, beside the one that was agreed.
    pub sides: Vec<Side>,
}

/// What one policy makes of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The policy, as it would hold between the two.
    pub policy: Policy,
    /// Whether it is the one that was agreed at booking.
    pub agreed: bool,
    /// Whether it holds changes that nobody has made yet.
    pub is_draft: bool,
    /// What it makes of it.
    pub verdict: Verdict,
}

/// Everything that was asked.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The appointment.
    pub appointment: Appointment,
    /// The practice.
    pub practice: Practice,
    /// The therapist.
    pub therapist: Therapist,
    /// The client.
    pub client: Person,
    /// The agreed policy first, then each that was asked for.
    pub judged: Vec<Judged>,
}

/// Judges it; nothing is changed.
pub fn look(tx: &mut Tx, tools: &Tools, ask: &Ask, question: &Question) -> Flow<Answer> {
    let missing = || Refusal::not_found("appointment");
    let scope = ask.who.scope();
    let appointment = store::appointment::load(tx, &scope, question.appointment)?.ok_or_else(missing)?;
    settings::policy_in_scope(tx, ask, appointment.practice)?;
    let relationship = store::relationship::load(tx, &scope, appointment.relationship)?.ok_or_else(missing)?;
    let practice = store::practice::load(tx, appointment.practice)?.ok_or_else(missing)?;
    let therapist = store::therapist::load(tx, appointment.therapist)?.ok_or_else(missing)?;
    let client = store::person::load(tx, PersonRef::Client(appointment.client))?.ok_or_else(missing)?;
    let case = case(tx, &appointment, question)?;
    let agreed = tools.policies.of_booking(tx, practice.id, &appointment.policy)?.ok_or_else(missing)?;
    let mut judged = vec![Judged {
        verdict: judge(&agreed, &practice.zone, &case),
        policy: Policy::clone(&agreed),
        agreed: true,
        is_draft: false,
    }];
    for side in &question.sides {
        let version = side.policy(tx, practice.id)?;
        let pathway = relationship.pathway.as_deref();
        let policy = version.between(pathway, therapist.id, &therapist.overrides).unwrap_or(version);
        let verdict = judge(&policy, &practice.zone, &case);
        judged.push(Judged { policy, agreed: false, is_draft: !side.set.is_empty(), verdict });
    }
    Ok(Answer { appointment, practice, therapist, client, judged })
}

fn case(tx: &mut Tx, about: &Appointment, question: &Question) -> Flow<Case> {
    Ok(Case {
        what: question.what,
        at: question.at,
        booked_at: about.created_at,
        start: about.start,
        end: about.end,
        price: about.price,
        new_client: !store::appointment::has_attended(tx, about.relationship)?,
        late_before: store::appointment::has_late(tx, about.relationship)?,
        therapist_fees: TherapistFees { late_cancel: about.policy.late_cancel_fee, no_show: about.policy.no_show_fee },
        reason: None,
    })
}
