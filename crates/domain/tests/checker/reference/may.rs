//! Is it allowed? Every reason against a command, in the words of the contract; none means that it must be done.

use super::money::{is_late, left_to_pay, may_still_go_back, short, team_gives_back};
use super::{Asked, Expected};
use crate::invariants::Sums;
use crate::world::{Owner, Taken};
use domain::appointment::{Appointment, Initiator, MeetingKind, PaymentState, State};
use domain::contact::AttemptResult;
use domain::decide::{
    AnswerTeam, Book, Cancel, Command, FileAct, GiveBack, MoneyAct, Moves, NextStep, Reschedule, SettledHow,
};
use domain::money::Money;
use domain::offer::{Offer, OfferState};
use domain::person::{PersonRef, Role};
use domain::policy::{NextStepKind, SelfCancel};
use domain::practice::RelationshipState;
use domain::time::{Instant, Interval, Span, Weekday};

type Reasons = Vec<&'static str>;

pub fn expect(asked: &Asked) -> Expected {
    let about = asked.appointment();
    match (asked.command, about) {
        (Command::Due(_) | Command::Seen | Command::ReadInPortal, _) => Expected::Done,
        (Command::Book(book), _) => Expected::unless(booking(asked, book)),
        (Command::Cancel(wish), Some(about)) => Expected::unless(cancelling(asked, about, wish)),
        (Command::Reschedule(wish), Some(about)) => Expected::unless(moving(asked, about, wish)),
        (Command::Accept { start }, Some(about)) => accepting(asked, about, *start),
        (Command::Decline { refund }, Some(about)) => declining(asked, about, *refund),
        (Command::Live(act), Some(about)) => super::day::live(asked, about, act),
        (Command::Money(act), Some(about)) => money(asked, about, act),
        (Command::Moves(act), Some(about)) => moves(asked, about, act),
        (Command::File(act), _) => file(asked, about, act),
        _ => Expected::Unsaid,
    }
}

/// Adds the word where the reason holds.
pub fn unless(reasons: &mut Reasons, holds: bool, word: &'static str) {
    if holds {
        reasons.push(word);
    }
}

/// Whether this time may be taken: to come, worked in, nobody's, and the client free. `mine` is left out of the diaries.
fn slot(asked: &Asked, kind: MeetingKind, start: Instant, mine: &[Owner]) -> Reasons {
    let mut reasons = Vec::new();
    let end = start + Span::minutes(50);
    let buffer = if kind == MeetingKind::InPerson { 10 } else { 0 };
    let with_buffer = Interval::new(start, end + Span::minutes(buffer));
    let both = asked.both();
    let day = Weekday::from(start.in_zone(asked.world.zone()).date().weekday());
    let too_soon = asked.is_client() && start < asked.now + Span::hours(2);
    // What an edit freed a moment ago waits for its way back, from the appointment itself too (`rulings` 14).
    let freed = |row: &Taken| row.until.is_some() && matches!(row.owner, Owner::Appointment(_));
    let is_mine = |row: &Taken| mine.contains(&row.owner) && !freed(row);
    let taken = |who, time| asked.world.busy(who).any(|row| !is_mine(row) && row.time.meets(time));
    unless(&mut reasons, start <= asked.now, "in_the_past");
    unless(&mut reasons, too_soon || matches!(day, Weekday::Saturday | Weekday::Sunday), "outside_availability");
    unless(&mut reasons, taken(PersonRef::Therapist(both.therapist), with_buffer), "slot_taken");
    unless(&mut reasons, is_kept_for_another(asked, start, day), "slot_taken");
    unless(&mut reasons, taken(PersonRef::Client(both.client), Interval::new(start, end)), "slot_taken");
    reasons
}

/// H-03: a weekly time keeps other clients out.
fn is_kept_for_another(asked: &Asked, start: Instant, day: Weekday) -> bool {
    let both = asked.both();
    let local = start.in_zone(asked.world.zone());
    let minutes = i32::from(local.hour()) * 60 + i32::from(local.minute());
    asked.world.reserved.iter().any(|kept| {
        let begins = kept.local_time.to_string();
        let (hour, minute) = begins.split_once(':').expect("hours and minutes");
        let begins: i32 = hour.parse::<i32>().expect("hours") * 60 + minute.parse::<i32>().expect("minutes");
        kept.is_kept()
            && kept.relationship != both.id
            && asked.world.reserved_with(kept) == Some(both.therapist)
            && kept.weekday == day
            && kept.first <= local.date()
            && (begins - minutes).abs() < 50
    })
}

