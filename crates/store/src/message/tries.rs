//! Every try to hand a message over, in order. Only ever added.

use super::statements::{MADE_FROM, REPORTED, TRIED, TRIES};
use crate::error::DbError;
use crate::read::Columns;
use crate::tx::Tx;
use crate::vals;
use domain::id::MessageId;
use domain::message::Facts;
use domain::telling::made::{MadeFrom, Try};
use domain::time::Instant;

/// Tries of one message that are read at most.
const TRIES_MAX: u32 = 200;

/// Puts a try down, behind those before it.
pub fn tried(tx: &mut Tx<'_>, message: MessageId, done: &Try) -> Result<(), DbError> {
    let values = vals![message, done.at, &done.through, done.outcome.as_str(), &done.reply, done.digest.as_deref()];
    tx.execute(TRIED, values).map(|_| ())
}

/// The tries of a message, the first one first. For whoever may see the message.
pub fn tries(tx: &mut Tx<'_>, message: MessageId) -> Result<Vec<Try>, DbError> {
    let rows = tx.query(TRIES, vals![message, TRIES_MAX])?;
    let read = rows.iter().map(|row| {
        let mut columns = Columns::of(row);
        Ok(Try {
            at: columns.get()?,
            through: columns.get()?,
            outcome: columns.parse("message_try.outcome")?,
            reply: columns.get()?,
            digest: columns.get()?,
        })
    });
    read.collect()
}

/// Of the newest texts that this gateway took between these moments, UTC: how many, and of how many it has said what became of
/// them; at most `limit` are looked at.
pub fn reported(
    tx: &mut Tx<'_>,
    through: &str,
    from: Instant,
    before: Instant,
    limit: u32,
) -> Result<(u32, u32), DbError> {
    let row = tx.query_one(REPORTED, vals![through, from, before, limit])?;
    Ok((row.get(0)?, row.get(1)?))
}

/// What a message was made from, where that was kept. For whoever may see the message.
pub fn made_from(tx: &mut Tx<'_>, message: MessageId) -> Result<Option<MadeFrom>, DbError> {
    let Some(row) = tx.query_opt(MADE_FROM, vals![message])? else { return Ok(None) };
    let mut columns = Columns::of(&row);
    let (template, facts): (Option<u32>, Option<Facts>) = (columns.get()?, columns.json_opt("message.facts")?);
    Ok(template.zip(facts).map(|(template, facts)| MadeFrom { template, facts }))
}
