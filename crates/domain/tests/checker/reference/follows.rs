//! What follows from a command that was done: what has changed, who is told, who owes what by when.

use super::Asked;
use super::may::is_short;
use super::money::{self, Settled};
use crate::broken::{Broken, hold, same};
use crate::invariants::{Sums, is_owed};
use domain::appointment::{Appointment, Initiator, PaymentState, State};
use domain::attendance::Attended;
use domain::decide::{Cancel, Command, FileAct, Live, MoneyAct, Moves, NextStep, Outcome, Reschedule, SettledHow};
use domain::ledger::EntryKind;
use domain::message::{CalendarMethod, MessageKind};
use domain::obligation::{Obligation, ObligationKind, ObligationState};
use domain::person::{PersonRef, Role};
use domain::policy::{NoFollowUp, Parameters, PracticeEvent, RefundRule};
use domain::reason::Fault;
use domain::reserved::ReservedState;
use domain::time::{Instant, Span};

pub fn check(asked: &Asked, outcome: &Outcome) -> Result<(), Broken> {
    let Some(about) = asked.appointment() else {
        return match asked.command {
            Command::Book(book) => booked(asked, outcome, book.start),
            Command::File(FileAct::End(_)) => all_called_off(asked, outcome),
            _ => Ok(()),
        };
    };
    match asked.command {
        Command::Cancel(wish) => cancelled(asked, about, wish, outcome),
        Command::Reschedule(wish) => moved(asked, about, wish, outcome),
        Command::Accept { start } => accepted(asked, about, *start, outcome),
        Command::Decline { refund } => declined(asked, about, *refund, outcome),
        Command::Live(act) => live(asked, about, act, outcome),
        Command::Money(act) => by_hand(asked, about, act, outcome),
        Command::Moves(act) => moves(asked, about, act, outcome),
        Command::File(FileAct::Update(wish)) => updated(asked, about, wish, outcome),
        Command::File(FileAct::Correct(wish)) => {
            same(outcome.appointment.as_ref().map(|after| after.state.word()), Some(wish.state.as_str()), "T23")?;
            corrected(asked, about, outcome)
        }
        Command::Attempt(made) => attempt(asked, made.result, outcome),
        Command::Due(due) => super::clock::due(asked, about, *due, outcome),
        _ => Ok(()),
    }
}

pub fn told(outcome: &Outcome, to: PersonRef, kind: MessageKind) -> Option<&domain::message::Notice> {
    outcome.notices.iter().find(|notice| notice.to == to && notice.kind == kind)
}

/// Client and therapist both hear of it, with or without a calendar part (G-10, V-16).
pub fn both_are_told(
    about: &Appointment,
    kind: MessageKind,
    calendar: Option<CalendarMethod>,
    outcome: &Outcome,
) -> Result<(), Broken> {
    for person in [PersonRef::Client(about.client), PersonRef::Therapist(about.therapist)] {
        let notice = told(outcome, person, kind);
        hold(notice.is_some(), "reference: told", || format!("{person} is not told of {kind}"))?;
        same(notice.and_then(|notice| notice.calendar), calendar, "reference: calendar")?;
    }
    Ok(())
}

/// How the charges on an appointment change by this outcome, and where its payment then stands.
pub fn settles(about: &Appointment, after: &Appointment, expected: Settled, outcome: &Outcome) -> Result<(), Broken> {
    let charged = Sums::of(outcome.ledger.iter().filter(|entry| entry.appointment == Some(about.id))).charged;
    same((charged, after.payment.state), (expected.charged, expected.payment), "M14 money")
}

pub fn duty(outcome: &Outcome, kind: ObligationKind) -> Option<&Obligation> {
    outcome.obligations.iter().find(|duty| duty.kind == kind)
}

/// A duty of this kind is now owed, by this moment.
pub fn owes(outcome: &Outcome, kind: ObligationKind, by: Option<Instant>) -> Result<(), Broken> {
    let found = duty(outcome, kind).filter(|duty| is_owed(duty));
    hold(found.is_some(), "reference: owed", || format!("nobody owes {kind}: {:?}", outcome.obligations))?;
    match (found, by) {
        (Some(found), Some(by)) => same(found.due_at, by, "reference: due"),
        _ => Ok(()),
    }
}

