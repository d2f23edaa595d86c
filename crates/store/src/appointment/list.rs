//! Lists of appointments. Each statement stands on the index of whose appointments are asked for.

use super::read::{appointment_columns, from_row};
use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::person::{range_values, search_needs_a_practice};
use crate::search;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::{Limits, Scope};
use domain::appointment::{Appointment, State};
use domain::id::{ClientId, TherapistId};
use domain::time::Instant;

// $1 practice, $2 therapist, $3 client; $4 and $5 from and to; $6 and $7 the cursor; $8 how many.
macro_rules! of {
    ($whose:literal, $more:literal, $compare:literal, $order:literal) => {
        sql!(
            "SELECT ",
            appointment_columns!(),
            " FROM appointment a WHERE ",
            $whose,
            " AND (CAST($1 AS TEXT) IS NULL OR a.practice = $1) AND (CAST($2 AS TEXT) IS NULL OR a.therapist = $2)
              AND (CAST($3 AS TEXT) IS NULL OR a.client = $3) AND a.starts_at >= $4 AND a.starts_at < $5
              AND (a.starts_at, a.id) ",
            $compare,
            " ($6, $7)",
            $more,
            " ORDER BY a.starts_at ",
            $order,
            ", a.id ",
            $order,
            " LIMIT $8"
        )
    };
}
macro_rules! ways {
    ($more:literal, $compare:literal, $order:literal) => {
        [
            of!("a.client = $3", $more, $compare, $order),
            of!("a.therapist = $2", $more, $compare, $order),
            of!("a.practice = $1", $more, $compare, $order),
            of!("CAST($1 AS TEXT) IS NULL", $more, $compare, $order),
        ]
    };
}
// $9 to $21 the states, of which there are thirteen; $22 to $29 the ranges of up to four words.
macro_rules! filtered {
    ($compare:literal, $order:literal) => {
        ways!(
            " AND (CAST($9 AS TEXT) IS NULL
                  OR a.state IN ($9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21))
              AND (CAST($22 AS TEXT) IS NULL OR a.client IN
                  (SELECT person FROM person_word WHERE practice = $1 AND word >= $22 AND word < $23))
              AND (CAST($24 AS TEXT) IS NULL OR a.client IN
                  (SELECT person FROM person_word WHERE practice = $1 AND word >= $24 AND word < $25))
              AND (CAST($26 AS TEXT) IS NULL OR a.client IN
                  (SELECT person FROM person_word WHERE practice = $1 AND word >= $26 AND word < $27))
              AND (CAST($28 AS TEXT) IS NULL OR a.client IN
                  (SELECT person FROM person_word WHERE practice = $1 AND word >= $28 AND word < $29))",
            $compare,
            $order
        )
    };
}

const UP: [Sql; 4] = ways!("", ">", "ASC");
const DOWN: [Sql; 4] = ways!("", "<", "DESC");
const FILTERED_UP: [Sql; 4] = filtered!(">", "ASC");
const FILTERED_DOWN: [Sql; 4] = filtered!("<", "DESC");
const NEXT: [Sql; 4] =
    ways!(" AND a.ends_at > $9 AND a.state IN ('requested', 'booked', 'in_progress', 'awaiting_update')", ">", "ASC");

/// In which order a list goes, by start and then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The earliest first.
    #[default]
    Ascending,
    /// The latest first.
    Descending,
}

/// Which appointments are wanted, of those in scope. The default wants them all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter<'a> {
    /// Only this therapist's.
    pub therapist: Option<TherapistId>,
    /// Only this client's.
    pub client: Option<ClientId>,
    /// Only of clients whose name has words that begin like each of these.
    pub words: &'a str,
    /// Only what starts then or later, UTC.
    pub from: Option<Instant>,
    /// Only what starts before then, UTC.
    pub to: Option<Instant>,
    /// Only in these states, by their words; empty is any. Words that are no state find nothing.
    pub states: Vec<&'a str>,
    /// In which order.
    pub order: Order,
}

/// The appointments in scope that the filter wants, by start.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    filter: &Filter<'_>,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Appointment>, DbError> {
    let states: Vec<&str> = State::WORDS.into_iter().filter(|word| filter.states.contains(word)).collect();
    let ranges = search::ranges(filter.words);
    let impossible =
        (!filter.states.is_empty() && states.is_empty()) || (ranges.is_empty() && !filter.words.trim().is_empty());
    let (Some(limits), false) = (narrowed(scope.limits(), filter), impossible) else { return Ok(Page::empty()) };
    if !ranges.is_empty() && limits.practice.is_none() {
        return Err(search_needs_a_practice());
    }
    let down = filter.order == Order::Descending;
    let start = if down { Cursor::highest() } else { Cursor::lowest() };
    let after = after.unwrap_or(&start);
    let mut values = common(limits, filter.from, filter.to, after, limit);
    let plain = states.is_empty() && ranges.is_empty();
    if !plain {
        // The list has a place for every state; what is left over says the first once more.
        values.extend((0..State::WORDS.len()).map(|n| Value::from(states.get(n).or(states.first()).copied())));
        values.extend(range_values(&ranges));
    }
    let ways = match (plain, down) {
        (true, false) => UP,
        (true, true) => DOWN,
        (false, false) => FILTERED_UP,
        (false, true) => FILTERED_DOWN,
    };
    let rows = tx.query(ways[way(limits)], &values)?;
    Page::of(rows.iter().map(from_row).collect(), limit, |found| (found.start, found.id.to_string()))
}

/// The next appointments in scope that are on and not yet over at `now`, the earliest first.
pub fn next_of(tx: &mut Tx<'_>, scope: &Scope<'_>, now: Instant, limit: u32) -> Result<Vec<Appointment>, DbError> {
    let (limits, start) = (scope.limits(), Cursor::lowest());
    // No appointment is longer than half a day (`occupancy::LONGEST`), so the index may begin there.
    let mut values = common(limits, Some(now - crate::occupancy::LONGEST), None, &start, limit);
    values.push(Value::from(now));
    let rows = tx.query(NEXT[way(limits)], &values)?;
    rows.iter().take(rows_for(limit) as usize - 1).map(from_row).collect()
}

/// What scope and filter allow together; none where they contradict each other.
fn narrowed(limits: Limits, filter: &Filter<'_>) -> Option<Limits> {
    let therapist = both(limits.therapist, filter.therapist)?;
    let client = both(limits.client, filter.client)?;
    Some(Limits { practice: limits.practice, therapist, client })
}

fn both<T: PartialEq>(limit: Option<T>, wanted: Option<T>) -> Option<Option<T>> {
    match (limit, wanted) {
        (Some(limit), Some(wanted)) if limit != wanted => None,
        (limit, wanted) => Some(limit.or(wanted)),
    }
}

/// Which of the four statements has the narrowest index.
fn way(limits: Limits) -> usize {
    match limits {
        Limits { client: Some(_), .. } => 0,
        Limits { therapist: Some(_), .. } => 1,
        Limits { practice: Some(_), .. } => 2,
        _ => 3,
    }
}

fn common(limits: Limits, from: Option<Instant>, to: Option<Instant>, after: &Cursor, limit: u32) -> Vec<Value<'_>> {
    vals![
        limits.practice,
        limits.therapist,
        limits.client,
        from.unwrap_or(Instant::from_micros(i64::MIN)),
        to.unwrap_or(Instant::from_micros(i64::MAX)),
        after.at,
        after.id.as_str(),
        rows_for(limit)
    ]
    .to_vec()
}
