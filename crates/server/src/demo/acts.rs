//! The acts of the demo's past, each as the person would do it.

use super::day::{self, Turn};
use super::history;
use super::plant::of_role;
use super::stage::{Planted, Stage, actor};
use crate::flow::{Answer, Flow, Who, appointment, case, slots};
use domain::appointment::{Agreement, Initiator};
use domain::contact::AttemptResult;
use domain::decide::{Attempt, Book, Cancel, NextStep, Settle, WriteNote};
use domain::id::AppointmentId;
use domain::obligation::ObligationKind;
use domain::person::{Channel, Person, PersonRef, Role};
use domain::practice::AgreementHow;
use domain::reason::Reason;
use domain::time::{Instant, Interval, Span};
use slots::Wanted;

/// Something that somebody does. Clients and weeks count as in [`Planted::booked`].
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// A weekly appointment is booked.
    Book {
        /// Who.
        client: usize,
        /// In which week.
        week: i64,
    },
    /// The client calls it off: alone where the practice lets them, else by telling the therapist.
    ClientCancels {
        /// Who.
        client: usize,
        /// In which week.
        week: i64,
    },
    /// The therapist calls it off and promises to be in touch.
    TherapistPromises {
        /// Who.
        client: usize,
        /// In which week.
        week: i64,
        /// By when.
        by: Instant,
    },
    /// The therapist calls it off and offers three times.
    TherapistOffers {
        /// Who.
        client: usize,
        /// In which week.
        week: i64,
    },
    /// The therapist calls it off and sends the booking link.
    TherapistSendsLink {
        /// Who.
        client: usize,
        /// In which week.
        week: i64,
    },
    /// The practice calls it off.
    PracticeCancels {
        /// Who.
        client: usize,
        /// In which week.
        week: i64,
    },
    /// The therapist reaches the client by phone and does the paperwork.
    Call {
        /// Who.
        client: usize,
        /// In which week.
        week: i64,
    },
    /// Another time is found for what was called off.
    BookAgain {
        /// Who.
        client: usize,
        /// In which week it was.
        week: i64,
    },
    /// The therapist keeps the client's weekly hour for them.
    Reserve {
        /// Who.
        client: usize,
    },
    /// The therapist notes a risk screening that asks for more care.
    Flag {
        /// Who.
        client: usize,
        /// By when somebody looks again.
        by: Instant,
    },
    /// What was attended since the story began is brought over.
    BringOver,
    /// One of the less usual acts.
    Turn {
        /// Who.
        client: usize,
        /// In which week.
        week: i64,
        /// What is done.
        turn: Turn,
    },
}

/// Performs one act.
///
/// # Errors
/// Faults of the store.
pub fn perform(stage: &mut Stage, house: &mut Planted, begins: Instant, act: Act) -> Flow<()> {
    match act {
        Act::Book { client, week } => book(stage, house, begins, client, week),
        Act::BookAgain { client, week } => book_again(stage, house, client, week),
        Act::ClientCancels { client, week } => client_cancels(stage, house, client, week),
        Act::TherapistPromises { client, week, by } => {
            let step = NextStep { promise_contact_by: Some(by), ..NextStep::default() };
            therapist_cancels(stage, house, client, week, Reason::TherapistIllness, step)
        }
        Act::TherapistOffers { client, week } => {
            let Some((_, time)) = house.booked.get(&(client, week)).copied() else { return Ok(()) };
            let offer_slots = three_times(stage, house, client, time.from + Span::hours(30))?;
            let step = NextStep { offer_slots, ..NextStep::default() };
            therapist_cancels(stage, house, client, week, Reason::TherapistTrainingMeeting, step)
        }
        Act::TherapistSendsLink { client, week } => {
            let step = NextStep { booking_link: true, ..NextStep::default() };
            therapist_cancels(stage, house, client, week, Reason::TherapistPersonalCircumstances, step)
        }
        Act::PracticeCancels { client, week } => practice_cancels(stage, house, client, week),
        Act::Call { client, week } => call(stage, house, client, week),
        Act::Reserve { client } => super::on_file::reserve(stage, house, client, begins),
        Act::Flag { client, by } => super::on_file::flag(stage, house, client, by),
        Act::Turn { client, week, turn } => day::perform(stage, house, client, week, turn),
        Act::BringOver => history::bring_over(stage, house, begins, -1..1),
    }
}

