//! The books. People see a client's account (`rulings` 11); stored is every entry with both of its lines.
//!
//! An entry's amount stands on `client:<id>`, signed from the client's side, and its opposite on the account that the
//! kind of entry names:
//!
//! | kind | other account |
//! |---|---|
//! | charge, late_fee, no_show_fee, waiver, credit, write_off | `income:<practice>` |
//! | payment, refund | `bank:<practice>` |
//! | carry_over | `held:<client>`, empty again once both entries are there |
//! | make_up | `liability:<therapist>` of the appointment, else `liability:<practice>` |
//! | allowance | `payer:<practice>` |

use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::Scope;
use domain::id::{AppointmentId, ClientId, LedgerEntryId, PracticeId, TherapistId};
use domain::ledger::{EntryKind, LedgerEntry};
use domain::money::Money;

macro_rules! of_client {
    () => {
        " FROM ledger_entry WHERE client = $4 AND (CAST($1 AS TEXT) IS NULL OR practice = $1)
             AND (CAST($2 AS TEXT) IS NULL OR client IN (SELECT client FROM relationship WHERE therapist = $2))
             AND (CAST($3 AS TEXT) IS NULL OR client = $3)"
    };
}

const INSERT: Sql = sql!(
    "INSERT INTO ledger_entry (id, practice, client, appointment, kind, amount_minor, currency, reason, at, made_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);
const LINES: Sql = sql!("INSERT INTO ledger_line (entry, account, amount_minor) VALUES ($1, $2, $4), ($1, $3, 0 - $4)");
const THERAPIST_OF: Sql = sql!("SELECT id, therapist FROM appointment WHERE id = $1");
const ACCOUNT: Sql = sql!(
    "SELECT id, practice, client, appointment, kind, amount_minor, currency, reason, at, made_by",
    of_client!(),
    " AND (at, id) > ($5, $6) ORDER BY at, id LIMIT $7"
);
const CURRENCY: Sql = sql!(
    "SELECT p.id, c.currency FROM person p JOIN practice c ON c.id = p.practice
     WHERE p.id = $4 AND p.role = 'client' AND (CAST($1 AS TEXT) IS NULL OR p.practice = $1)
         AND (CAST($2 AS TEXT) IS NULL OR p.id IN (SELECT client FROM relationship WHERE therapist = $2))
         AND (CAST($3 AS TEXT) IS NULL OR p.id = $3)"
);
const BALANCES: Sql =
    sql!("SELECT currency, CAST(sum(amount_minor) AS BIGINT)", of_client!(), " GROUP BY currency ORDER BY currency");
const UNBALANCED: Sql = sql!(
    "SELECT e.id FROM ledger_entry e LEFT JOIN ledger_line l ON l.entry = e.id
     WHERE e.practice = $1 GROUP BY e.id, e.client, e.amount_minor
     HAVING count(l.entry) <> 2 OR CAST(sum(l.amount_minor) AS BIGINT) <> 0
         OR count(*) FILTER (WHERE l.account = 'client:' || e.client AND l.amount_minor = e.amount_minor) <> 1
     ORDER BY e.id LIMIT $2"
);
const OF_APPOINTMENT: Sql = sql!(
    "SELECT id, practice, client, appointment, kind, amount_minor, currency, reason, at, made_by FROM ledger_entry
     WHERE client = $1 AND appointment = $2 ORDER BY at, id"
);
const STANDS_ON: Sql = sql!(
    "SELECT e.currency, CAST(sum(l.amount_minor) AS BIGINT) FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry
     WHERE l.account = $1 GROUP BY e.currency ORDER BY e.currency"
);

/// Adds an entry with its two lines. Entries are never changed or removed; another entry sets them right.
pub fn append(tx: &mut Tx<'_>, entry: &LedgerEntry) -> Result<(), DbError> {
    tx.execute(
        INSERT,
        vals![
            entry.id,
            entry.practice,
            entry.client,
            entry.appointment,
            entry.kind.as_str(),
            entry.amount.amount_minor,
            entry.amount.currency.code(),
            &entry.reason,
            entry.at,
            &entry.by
        ],
    )?;
    let (client, other) = (format!("client:{}", entry.client), other_account(tx, entry)?);
    tx.execute(LINES, vals![entry.id, client, other, entry.amount.amount_minor]).map(|_| ())
}

/// The entries of a client's account, if the client is in scope, the oldest first.
pub fn account(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    client: ClientId,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<LedgerEntry>, DbError> {
    let (limits, start) = (scope.limits(), Cursor::lowest());
    let after = after.unwrap_or(&start);
    let place = (after.at, after.id.as_str());
    let rows = tx.query(
        ACCOUNT,
        vals![limits.practice, limits.therapist, limits.client, client, place.0, place.1, rows_for(limit)],
    )?;
    Page::of(rows.iter().map(from_row).collect(), limit, |entry| (entry.at, entry.id.to_string()))
}

/// The entries of a client's account that are about one appointment, the oldest first.
pub fn of_appointment(
    tx: &mut Tx<'_>,
    client: ClientId,
    appointment: AppointmentId,
) -> Result<Vec<LedgerEntry>, DbError> {
    tx.query(OF_APPOINTMENT, vals![client, appointment])?.iter().map(from_row).collect()
}

/// What a client owes (positive) or has to their good (negative) in the practice's currency: the plain sum of the
/// entries, nothing where there are none. `None` where the client is not in scope.
pub fn balance(tx: &mut Tx<'_>, scope: &Scope<'_>, client: ClientId) -> Result<Option<Money>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, client];
    let Some(row) = tx.query_opt(CURRENCY, values)? else { return Ok(None) };
    let currency = row.parse(1, "practice.currency")?;
    let known = balances(tx, scope, client)?.into_iter().find(|sum| sum.currency == currency);
    Ok(Some(known.unwrap_or(Money::new(0, currency))))
}

