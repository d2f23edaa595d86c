//! Who owes what by when after a change of plan (domain 2.4, rulings 2).

use super::kinds_of_duty::{ObligationKind, OwnerRole};
use super::working::WorkingTime;
use super::{Deadline, MakeUpMode, Parameters, PracticeEvent};
use crate::reason::Fault;
use crate::time::{Instant, Span, Zone};
use serde::{Deserialize, Serialize};

mod times;
use times::{Pace, Times};

/// By when a kind of duty is due, when an admin takes it over, and when the practice's owner hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObligationTime {
    /// When it is due.
    pub due: Deadline,
    /// When it passes to an admin; never if none.
    pub breach: Option<Deadline>,
    /// When the owner hears of it; never if none.
    pub escalate: Option<Deadline>,
}

macro_rules! obligation_times {
    ($($(#[$meta:meta])* $field:ident $kind:ident;)+) => {
        /// One entry for each kind of duty.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(missing_docs)] // The kinds themselves say what they are.
        pub struct ObligationTimes { $($(#[$meta])* pub $field: ObligationTime),+ }

        impl ObligationTimes {
            /// The times of one kind.
            pub const fn of(&self, kind: ObligationKind) -> ObligationTime {
                match kind { $(ObligationKind::$kind => self.$field),+ }
            }
            /// Every kind with its times.
            pub fn iter(&self) -> impl Iterator<Item = (ObligationKind, ObligationTime)> + '_ {
                ObligationKind::ALL.iter().map(|kind| (*kind, self.of(*kind)))
            }
        }
    };
}

obligation_times! {
    inform_client InformClient;
    notify_practice NotifyPractice;
    next_step NextStep;
    keep_promise KeepPromise;
    mark_attendance MarkAttendance;
    write_contact_note WriteContactNote;
    book_next BookNext;
    confirm_outcome ConfirmOutcome;
    decide_money DecideMoney;
    #[serde(default = "usual_answer")] answer_request AnswerRequest;
    #[serde(default = "usual_answer")] answer_client AnswerClient;
    attribute_fault AttributeFault;
    consider_makeup ConsiderMakeup;
    update_long_absence UpdateLongAbsence;
    escalate_clinical EscalateClinical;
    escalate_risk EscalateRisk;
    attendance_update AttendanceUpdate;
    confirm_plan ConfirmPlan;
    check_in_with_client CheckInWithClient;
    review_risk ReviewRisk;
}

/// Versions that were written before there were requests and replies have these times for them.
fn usual_answer() -> ObligationTime {
    let hours = |hours: u32| Deadline::Minutes(60 * hours);
    ObligationTime { due: hours(4), breach: Some(hours(8)), escalate: Some(hours(24)) }
}

/// A duty to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Owed {
    /// What is owed.
    pub kind: ObligationKind,
    /// Whose duty it is.
    pub owner: OwnerRole,
    /// By when.
    pub due: Instant,
    /// When it passes to an admin; never if none.
    pub breach: Option<Instant>,
    /// When the practice's owner hears of it; never if none.
    pub second_breach: Option<Instant>,
}

/// What opens duties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The therapist asked the client for another time, or moved it with the client's agreement (T6).
    TherapistMoves,
    /// The client cancelled, in time or late (T7, T8).
    ClientCancels {
        /// Inside the notice window.
        late: bool,
    },
    /// The therapist cancelled (T9).
    TherapistCancels,
    /// The practice cancelled (T10).
    PracticeCancels,
    /// The therapist is running late (T11).
    TherapistLate,
    /// Therapist and client have connected after lateness.
    Connected,
    /// The therapist missed it (T12).
    TherapistMissed,
    /// The client has not come and the time to check in is reached (T13).
    ClientLate,
    /// Less than the full time was left after the therapist's lateness (T11).
    CutShort,
    /// The client missed it (T15, T16).
    ClientMissed,
    /// The appointment is over and its update is owed (T17).
    Ended,
    /// It failed technically (T21).
    TechnicalFailure,
    /// A therapist is away and this appointment is affected (T22).
    Absence,
    /// An absence lasts past its expected end, or was extended (V-09).
    AbsenceLasts,
    /// It was settled that the therapist alone missed it.
    TherapistAloneAtFault,
    /// The client agreed to another appointment that is not booked yet.
    AgreedToRebook,
    /// A fee was waived.
    Waived,
    /// A new client would like a refund (E-04).
    NewClientRefund,
    /// A client asked for a time that the therapist confirms or declines (T2).
    TimeRequested,
    /// Something was asked of the team after the start (E-06); the policy says whose it is.
    TeamAsked,
    /// The client wrote something back that a person must read.
    ClientWrote,
    /// A worry was passed on (V-18).
    ClinicalWorry,
    /// A worry about somebody's safety was passed on (V-19).
    RiskWorry,
}

/// What the client was given along with the news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// Nothing yet.
    Nothing,
    /// Times held until this moment.
    OfferUntil(Instant),
    /// The booking link.
    Link,
    /// A promise to be in touch by this moment.
    PromiseBy(Instant),
    /// What settles it: a time booked, the money back.
    Settled,
}

/// What the duties depend on besides the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The present moment.
    pub now: Instant,
    /// The appointment's start.
    pub start: Instant,
    /// The appointment's end.
    pub end: Instant,
    /// What the client was given.
    pub given: Given,
    /// The policy leaves the money to a person.
    pub money_open: bool,
}

