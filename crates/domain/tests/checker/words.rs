//! What somebody does, as the command that says so.

use crate::play::Play;
use crate::steps::{Act, Exit};
use crate::world::About;
use domain::appointment::Initiator;
use domain::attendance::{LateAnswer, Plan, TechnicalSide};
use domain::decide::*;
use domain::person::{Channel, Role};
use domain::reason::Reason;
use domain::reserved::Pattern;
use domain::schedule::MeetingKind;
use domain::time::{Span, Weekday};

/// The reason that this side usually gives.
pub fn reason_of(by: Initiator) -> Option<Reason> {
    match by {
        Initiator::Client => None,
        Initiator::Therapist => Some(Reason::TherapistIllness),
        Initiator::Practice => Some(Reason::PracticeRoomOrClosure),
    }
}

/// The words of the record, as a correction names them, and one that is none.
pub const STATES: [&str; 9] = [
    "attended",
    "client_no_show",
    "late_not_seen",
    "therapist_no_show",
    "technical_failure",
    "cancelled_by_client",
    "cancelled_by_therapist",
    "entered_in_error",
    "booked",
];

impl Play {
    pub fn command(&self, act: Act, about: About) -> Option<Command> {
        let now = self.world.now;
        let because = "As agreed on the phone".to_owned();
        Some(match act {
            Act::Book { slot, in_person, agreed } => {
                let kind = if in_person { MeetingKind::InPerson } else { MeetingKind::Video };
                Command::Book(Book { start: self.slot(slot), kind, agreement: agreed.then(|| self.yes()) })
            }
            Act::Cancel { .. } => Command::Cancel(self.cancel(act, about)?),
            Act::Move { by, slot, agreed, hours_ago } => Command::Reschedule(Reschedule {
                start: self.slot(slot),
                initiator: by,
                agreement: agreed.then(|| self.yes()),
                reason: reason_of(by),
                received_at: hours_ago.map(|hours| now - Span::hours(hours)),
            }),
            Act::Accept { which } => {
                let offer = self.world.offer(about.offer?)?;
                let chosen = offer.slots.get(which).map_or_else(|| self.slot(which * 7), |slot| slot.from);
                Command::Accept { start: chosen }
            }
            Act::Decline { refund } => Command::Decline { refund },
            Act::Ask { .. } | Act::Withdraw | Act::Confirm | Act::DeclineRequest | Act::Undo => {
                Command::Moves(self.moves(act)?)
            }
            Act::AskTeam { .. } | Act::AskRefund { .. } | Act::AnswerTeam { .. } => Command::Moves(self.team(act)?),
            Act::Waive(part) => {
                Command::Money(MoneyAct::Waive(GiveBack { reason: because, amount: self.part(part, about) }))
            }
            Act::Refund(part) => {
                Command::Money(MoneyAct::Refund(GiveBack { reason: because, amount: self.part(part, about) }))
            }
            Act::Settle(how, part) => Command::Money(MoneyAct::Settle(SettleByHand {
                how,
                amount: self.part(part, about),
                reason: Some(because),
            })),
            Act::Carry => Command::Money(MoneyAct::Carry(CarryPayment { reason: because })),
            Act::Seen => Command::Seen,
            Act::Try { by_phone, result } => {
                let channel = if by_phone { Channel::Phone } else { Channel::Email };
                Command::Attempt(Attempt { channel, result, at: now, agreed: None })
            }
            Act::Note => {
                let note =
                    WriteNote { informed_at: now, informed_how: Channel::Phone, agreed: because, on_behalf_of: None };
                Command::Note(note)
            }
            Act::Meet(n) => {
                let duties: Vec<_> =
                    self.world.duties.iter().filter(|duty| duty.appointment == about.appointment).collect();
                Command::Settle(Settle::Meet(duties.get(n % duties.len().max(1))?.id, because))
            }
            Act::Update { .. }
            | Act::Correct(_)
            | Act::EndRelationship
            | Act::Reopen
            | Act::Pause
            | Act::Reserve { .. }
            | Act::Keep { .. } => Command::File(self.file(act, about)?),
            _ => Command::Live(self.live(act)?),
        })
    }

    fn cancel(&self, act: Act, about: About) -> Option<Cancel> {
        let Act::Cancel { by, exit, slot, hours_ago, reason, note } = act else { return None };
        Some(Cancel {
            initiator: by,
            reason: reason_of(by).filter(|_| reason),
            note: note.then(|| "As they said".to_owned()),
            received_at: hours_ago.map(|hours| self.world.now - Span::hours(hours)),
            next_step: self.exit(exit, slot, about),
            share_reason: false,
            words: None,
        })
    }

    fn exit(&self, exit: Exit, slot: usize, about: About) -> NextStep {
        let offered = vec![self.slot(slot), self.slot(slot + 8)];
        let by = Some(self.world.now + Span::hours(20));
        let nothing = NextStep::default();
        match exit {
            Exit::Nothing => nothing,
            Exit::Offer => NextStep { offer_slots: offered, ..nothing },
            Exit::Promise => NextStep { promise_contact_by: by, ..nothing },
            Exit::OfferAndPromise => NextStep { offer_slots: offered, promise_contact_by: by, ..nothing },
            Exit::Link => NextStep { booking_link: true, ..nothing },
            Exit::BookNow => NextStep { book: Some(BookNow { start: offered[0], agreement: self.yes() }), ..nothing },
            Exit::Refund => NextStep { refund: true, ..nothing },
            Exit::RefundAndLink => NextStep { refund: true, booking_link: true, ..nothing },
            Exit::NextAppointment => {
                let both = self.world.relationships[about.relationship].id;
                let others = self.world.of_both(both).filter(|other| Some(other.id) != about.appointment);
                NextStep { next_appointment: others.last().map(|next| next.id), ..nothing }
            }
        }
    }