/// B17, H-05, H-06, V-16: under today's policy, confirmed to both, paid when that policy says.
fn booked(asked: &Asked, outcome: &Outcome, start: Instant) -> Result<(), Broken> {
    let made = outcome.booked.as_ref().or(outcome.appointment.as_ref()).expect("a booking makes an appointment");
    let today = asked.world.today();
    let rules = &today.parameters;
    let hours = Span::hours(rules.client_cancel.notice_hours.into());
    same((made.start, made.end), (start, start + Span::minutes(50)), "B13")?;
    same((made.policy.version, made.policy.cutoff), (today.version, start - hours), "B17")?;
    same(made.policy.cutoff_floor, None, "B17")?;
    let asks = rules.booking.mode == domain::policy::BookingMode::Request && asked.is_client();
    same(made.state.word(), if asks { "requested" } else { "booked" }, "T1")?;
    let kind = if asks { MessageKind::Requested } else { MessageKind::Confirmation };
    both_are_told(made, kind, (!asks).then_some(CalendarMethod::Request), outcome)?;
    if asks {
        return owes(outcome, ObligationKind::AnswerRequest, None);
    }
    super::after::next_is_booked(asked, outcome)?;
    let stands_in = made.replaces.and_then(|id| asked.world.find(id));
    if let Some(ended) = stands_in {
        return follows(ended, made, outcome);
    }
    let first = asked.world.is_new(made.relationship);
    same(made.payment.due_at, money::taken_at(rules, made.start, made.end, asked.now, first), "M3 due")
}

/// `rulings` 11: what was paid goes along to a time that stands in for another, in two entries that sum to nothing; after
/// the client's own late word it stays.
fn follows(ended: &Appointment, made: &Appointment, outcome: &Outcome) -> Result<(), Broken> {
    let goes = ended.payment.state == PaymentState::Captured && !money::stays_paid(ended) && ended.price == made.price;
    let carried = outcome.ledger.iter().filter(|entry| entry.kind == EntryKind::CarryOver).count();
    same(carried, if goes { 2 } else { 0 }, "M9 carry")?;
    same(made.payment.state == PaymentState::Captured, goes, "M8 carry")
}

/// T7 to T10.
fn cancelled(asked: &Asked, about: &Appointment, wish: &Cancel, outcome: &Outcome) -> Result<(), Broken> {
    let after = outcome.appointment.as_ref().expect("it is cancelled");
    let State::Cancelled(how) = &after.state else {
        return hold(false, "B6", || format!("not cancelled: {after:?}"));
    };
    same(how.initiator, wish.initiator, "T7 initiator")?;
    if about.state == State::Requested {
        same(outcome.ledger.len(), 0, "M4 request")?;
        return both_are_told(after, MessageKind::RequestDeclined, None, outcome);
    }
    both_are_told(after, MessageKind::Cancellation, Some(CalendarMethod::Cancel), outcome)?;
    let rules = asked.world.rules_of(about);
    let received = wish.received_at.filter(|_| !asked.is_client()).unwrap_or(asked.now);
    let by_client = wish.initiator == Initiator::Client;
    let late = by_client && money::is_late(rules, about, false, received);
    same(how.late, late, "M14 late")?;
    same(how.short_notice, !by_client && is_short(asked, about), "V-03 short notice")?;
    let expected = match (by_client, late) {
        (true, false) => money::free_of_charge(about),
        (true, true) => money::client_pays(rules, about, money::late_fee(asked, about, received)),
        (false, _) => called_off_by_us(asked, about, wish, outcome),
    };
    settles(about, after, expected, outcome)?;
    counts(rules, by_client || wish.initiator == Initiator::Practice, how.short_notice, outcome)?;
    if by_client { nothing_more(outcome) } else { called_off_duties(asked, about, &wish.next_step, outcome) }
}

