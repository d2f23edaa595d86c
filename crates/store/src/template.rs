//! A practice's own words for what clients are told, in versions that are never changed.

use crate::error::DbError;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::{CommandId, PracticeId};
use domain::message::MessageKind;
use domain::person::Locale;
use domain::telling::template::Template;

macro_rules! template_columns {
    () => {
        "SELECT t.practice, t.kind, t.locale, t.version, t.words, t.made_at, t.made_by FROM message_template t "
    };
}
const INSERT: Sql = sql!(
    "INSERT INTO message_template (practice, kind, locale, version, words, made_at, made_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)"
);
const CHANGED: Sql = sql!("UPDATE practice SET templates = $2 WHERE id = $1");
const LATEST: Sql = sql!(
    template_columns!(),
    "WHERE t.practice = $1 AND t.version = (SELECT max(o.version) FROM message_template o
         WHERE o.practice = t.practice AND o.kind = t.kind AND o.locale = t.locale) ORDER BY t.kind, t.locale"
);
const VERSIONS: Sql = sql!(
    template_columns!(),
    "WHERE t.practice = $1 AND t.kind = $2 AND t.locale = $3 ORDER BY t.version DESC LIMIT $4"
);

/// Adds a version, and lets whoever reads the practice know. `Unique` where there is that version already: somebody else
/// wrote one meanwhile.
pub fn insert(tx: &mut Tx<'_>, template: &Template, change: CommandId) -> Result<(), DbError> {
    let words = template.words.as_ref().map(json).transpose()?;
    tx.execute(
        INSERT,
        vals![
            template.practice,
            template.kind.as_str(),
            template.locale.tag(),
            template.version,
            words,
            template.made_at,
            &template.made_by
        ],
    )?;
    tx.execute(CHANGED, vals![template.practice, change]).map(|_| ())
}

/// The newest version of each that a practice has; those that went back to the house's words are among them.
pub fn latest(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Vec<Template>, DbError> {
    tx.query(LATEST, vals![practice])?.iter().map(from_row).collect()
}

/// The versions of one, the newest first.
pub fn versions(
    tx: &mut Tx<'_>,
    practice: PracticeId,
    kind: MessageKind,
    locale: Locale,
    limit: u32,
) -> Result<Vec<Template>, DbError> {
    tx.query(VERSIONS, vals![practice, kind.as_str(), locale.tag(), limit])?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Template, DbError> {
    let mut columns = Columns::of(row);
    Ok(Template {
        practice: columns.parse("message_template.practice")?,
        kind: columns.parse("message_template.kind")?,
        locale: columns.parse("message_template.locale")?,
        version: columns.get()?,
        words: columns.json_opt("message_template.words")?,
        made_at: columns.get()?,
        made_by: columns.get()?,
    })
}
