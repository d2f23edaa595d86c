//! The table of appointments.

use super::clients::email;
use super::rows::{Limits, Row, Seen, Table, read};
use crate::address::EmailAddress;
use domain::money::{Currency, Money};
use domain::time::{Instant, Span};
use jiff::civil::DateTime;

/// When an appointment starts, as the table says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Start {
    /// A wall time, meant in the therapist's zone.
    Civil(DateTime),
    /// A moment: the table gave an offset or `Z`.
    Moment(Instant),
}

/// How the two meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SessionKind {
    InPerson,
    Video,
    Phone,
}

/// What became of an appointment, or `Booked` where it is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PastOrPlanned {
    Booked,
    Attended,
    CancelledByClient,
    CancelledByTherapist,
    CancelledByPractice,
    ClientNoShow,
    LateNotSeen,
    TherapistNoShow,
    TechnicalFailure,
}

/// One appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentRow {
    /// The line of the file.
    pub line: u64,
    /// Who comes.
    pub client_email: EmailAddress,
    /// To whom.
    pub therapist_email: EmailAddress,
    /// From when.
    pub start: Start,
    /// How long: 5 minutes to 12 hours.
    pub length: Span,
    /// How the two meet.
    pub kind: SessionKind,
    /// What it costs; never negative.
    pub price: Money,
    /// What became of it.
    pub state: PastOrPlanned,
}

/// The headers of the table of appointments.
const HEADERS: [&str; 7] = ["client_email", "therapist_email", "start", "minutes", "kind", "price", "state"];

/// Reads the table of appointments: `client_email,therapist_email,start,minutes,kind,price,state`. No field may be
/// empty.
pub fn appointments(bytes: &[u8], limits: &Limits) -> Table<AppointmentRow> {
    let mut seen = Seen::new();
    read(bytes, &HEADERS, limits, |row| appointment(row, &mut seen))
}

fn appointment(row: &mut Row<'_>, seen: &mut Seen<(String, Start)>) -> Option<AppointmentRow> {
    let client_email = email(row, "client_email");
    let therapist_email = email(row, "therapist_email");
    let start_remedy = "Write 2026-03-09T09:00 in the therapist's own time, or 2026-03-09T09:00:00+00:00.";
    let start = row.value("start", 40, start_remedy, start);
    let length = row.value("minutes", 5, "Write whole minutes from 5 to 720.", minutes);
    let kind = row.value("kind", 20, "Write in_person, video or phone.", kind);
    let price = row.value("price", 30, "Write an amount with its currency, such as 65.00 GBP.", money);
    let states = "Write booked, attended, cancelled_by_client, cancelled_by_therapist, cancelled_by_practice, \
                  client_no_show, late_not_seen, therapist_no_show or technical_failure.";
    let state = row.value("state", 30, states, state);
    if let (Some(client), Some(therapist), Some(start)) = (&client_email, &therapist_email, start) {
        let pair = format!("{client}\n{therapist}").to_ascii_lowercase();
        if let Some(first) = seen.before((pair, start), row.line) {
            row.wrong("start", format!("line {first} is the same appointment"), "Keep one of the two rows.");
        }
    }
    let appointment = AppointmentRow {
        line: row.line,
        client_email: client_email?,
        therapist_email: therapist_email?,
        start: start?,
        length: length?,
        kind: kind?,
        price: price?,
        state: state?,
    };
    row.is_good().then_some(appointment)
}

/// A moment where there is an offset, else a wall time; between 1970 and 9998 either way.
fn start(text: &str) -> Option<Start> {
    if let Ok(moment) = text.parse::<Instant>() {
        return Some(Start::Moment(moment));
    }
    let plain = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_digit() || b"-:T ".contains(&b));
    let civil: DateTime = text.parse().ok().filter(|_| plain)?;
    (1970..=9998).contains(&civil.year()).then_some(Start::Civil(civil))
}

fn minutes(text: &str) -> Option<Span> {
    text.parse().ok().filter(|minutes| (5..=720).contains(minutes)).map(Span::minutes)
}

fn kind(text: &str) -> Option<SessionKind> {
    Some(match text.to_ascii_lowercase().as_str() {
        "in_person" => SessionKind::InPerson,
        "video" => SessionKind::Video,
        "phone" => SessionKind::Phone,
        _ => return None,
    })
}

fn state(text: &str) -> Option<PastOrPlanned> {
    Some(match text.to_ascii_lowercase().as_str() {
        "booked" => PastOrPlanned::Booked,
        "attended" => PastOrPlanned::Attended,
        "cancelled_by_client" => PastOrPlanned::CancelledByClient,
        "cancelled_by_therapist" => PastOrPlanned::CancelledByTherapist,
        "cancelled_by_practice" => PastOrPlanned::CancelledByPractice,
        "client_no_show" => PastOrPlanned::ClientNoShow,
        "late_not_seen" => PastOrPlanned::LateNotSeen,
        "therapist_no_show" => PastOrPlanned::TherapistNoShow,
        "technical_failure" => PastOrPlanned::TechnicalFailure,
        _ => return None,
    })
}

/// `65.00 GBP`, `65 GBP`, `£65.00` or `$120.00`; at most two decimals, at most seven digits before them.
fn money(text: &str) -> Option<Money> {
    let (number, currency) = if let Some(number) = text.strip_prefix('£') {
        (number, Currency::GBP)
    } else if let Some(number) = text.strip_prefix('$') {
        (number, Currency::USD)
    } else {
        let (number, code) = text.split_once(' ')?;
        (number, code.trim().parse().ok()?)
    };
    let (units, cents) = number.split_once('.').unwrap_or((number, "00"));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if units.is_empty() || units.len() > 7 || cents.len() != 2 || !digits(units) || !digits(cents) {
        return None;
    }
    let minor = units.parse::<i64>().ok()? * 100 + cents.parse::<i64>().ok()?;
    Some(Money::new(minor, currency))
}