fn book(stage: &mut Stage, house: &mut Planted, begins: Instant, client: usize, week: i64) -> Flow<()> {
    let usual = house.hour_of(client, week, begins);
    // On the first day there is something still to come, whatever the hour, and something soon.
    let from = match (week, client) {
        (0, 0) => begins + Span::minutes(20),
        (0, 4) => usual.max(begins + Span::minutes(90)),
        _ => usual,
    };
    let Some(start) = free_from(stage, house, client, from, Span::hours(40))? else { return Ok(()) };
    if let Some(answer) = book_at(stage, house, client, start)? {
        keep(house, client, week, &answer);
    }
    Ok(())
}

fn book_again(stage: &mut Stage, house: &mut Planted, client: usize, week: i64) -> Flow<()> {
    let Some((id, time)) = house.booked.get(&(client, week)).copied() else { return Ok(()) };
    let from = time.from + Span::hours(24 * 9);
    let Some(start) = free_from(stage, house, client, from, Span::hours(80))? else { return Ok(()) };
    book_at(stage, house, client, start)?;
    // The client has another time, so nothing that was promised them is left.
    settle(stage, house, client, id, |_| true)
}

/// Books as the client where they may book for themselves and are new, else as the therapist, with the client's yes.
pub(super) fn book_at(stage: &mut Stage, house: &Planted, client: usize, start: Instant) -> Flow<Option<Answer>> {
    let by_client = super::cast::is_new(client);
    let who = if by_client { &house.clients[client] } else { &house.therapist_of(client).person };
    let ask = stage.ask(Who::Actor(actor(who)));
    let agreement = Agreement { how: AgreementHow::InSession, at: ask.now };
    let kind = house.house.clients[client].kind;
    let wish = Book { start, kind, agreement: Some(agreement).filter(|_| !by_client) };
    let (tools, relationship) = (stage.app.tools.clone(), house.relationships[client].id);
    stage.act(move |tx| appointment::book(tx, &tools, &ask, relationship, wish))
}

/// The first free start from this moment on, within reach.
pub(super) fn free_from(
    stage: &mut Stage,
    house: &Planted,
    client: usize,
    from: Instant,
    reach: Span,
) -> Flow<Option<Instant>> {
    Ok(free(stage, house, client, from, reach)?.into_iter().next().map(|slot| slot.from))
}

/// Three free starts on different days.
pub(super) fn three_times(stage: &mut Stage, house: &Planted, client: usize, from: Instant) -> Flow<Vec<Instant>> {
    let mut starts: Vec<Instant> = Vec::new();
    for slot in free(stage, house, client, from, Span::hours(24 * 7))? {
        if starts.last().is_none_or(|last| slot.from - *last >= Span::hours(20)) {
            starts.push(slot.from);
        }
    }
    starts.truncate(3);
    Ok(starts)
}

pub(super) fn free(
    stage: &mut Stage,
    house: &Planted,
    client: usize,
    from: Instant,
    reach: Span,
) -> Flow<Vec<Interval>> {
    let therapist = house.therapist_of(client);
    let ask = stage.ask(Who::Actor(actor(&therapist.person)));
    let kind = house.house.clients[client].kind;
    let wanted = Wanted {
        therapist: therapist.id,
        client: Some(house.relationships[client].client),
        kind,
        window: Interval::new(from, from + reach),
    };
    let tools = stage.app.tools.clone();
    stage.app.store.read(move |tx| slots::free(tx, &tools, &ask, wanted))
}

pub(super) fn keep(house: &mut Planted, client: usize, week: i64, answer: &Answer) {
    if let Some(made) = &answer.appointment {
        house.booked.insert((client, week), (made.id, made.interval()));
    }
}

fn client_cancels(stage: &mut Stage, house: &Planted, client: usize, week: i64) -> Flow<()> {
    let Some((id, _)) = house.booked.get(&(client, week)).copied() else { return Ok(()) };
    let wish = Cancel { initiator: Initiator::Client, reason: Some(Reason::ClientIllness), ..plain() };
    // By themselves where they may; where they may not, they ring and the therapist types it in.
    let alone = cancel(stage, &house.clients[client], id, wish.clone());
    if alone?.is_none() {
        let received_at = Some(stage.app.now());
        let told = Cancel { received_at, note: Some("They rang in the morning.".into()), ..wish };
        cancel(stage, &house.therapist_of(client).person, id, told)?;
    }
    paperwork(stage, house, client, id)
}

