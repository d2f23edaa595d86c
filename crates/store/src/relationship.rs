//! Working relationships of one therapist and one client.

use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::{Limits, Scope};
use domain::id::{ClientId, RelationshipId, TherapistId};
use domain::practice::{PolicyAcceptance, Relationship, RelationshipFile, RelationshipState};
use domain::time::Instant;

macro_rules! relationship_columns {
    () => {
        "id, practice, therapist, client, state, accepted_version, accepted_at, accepted_how, file, \
         (SELECT p.document FROM pathway p WHERE p.id = relationship.pathway)"
    };
}
macro_rules! in_scope {
    () => {
        " AND (CAST($1 AS TEXT) IS NULL OR practice = $1) AND (CAST($2 AS TEXT) IS NULL OR therapist = $2)
          AND (CAST($3 AS TEXT) IS NULL OR client = $3)"
    };
}

const INSERT: Sql = sql!(
    "INSERT INTO relationship (id, practice, therapist, client, state, accepted_version, accepted_at, accepted_how,
         file, pathway)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);
const UPDATE: Sql = sql!(
    "UPDATE relationship SET state = $2, accepted_version = $3, accepted_at = $4, accepted_how = $5,
         file = $6, pathway = $7 WHERE id = $1"
);
const LOAD: Sql = sql!("SELECT ", relationship_columns!(), " FROM relationship WHERE id = $4", in_scope!());
const OF: Sql =
    sql!("SELECT ", relationship_columns!(), " FROM relationship WHERE therapist = $4 AND client = $5", in_scope!());
const LATEST_OF: Sql = sql!(
    "SELECT ",
    relationship_columns!(),
    " FROM relationship WHERE client = $4",
    in_scope!(),
    " ORDER BY CASE state WHEN 'active' THEN 0 WHEN 'paused' THEN 1 ELSE 2 END, id DESC LIMIT 1"
);
macro_rules! from_there {
    () => {
        " AND id > $4 AND (CAST($5 AS TEXT) IS NULL OR state = $5) ORDER BY id LIMIT $6"
    };
}
// One by each index: of a client, of a therapist, of a practice, of everybody.
const LIST: [Sql; 4] = [
    sql!("SELECT ", relationship_columns!(), " FROM relationship WHERE client = $3", in_scope!(), from_there!()),
    sql!("SELECT ", relationship_columns!(), " FROM relationship WHERE therapist = $2", in_scope!(), from_there!()),
    sql!("SELECT ", relationship_columns!(), " FROM relationship WHERE practice = $1", in_scope!(), from_there!()),
    sql!(
        "SELECT ",
        relationship_columns!(),
        " FROM relationship WHERE CAST($1 AS TEXT) IS NULL",
        in_scope!(),
        from_there!()
    ),
];

/// Adds a relationship. `Unique` where the two have one already.
pub fn insert(tx: &mut Tx<'_>, relationship: &Relationship) -> Result<(), DbError> {
    let Relationship { id, practice, therapist, client, state, accepted_policy, file, pathway } = relationship;
    let mut values = vals![*id, *practice, *therapist, *client, state.as_str()].to_vec();
    values.extend(accepted(accepted_policy.as_ref()));
    values.push(Value::from(document(file)?));
    values.push(Value::from(pathway.as_ref().map(|pathway| pathway.id.to_string())));
    tx.execute(INSERT, &values).map(|_| ())
}

/// Keeps its state and what the client accepted. Says whether there is such a one.
pub fn update(tx: &mut Tx<'_>, relationship: &Relationship) -> Result<bool, DbError> {
    let mut values = vals![relationship.id, relationship.state.as_str()].to_vec();
    values.extend(accepted(relationship.accepted_policy.as_ref()));
    values.push(Value::from(document(&relationship.file)?));
    values.push(Value::from(relationship.pathway.as_ref().map(|pathway| pathway.id.to_string())));
    Ok(tx.execute(UPDATE, &values)? == 1)
}

/// One relationship, if it is in scope.
pub fn load(tx: &mut Tx<'_>, scope: &Scope<'_>, id: RelationshipId) -> Result<Option<Relationship>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, id];
    tx.query_opt(LOAD, values)?.map(|row| from_row(&row)).transpose()
}

/// The relationship of these two, if they have one and it is in scope.
pub fn of(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    therapist: TherapistId,
    client: ClientId,
) -> Result<Option<Relationship>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, therapist, client];
    tx.query_opt(OF, values)?.map(|row| from_row(&row)).transpose()
}

/// The client's relationship in scope that is worked in now, else the newest.
pub fn latest_of(tx: &mut Tx<'_>, scope: &Scope<'_>, client: ClientId) -> Result<Option<Relationship>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, client];
    tx.query_opt(LATEST_OF, values)?.map(|row| from_row(&row)).transpose()
}

/// The relationships in scope, oldest first; only those in `state` where one is named.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    state: Option<RelationshipState>,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Relationship>, DbError> {
    let limits = scope.limits();
    let after = after.map_or("", |cursor| cursor.id.as_str());
    let state = state.map(RelationshipState::as_str);
    let values = vals![limits.practice, limits.therapist, limits.client, after, state, rows_for(limit)];
    let way = match limits {
        Limits { client: Some(_), .. } => 0,
        Limits { therapist: Some(_), .. } => 1,
        Limits { practice: Some(_), .. } => 2,
        _ => 3,
    };
    let rows = tx.query(LIST[way], values)?;
    Page::of(rows.iter().map(from_row).collect(), limit, |found| (Instant::from_micros(0), found.id.to_string()))
}

fn document(file: &RelationshipFile) -> Result<Option<String>, DbError> {
    (!file.is_empty()).then(|| json(file)).transpose()
}

fn accepted(accepted: Option<&PolicyAcceptance>) -> [Value<'static>; 3] {
    [
        Value::from(accepted.map(|a| a.version)),
        Value::from(accepted.map(|a| a.at)),
        Value::from(accepted.map(|a| a.how.as_str())),
    ]
}

fn from_row(row: &Row) -> Result<Relationship, DbError> {
    let mut columns = Columns::of(row);
    Ok(Relationship {
        id: columns.parse("relationship.id")?,
        practice: columns.parse("relationship.practice")?,
        therapist: columns.parse("relationship.therapist")?,
        client: columns.parse("relationship.client")?,
        state: columns.parse("relationship.state")?,
        accepted_policy: {
            let (version, at) = (columns.get()?, columns.get()?);
            match (version, at, columns.parse_opt("relationship.accepted_how")?) {
                (Some(version), Some(at), Some(how)) => Some(PolicyAcceptance { version, at, how }),
                (None, None, None) => None,
                _ => return Err(row.corrupt("relationship.accepted_at")),
            }
        },
        file: columns.json_opt("relationship.file")?.unwrap_or_default(),
        pathway: columns.json_opt("pathway.document")?,
    })
}