/// The refund choice, or the payment goes along to a time that was agreed in the same step.
fn called_off_by_us(asked: &Asked, about: &Appointment, wish: &Cancel, outcome: &Outcome) -> Settled {
    let settled = money::not_their_doing(asked, about, wish.next_step.refund);
    let waits = about.payment.state == PaymentState::Captured && settled.payment == PaymentState::Captured;
    if waits && outcome.booked.is_some() {
        return Settled { charged: -about.price.amount_minor, payment: PaymentState::None };
    }
    settled
}

/// E-08: illness counts against the record where one is kept, heavier at short notice; other people's doing never.
fn counts(rules: &Parameters, others: bool, short: bool, outcome: &Outcome) -> Result<(), Broken> {
    let weight = match (rules.reliability.enabled && !others, short) {
        (false, _) => 0,
        (true, true) => 2,
        (true, false) => 1,
    };
    same(outcome.reliability.as_ref().map(|judged| judged.weight), Some(weight), "reference: reliability")
}

/// A client who calls off owes nothing, and nobody owes anything for it.
fn nothing_more(outcome: &Outcome) -> Result<(), Broken> {
    let opened = outcome.obligations.iter().find(|duty| is_owed(duty) && duty.kind != ObligationKind::KeepPromise);
    hold(opened.is_none(), "reference: owed", || format!("{opened:?} after a client's own word"))
}

/// V-07 to V-15: tell the client, give a way on, note it where it is short, keep the promise that was made.
fn called_off_duties(asked: &Asked, about: &Appointment, step: &NextStep, outcome: &Outcome) -> Result<(), Broken> {
    let rules = asked.world.rules_of(about);
    let short = is_short(asked, about);
    let at_once = Span::minutes(rules.inform.short_notice_minutes.into());
    owes(outcome, ObligationKind::InformClient, short.then(|| asked.now + at_once))?;
    let noted = duty(outcome, ObligationKind::WriteContactNote).is_some();
    same(noted, short, "V-15 note")?;
    let next = duty(outcome, ObligationKind::NextStep);
    hold(next.is_some(), "G-08 next step", || "no duty to give one".to_owned())?;
    let settled = step.refund || step.book.is_some() || step.next_appointment.is_some();
    same(next.map(is_owed), Some(!settled), "G-08 next step")?;
    if let (false, Some(offer)) = (settled, outcome.offers.iter().find(|offer| offer.state.word() == "open")) {
        let hold_for = Span::hours(rules.offer.hold_hours.into());
        let last = offer.slots.iter().map(|slot| slot.from).max().expect("times");
        same(offer.expires_at, (asked.now + hold_for).min(last), "B11 offer ends")?;
        same(next.map(|next| next.due_at), Some(offer.expires_at), "reference: due")?;
    }
    if let Some(by) = step.promise_contact_by {
        owes(outcome, ObligationKind::KeepPromise, Some(by))?;
    }
    let waits = money::not_their_doing(asked, about, step.refund).payment == PaymentState::Captured;
    let by_team = waits && money::refund_rule(asked, about) == RefundRule::TeamRequest && outcome.booked.is_none();
    same(duty(outcome, ObligationKind::DecideMoney).is_some_and(is_owed), by_team, "E-04 team decides")
}

/// T4, T5, T6: the same appointment at another time; a late move costs nothing and keeps the missed cutoff.
fn moved(asked: &Asked, about: &Appointment, wish: &Reschedule, outcome: &Outcome) -> Result<(), Broken> {
    let after = outcome.appointment.as_ref().expect("it is moved");
    let rules = asked.world.rules_of(about);
    same((after.start, after.state.word()), (wish.start, "booked"), "T4")?;
    let hours = Span::hours(rules.client_cancel.notice_hours.into());
    same(after.policy.cutoff, wish.start - hours, "B17")?;
    let typed = wish.received_at.or(wish.agreement.map(|yes| yes.at));
    let received = typed.filter(|_| !asked.is_client()).unwrap_or(asked.now);
    let late = wish.initiator == Initiator::Client && money::is_late(rules, about, true, received);
    let missed = if late { Some(about.policy.effective_cutoff()) } else { about.policy.cutoff_floor };
    same(after.policy.cutoff_floor, missed, "M14 floor")?;
    let costs = Sums::of(outcome.ledger.iter()).charged;
    same(costs, 0, "M4 move")?;
    same(after.payment.state, about.payment.state, "M3 move")?;
    if about.payment.state == PaymentState::Planned {
        let first = asked.world.is_new(about.relationship);
        let due = money::taken_at(rules, after.start, after.end, about.created_at, first);
        same(after.payment.due_at, due, "M3 due")?;
    }
    both_are_told(after, MessageKind::Rescheduled, Some(CalendarMethod::Request), outcome)
}