/// T1, T3: a free time, an active relationship, and the client's explicit yes (H-09).
fn booking(asked: &Asked, book: &Book) -> Reasons {
    let both = asked.both();
    let only_asks =
        asked.is_client() && asked.world.today().parameters.booking.mode == domain::policy::BookingMode::Request;
    let waiting = asked.world.waiting_case(both.id).and_then(|case| asked.world.open_offer(case.appointment));
    let mine: Vec<Owner> = waiting.filter(|_| !only_asks).map(|offer| Owner::Offer(offer.id)).into_iter().collect();
    let mut reasons = slot(asked, book.kind, book.start, &mine);
    unless(&mut reasons, both.state != RelationshipState::Active, "relationship_not_active");
    unless(&mut reasons, !asked.is_client() && book.agreement.is_none(), "agreement_required");
    reasons
}

/// T7 to T10.
fn cancelling(asked: &Asked, about: &Appointment, wish: &Cancel) -> Reasons {
    let (rules, now) = (asked.world.rules_of(about), asked.now);
    let by_client = wish.initiator == Initiator::Client;
    let received = wish.received_at.unwrap_or(now);
    let counts = if by_client && !asked.is_client() { received } else { now };
    let mut reasons = initiator(asked, wish.initiator);
    unless(&mut reasons, matches!(about.state, State::Cancelled(_)), "already_cancelled");
    unless(&mut reasons, received > now + Span::minutes(1), "in_the_future");
    unless(&mut reasons, received < about.created_at, "before_booking");
    unless(&mut reasons, counts >= about.start, "already_over");
    unless(&mut reasons, about.state == State::Requested && !by_client, "not_confirmed");
    unless(&mut reasons, !by_client && wish.reason.is_none(), "reason_required");
    let no_note = !by_client && rules.therapist_cancel.requires_note && wish.note.is_none();
    unless(&mut reasons, no_note, "note_required");
    let begun = matches!(about.state, State::InProgress | State::AwaitingUpdate);
    let may_still = about.state.is_pending() || (by_client && begun && received < about.start);
    unless(&mut reasons, !may_still, "already_over");
    if asked.is_client() && about.state != State::Requested {
        alone(asked, about, false, &mut reasons);
    }
    next_step(asked, about, &wish.next_step, !by_client, &mut reasons);
    reasons
}

/// Who may say who called for it (`domain` 2.6.11).
fn initiator(asked: &Asked, by: Initiator) -> Reasons {
    let mut reasons = Vec::new();
    unless(&mut reasons, !asked.is_theirs(), "not_found");
    let not_theirs = match by {
        Initiator::Client => false,
        Initiator::Therapist => asked.is_client(),
        Initiator::Practice => !asked.is_office(),
    };
    unless(&mut reasons, not_theirs, "initiator_not_allowed");
    reasons
}

/// G-02, G-03, H-10: what a client may do alone inside the notice window.
fn alone(asked: &Asked, about: &Appointment, moving: bool, reasons: &mut Reasons) {
    let rules = asked.world.rules_of(about);
    let late = is_late(rules, about, moving, asked.now);
    match rules.client_self_cancel {
        SelfCancel::ContactOnly => reasons.push("contact_only"),
        SelfCancel::AllowedBeforeCutoff => unless(reasons, late, "inside_notice_window"),
        SelfCancel::AllowedLateWithFee => {}
    }
}

/// V-07, V-08, G-08, E-02: a cancellation by therapist or practice gives the client a next step.
fn next_step(asked: &Asked, about: &Appointment, step: &NextStep, required: bool, reasons: &mut Reasons) {
    let allowed = &asked.world.rules_of(about).next_step.allowed;
    let exits = step.exits();
    unless(reasons, required && exits.is_empty(), "next_step_required");
    let alone = [NextStepKind::NextAppointment, NextStepKind::Book, NextStepKind::Refund];
    unless(reasons, exits.len() > 1 && exits.iter().any(|exit| alone.contains(exit)), "next_step_conflict");
    let by_client = asked.is_client() && (!step.offer_slots.is_empty() || step.promise_contact_by.is_some());
    let unknown = exits
        .iter()
        .any(|exit| !allowed.contains(exit) && !matches!(exit, NextStepKind::NextAppointment | NextStepKind::Book));
    unless(reasons, by_client || unknown, "next_step_not_allowed");
    let by_team = asked.world.rules_of(about).refund.new_client == domain::policy::RefundRule::TeamRequest
        && asked.world.is_new(about.relationship)
        && !asked.is_office();
    unless(reasons, step.refund && by_team, "team_request_required");
    if about.state == State::Requested {
        // Taking a request back gives no next step.
        return;
    }
    let mine = [Owner::Appointment(about.id)];
    // The client's own diary does not stand in the way of an offer: they choose.
    let offered = step.offer_slots.iter().flat_map(|start| offered(asked, about, *start));
    reasons.extend(offered.collect::<Vec<_>>());
    if let Some(book) = &step.book {
        reasons.extend(slot(asked, about.kind, book.start, &mine));
        unless(reasons, asked.both().state != RelationshipState::Active, "relationship_not_active");
    }
    if let Some(id) = step.next_appointment {
        let next = asked.world.find(id);
        let good = next.is_some_and(|next| next.id != about.id && next.state.is_pending() && next.start > asked.now);
        unless(reasons, !good, "not_a_next_appointment");
    }
}