/// The sums of a client's entries in each currency that they are in, if the client is in scope.
pub fn balances(tx: &mut Tx<'_>, scope: &Scope<'_>, client: ClientId) -> Result<Vec<Money>, DbError> {
    let limits = scope.limits();
    sums(tx.query(BALANCES, vals![limits.practice, limits.therapist, limits.client, client])?)
}

/// What stands on one account of the books, in each currency: `income:<practice>` and the like.
pub fn stands_on(tx: &mut Tx<'_>, account: &str) -> Result<Vec<Money>, DbError> {
    sums(tx.query(STANDS_ON, vals![account])?)
}

/// The check of a practice's books: entries whose lines are not two, do not sum to nothing, or whose client's line is
/// not the entry's amount. Empty where the books are right.
pub fn unbalanced(tx: &mut Tx<'_>, practice: PracticeId, limit: u32) -> Result<Vec<LedgerEntryId>, DbError> {
    let rows = tx.query(UNBALANCED, vals![practice, limit.max(1)])?;
    rows.iter().map(|row| row.parse(0, "ledger_entry.id")).collect()
}

fn other_account(tx: &mut Tx<'_>, entry: &LedgerEntry) -> Result<String, DbError> {
    let practice = entry.practice;
    Ok(match entry.kind {
        EntryKind::Charge
        | EntryKind::LateFee
        | EntryKind::NoShowFee
        | EntryKind::Waiver
        | EntryKind::Credit
        | EntryKind::WriteOff => format!("income:{practice}"),
        EntryKind::Payment | EntryKind::Refund => format!("bank:{practice}"),
        EntryKind::CarryOver => format!("held:{}", entry.client),
        EntryKind::Allowance => format!("payer:{practice}"),
        EntryKind::MakeUp => {
            let row = entry.appointment.map(|id| tx.query_opt(THERAPIST_OF, vals![id])).transpose()?.flatten();
            let therapist: Option<TherapistId> = row.map(|row| row.parse(1, "appointment.therapist")).transpose()?;
            therapist.map_or(format!("liability:{practice}"), |therapist| format!("liability:{therapist}"))
        }
    })
}

fn sums(rows: Vec<Row>) -> Result<Vec<Money>, DbError> {
    rows.iter().map(|row| Ok(Money::new(row.get(1)?, row.parse(0, "ledger_entry.currency")?))).collect()
}

fn from_row(row: &Row) -> Result<LedgerEntry, DbError> {
    let mut columns = Columns::of(row);
    Ok(LedgerEntry {
        id: columns.parse("ledger_entry.id")?,
        practice: columns.parse("ledger_entry.practice")?,
        client: columns.parse("ledger_entry.client")?,
        appointment: columns.parse_opt("ledger_entry.appointment")?,
        kind: columns.parse("ledger_entry.kind")?,
        amount: Money::new(columns.get()?, columns.parse("ledger_entry.currency")?),
        reason: columns.get()?,
        at: columns.get()?,
        by: columns.get()?,
    })
}
