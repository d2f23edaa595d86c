//! Lists of messages, in the order of hand-off: what has not been handed over stands at its planned moment.

use super::from_row;
use super::statements::{EVERYWHERE, IN_PRACTICE, TO};
use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::tx::Tx;
use crate::vals;
use domain::access::Scope;
use domain::message::{Message, MessageKind};
use domain::person::{Channel, PersonRef};
use domain::time::Instant;

/// Which messages are wanted, of those in scope. The default wants them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only to this person.
    pub to: Option<PersonRef>,
    /// Only by this way.
    pub channel: Option<Channel>,
    /// Only for this purpose.
    pub kind: Option<MessageKind>,
    /// Only what was handed over; otherwise also what waits or will never go.
    pub handed_only: bool,
    /// Only from this moment on, UTC.
    pub since: Option<Instant>,
}

/// The messages in scope that the filter wants, in the order of hand-off. Clients and links see what is to the client.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Message>, DbError> {
    let (limits, start) = (scope.limits(), Cursor::lowest());
    let own = limits.client.map(PersonRef::Client);
    let to = match (own, filter.to) {
        (Some(own), Some(to)) if own != to => return Ok(Page::empty()),
        (own, to) => own.or(to),
    };
    let sql = match (to, limits.practice) {
        (Some(_), _) => TO,
        (None, Some(_)) => IN_PRACTICE,
        (None, None) => EVERYWHERE,
    };
    let after = after.unwrap_or(&start);
    let rows = tx.query(
        sql,
        vals![
            limits.practice,
            limits.therapist,
            to.map(|person| person.to_string()),
            filter.channel.map(Channel::word),
            filter.kind.map(MessageKind::as_str),
            filter.handed_only,
            filter.since.unwrap_or(Instant::from_micros(i64::MIN)),
            after.at,
            after.id.as_str(),
            rows_for(limit)
        ],
    )?;
    let place = |message: &Message| (message.handed_at.unwrap_or(message.send_at), message.id.to_string());
    let found = rows.iter().map(from_row).collect();
    Ok(super::without_conversations(scope, Page::of(found, limit, place)?))
}