/// T1, or T6 answered: one of the held times is theirs, the others are free again, and nothing more is owed.
fn accepted(asked: &Asked, about: &Appointment, start: Instant, outcome: &Outcome) -> Result<(), Broken> {
    let offer = asked.about.offer.and_then(|id| asked.world.offer(id)).expect("an offer was answered");
    let answered = outcome.offers.iter().find(|known| known.id == offer.id);
    same(answered.map(|known| known.state.word()), Some("accepted"), "B10")?;
    if about.pending_move == Some(offer.id) && about.state == State::Booked {
        let after = outcome.appointment.as_ref().expect("it is moved");
        same((after.start, after.payment.state), (start, about.payment.state), "T6")?;
        return both_are_told(after, MessageKind::Rescheduled, Some(CalendarMethod::Request), outcome);
    }
    let made = outcome.booked.as_ref().expect("a time that is taken makes an appointment");
    same((made.start, made.replaces), (start, Some(about.id)), "T1")?;
    both_are_told(made, MessageKind::Confirmation, Some(CalendarMethod::Request), outcome)?;
    if offer.is_make_up() {
        return same(made.price.amount_minor, 0, "A-18");
    }
    same(made.price, about.price, "M7")?;
    follows(about, made, outcome)
}

/// E-02: wanting none of the times; with the wish for the money, what was taken goes back where the choice is theirs.
fn declined(asked: &Asked, about: &Appointment, refund: bool, outcome: &Outcome) -> Result<(), Broken> {
    if about.state == State::Booked {
        return Ok(());
    }
    let ours = !money::stays_paid(about)
        && !matches!(&about.state, State::Cancelled(how) if how.initiator == Initiator::Client);
    let choice = ours && money::refund_rule(asked, about) == RefundRule::ClientChoice;
    let back = refund && choice && about.payment.state == PaymentState::Captured;
    let charged = Sums::of(outcome.ledger.iter()).charged;
    same(charged, if back { -about.price.amount_minor } else { 0 }, "E-02 refund")
}

/// T11 to T16, T21.
fn live(asked: &Asked, about: &Appointment, act: &Live, outcome: &Outcome) -> Result<(), Broken> {
    let rules = asked.world.rules_of(about);
    let after = outcome.appointment.as_ref().unwrap_or(about);
    let client = PersonRef::Client(about.client);
    match act {
        Live::RunningLate(minutes) => {
            hold(told(outcome, client, MessageKind::RunningLate).is_some(), "A-06 told", || "not told".to_owned())?;
            let matters = *minutes > rules.late.therapist_threshold_min;
            same(outcome.disruption.is_some(), matters, "A-02 threshold")?;
            match matters {
                true => owes(outcome, ObligationKind::ConfirmPlan, None),
                false => Ok(()),
            }
        }
        Live::Missed(report) => {
            same(after.state.word(), "therapist_no_show", "T12")?;
            settles(about, after, money::not_their_doing(asked, about, false), outcome)?;
            both_are_told(after, MessageKind::Missed, Some(CalendarMethod::Cancel), outcome)?;
            missed_duties(asked, about, report.fault, outcome)
        }
        Live::TechnicalFailure(_) => {
            same(after.state.word(), "technical_failure", "T21")?;
            settles(about, after, money::not_their_doing(asked, about, false), outcome)?;
            same(outcome.reliability.as_ref().map(|judged| judged.weight), Some(0), "reference: reliability")?;
            both_are_told(after, MessageKind::TechnicalFailure, Some(CalendarMethod::Cancel), outcome)?;
            owes(outcome, ObligationKind::NextStep, None)
        }
        Live::ClientNoShow => {
            same(after.state.word(), "client_no_show", "T15")?;
            let expected = money::client_pays(rules, about, money::missed_fee(asked, about));
            settles(about, after, expected, outcome)?;
            hold(told(outcome, client, MessageKind::ClientNoShow).is_some(), "T15 told", || "not told".to_owned())?;
            let reply_by = asked.now + Span::hours(rules.unable_to_reach.reply_hours.into());
            owes(outcome, ObligationKind::NextStep, Some(reply_by))
        }
        Live::CheckIn => hold(told(outcome, client, MessageKind::ClientLate).is_some(), "A-13 told", String::new),
        Live::StepAway => hold(told(outcome, client, MessageKind::SteppedAway).is_some(), "A-15 told", String::new),
        Live::Arrived(_) => {
            let expected = if about.state == State::AwaitingUpdate { "awaiting_update" } else { "in_progress" };
            same(after.state.word(), expected, "B6 arrived")
        }
        _ => same(Sums::of(outcome.ledger.iter()).charged >= 0 || after.state != about.state, true, "M4 live"),
    }
}

