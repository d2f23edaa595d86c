//! Appointments that were attended before the demo begins: brought over as from another system, one entry each.

use super::cast::is_new;
use super::plant::{PLANTER, done};
use super::stage::{Planted, Stage};
use crate::app::App;
use crate::flow::{Ask, Flow, Who};
use domain::appointment::{Agreement, Appointment, Payment, PaymentState, PolicySnapshot, State};
use domain::audit::Entry;
use domain::id::Ids;
use domain::ledger::{EntryKind, LedgerEntry};
use domain::policy::notice::{Act, cutoff};
use domain::policy::{CaptureAt, Policy};
use domain::practice::AgreementHow;
use domain::time::{Instant, Interval, Span};
use serde_json::json;
use store::{Done, Tx};

/// The first week that is brought over.
const FIRST_WEEK: i64 = -6;

/// Brings over what each client attended in these weeks and ended before now, save what the story tells itself.
///
/// # Errors
/// Faults of the store.
pub fn bring_over(stage: &mut Stage, planted: &Planted, begins: Instant, weeks: std::ops::Range<i64>) -> Flow<()> {
    let (ask, app) = (stage.ask(Who::System(PLANTER)), stage.app.clone());
    let past = attended(planted, begins, weeks, ask.now);
    if past.is_empty() {
        return Ok(());
    }
    let policy = Policy::preset(planted.house.preset);
    stage.write(move |tx| importing(tx, &app, &ask, &policy, &past))
}

/// The weeks before the story begins.
pub fn older_weeks() -> std::ops::Range<i64> {
    FIRST_WEEK..-1
}

/// One appointment that was attended.
#[derive(Clone)]
struct Past {
    appointment: Appointment,
    by: String,
}

fn attended(planted: &Planted, begins: Instant, weeks: std::ops::Range<i64>, now: Instant) -> Vec<Past> {
    let mut past = Vec::new();
    for client in (0..planted.clients.len()).filter(|client| !is_new(*client)) {
        // Some have come for longer than others.
        let joined = FIRST_WEEK + (client as i64 % 3);
        for week in weeks.clone().filter(|week| *week >= joined) {
            let start = planted.hour_of(client, week, begins);
            let told_elsewhere = planted.booked.contains_key(&(client, week));
            if !told_elsewhere && start + Span::hours(2) < now {
                past.push(Past {
                    appointment: one(planted, client, start),
                    by: planted.therapist_of(client).id.to_string(),
                });
            }
        }
    }
    past
}

fn one(planted: &Planted, client: usize, start: Instant) -> Appointment {
    let (guest, relationship) = (&planted.house.clients[client], &planted.relationships[client]);
    let therapist = planted.therapist_of(client);
    let policy = Policy::preset(planted.house.preset);
    let price = therapist.schedule.kinds.get(&guest.kind).map(|setup| setup.price);
    let taken = policy.parameters.payment.capture_at != CaptureAt::None;
    let agreed_at = start - Span::hours(14 * 24);
    Appointment {
        id: domain::id::Id::from_bytes([0; 16]),
        practice: planted.practice.id,
        relationship: relationship.id,
        therapist: therapist.id,
        client: relationship.client,
        start,
        end: start + Span::minutes(50),
        buffer_after: Span::ZERO,
        zone: therapist.schedule.zone.clone(),
        kind: guest.kind,
        state: State::Attended,
        revision: 1,
        sequence: 0,
        price: price.unwrap_or(domain::money::Money::new(0, planted.practice.currency)),
        policy: PolicySnapshot {
            preset: policy.preset,
            version: 1,
            cutoff: cutoff(&policy.parameters, &planted.practice.zone, Act::Cancel, start),
            boundary: policy.parameters.client_cancel.boundary,
            late_cancel_fee: therapist.late_cancel_fee,
            no_show_fee: therapist.no_show_fee,
            cutoff_floor: None,
            terms: None,
        },
        payment: Payment { state: if taken { PaymentState::Captured } else { PaymentState::None }, due_at: None },
        agreement: Agreement { how: AgreementHow::InSession, at: agreed_at },
        replaces: None,
        attendance: Default::default(),
        reserved_slot: None,
        pending_move: None,
        created_at: agreed_at,
    }
}

fn importing(tx: &mut Tx<'_>, app: &App, ask: &Ask, policy: &Policy, past: &[Past]) -> Flow<Done<()>> {
    let (mut ids, mut entries) = (Ids::new(ask.command, ask.now), Vec::new());
    for Past { appointment, by } in past {
        let appointment = Appointment { id: ids.mint(), ..appointment.clone() };
        store::appointment::insert(tx, &appointment)?;
        if appointment.payment.state == PaymentState::Captured {
            settle_account(tx, &appointment, policy, by, &mut ids)?;
        }
        entries.push(entry(app, ask, &appointment));
    }
    done((), entries)
}

/// The price, and that it was paid.
fn settle_account(tx: &mut Tx<'_>, about: &Appointment, policy: &Policy, by: &str, ids: &mut Ids) -> Flow<()> {
    let at = match policy.parameters.payment.capture_at {
        CaptureAt::Cutoff => about.policy.cutoff,
        _ => about.end,
    };
    let both = [
        (EntryKind::Charge, about.price, "The price agreed at booking"),
        (EntryKind::Payment, about.price.negated(), "Paid"),
    ];
    for (kind, amount, reason) in both {
        let entry = LedgerEntry {
            id: ids.mint(),
            practice: about.practice,
            client: about.client,
            appointment: Some(about.id),
            kind,
            amount,
            reason: reason.to_owned(),
            at,
            by: by.to_owned(),
        };
        store::ledger::append(tx, &entry)?;
    }
    Ok(())
}

fn entry(app: &App, ask: &Ask, about: &Appointment) -> Entry {
    let time = Interval::new(about.start, about.end);
    Entry {
        practice: about.practice,
        command: ask.command,
        at: ask.now,
        actor: ask.who.scope().signature(),
        on_behalf_of: None,
        word: "imported".to_owned(),
        subjects: vec![about.id.to_string(), about.client.to_string(), about.therapist.to_string()],
        details: json!({ "state": about.state.word(), "time": time, "price": about.price }),
        salt: app.tools.link_key.salt(ask.command),
    }
}
