//! Conversations in the portal: which lines there are, and who has opened them. The words are where they were before, a
//! client's in `inbound` and ours in `message`.

use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::{Limits, Scope};
use domain::conversation::{Between, Line, LineId, Thread};
use domain::id::{ClientId, RelationshipId};
use domain::person::PersonRef;
use domain::time::Instant;

const INSERT: Sql = sql!(
    "INSERT INTO conversation_line (id, practice, relationship, therapist, client, from_client, author, written_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING"
);
macro_rules! line_columns {
    () => {
        "SELECT l.id, l.practice, l.relationship, l.therapist, l.client, l.author, COALESCE(m.body, i.body), m.kind,
             m.link, i.understood, l.written_at, l.read_at
         FROM conversation_line l LEFT JOIN message m ON m.id = l.id LEFT JOIN inbound i ON i.id = l.id"
    };
}
// $1 practice, $2 therapist, $3 client.
macro_rules! in_scope {
    () => {
        " AND (CAST($1 AS TEXT) IS NULL OR l.practice = $1) AND (CAST($2 AS TEXT) IS NULL OR l.therapist = $2)
              AND (CAST($3 AS TEXT) IS NULL OR l.client = $3)"
    };
}
const LINES: Sql = sql!(
    line_columns!(),
    " WHERE l.relationship = $4",
    in_scope!(),
    " AND (l.written_at, l.id) < ($5, $6) ORDER BY l.written_at DESC, l.id DESC LIMIT $7"
);
// Those of the other side that nobody has opened: $5 is 1 for the client's own words, 0 for those to the client.
const UNREAD: Sql = sql!(
    line_columns!(),
    " WHERE l.relationship = $4",
    in_scope!(),
    " AND l.from_client = $5 AND l.read_at IS NULL ORDER BY l.written_at, l.id LIMIT $6"
);
const MARK: Sql = sql!("UPDATE conversation_line SET read_at = $2 WHERE id = $1 AND read_at IS NULL");
const READ_AT: Sql = sql!("SELECT read_at FROM conversation_line WHERE id = $1");
macro_rules! threads {
    () => {
        "SELECT l.practice, l.relationship, l.therapist, l.client, max(l.written_at),
             count(*) FILTER (WHERE l.from_client = 1 AND l.read_at IS NULL),
             count(*) FILTER (WHERE l.from_client = 0 AND l.read_at IS NULL)
         FROM conversation_line l"
    };
}
macro_rules! unread_first {
    () => {
        " GROUP BY l.practice, l.relationship, l.therapist, l.client
          ORDER BY CASE WHEN count(*) FILTER (WHERE l.from_client = 1 AND l.read_at IS NULL) > 0 THEN 0 ELSE 1 END,
              max(l.written_at) DESC, l.relationship LIMIT $4"
    };
}
// By each index: of a client, of a therapist, of a practice.
const THREADS: [Sql; 3] = [
    sql!(threads!(), " WHERE l.client = $3", in_scope!(), unread_first!()),
    sql!(threads!(), " WHERE l.therapist = $2", in_scope!(), unread_first!()),
    sql!(threads!(), " WHERE l.practice = $1", in_scope!(), unread_first!()),
];
const TO_CLIENT_SINCE: Sql = sql!(
    "SELECT max(m.written_at) FROM message m WHERE m.to_person = $1 AND m.kind = 'message_waiting'
         AND COALESCE(m.handed_at, m.send_at) >= $2"
);

/// Adds a line, once: false where it is there already.
#[must_use = "where it is false it was there already"]
pub fn insert(
    tx: &mut Tx<'_>,
    between: &Between,
    id: LineId,
    author: Option<PersonRef>,
    at: Instant,
) -> Result<bool, DbError> {
    let Between { practice, relationship, therapist, client } = *between;
    let from_client = matches!(id, LineId::Said(_));
    let author = author.map(|person| person.to_string());
    let values = vals![id.to_string(), practice, relationship, therapist, client, from_client, author, at];
    Ok(tx.execute(INSERT, values)? == 1)
}