/// the client at once, a way on, the note, the outcome and whose doing it was.
fn missed_duties(asked: &Asked, about: &Appointment, fault: Fault, outcome: &Outcome) -> Result<(), Broken> {
    let rules = asked.world.rules_of(about);
    for kind in [ObligationKind::WriteContactNote, ObligationKind::ConfirmOutcome, ObligationKind::NextStep] {
        owes(outcome, kind, None)?;
    }
    hold(duty(outcome, ObligationKind::AttributeFault).is_some(), "A-17", || "nobody says whose doing".to_owned())?;
    let known = |kind| asked.world.duties.iter().any(|d| d.appointment == Some(about.id) && d.kind == kind);
    if !known(ObligationKind::InformClient) {
        let soon = asked.now + Span::minutes(rules.inform.target_minutes.into());
        owes(outcome, ObligationKind::InformClient, Some(soon))?;
    }
    let practice = rules.practice_notified_on.contains(&PracticeEvent::TherapistNoShow);
    same(duty(outcome, ObligationKind::NotifyPractice).is_some(), practice, "A-07")?;
    let admins = outcome.notices.iter().any(|notice| matches!(notice.to, PersonRef::Staff(_)));
    same(admins, practice, "A-07 told")?;
    let suggests = rules.makeup.mode != domain::policy::MakeUpMode::Off;
    let asks = suggests && fault == Fault::Therapist && !asked.is_client();
    same(duty(outcome, ObligationKind::ConsiderMakeup).is_some_and(is_owed), asks, "A-17 make-up")?;
    let counted = rules.reliability.enabled && matches!(fault, Fault::Therapist | Fault::Undetermined);
    same(
        outcome.reliability.as_ref().map(|judged| judged.weight),
        Some(if counted { 3 } else { 0 }),
        "reference: reliability",
    )
}

/// V-10: a voicemail, or a letter that was only sent, informs nobody.
fn attempt(asked: &Asked, result: domain::contact::AttemptResult, outcome: &Outcome) -> Result<(), Broken> {
    let informed = duty(outcome, ObligationKind::InformClient).is_some_and(|duty| !is_owed(duty));
    let reached = result == domain::contact::AttemptResult::Reached;
    hold(reached || !informed, "V-10", || format!("{result:?} informed the client at {}", asked.now))
}

