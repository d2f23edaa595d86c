//! What holds after every step, whatever happened: the invariants of the catalogue (B bookings, N notifications, M money)
//! that one practice in memory can show.

use crate::broken::{Broken, hold, same};
use crate::world::{Owner, World};
use domain::appointment::{Appointment, Initiator, PaymentState, State};
use domain::decide::{JobToWake, Outcome};
use domain::ledger::{EntryKind, LedgerEntry};
use domain::message::{MessageKind, Notice};
use domain::obligation::{Obligation, ObligationKind, ObligationState};
use domain::offer::OfferState;
use domain::person::{PersonRef, Role};
use domain::time::{Instant, Interval};

/// Of one change, before it is kept.
pub fn of_the_change(world: &World, outcome: &Outcome) -> Result<(), Broken> {
    let changed: Vec<&Appointment> = outcome.appointment.iter().chain(&outcome.booked).chain(&outcome.others).collect();
    for new in &changed {
        match world.find(new.id) {
            Some(old) => changes_by_the_rules(old, new, outcome.record.word)?,
            None => same((new.revision, new.sequence), (1, 0), "B7")?,
        }
    }
    for (n, notice) in outcome.notices.iter().enumerate() {
        let about = changed.iter().find(|known| known.id == notice.appointment).copied();
        tells_the_truth(notice, about.or(world.find(notice.appointment)))?;
        let earlier = outcome.notices[..n].iter().chain(&world.notices);
        is_told_once(notice, earlier)?;
    }
    outcome.ledger.iter().try_for_each(|entry| has_an_amount(entry, &changed, world))
}

/// B6, B7: legal steps only, one revision each, a new sequence exactly where calendars must hear of it.
fn changes_by_the_rules(old: &Appointment, new: &Appointment, act: &str) -> Result<(), Broken> {
    if old == new {
        return Ok(());
    }
    let words = || format!("{act}: {old:?} became {new:?}");
    hold(new.revision == old.revision + 1, "B7", words)?;
    hold(may_become(&old.state, &new.state, act), "B6", words)?;
    let called_off = new.state != old.state
        && matches!(new.state, State::Cancelled(_) | State::TherapistNoShow | State::TechnicalFailure)
        && act != "appointment_corrected"
        && act != "attendance_updated";
    let told = called_off || new.start != old.start || act == "edit_undone";
    hold(new.sequence == old.sequence + u32::from(told), "B7 sequence", words)?;
    hold(new.uid() == old.uid() && new.price == old.price, "M7", words)?;
    let agreed = |of: &Appointment| (of.policy.version, of.policy.late_cancel_fee, of.policy.no_show_fee);
    hold(agreed(new) == agreed(old), "B17", words)?;
    let floor_kept = old.policy.cutoff_floor.is_none() || new.policy.cutoff_floor.is_some() || act == "edit_undone";
    hold(floor_kept, "M14 floor", words)
}

/// `domain` 2.2. What is over changes only by a correction, or within the minutes in which an edit is taken back.
fn may_become(old: &State, new: &State, act: &str) -> bool {
    use State::*;
    if old == new {
        return true;
    }
    match (old, new) {
        (_, Booked) if act == "edit_undone" => true,
        (_, Requested) => false,
        (Requested, Booked) => true,
        (Requested, Cancelled(how)) => how.was_a_request || how.reason.is_some(),
        (Requested, _) => false,
        (Booked, _) => true,
        (InProgress | AwaitingUpdate, Booked) => act == "appointment_rescheduled",
        (InProgress, _) => true,
        (AwaitingUpdate, InProgress) => false,
        (AwaitingUpdate, _) => true,
        (_, Booked | InProgress | AwaitingUpdate) => false,
        _ => act == "appointment_corrected",
    }
}

/// N7, N8: a message says what is so now, of the revision that it names.
fn tells_the_truth(notice: &Notice, about: Option<&Appointment>) -> Result<(), Broken> {
    let Some(about) = about else {
        return hold(false, "N3", || format!("about nothing: {notice:?}"));
    };
    same(notice.revision, about.revision, "N6")?;
    same(notice.facts.time, about.interval(), "N7")?;
    let one_of_theirs = notice.to == PersonRef::Client(about.client)
        || notice.to == PersonRef::Therapist(about.therapist)
        || matches!(notice.to, PersonRef::Staff(_));
    hold(one_of_theirs, "N10", || format!("to somebody else: {notice:?}"))
}