/// The lines of a conversation in scope, newest first.
pub fn lines(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    relationship: RelationshipId,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Line>, DbError> {
    let limits = scope.limits();
    let after = after.cloned().unwrap_or_else(Cursor::highest);
    let Limits { practice, therapist, client } = limits;
    let values = vals![practice, therapist, client, relationship, after.at, &after.id, rows_for(limit)];
    let rows = tx.query(LINES, values)?;
    Page::of(rows.iter().map(from_row).collect(), limit, |line| (line.written_at, line.id.to_string()))
}

/// Lines of one side that the other has not opened, oldest first: the client's own, or those to the client.
pub fn unread(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    relationship: RelationshipId,
    of_client: bool,
    limit: u32,
) -> Result<Vec<Line>, DbError> {
    let Limits { practice, therapist, client } = scope.limits();
    let rows = tx.query(UNREAD, vals![practice, therapist, client, relationship, of_client, limit])?;
    rows.iter().map(from_row).collect()
}

/// The other side has opened it. False where they had before.
#[must_use = "where it is false it was opened before"]
pub fn mark_read(tx: &mut Tx<'_>, id: LineId, at: Instant) -> Result<bool, DbError> {
    Ok(tx.execute(MARK, vals![id.to_string(), at])? == 1)
}

/// When a line was opened; none where it was not, or where there is no such line.
pub fn read_at(tx: &mut Tx<'_>, id: LineId) -> Result<Option<Instant>, DbError> {
    tx.query_opt(READ_AT, vals![id.to_string()])?.map_or(Ok(None), |row| row.get(0))
}

/// Conversations in scope: those in which a client waits to be read first, then the newest.
pub fn threads(tx: &mut Tx<'_>, scope: &Scope<'_>, limit: u32) -> Result<Vec<Thread>, DbError> {
    let limits = scope.limits();
    let way = match limits {
        Limits { client: Some(_), .. } => 0,
        Limits { therapist: Some(_), .. } => 1,
        _ => 2,
    };
    let Limits { practice, therapist, client } = limits;
    let rows = tx.query(THREADS[way], vals![practice, therapist, client, limit])?;
    rows.iter().map(thread_from).collect()
}

/// When this person was last told that something waits, since then; none where they were not.
pub fn nudged_since(tx: &mut Tx<'_>, to: PersonRef, since: Instant) -> Result<Option<Instant>, DbError> {
    tx.query_one(TO_CLIENT_SINCE, vals![to.to_string(), since])?.get(0)
}

fn between(columns: &mut Columns<'_>) -> Result<Between, DbError> {
    Ok(Between {
        practice: columns.parse("conversation_line.practice")?,
        relationship: columns.parse("conversation_line.relationship")?,
        therapist: columns.parse("conversation_line.therapist")?,
        client: columns.parse::<ClientId>("conversation_line.client")?,
    })
}

fn from_row(row: &Row) -> Result<Line, DbError> {
    let mut columns = Columns::of(row);
    Ok(Line {
        id: columns.parse("conversation_line.id")?,
        between: between(&mut columns)?,
        author: columns.parse_opt("conversation_line.author")?,
        words: columns.get()?,
        kind: columns.parse_opt("message.kind")?,
        link: {
            let word: Option<String> = columns.get()?;
            word.map(|word| crate::message::link_of(&word).ok_or_else(|| row.corrupt("message.link"))).transpose()?
        },
        understood: columns.get()?,
        written_at: columns.get()?,
        read_at: columns.get()?,
    })
}

fn thread_from(row: &Row) -> Result<Thread, DbError> {
    let mut columns = Columns::of(row);
    Ok(Thread {
        between: between(&mut columns)?,
        newest_at: columns.get()?,
        unread_of_client: columns.get()?,
        unread_by_client: columns.get()?,
    })
}
