//! Lists of appointments. Each statement stands on the index of whose appointments are asked for.

use super::read::from_row;
use super::statements::{DOWN, FILTERED_DOWN, FILTERED_UP, NEXT, UP, Ways};
use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::person::{range_values, search_needs_a_practice};
use crate::search;
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::{Limits, Scope};
use domain::appointment::{Appointment, State};
use domain::id::{ClientId, TherapistId};
use domain::time::Instant;

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
pub struct Filter {
    /// Only this therapist's.
    pub therapist: Option<TherapistId>,
    /// Only this client's.
    pub client: Option<ClientId>,
    /// Only of clients whose name has words that begin like each of these.
    pub words: Option<String>,
    /// Only what starts then or later, UTC.
    pub from: Option<Instant>,
    /// Only what starts before then, UTC.
    pub to: Option<Instant>,
    /// Only in these states, by their words; empty is any. Words that are no state find nothing.
    pub states: Vec<&'static str>,
    /// In which order.
    pub order: Order,
}

/// The appointments in scope that the filter wants, by start.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Appointment>, DbError> {
    let states: Vec<&str> = State::WORDS.into_iter().filter(|word| filter.states.contains(word)).collect();
    let words = filter.words.as_deref().unwrap_or_default();
    let ranges = search::ranges(words);
    let impossible =
        (!filter.states.is_empty() && states.is_empty()) || (ranges.is_empty() && !words.trim().is_empty());
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
    let ways: Ways = match (plain, down) {
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
fn narrowed(limits: Limits, filter: &Filter) -> Option<Limits> {
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
