//! Requests for help and their threads. Lines are only ever added.

use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::Scope;
use domain::id::{AppointmentId, PracticeId, TicketId};
use domain::ticket::{Line, Ticket, TicketKind, TicketState};
use domain::time::Instant;

const PUT: Sql = sql!(
    "INSERT INTO ticket (id, practice, kind, state, appointment, raised_by, on_behalf_of, opened_at, due_at, document)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, due_at = excluded.due_at, document = excluded.document"
);
const ADD_LINE: Sql = sql!(
    "INSERT INTO ticket_line (ticket, place, at, made_by, kind, words)
     SELECT $1, count(*) + 1, $2, $3, $4, $5 FROM ticket_line WHERE ticket = $1"
);
const LINES: Sql = sql!("SELECT at, made_by, kind, words FROM ticket_line WHERE ticket = $1 ORDER BY place");

// $1 practice, $2 who looks, $3 to $6 the kinds that are their work; a job sees everything. Whoever raised a request, or
// whose word it is, sees it whatever their role.
macro_rules! in_scope {
    () => {
        " AND (CAST($1 AS TEXT) IS NULL OR (t.practice = $1
              AND (t.raised_by = $2 OR t.on_behalf_of = $2 OR t.kind IN ($3, $4, $5, $6))))"
    };
}
const LOAD: Sql = sql!("SELECT t.document, t.id FROM ticket t WHERE t.id = $7", in_scope!());
const OPEN: Sql = sql!(
    "SELECT t.document, t.id FROM ticket t WHERE t.state <> 'closed'",
    in_scope!(),
    " ORDER BY CASE WHEN t.kind = 'risk' AND t.state = 'open' THEN 0 ELSE 1 END, t.due_at, t.id LIMIT $7"
);
// What nobody of the practice raised, for nobody of it: strangers' letters, and the house's own.
const OPEN_OF_NOBODY: Sql = sql!(
    "SELECT t.document, t.id FROM ticket t WHERE t.practice = $1 AND t.kind = $2 AND t.state <> 'closed'
         AND t.raised_by IS NULL AND t.on_behalf_of IS NULL ORDER BY t.opened_at DESC, t.id DESC LIMIT 200"
);
const ALL: Sql = sql!(
    "SELECT t.document, t.id FROM ticket t WHERE (t.opened_at, t.id) < ($8, $9)",
    in_scope!(),
    " AND (CAST($10 AS TEXT) IS NULL OR t.state = $10) AND (CAST($11 AS TEXT) IS NULL OR t.appointment = $11)
      ORDER BY t.opened_at DESC, t.id DESC LIMIT $7"
);

/// Which requests are wanted, of those in scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<TicketState>,
    /// Only about this appointment.
    pub appointment: Option<AppointmentId>,
}

/// Adds a request, or keeps what changed in it.
pub fn put(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<(), DbError> {
    tx.execute(
        PUT,
        vals![
            ticket.id,
            ticket.practice,
            ticket.kind.as_str(),
            ticket.state.as_str(),
            ticket.appointment,
            ticket.raised_by.map(|person| person.to_string()),
            ticket.on_behalf_of.map(|person| person.to_string()),
            ticket.opened_at,
            ticket.due_at,
            json(ticket)?
        ],
    )
    .map(|_| ())
}

/// Adds a line to a thread.
pub fn add_line(tx: &mut Tx<'_>, line: &Line) -> Result<(), DbError> {
    let by = line.by.map(|person| person.to_string());
    tx.execute(ADD_LINE, vals![line.ticket, line.at, by, line.kind.as_str(), &line.words]).map(|_| ())
}

/// One request, if whoever looks may see it.
pub fn load(tx: &mut Tx<'_>, scope: &Scope<'_>, id: TicketId) -> Result<Option<Ticket>, DbError> {
    let mut values = seen_by(scope);
    values.push(id.into());
    tx.query_opt(LOAD, &values)?.map(|row| from_row(&row)).transpose()
}

/// The thread of a request that was loaded, in order.
pub fn lines(tx: &mut Tx<'_>, id: TicketId) -> Result<Vec<Line>, DbError> {
    tx.query(LINES, vals![id])?.iter().map(|row| line(row, id)).collect()
}

/// What is not closed, of what whoever looks may see: worries that nobody took first, then by their clocks.
pub fn open(tx: &mut Tx<'_>, scope: &Scope<'_>, limit: u32) -> Result<Vec<Ticket>, DbError> {
    let mut values = seen_by(scope);
    values.push(limit.max(1).into());
    tx.query(OPEN, &values)?.iter().map(from_row).collect()
}

/// The practice's open requests of this kind that are nobody's of the practice, newest first.
pub fn open_of_nobody(tx: &mut Tx<'_>, practice: PracticeId, kind: TicketKind) -> Result<Vec<Ticket>, DbError> {
    tx.query(OPEN_OF_NOBODY, vals![practice, kind.as_str()])?.iter().map(from_row).collect()
}

/// Every request that whoever looks may see, newest first.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Ticket>, DbError> {
    let start = Cursor::highest();
    let after = after.unwrap_or(&start);
    let mut values = seen_by(scope);
    values.extend(
        vals![rows_for(limit), after.at, after.id.as_str(), filter.state.map(TicketState::as_str), filter.appointment]
            .to_vec(),
    );
    let rows = tx.query(ALL, &values)?;
    Page::of(rows.iter().map(from_row).collect(), limit, |ticket: &Ticket| (ticket.opened_at, ticket.id.to_string()))
}

/// Practice, person and the four kinds of a scope.
fn seen_by(scope: &Scope<'_>) -> Vec<Value<'static>> {
    let (practice, person, role) = match scope {
        Scope::System(_) => (None, String::new(), None),
        Scope::Token { practice, client, .. } => (Some(*practice), client.to_string(), None),
        Scope::Actor(actor) => (Some(actor.practice), actor.person.to_string(), Some(actor.role)),
    };
    let kinds: Vec<&'static str> = role.into_iter().flat_map(TicketKind::seen_by).map(TicketKind::as_str).collect();
    let kind = |n: usize| Value::from(kinds.get(n).copied().unwrap_or(""));
    vec![Value::from(practice), Value::from(person), kind(0), kind(1), kind(2), kind(3)]
}

fn from_row(row: &Row) -> Result<Ticket, DbError> {
    let mut columns = Columns::of(row);
    let ticket: Ticket = columns.json("ticket.document")?;
    match columns.parse::<TicketId>("ticket.id")? == ticket.id {
        true => Ok(ticket),
        false => Err(row.corrupt("ticket.document")),
    }
}

fn line(row: &Row, ticket: TicketId) -> Result<Line, DbError> {
    let mut columns = Columns::of(row);
    let at: Instant = columns.get()?;
    Ok(Line {
        ticket,
        at,
        by: columns.parse_opt("ticket_line.made_by")?,
        kind: columns.parse("ticket_line.kind")?,
        words: columns.get()?,
    })
}