/// A time that is to be held: as for a booking, save for the client's own diary.
fn offered(asked: &Asked, about: &Appointment, start: Instant) -> Reasons {
    let client = PersonRef::Client(asked.both().client);
    let of_client = asked.world.busy(client).map(|row| row.owner);
    let therapist = PersonRef::Therapist(asked.both().therapist);
    let elsewhere = of_client.filter(|owner| !asked.world.busy(therapist).any(|row| row.owner == *owner));
    let mine: Vec<Owner> = elsewhere.chain([Owner::Appointment(about.id)]).collect();
    slot(asked, about.kind, start, &mine)
}

/// T4, T5, T6 with agreement. Once it has begun it is the team's alone (E-06).
fn moving(asked: &Asked, about: &Appointment, wish: &Reschedule) -> Reasons {
    let (now, by_client) = (asked.now, wish.initiator == Initiator::Client);
    let mut reasons = initiator(asked, wish.initiator);
    let team = matches!(asked.asker.role, Some(Role::Admin | Role::Support));
    unless(&mut reasons, matches!(about.state, State::Cancelled(_)), "already_cancelled");
    unless(&mut reasons, now >= about.start && !team, "team_only_after_start");
    if asked.is_client() {
        alone(asked, about, true, &mut reasons);
    } else {
        unless(&mut reasons, wish.agreement.is_none(), "agreement_required");
        let received = wish.received_at.unwrap_or(now);
        unless(&mut reasons, received < about.created_at, "before_booking");
    }
    unless(&mut reasons, wish.start == about.start, "same_time");
    unless(&mut reasons, !by_client && wish.reason.is_none(), "reason_required");
    unless(&mut reasons, about.state == State::Requested, "not_confirmed");
    let live = matches!(about.state, State::Requested | State::Booked | State::InProgress | State::AwaitingUpdate);
    unless(&mut reasons, !live, "already_over");
    reasons.extend(slot(asked, about.kind, wish.start, &[Owner::Appointment(about.id)]));
    reasons
}

/// Why an offer can no longer be answered.
fn closed(offer: &Offer, now: Instant) -> Option<&'static str> {
    match offer.state {
        OfferState::Open if now < offer.expires_at => None,
        OfferState::Open | OfferState::Expired => Some("offer_expired"),
        OfferState::Accepted { .. } | OfferState::Declined { .. } => Some("already_answered"),
        OfferState::Withdrawn => Some("offer_withdrawn"),
    }
}

/// T1: one of the held times, while they are held; one accept wins.
fn accepting(asked: &Asked, about: &Appointment, start: Instant) -> Expected {
    let Some(offer) = asked.about.offer.and_then(|id| asked.world.offer(id)) else { return Expected::Unsaid };
    if offer.is_make_up() {
        return Expected::Unsaid;
    }
    let moves = about.pending_move == Some(offer.id) && about.state == State::Booked;
    let mut reasons: Reasons = closed(offer, asked.now).into_iter().collect();
    unless(&mut reasons, offer.slot(start).is_none(), "not_offered");
    unless(&mut reasons, start <= asked.now, "offer_expired");
    let ended = !moves && asked.both().state != RelationshipState::Active;
    unless(&mut reasons, ended, "relationship_not_active");
    let time = Interval::new(start, start + Span::minutes(50));
    let client = PersonRef::Client(asked.both().client);
    let own = |owner: Owner| moves && owner == Owner::Appointment(about.id);
    let taken = asked.world.busy(client).any(|row| !own(row.owner) && row.time.meets(time));
    unless(&mut reasons, taken, "slot_taken");
    Expected::unless(reasons)
}