fn therapist_cancels(
    stage: &mut Stage,
    house: &Planted,
    client: usize,
    week: i64,
    reason: Reason,
    next_step: NextStep,
) -> Flow<()> {
    let Some((id, _)) = house.booked.get(&(client, week)).copied() else { return Ok(()) };
    let wish = Cancel { initiator: Initiator::Therapist, reason: Some(reason), next_step, ..plain() };
    cancel(stage, &house.therapist_of(client).person, id, wish).map(drop)
}

fn practice_cancels(stage: &mut Stage, house: &Planted, client: usize, week: i64) -> Flow<()> {
    let Some((id, _)) = house.booked.get(&(client, week)).copied() else { return Ok(()) };
    let Some(admin) = of_role(house, Role::Admin) else { return Ok(()) };
    let next_step = NextStep { booking_link: true, ..NextStep::default() };
    let reason = Some(Reason::PracticeRoomOrClosure);
    cancel(stage, admin, id, Cancel { initiator: Initiator::Practice, reason, next_step, ..plain() }).map(drop)
}

fn plain() -> Cancel {
    Cancel {
        initiator: Initiator::Therapist,
        reason: None,
        note: Some("Nothing else to note.".into()),
        received_at: None,
        next_step: NextStep::default(),
        share_reason: false,
        words: None,
    }
}

fn cancel(stage: &mut Stage, by: &Person, id: AppointmentId, wish: Cancel) -> Flow<Option<Answer>> {
    let (ask, tools) = (stage.ask(Who::Actor(actor(by))), stage.app.tools.clone());
    stage.act(move |tx| appointment::cancel(tx, &tools, &ask, id, wish.clone(), None))
}

/// The therapist rings, the client answers, and what was said is noted.
fn call(stage: &mut Stage, house: &Planted, client: usize, week: i64) -> Flow<()> {
    let Some((id, _)) = house.booked.get(&(client, week)).copied() else { return Ok(()) };
    let therapist = &house.therapist_of(client).person;
    let PersonRef::Client(client_id) = house.clients[client].id else { return Ok(()) };
    let (ask, tools) = (stage.ask(Who::Actor(actor(therapist))), stage.app.tools.clone());
    let (channel, result, at) = (Channel::Phone, AttemptResult::Reached, ask.now);
    let attempt = Attempt { channel, result, at, agreed: Some("They know, and will look at the times.".into()) };
    stage.act(move |tx| case::attempt(tx, &tools, &ask, client_id, Some(id), attempt.clone()))?;
    let (ask, tools) = (stage.ask(Who::Actor(actor(therapist))), stage.app.tools.clone());
    let agreed = "Told on the phone why and what comes next.".to_owned();
    let note = WriteNote { informed_at: ask.now, informed_how: Channel::Phone, agreed, on_behalf_of: None };
    stage.act(move |tx| case::note(tx, &tools, &ask, id, note.clone()))?;
    paperwork(stage, house, client, id)
}

/// What is the therapist's own to finish is finished; that the client has a next step is not.
fn paperwork(stage: &mut Stage, house: &Planted, client: usize, id: AppointmentId) -> Flow<()> {
    settle(stage, house, client, id, |kind| !CLIENTS_OWN.contains(&kind))
}

/// The therapist says of these duties that they are done.
fn settle(
    stage: &mut Stage,
    house: &Planted,
    client: usize,
    id: AppointmentId,
    which: impl Fn(ObligationKind) -> bool,
) -> Flow<()> {
    let owed = stage.app.store.read(move |tx| -> Flow<_> { Ok(store::obligation::of_appointment(tx, id)?) })?;
    for duty in owed.into_iter().filter(|duty| duty.is_owed() && which(duty.kind)) {
        let by = &house.therapist_of(client).person;
        let (ask, tools) = (stage.ask(Who::Actor(actor(by))), stage.app.tools.clone());
        let settle = Settle::Meet(duty.id, "done on the phone".into());
        stage.act(move |tx| case::settle(tx, &tools, &ask, settle.clone()))?;
    }
    Ok(())
}

/// Duties that only the client's answer meets.
const CLIENTS_OWN: [ObligationKind; 2] = [ObligationKind::NextStep, ObligationKind::KeepPromise];
