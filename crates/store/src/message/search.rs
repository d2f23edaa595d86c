//! Everything that was sent, the newest first, found by whom it was for, by which way, what for and where it stands.

use super::from_row;
use super::statements::{FOUND, FOUND_FOR, ONE};
use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::search;
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::Scope;
use domain::id::{MessageId, TherapistId};
use domain::message::{Message, MessageKind, MessageState};
use domain::person::{Channel, PersonRef};
use domain::time::Instant;

/// Which messages are wanted, of those in scope. The default wants them all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Only to this person.
    pub to: Option<PersonRef>,
    /// Only by this way.
    pub channel: Option<Channel>,
    /// Only for this purpose.
    pub kind: Option<MessageKind>,
    /// Only what stands so; of several, any of the first four.
    pub states: Vec<MessageState>,
    /// Only what is about this therapist's appointments or to them.
    pub therapist: Option<TherapistId>,
    /// Only from this moment on, UTC.
    pub from: Option<Instant>,
    /// Only before this moment, UTC.
    pub until: Option<Instant>,
    /// Only to people whose name has words that begin with these.
    pub name: String,
    /// Only what was handed over, or could not be.
    pub went: bool,
}

/// The messages in scope that are wanted, the newest first: by hand-off, else by the moment that it is planned for.
pub fn found(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    wanted: &Wanted,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Message>, DbError> {
    let limits = scope.limits();
    let own = limits.client.map(PersonRef::Client);
    let to = match (own, wanted.to) {
        (Some(own), Some(to)) if own != to => return Ok(Page::empty()),
        (own, to) => own.or(to),
    };
    let ranges = search::ranges(&wanted.name);
    if ranges.is_empty() && !wanted.name.trim().is_empty() {
        return Ok(Page::empty());
    }
    let start = Cursor::highest();
    let after = after.unwrap_or(&start);
    let mut values = vals![
        limits.practice,
        limits.therapist,
        to.map(|person| person.to_string()),
        wanted.channel.map(Channel::word),
        wanted.kind.map(MessageKind::as_str),
        wanted.went,
        wanted.from.unwrap_or(Instant::from_micros(i64::MIN)),
        wanted.until.unwrap_or(Instant::from_micros(i64::MAX)),
        after.at,
        after.id.as_str(),
        rows_for(limit),
        wanted.therapist
    ]
    .to_vec();
    // Of fewer states than there is room for, the first stands once more.
    let first = wanted.states.first().copied();
    values.extend((0..4).map(|n| Value::from(wanted.states.get(n).copied().or(first).map(MessageState::as_str))));
    values.extend((0..search::WORDS).flat_map(|n| {
        let range = ranges.get(n);
        [range.map(|(from, _)| from.as_str()), range.map(|(_, to)| to.as_str())].map(Value::from)
    }));
    let sql = if to.is_some() { FOUND_FOR } else { FOUND };
    let rows = tx.query(sql, &values)?;
    let place = |message: &Message| (message.handed_at.unwrap_or(message.send_at), message.id.to_string());
    let found = rows.iter().map(from_row).collect();
    Ok(super::without_conversations(scope, Page::of(found, limit, place)?))
}

/// One message, if it is in scope.
pub fn one(tx: &mut Tx<'_>, scope: &Scope<'_>, id: MessageId) -> Result<Option<Message>, DbError> {
    let limits = scope.limits();
    let own = limits.client.map(|client| PersonRef::Client(client).to_string());
    let row = tx.query_opt(ONE, vals![limits.practice, limits.therapist, own, id])?;
    let found = row.map(|row| from_row(&row)).transpose()?;
    Ok(found.filter(|message| super::may_read(scope, message)))
}