fn declining(asked: &Asked, about: &Appointment, _refund: bool) -> Expected {
    let Some(offer) = asked.about.offer.and_then(|id| asked.world.offer(id)) else { return Expected::Unsaid };
    if about.pending_move == Some(offer.id) && about.state == State::Booked {
        return Expected::Unsaid;
    }
    Expected::unless(closed(offer, asked.now).into_iter().collect())
}

/// The amount that is asked for against the most there is: something, and not more.
fn amount(wanted: Option<Money>, most: i64) -> Reasons {
    let mut reasons = Vec::new();
    unless(&mut reasons, wanted.is_some_and(|wanted| wanted.amount_minor <= 0), "not_positive");
    let minor = wanted.map_or(most, |wanted| wanted.amount_minor);
    unless(&mut reasons, minor > most || minor <= 0, "exceeds_captured");
    reasons
}

/// E-02, E-04, E-07: nothing goes back that is not there, and a new client's money is the team's where the practice says so.
fn money(asked: &Asked, about: &Appointment, act: &MoneyAct) -> Expected {
    let sums = Sums::of(asked.world.entries_of(about.id));
    let by_team = team_gives_back(asked, about) && !asked.is_office();
    let mut reasons = Vec::new();
    match act {
        MoneyAct::Waive(GiveBack { amount: wanted, .. }) => {
            let nothing_yet = asked.world.entries_of(about.id).next().is_none();
            let planned = about.payment.state == PaymentState::Planned && nothing_yet && !about.state.is_live();
            let most = if planned { about.price.amount_minor } else { sums.charged };
            let owed = if planned { most } else { left_to_pay(sums) };
            unless(&mut reasons, !asked.is_colleague(), "not_found");
            reasons.extend(amount(*wanted, most));
            let goes_back = wanted.map_or(most, |wanted| wanted.amount_minor) > owed;
            unless(&mut reasons, goes_back && by_team, "team_request_required");
        }
        MoneyAct::Refund(GiveBack { amount: wanted, .. }) => {
            unless(&mut reasons, !asked.is_colleague(), "not_found");
            unless(&mut reasons, by_team, "team_request_required");
            reasons.extend(amount(*wanted, may_still_go_back(sums)));
        }
        MoneyAct::Settle(wish) => {
            use SettledHow::{PaidByTransfer, PaidInPerson, WriteOff};
            let back = (sums.paid - sums.returned - sums.charged).max(0);
            let pays = matches!(wish.how, PaidByTransfer | PaidInPerson | WriteOff);
            unless(&mut reasons, !asked.is_office(), "not_found");
            reasons.extend(amount(wish.amount, if pays { left_to_pay(sums) } else { back }));
        }
        MoneyAct::Carry(_) if asked.is_office() => return Expected::Unsaid,
        MoneyAct::Carry(_) => reasons.push("team_only"),
    }
    Expected::unless(reasons)
}

fn moves(asked: &Asked, about: &Appointment, act: &Moves) -> Expected {
    let (now, world) = (asked.now, asked.world);
    let mut reasons = Vec::new();
    unless(&mut reasons, !asked.is_colleague() && !matches!(act, Moves::AnswerTeam(_) | Moves::Ask(_)), "not_found");
    let asked_before = world
        .requests
        .iter()
        .any(|request| request.appointment == about.id && request.state == domain::change_request::RequestState::Open);
    match act {
        Moves::Ask(wish) => {
            reasons = initiator(asked, wish.initiator);
            unless(&mut reasons, wish.initiator == Initiator::Client || asked.is_client(), "initiator_not_allowed");
            unless(&mut reasons, now >= about.start, "team_only_after_start");
            unless(&mut reasons, matches!(about.state, State::Cancelled(_)), "already_cancelled");
            unless(&mut reasons, about.state == State::Requested, "not_confirmed");
            unless(&mut reasons, about.pending_move.is_some(), "already_asked");
            unless(&mut reasons, wish.offer_slots.contains(&about.start), "same_time");
            unless(&mut reasons, !about.state.is_pending(), "already_over");
            let starts = wish.offer_slots.iter().flat_map(|start| offered(asked, about, *start));
            reasons.extend(starts.collect::<Vec<_>>());
        }
        Moves::Withdraw => {
            let stands = about.pending_move.is_some() && about.pending_move == asked.about.offer;
            unless(&mut reasons, !stands || about.state != State::Booked, "not_asked");
        }
        Moves::Confirm => {
            unless(&mut reasons, now >= about.start, "already_over");
            unless(&mut reasons, about.state != State::Requested, "not_requested");
        }
        Moves::DeclineRequest(_) => unless(&mut reasons, about.state != State::Requested, "not_requested"),
        Moves::AskTeam(wish) => {
            unless(&mut reasons, now < about.start, "not_started");
            let live = matches!(about.state, State::Booked | State::InProgress | State::AwaitingUpdate);
            unless(&mut reasons, !live, "already_over");
            unless(&mut reasons, wish.start <= now, "in_the_past");
            unless(&mut reasons, asked_before, "already_asked");
        }
        Moves::AskRefund(wish) => {
            let none = may_still_go_back(Sums::of(world.entries_of(about.id))) == 0;
            unless(&mut reasons, !wish.confirm_refund, "confirm_refund_required");
            unless(&mut reasons, asked_before, "already_asked");
            unless(&mut reasons, none || about.payment.state != PaymentState::Captured, "exceeds_captured");
        }
        Moves::AnswerTeam(answer) => {
            unless(&mut reasons, !asked.is_office(), "team_only");
            unless(&mut reasons, !asked_before, "not_found");
            if reasons.is_empty() && matches!(answer, AnswerTeam::Approve { .. }) {
                return Expected::Unsaid;
            }
        }
        Moves::Undo => {
            let open = world
                .undo
                .iter()
                .any(|undo| undo.appointment == about.id && undo.revision == about.revision && now < undo.until);
            unless(&mut reasons, !open, "undo_over");
        }
    }
    Expected::unless(reasons)
}