/// N1: one message for each appointment, revision, person and purpose.
fn is_told_once<'a>(notice: &Notice, mut earlier: impl Iterator<Item = &'a Notice>) -> Result<(), Broken> {
    let key = |of: &Notice| (of.appointment, of.revision, of.to, of.kind);
    // Two duties of one appointment may go up while it stays as it is; how often people are reminded, `reference::clock` says.
    let repeats = matches!(notice.kind, MessageKind::Escalation | MessageKind::Reminder);
    let twin = !repeats && earlier.any(|known| key(known) == key(notice));
    hold(!twin, "N1", || format!("told twice: {notice:?}"))
}

/// M2: whole minor units of the one currency, and no entry of nothing save for those that mean to be.
fn has_an_amount(entry: &LedgerEntry, changed: &[&Appointment], world: &World) -> Result<(), Broken> {
    let about = entry.appointment.and_then(|id| changed.iter().find(|a| a.id == id).copied().or(world.find(id)));
    let Some(about) = about else {
        return hold(false, "M2", || format!("about nothing: {entry:?}"));
    };
    let of_nothing = matches!(entry.kind, EntryKind::Allowance | EntryKind::MakeUp);
    hold(entry.amount.is_zero() == of_nothing, "M2", || format!("{entry:?}"))?;
    same(entry.amount.currency, about.price.currency, "M1")
}

/// Of everything there is, after each commit.
pub fn of_the_world(world: &World) -> Result<(), Broken> {
    takes_the_right_time(world)?;
    for case in &world.cases {
        let owed = world.duties.iter().any(|duty| duty.disruption == Some(case.id) && is_owed(duty));
        hold(case.closed_at.is_none() == owed, "N2 case", || format!("{case:?} while owed is {owed}"))?;
    }
    world.duties.iter().filter(|duty| is_owed(duty)).try_for_each(|duty| is_looked_after(world, duty))?;
    world.appointments.iter().try_for_each(|about| the_account_fits(world, about))?;
    world.appointments.iter().try_for_each(|about| has_a_way_on(world, about))?;
    let carried: i64 =
        world.ledger.iter().filter(|e| e.kind == EntryKind::CarryOver).map(|e| e.amount.amount_minor).sum();
    same(carried, 0, "M9")
}

/// B1, B3, B10, B11: exactly the live appointments, with their buffers, and the offers that live take time.
fn takes_the_right_time(world: &World) -> Result<(), Broken> {
    let mut expected: Vec<(PersonRef, Owner, Interval)> = Vec::new();
    for live in world.appointments.iter().filter(|known| known.state.is_live()) {
        expected.push((PersonRef::Therapist(live.therapist), Owner::Appointment(live.id), live.interval_with_buffer()));
        expected.push((PersonRef::Client(live.client), Owner::Appointment(live.id), live.interval()));
    }
    // Time that an edit freed is kept a moment longer; it is nobody's.
    let kept = |row: &&crate::world::Taken| row.until.is_some() && matches!(row.owner, Owner::Appointment(_));
    let rows = world.taken.iter().filter(|row| row.until.is_none_or(|until| until > world.now) && !kept(row));
    let (held, own): (Vec<_>, Vec<_>) = rows.partition(|row| matches!(row.owner, Owner::Offer(_)));
    let own: Vec<_> = own.into_iter().map(|row| (row.whose, row.owner, row.time)).collect();
    let both = own.len() == expected.len() && expected.iter().all(|row| own.contains(row));
    hold(both, "B1/B3 diary", || format!("the diaries have {own:?}, the appointments {expected:?}"))?;
    for row in &held {
        let Owner::Offer(id) = row.owner else { continue };
        let open = world.offer(id).is_some_and(|offer| offer.state == OfferState::Open);
        hold(open, "B10", || format!("{row:?} is held for an offer that is answered"))?;
    }
    let unheld = world.offers.iter().find(|offer| {
        let live = offer.state == OfferState::Open && offer.expires_at > world.now && !offer.is_make_up();
        live && !held.iter().any(|row| row.owner == Owner::Offer(offer.id))
    });
    hold(unheld.is_none(), "B10", || format!("nothing is held for {unheld:?}"))
}

/// Whether somebody still owes it: handed up is not done.
pub fn is_owed(duty: &Obligation) -> bool {
    matches!(duty.state, ObligationState::Open | ObligationState::Escalated { .. })
}

/// When the clock looks at it: at the breach, then at the second one.
fn next_look(duty: &Obligation) -> Option<Instant> {
    match duty.state {
        ObligationState::Open => duty.breach_at.or(duty.second_breach_at),
        ObligationState::Escalated { times: 1, .. } => duty.second_breach_at,
        _ => None,
    }
}