/// A waiver or a refund changes the account by what was said, and the client reads of it.
fn by_hand(asked: &Asked, about: &Appointment, act: &MoneyAct, outcome: &Outcome) -> Result<(), Broken> {
    let before = Sums::of(asked.world.entries_of(about.id));
    let change = Sums::of(outcome.ledger.iter().filter(|entry| entry.appointment == Some(about.id)));
    let client = PersonRef::Client(about.client);
    match act {
        MoneyAct::Waive(wish) => {
            hold(told(outcome, client, MessageKind::Fee).is_some(), "reference: told", || "of a waiver".to_owned())?;
            let gone = outcome.ledger.iter().filter(|entry| entry.kind == EntryKind::Waiver);
            let gone: i64 = gone.map(|entry| entry.amount.amount_minor).sum();
            hold(gone < 0 && wish.amount.is_none_or(|all| gone == -all.amount_minor), "M4 waiver", || format!("{gone}"))
        }
        MoneyAct::Refund(wish) => {
            hold(told(outcome, client, MessageKind::Refund).is_some(), "reference: told", || "of a refund".to_owned())?;
            let all = money::may_still_go_back(before);
            same(change.charged, -wish.amount.map_or(all, |wanted| wanted.amount_minor), "M5 refund")
        }
        MoneyAct::Settle(wish) => match wish.how {
            SettledHow::PaidByTransfer | SettledHow::PaidInPerson => same(change.charged, 0, "M3 by hand"),
            SettledHow::ReturnedToCard | SettledHow::ReturnedByTransfer => {
                hold(change.returned > 0 && change.charged == 0, "M5 by hand", || format!("{change:?}"))
            }
            _ => Ok(()),
        },
        MoneyAct::Carry(_) => Ok(()),
    }
}

fn moves(asked: &Asked, about: &Appointment, act: &Moves, outcome: &Outcome) -> Result<(), Broken> {
    match act {
        Moves::Ask(_) => {
            let after = outcome.appointment.as_ref().expect("it stands, asked to move");
            same((after.start, after.state.word()), (about.start, "booked"), "T6 stands")?;
            same(after.pending_move, outcome.offers.first().map(|offer| offer.id), "T6")?;
            both_are_told(after, MessageKind::Offer, None, outcome)
        }
        Moves::Undo => {
            let after = outcome.appointment.as_ref().expect("it is as before");
            let undo = asked.world.undo.iter().find(|undo| undo.appointment == about.id).expect("a way back");
            same((after.interval(), after.payment), (undo.memory.before.time, undo.memory.before.payment), "14 undo")?;
            let posted: i64 = undo.memory.posted.iter().map(|entry| entry.amount.amount_minor).sum();
            let reversed: i64 = outcome.ledger.iter().map(|entry| entry.amount.amount_minor).sum();
            same(reversed, -posted, "14 undo money")?;
            same(outcome.notices.len(), 0, "14 undo tells nobody")
        }
        Moves::Confirm => {
            let made = outcome.booked.as_ref().expect("it is booked");
            both_are_told(made, MessageKind::Confirmation, Some(CalendarMethod::Request), outcome)?;
            super::after::next_is_booked(asked, outcome)
        }
        Moves::DeclineRequest(_) => {
            let after = outcome.appointment.as_ref().expect("it is declined");
            same(outcome.ledger.len(), 0, "M4 request")?;
            both_are_told(after, MessageKind::RequestDeclined, None, outcome)
        }
        _ => Ok(()),
    }
}

/// T18, T19, H-11: the state that was said, the money that belongs to it, and what becomes of the weekly time.
fn updated(
    asked: &Asked,
    about: &Appointment,
    wish: &domain::decide::UpdateAttendance,
    outcome: &Outcome,
) -> Result<(), Broken> {
    let after = outcome.appointment.as_ref().expect("it is concluded");
    let rules = asked.world.rules_of(about);
    let (word, expected) = match wish.attended {
        Attended::Yes | Attended::Late => ("attended", Settled { charged: 0, payment: about.payment.state }),
        Attended::No => ("client_no_show", money::client_pays(rules, about, money::missed_fee(asked, about))),
        Attended::LateNotSeen => ("late_not_seen", money::client_pays(rules, about, money::missed_fee(asked, about))),
        Attended::TherapistMissed => ("therapist_no_show", money::not_their_doing(asked, about, false)),
        Attended::Technical => ("technical_failure", money::not_their_doing(asked, about, false)),
    };
    same(after.state.word(), word, "T18")?;
    let expected = if wish.refund { money::free_of_charge(about) } else { expected };
    settles(about, after, expected, outcome)?;
    super::after::told_of_the_update(asked, about, wish, outcome)?;
    let form = asked
        .world
        .duties
        .iter()
        .any(|d| d.appointment == Some(about.id) && d.kind == ObligationKind::AttendanceUpdate && is_owed(d));
    let met =
        duty(outcome, ObligationKind::AttendanceUpdate).is_some_and(|d| matches!(d.state, ObligationState::Met { .. }));
    same(met, form, "H-01")?;
    weekly_time(asked, wish, rules, outcome)
}

