//! An appointment out of its row.

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use domain::appointment::{Agreement, Appointment, Cancellation, Payment, PolicySnapshot, State};
use domain::money::{Currency, Money};

/// Reads the columns in the order of `appointment_columns`.
pub(super) fn from_row(row: &Row) -> Result<Appointment, DbError> {
    let mut columns = Columns::of(row);
    let id = columns.parse("appointment.id")?;
    let practice = columns.parse("appointment.practice")?;
    let relationship = columns.parse("appointment.relationship")?;
    let therapist = columns.parse("appointment.therapist")?;
    let client = columns.parse("appointment.client")?;
    let kind = columns.parse("appointment.kind")?;
    let currency: Currency = columns.parse("appointment.currency")?;
    let created_at = columns.get()?;
    let revision = columns.get()?;
    let (start, end) = (columns.get()?, columns.get()?);
    if end <= start {
        return Err(row.corrupt("appointment.ends_at"));
    }
    let buffer_after = columns.get()?;
    let zone = columns.parse("appointment.zone")?;
    let word = columns.text()?;
    let sequence = columns.get()?;
    let price = Money::new(columns.get()?, currency);
    let policy = snapshot(&mut columns, currency)?;
    let payment = Payment { state: columns.parse("appointment.payment_state")?, due_at: columns.get()? };
    let agreement = Agreement { how: columns.parse("appointment.agreed_how")?, at: columns.get()? };
    let state = state(word, &mut columns)?;
    Ok(Appointment {
        id,
        practice,
        relationship,
        therapist,
        client,
        start,
        end,
        buffer_after,
        zone,
        kind,
        state,
        revision,
        sequence,
        price,
        payment,
        agreement,
        replaces: columns.parse_opt("appointment.replaces")?,
        pending_move: columns.parse_opt("appointment.pending_move")?,
        attendance: columns.json_opt("appointment.attendance")?.unwrap_or_default(),
        policy: PolicySnapshot { terms: columns.get()?, ..policy },
        reserved_slot: columns.parse_opt("appointment.reserved_slot")?,
        created_at,
    })
}

fn snapshot(columns: &mut Columns<'_>, currency: Currency) -> Result<PolicySnapshot, DbError> {
    let fee = |minor: Option<i64>| minor.map(|minor| Money::new(minor, currency));
    Ok(PolicySnapshot {
        preset: columns.parse("appointment.policy_preset")?,
        version: columns.get()?,
        cutoff: columns.get()?,
        boundary: columns.parse("appointment.boundary")?,
        late_cancel_fee: fee(columns.get()?),
        no_show_fee: fee(columns.get()?),
        cutoff_floor: columns.get()?,
        terms: None,
    })
}

/// The state that the word and the cancellation make together. They must say the same.
fn state(word: &str, columns: &mut Columns<'_>) -> Result<State, DbError> {
    let cancellation: Option<Cancellation> = columns.json_opt("appointment.cancellation")?;
    let late: Option<bool> = columns.get()?;
    if cancellation.as_ref().map(|how| how.late) != late {
        return Err(columns.corrupt("appointment.cancelled_late"));
    }
    if let Some(how) = cancellation {
        let state = State::Cancelled(how);
        return if state.word() == word { Ok(state) } else { Err(columns.corrupt("appointment.cancellation")) };
    }
    match word {
        "requested" => Ok(State::Requested),
        "booked" => Ok(State::Booked),
        "in_progress" => Ok(State::InProgress),
        "awaiting_update" => Ok(State::AwaitingUpdate),
        "attended" => Ok(State::Attended),
        "client_no_show" => Ok(State::ClientNoShow),
        "late_not_seen" => Ok(State::LateNotSeen),
        "therapist_no_show" => Ok(State::TherapistNoShow),
        "technical_failure" => Ok(State::TechnicalFailure),
        "entered_in_error" => Ok(State::EnteredInError),
        word if word.starts_with("cancelled_by_") => Err(columns.corrupt("appointment.cancellation")),
        _ => Err(columns.corrupt("appointment.state")),
    }
}