/// N2, N12, N15: whatever is owed has a clock that looks at it, or a person at the end of the line.
fn is_looked_after(world: &World, duty: &Obligation) -> Result<(), Broken> {
    let clock = world.wakes.iter().find(|(job, _)| *job == JobToWake::ObligationClock(duty.id)).map(|(_, at)| *at);
    let until_the_end = duty.kind == ObligationKind::CheckInWithClient;
    let looked_after = clock.is_some() || until_the_end || duty.owner.role == Role::Owner;
    hold(looked_after, "N15", || format!("nobody looks after {duty:?}"))?;
    same(clock, next_look(duty), "N2")?;
    let in_order = duty.breach_at.is_none_or(|at| at >= duty.due_at)
        && duty.second_breach_at.zip(duty.breach_at).is_none_or(|(second, first)| second >= first);
    hold(in_order, "N15 order", || format!("{duty:?}"))
}

/// What the entries say about one appointment, added up plainly. Minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    pub charged: i64,
    pub paid: i64,
    pub returned: i64,
    pub fees: usize,
}

impl Sums {
    pub fn of<'a>(entries: impl Iterator<Item = &'a LedgerEntry>) -> Self {
        let mut sums = Self::default();
        for entry in entries {
            let amount = entry.amount.amount_minor;
            match entry.kind {
                EntryKind::Payment => sums.paid -= amount,
                EntryKind::Refund => sums.returned += amount,
                // A payment that is carried takes its price along.
                EntryKind::CarryOver => {
                    sums.paid -= amount;
                    sums.charged -= amount;
                }
                _ => sums.charged += amount,
            }
            sums.fees += usize::from(matches!(entry.kind, EntryKind::LateFee | EntryKind::NoShowFee));
        }
        sums
    }
}

/// M4, M5, M8: never charged beyond the price and a fee, never more back than came in, and the word fits the sums.
fn the_account_fits(world: &World, about: &Appointment) -> Result<(), Broken> {
    let sums = Sums::of(world.entries_of(about.id));
    let words = || format!("{sums:?} of {about:?}: {:?}", world.entries_of(about.id).collect::<Vec<_>>());
    hold(sums.charged >= 0, "M4", words)?;
    hold(sums.charged <= about.price.amount_minor, "M4", words)?;
    hold(sums.returned <= sums.paid, "M5", words)?;
    hold(sums.paid <= about.price.amount_minor, "M4 paid", words)?;
    let due_back = sums.paid - sums.returned - sums.charged;
    match about.payment.state {
        PaymentState::Captured => hold(due_back == 0 && sums.paid > 0, "M8", words)?,
        PaymentState::RefundDue => hold(due_back > 0, "M8", words)?,
        PaymentState::Refunded => hold(due_back <= 0, "M5", words)?,
        PaymentState::Planned => hold(about.payment.due_at.is_some(), "M3", words)?,
        _ => {}
    }
    let clock = world.wakes.iter().any(|(job, _)| *job == JobToWake::Capture(about.id));
    hold(about.payment.state != PaymentState::Planned || clock, "M3 clock", words)
}

/// B15, V-07, G-08: nobody is left with nothing after a cancellation that was not theirs.
fn has_a_way_on(world: &World, about: &Appointment) -> Result<(), Broken> {
    let State::Cancelled(how) = &about.state else { return Ok(()) };
    let ended = how.reason == Some(domain::reason::Reason::RelationshipEnded);
    // A correction says what nobody entered at the time, so it has no moment of its own.
    let corrected = how.received_at == about.created_at && how.reason.is_none();
    if how.initiator == Initiator::Client || how.was_a_request || ended || corrected {
        return Ok(());
    }
    let way_on = world.duties.iter().any(|duty| {
        duty.appointment == Some(about.id)
            && matches!(duty.kind, ObligationKind::NextStep | ObligationKind::KeepPromise)
    });
    hold(way_on, "U5 next step", || format!("{about:?} leaves the client with nothing"))
}

/// When all clocks have run out, nothing waits for ever.
pub fn at_rest(world: &World) -> Result<(), Broken> {
    let waiting = world.appointments.iter().find(|known| matches!(known.state, State::Requested | State::Booked));
    hold(waiting.is_none(), "B8 end", || format!("its end was missed: {waiting:?}"))?;
    let open = world.offers.iter().find(|offer| offer.state == OfferState::Open);
    hold(open.is_none(), "B11", || format!("still open: {open:?}"))?;
    let choice = world.appointments.iter().find(|known| known.payment.state == PaymentState::Planned);
    hold(choice.is_none(), "M3 end", || format!("never taken: {choice:?}"))
}