/// H-11: without a wish to go on the weekly time goes, where the practice says so; after a fault of ours it never does.
fn weekly_time(
    asked: &Asked,
    wish: &domain::decide::UpdateAttendance,
    rules: &Parameters,
    outcome: &Outcome,
) -> Result<(), Broken> {
    let own = asked
        .world
        .reserved
        .iter()
        .filter(|slot| slot.relationship == asked.both().id && slot.state != ReservedState::Removed);
    let removed = outcome.reserved.iter().filter(|slot| slot.state == ReservedState::Removed).count();
    let keeps = rules.reserved_slot.on_no_followup == NoFollowUp::Keep;
    match (wish.attended.is_our_side(), wish.continues) {
        (true, _) => same(removed, 0, "H-11 ours"),
        (false, Some(false)) => same(removed, if keeps { 0 } else { own.count() }, "H-11"),
        _ => Ok(()),
    }
}

/// T23: after a correction the account stands at what the record now costs.
fn corrected(asked: &Asked, about: &Appointment, outcome: &Outcome) -> Result<(), Broken> {
    let after = outcome.appointment.as_ref().expect("it is corrected");
    let free = matches!(
        after.state,
        State::TherapistNoShow | State::TechnicalFailure | State::EnteredInError | State::Cancelled(_)
    );
    let before = Sums::of(asked.world.entries_of(about.id)).charged;
    let change = Sums::of(outcome.ledger.iter()).charged;
    if free {
        same(before + change, 0, "M14 corrected")?;
    }
    let other = if asked.asker.person == Some(PersonRef::Therapist(about.therapist)) {
        PersonRef::Client(about.client)
    } else {
        PersonRef::Therapist(about.therapist)
    };
    hold(told(outcome, other, MessageKind::Correction).is_some(), "T23 told", || format!("{other} is not told"))
}

/// T20: every booking of the two is called off free of charge, both are told, and no weekly time is kept.
fn all_called_off(asked: &Asked, outcome: &Outcome) -> Result<(), Broken> {
    let pending = asked.world.of_both(asked.both().id).filter(|a| a.state.is_pending() && a.start >= asked.now);
    same(outcome.others.len(), pending.count(), "T20")?;
    for ended in &outcome.others {
        both_are_told(ended, MessageKind::Cancellation, Some(CalendarMethod::Cancel), outcome)?;
        let before = asked.world.find(ended.id).expect("it was booked");
        settles(before, ended, money::free_of_charge(before), outcome)?;
    }
    let kept = outcome.reserved.iter().filter(|slot| slot.state != ReservedState::Removed).count();
    same(kept, 0, "T20 weekly time")?;
    let own = asked.world.reserved.iter();
    let own = own.filter(|s| s.relationship == asked.both().id && s.state != ReservedState::Removed).count();
    same(outcome.reserved.len(), own, "T20 weekly time")
}

/// Whose duty it is when it goes up: the admins first, then the owner.
pub fn next_owner(duty: &Obligation, now: Instant) -> Option<Role> {
    let once = matches!(duty.state, ObligationState::Escalated { times: 1, .. });
    let twice = matches!(duty.state, ObligationState::Escalated { times: 2, .. });
    match (duty.breach_at, duty.second_breach_at) {
        _ if !is_owed(duty) || twice => None,
        (_, Some(second)) if now >= second => Some(Role::Owner),
        (Some(first), _) if now >= first && !once => Some(Role::Admin),
        _ => None,
    }
}
