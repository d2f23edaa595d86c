//! Guides, their earlier versions, their files, and what readers answered.

use crate::error::DbError;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::guidance::{Attachment, Audience, Guide, Topic};
use domain::id::{AttachmentId, GuideId, PracticeId};

const PUT: Sql = sql!(
    "INSERT INTO guide (id, practice, about, audience, version) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO UPDATE SET audience = excluded.audience, version = excluded.version"
);
const KEEP_VERSION: Sql = sql!("INSERT INTO guide_version (guide, version, document) VALUES ($1, $2, $3)");
const LOAD: Sql = sql!(
    "SELECT v.document, g.id FROM guide g JOIN guide_version v ON v.guide = g.id AND v.version = g.version
     WHERE g.id = $1"
);
const LIST: Sql = sql!(
    "SELECT v.document, g.id FROM guide g JOIN guide_version v ON v.guide = g.id AND v.version = g.version
     WHERE g.practice = $1 AND (CAST($2 AS TEXT) IS NULL OR g.about = $2)
         AND (CAST($3 AS TEXT) IS NULL OR g.audience = $3) ORDER BY g.id LIMIT $4"
);
const VERSIONS: Sql = sql!("SELECT document, guide FROM guide_version WHERE guide = $1 ORDER BY version DESC LIMIT $2");
const ADD_FILE: Sql = sql!("INSERT INTO guide_file (id, guide, name, kind, content) VALUES ($1, $2, $3, $4, $5)");
const FILE: Sql = sql!("SELECT id, guide, name, kind, content FROM guide_file WHERE guide = $1 AND id = $2");
const FILES: Sql = sql!("SELECT id, name, kind, length(content) FROM guide_file WHERE guide = $1 ORDER BY id LIMIT 20");
const REMOVE_FILE: Sql = sql!("DELETE FROM guide_file WHERE guide = $1 AND id = $2");
const ANSWER: Sql = sql!(
    "INSERT INTO guide_feedback (guide, version, helped, answers) VALUES ($1, $2, $3, 1)
     ON CONFLICT (guide, version, helped) DO UPDATE SET answers = guide_feedback.answers + 1"
);
const ANSWERS: Sql = sql!(
    "SELECT helped, CAST(sum(answers) AS BIGINT) FROM guide_feedback WHERE guide = $1 GROUP BY helped ORDER BY helped"
);

/// Guides of a practice at most.
const MANY: u32 = 500;
/// Earlier versions that a page shows at most.
const VERSIONS_SHOWN: u32 = 50;

/// A file of a guide without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// Which.
    pub id: AttachmentId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: domain::guidance::FileKind,
    /// Its bytes in number.
    pub size: u32,
}

/// How many readers said that it helped, and how many that it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answers {
    /// It answered their question.
    pub yes: u32,
    /// It did not.
    pub no: u32,
}

/// Adds a guide, or its next version; the earlier ones stay. `Unique` where this version is there already.
pub fn put(tx: &mut Tx<'_>, guide: &Guide) -> Result<(), DbError> {
    let audience = guide.words.audience.as_str();
    tx.execute(PUT, vals![guide.id, guide.practice, guide.about.as_str(), audience, guide.version])?;
    tx.execute(KEEP_VERSION, vals![guide.id, guide.version, json(guide)?]).map(|_| ())
}

/// One guide in its latest version. Whether somebody may read it is for the flow to say.
pub fn load(tx: &mut Tx<'_>, id: GuideId) -> Result<Option<Guide>, DbError> {
    tx.query_opt(LOAD, vals![id])?.map(|row| from_row(&row)).transpose()
}

/// The guides of a practice in the order in which they were made; only about this, only for these readers.
pub fn list(
    tx: &mut Tx<'_>,
    practice: PracticeId,
    about: Option<Topic>,
    audience: Option<Audience>,
) -> Result<Vec<Guide>, DbError> {
    let values = vals![practice, about.map(Topic::as_str), audience.map(Audience::as_str), MANY];
    tx.query(LIST, values)?.iter().map(from_row).collect()
}

/// Every version of a guide, the latest first.
pub fn versions(tx: &mut Tx<'_>, id: GuideId) -> Result<Vec<Guide>, DbError> {
    tx.query(VERSIONS, vals![id, VERSIONS_SHOWN])?.iter().map(from_row).collect()
}

/// Adds a file.
pub fn add_file(tx: &mut Tx<'_>, file: &Attachment) -> Result<(), DbError> {
    tx.execute(ADD_FILE, vals![file.id, file.guide, &file.name, file.kind.as_str(), &file.bytes]).map(|_| ())
}

/// One file of a guide.
pub fn file(tx: &mut Tx<'_>, guide: GuideId, id: AttachmentId) -> Result<Option<Attachment>, DbError> {
    let row = tx.query_opt(FILE, vals![guide, id])?;
    row.map(|row| {
        let mut columns = Columns::of(&row);
        Ok(Attachment {
            id: columns.parse("guide_file.id")?,
            guide: columns.parse("guide_file.guide")?,
            name: columns.get()?,
            kind: columns.parse("guide_file.kind")?,
            bytes: columns.get()?,
        })
    })
    .transpose()
}

/// The names of a guide's files.
pub fn files(tx: &mut Tx<'_>, guide: GuideId) -> Result<Vec<FileName>, DbError> {
    let rows = tx.query(FILES, vals![guide])?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(FileName {
                id: columns.parse("guide_file.id")?,
                name: columns.get()?,
                kind: columns.parse("guide_file.kind")?,
                size: columns.get()?,
            })
        })
        .collect()
}

/// Takes a file away. Says whether there was one.
pub fn remove_file(tx: &mut Tx<'_>, guide: GuideId, id: AttachmentId) -> Result<bool, DbError> {
    Ok(tx.execute(REMOVE_FILE, vals![guide, id])? == 1)
}

/// Counts one answer to "Did this answer your question?".
pub fn answer(tx: &mut Tx<'_>, guide: &Guide, helped: bool) -> Result<(), DbError> {
    tx.execute(ANSWER, vals![guide.id, guide.version, helped]).map(|_| ())
}

/// What readers answered, all versions together.
pub fn answers(tx: &mut Tx<'_>, id: GuideId) -> Result<Answers, DbError> {
    let mut all = Answers::default();
    for row in tx.query(ANSWERS, vals![id])? {
        let (helped, count): (bool, u32) = (row.get(0)?, row.get(1)?);
        *(if helped { &mut all.yes } else { &mut all.no }) = count;
    }
    Ok(all)
}

fn from_row(row: &Row) -> Result<Guide, DbError> {
    let mut columns = Columns::of(row);
    let guide: Guide = columns.json("guide.document")?;
    match columns.parse::<GuideId>("guide.id")? == guide.id {
        true => Ok(guide),
        false => Err(row.corrupt("guide.document")),
    }
}