/// T18, T23: after the end, once; then corrections, by the therapist for so long as the practice says (E-06).
fn file(asked: &Asked, about: Option<&Appointment>, act: &FileAct) -> Expected {
    let mut reasons = Vec::new();
    match (act, about) {
        (FileAct::Update(_), Some(about)) => {
            let open = matches!(about.state, State::Booked | State::InProgress | State::AwaitingUpdate);
            unless(&mut reasons, open && asked.now < about.end, "not_ended");
            unless(&mut reasons, matches!(about.state, State::Cancelled(_)), "already_cancelled");
            unless(&mut reasons, about.state == State::Requested, "already_over");
            let over = !open && !matches!(about.state, State::Cancelled(_) | State::Requested);
            unless(&mut reasons, over, "already_updated");
            if reasons.is_empty() {
                return Expected::Unsaid;
            }
            // Our side's update goes the way of the day, and the office may have to leave it to the therapist.
            reasons.extend(["already_over", "already_begun", "therapist_only", "not_confirmed", "not_started"]);
        }
        (FileAct::Correct(wish), Some(about)) => {
            let hours = asked.world.rules_of(about).correction.therapist_hours;
            let own = asked.asker.person == Some(PersonRef::Therapist(about.therapist));
            let in_time = own && asked.now <= about.end + Span::hours(hours.into());
            unless(&mut reasons, !asked.is_office() && !in_time, "team_only");
            unless(&mut reasons, about.state.is_pending() || about.state == State::InProgress, "not_over");
            unless(&mut reasons, about.state.word() == wish.state, "same_state");
            unless(&mut reasons, wish.state == "booked", "unknown_state");
        }
        (FileAct::End(_), _) => {
            unless(&mut reasons, asked.is_client(), "not_found");
            unless(&mut reasons, asked.both().state == RelationshipState::Ended, "already_ended");
        }
        (FileAct::Reopen, _) => {
            unless(&mut reasons, asked.is_client(), "not_found");
            unless(&mut reasons, asked.both().state == RelationshipState::Active, "same_state");
        }
        (FileAct::Pause, _) => {
            unless(&mut reasons, asked.is_client(), "not_found");
            unless(&mut reasons, asked.both().state == RelationshipState::Ended, "already_ended");
            unless(&mut reasons, asked.both().state == RelationshipState::Paused, "same_state");
        }
        _ => return Expected::Unsaid,
    }
    Expected::unless(reasons)
}

/// Tries to reach the client since it should have begun; what did not go is none.
pub fn tries(asked: &Asked, about: &Appointment) -> usize {
    let own = asked.world.attempts.iter().filter(|made| made.appointment == Some(about.id));
    own.filter(|made| made.at >= about.start && made.result != AttemptResult::Failed).count()
}

/// Whether the practice gives short notice now.
pub fn is_short(asked: &Asked, about: &Appointment) -> bool {
    short(asked.world.rules_of(about), about, asked.now)
}