    fn moves(&self, act: Act) -> Option<Moves> {
        Some(match act {
            Act::Ask { by, slot } => Moves::Ask(AskToMove {
                offer_slots: vec![self.slot(slot), self.slot(slot + 8)],
                initiator: by,
                reason: reason_of(by),
                words: None,
            }),
            Act::Withdraw => Moves::Withdraw,
            Act::Confirm => Moves::Confirm,
            Act::DeclineRequest => Moves::DeclineRequest(DeclineRequest { reason: None, words: None }),
            Act::Undo => Moves::Undo,
            _ => return None,
        })
    }

    fn team(&self, act: Act) -> Option<Moves> {
        let reason = "They asked for it".to_owned();
        Some(match act {
            Act::AskTeam { slot } => {
                Moves::AskTeam(AskTeam { start: self.slot(slot), reason, agreement: Some(self.yes()) })
            }
            Act::AskRefund { confirm } => Moves::AskRefund(AskRefund { reason, confirm_refund: confirm }),
            Act::AnswerTeam { approve: true } => {
                Moves::AnswerTeam(AnswerTeam::Approve { start: None, agreement: Some(self.yes()) })
            }
            Act::AnswerTeam { approve: false } => Moves::AnswerTeam(AnswerTeam::Decline { reason }),
            _ => return None,
        })
    }

    fn file(&self, act: Act, about: About) -> Option<FileAct> {
        let reason = "It is over".to_owned();
        Some(match act {
            Act::Update { attended, continues, space, reserve, refund, next } => {
                let next = next.map(|slot| BookNow { start: self.slot(slot), agreement: self.yes() });
                FileAct::Update(Box::new(UpdateAttendance {
                    attended,
                    therapist_ready_at: None,
                    client_arrived_at: None,
                    started_at: None,
                    ended_at: None,
                    continues,
                    weekly_space: space,
                    reserve_slot: reserve,
                    refund,
                    next,
                }))
            }
            Act::Correct(n) => FileAct::Correct(Correct { state: STATES[n % STATES.len()].to_owned(), reason }),
            Act::EndRelationship => {
                FileAct::End(EndRelationship { reason, referral: None, confirm: None, words: None })
            }
            Act::Reopen => FileAct::Reopen,
            Act::Pause => FileAct::Pause,
            Act::Reserve { slot } => FileAct::Keep(Keep::Add(self.weekly(slot))),
            Act::Keep { which, what } => {
                let both = self.world.relationships[about.relationship].id;
                let own: Vec<_> = self.world.reserved.iter().filter(|slot| slot.relationship == both).collect();
                let id = own.get(which % own.len().max(1))?.id;
                FileAct::Keep([Keep::Remove(id), Keep::Restore(id), Keep::Pause(id), Keep::Resume(id)][what])
            }
            _ => return None,
        })
    }

    /// The weekly time of one of the starts.
    fn weekly(&self, slot: usize) -> Pattern {
        let start = self.slot(slot).in_zone(self.world.zone());
        let time = format!("{:02}:{:02}", start.hour(), start.minute());
        Pattern {
            weekday: Weekday::from(start.date().weekday()),
            local_time: time.parse().expect("a time of day"),
            minutes: 50,
            every_weeks: 1,
            from: None,
        }
    }

    fn live(&self, act: Act) -> Option<Live> {
        let now = self.world.now;
        let words = |given: bool| given.then(|| "We spoke about it".to_owned());
        Some(match act {
            Act::RunningLate(minutes) => Live::RunningLate(minutes),
            Act::LateAnswer { wait: true } => Live::Answer(LateAnswer::Wait),
            Act::LateAnswer { wait: false } => Live::Answer(LateAnswer::Reschedule),
            Act::Connected { apologised, plan } => {
                let plan = [Plan::FullTime, Plan::Shortened, Plan::Rescheduled][plan];
                let ends_at = (plan == Plan::Shortened).then(|| now + Span::minutes(20));
                Live::Connected(Connection { apologised, plan, ends_at })
            }
            Act::Missed(fault) => Live::Missed(Missed { reported_by: Role::Client, fault }),
            Act::Technical => Live::TechnicalFailure(TechnicalSide::Platform),
            Act::Outcome(outcome, given) => Live::Outcome(outcome, words(given)),
            Act::Attribute(fault) => Live::Attribute(fault, "As both tell it".to_owned()),
            Act::MakeUp(decision, given) => Live::MakeUp(decision, words(given)),
            Act::CheckIn => Live::CheckIn,
            Act::StepAway => Live::StepAway,
            Act::Arrived => Live::Arrived(now),
            Act::NoShow => Live::ClientNoShow,
            Act::SeenByPractice => Live::SeenByPractice,
            _ => return None,
        })
    }
}