/// The duties that this opens, in the order in which they are best met. `zone` is the practice's.
pub fn owed(parameters: &Parameters, zone: &Zone, trigger: Trigger, setting: &Setting) -> Vec<Owed> {
    let working = WorkingTime::new(&parameters.practice, zone);
    let mut list = List { times: Times::new(parameters, working, setting), owner: OwnerRole::Therapist, owed: vec![] };
    match trigger {
        Trigger::TherapistMoves => list.called_off(parameters, setting, Some(PracticeEvent::TherapistCancel), false),
        Trigger::TherapistCancels => list.called_off(parameters, setting, Some(PracticeEvent::TherapistCancel), true),
        Trigger::PracticeCancels => {
            list.owner = OwnerRole::Admin;
            list.called_off(parameters, setting, None, true);
        }
        Trigger::Absence => list.called_off(parameters, setting, Some(PracticeEvent::Absence), true),
        Trigger::TherapistLate => list.live(parameters, PracticeEvent::TherapistLate, parameters.order_of_notice.late),
        Trigger::TherapistMissed => list.missed(parameters, setting),
        Trigger::TechnicalFailure => {
            list.next_step(setting, Pace::Live);
            list.open_for(ObligationKind::AttributeFault, OwnerRole::Admin);
        }
        Trigger::ClientCancels { late: true } | Trigger::ClientMissed if setting.money_open => {
            list.open(ObligationKind::DecideMoney);
        }
        Trigger::ClientCancels { .. } | Trigger::ClientMissed => {}
        Trigger::ClientLate => list.open(ObligationKind::CheckInWithClient),
        Trigger::Connected => list.open_from(ObligationKind::ConfirmPlan, setting.end.max(setting.now)),
        Trigger::Ended if parameters.attendance_update.required => list.open(ObligationKind::AttendanceUpdate),
        Trigger::Ended => {}
        Trigger::CutShort => list.open(ObligationKind::DecideMoney),
        Trigger::AbsenceLasts => {
            let days = i64::from(parameters.absence.update_every_days);
            list.open_from(ObligationKind::UpdateLongAbsence, setting.now + Span::hours(24 * days));
        }
        Trigger::TherapistAloneAtFault if parameters.makeup.mode != MakeUpMode::Off => {
            list.open(ObligationKind::ConsiderMakeup);
        }
        Trigger::TherapistAloneAtFault => {}
        Trigger::AgreedToRebook => list.open(ObligationKind::BookNext),
        Trigger::Waived => list.tell_practice(parameters, PracticeEvent::Waiver),
        Trigger::NewClientRefund => {
            list.tell_practice(parameters, PracticeEvent::RefundNew);
            list.open_for(ObligationKind::DecideMoney, OwnerRole::Admin);
        }
        Trigger::TimeRequested => list.open(ObligationKind::AnswerRequest),
        Trigger::TeamAsked => list.open_for(ObligationKind::AnswerRequest, past_editor(parameters)),
        Trigger::ClientWrote => {
            let pace = if is_today(setting) { Pace::Live } else { Pace::Plain };
            list.owed.push(list.times.answering(list.owner, pace));
        }
        Trigger::ClinicalWorry => list.open_for(ObligationKind::EscalateClinical, OwnerRole::ClinicalLead),
        Trigger::RiskWorry => list.open_for(ObligationKind::EscalateRisk, OwnerRole::RiskDuty),
    }
    list.owed
}

/// Whether a missed appointment asks the therapist to think about a make-up: only where the therapist alone missed it,
/// and the practice asks at all. Then `Trigger::TherapistAloneAtFault` opens the duty.
pub fn asks_for_makeup(parameters: &Parameters, fault: Fault) -> bool {
    fault == Fault::Therapist && parameters.makeup.mode != MakeUpMode::Off
}

/// How long before the start a word of the client is about what happens now.
const SOON: Span = Span::hours(3);

/// Whether the appointment is now or soon, so that an answer is a matter of minutes.
fn is_today(setting: &Setting) -> bool {
    setting.start - SOON <= setting.now && setting.now <= setting.end
}

/// Who changes what has begun (E-06).
fn past_editor(parameters: &Parameters) -> OwnerRole {
    match parameters.past_start_edit_role {
        super::PastEditRole::Support => OwnerRole::Support,
        super::PastEditRole::Team | super::PastEditRole::Admin => OwnerRole::Admin,
    }
}

/// The `next_step` of an offer that has ended without an answer: as if it opened then, so that it is due a day on and
/// goes up after that (rulings 2).
pub fn next_step_after_offer(parameters: &Parameters, zone: &Zone, owner: OwnerRole, ended: Instant) -> Owed {
    let working = WorkingTime::new(&parameters.practice, zone);
    times::anchored(parameters, &working, ObligationKind::NextStep, owner, ended)
}

