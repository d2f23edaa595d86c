//! Link tokens: what the links in messages are for. Only a hash of the secret is kept (`rulings` 8).

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::Purpose;
use domain::id::{ClientId, PracticeId, TokenId};
use domain::time::Instant;

const ENSURE: Sql = sql!(
    "INSERT INTO link_token (id, practice, client, purpose, object, secret_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
);
const BY_HASH: Sql = sql!(
    "SELECT id, practice, client, purpose, object, secret_hash, created_at, expires_at FROM link_token
     WHERE secret_hash = $1"
);
const ROTATE: Sql =
    sql!("UPDATE link_token SET secret_hash = $3, created_at = $4, expires_at = $5 WHERE purpose = $1 AND object = $2");
const EXPIRE: Sql =
    sql!("UPDATE link_token SET expires_at = $2 WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)");

/// One link: one purpose, one object, one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub id: TokenId,
    /// Whose practice.
    pub practice: PracticeId,
    /// Whose things it shows.
    pub client: ClientId,
    /// What it may be used for.
    pub purpose: Purpose,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// When it was made, UTC.
    pub created_at: Instant,
    /// From when on it no longer opens anything, UTC; never if none.
    pub expires_at: Option<Instant>,
}

impl Link {
    /// Whether it opens anything at that moment.
    pub fn is_live(&self, now: Instant) -> bool {
        self.expires_at.is_none_or(|expires| now < expires)
    }
}

/// Makes sure that there is a link for this purpose; one that is there already stays as it is.
pub fn ensure(tx: &mut Tx<'_>, link: &Link) -> Result<(), DbError> {
    let (purpose, object) = words(link.purpose);
    tx.execute(
        ENSURE,
        vals![link.id, link.practice, link.client, purpose, object, link.secret_hash, link.created_at, link.expires_at],
    )
    .map(|_| ())
}

/// The link whose secret has this hash. Whether it is live is for the caller to see.
pub fn by_hash(tx: &mut Tx<'_>, hash: [u8; 32]) -> Result<Option<Link>, DbError> {
    tx.query_opt(BY_HASH, vals![hash])?.map(|row| from_row(&row)).transpose()
}

/// Gives the link for this purpose another secret, from now on; the old one opens nothing any more. Says whether there
/// was such a link.
pub fn rotate(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    secret_hash: [u8; 32],
    now: Instant,
    expires_at: Option<Instant>,
) -> Result<bool, DbError> {
    let (purpose, object) = words(purpose);
    Ok(tx.execute(ROTATE, vals![purpose, object, secret_hash, now, expires_at])? == 1)
}

/// Lets a link end at that moment, unless it ends sooner.
pub fn expire(tx: &mut Tx<'_>, id: TokenId, at: Instant) -> Result<(), DbError> {
    tx.execute(EXPIRE, vals![id, at]).map(|_| ())
}

fn words(purpose: Purpose) -> (&'static str, String) {
    match purpose {
        Purpose::ChooseTime(id) => ("choose_time", id.to_string()),
        Purpose::Book(id) => ("book", id.to_string()),
        Purpose::Manage(id) => ("manage", id.to_string()),
    }
}

fn from_row(row: &Row) -> Result<Link, DbError> {
    let mut columns = Columns::of(row);
    Ok(Link {
        id: columns.parse("link_token.id")?,
        practice: columns.parse("link_token.practice")?,
        client: columns.parse("link_token.client")?,
        purpose: match columns.text()? {
            "choose_time" => Purpose::ChooseTime(columns.parse("link_token.object")?),
            "book" => Purpose::Book(columns.parse("link_token.object")?),
            "manage" => Purpose::Manage(columns.parse("link_token.object")?),
            _ => return Err(row.corrupt("link_token.purpose")),
        },
        secret_hash: columns.get()?,
        created_at: columns.get()?,
        expires_at: columns.get()?,
    })
}