/// The duty that a promise opens: be in touch by that moment (rulings 2).
pub fn promise(parameters: &Parameters, zone: &Zone, by: Instant) -> Owed {
    let working = WorkingTime::new(&parameters.practice, zone);
    times::anchored(parameters, &working, ObligationKind::KeepPromise, OwnerRole::Therapist, by)
}

/// The duty to look at a client's risk screening again by that moment. It never goes up to the admins, who may not see
/// that there is one (V-20).
pub fn risk_review(parameters: &Parameters, zone: &Zone, by: Instant) -> Owed {
    let working = WorkingTime::new(&parameters.practice, zone);
    let owed = times::anchored(parameters, &working, ObligationKind::ReviewRisk, OwnerRole::Therapist, by);
    Owed { breach: None, second_breach: None, ..owed }
}

/// The duty to reach a client whom no message can reach: the short-notice minutes, counted from now (U3).
pub fn inform_now(parameters: &Parameters, now: Instant) -> Owed {
    let inform = &parameters.inform;
    let after = |minutes: u32| now + Span::minutes(minutes.into());
    Owed {
        kind: ObligationKind::InformClient,
        owner: OwnerRole::Therapist,
        due: after(inform.short_notice_minutes),
        breach: Some(after(inform.short_notice_breach_minutes)),
        second_breach: Some(after(inform.short_notice_escalate_minutes)),
    }
}

/// The times of a `next_step` whose offer lives until `expires`: due then, and 24 hours more.
pub fn next_step_while_offered(parameters: &Parameters, zone: &Zone, owner: OwnerRole, expires: Instant) -> Owed {
    let working = WorkingTime::new(&parameters.practice, zone);
    times::offered(parameters, &working, owner, expires)
}

struct List<'a> {
    times: Times<'a>,
    owner: OwnerRole,
    owed: Vec<Owed>,
}

impl List<'_> {
    fn open(&mut self, kind: ObligationKind) {
        self.open_for(kind, self.owner);
    }
    fn open_for(&mut self, kind: ObligationKind, owner: OwnerRole) {
        self.owed.push(self.times.counted_now(kind, owner));
    }
    fn open_from(&mut self, kind: ObligationKind, from: Instant) {
        self.owed.push(self.times.counted_from(kind, self.owner, from));
    }

    fn called_off(
        &mut self,
        parameters: &Parameters,
        setting: &Setting,
        event: Option<PracticeEvent>,
        cancelled: bool,
    ) {
        let pace = self.times.pace();
        self.owed.push(self.times.informing(ObligationKind::InformClient, self.owner, pace));
        if cancelled {
            self.next_step(setting, pace);
        }
        if event.is_some_and(|event| parameters.practice_notified_on.contains(&event)) {
            self.owed.push(self.times.informing(ObligationKind::NotifyPractice, self.owner, pace));
        }
        if cancelled {
            self.open(ObligationKind::MarkAttendance);
        }
        if pace == Pace::ShortNotice {
            self.open(ObligationKind::WriteContactNote);
        }
        if setting.money_open {
            self.open(ObligationKind::DecideMoney);
        }
    }

    fn tell_practice(&mut self, parameters: &Parameters, event: PracticeEvent) {
        if parameters.practice_notified_on.contains(&event) {
            self.owed.push(self.times.informing(ObligationKind::NotifyPractice, self.owner, Pace::Plain));
        }
    }

    fn live(&mut self, parameters: &Parameters, event: PracticeEvent, order: super::NoticeOrder) {
        self.owed.push(self.times.informing(ObligationKind::InformClient, self.owner, Pace::Live));
        if parameters.practice_notified_on.contains(&event) {
            let notify = self.times.informing(ObligationKind::NotifyPractice, self.owner, Pace::Live);
            match order {
                super::NoticeOrder::ClientFirst => self.owed.push(notify),
                super::NoticeOrder::PracticeFirst => self.owed.insert(0, notify),
            }
        }
    }

    fn missed(&mut self, parameters: &Parameters, setting: &Setting) {
        self.live(parameters, PracticeEvent::TherapistNoShow, parameters.order_of_notice.missed);
        self.next_step(setting, Pace::Live);
        self.open(ObligationKind::WriteContactNote);
        self.open(ObligationKind::ConfirmOutcome);
        if setting.money_open {
            self.open(ObligationKind::DecideMoney);
        }
        self.open_for(ObligationKind::AttributeFault, OwnerRole::Admin);
    }

    /// Opens `next_step`; a promise meets it and opens its own duty, and what settles it opens none (rulings 2).
    fn next_step(&mut self, setting: &Setting, pace: Pace) {
        let owner = self.owner;
        self.owed.push(match setting.given {
            Given::Nothing => self.times.informing(ObligationKind::NextStep, owner, pace),
            Given::Link => self.times.counted_now(ObligationKind::NextStep, owner),
            Given::OfferUntil(expires) => self.times.offered(owner, expires),
            Given::PromiseBy(by) => self.times.counted_from(ObligationKind::KeepPromise, owner, by),
            Given::Settled => return,
        });
    }
}

#[cfg(test)]
mod tests;
