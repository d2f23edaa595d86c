//! Every statement about messages.

use crate::sql;
use crate::sql::Sql;

macro_rules! message_columns {
    () => {
        "m.id, m.practice, m.command, m.appointment, m.revision, m.to_person, m.address, m.channel, m.kind, m.urgent, \
         m.subject, m.body, m.html, m.calendar_method, m.calendar, m.link, m.written_at, m.send_at, m.state, \
         m.handed_at, m.last_reply"
    };
}
pub(super) const INSERT: Sql = sql!(
    "INSERT INTO message (id, practice, command, appointment, revision, to_person, address, channel, kind, urgent,
         subject, body, html, calendar_method, calendar, link, written_at, send_at, state, handed_at, last_reply,
         template, facts)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)"
);
pub(super) const LOAD: Sql = sql!("SELECT ", message_columns!(), " FROM message m WHERE m.id = $1");
pub(super) const OF_APPOINTMENT: Sql = sql!(
    "SELECT ",
    message_columns!(),
    " FROM message m WHERE m.appointment = $1 ORDER BY m.written_at, m.revision, m.id"
);
pub(super) const SUPERSEDE: Sql = sql!(
    "UPDATE message SET state = 'superseded' WHERE appointment = $1 AND revision < $2 AND to_person = $3
         AND state = 'pending' AND kind IN ('confirmation', 'cancellation', 'rescheduled', 'offer', 'time_kept', 'requested', 'running_late', 'client_late',
             'stepped_away', 'reminder') RETURNING id"
);
pub(super) const SUPERSEDE_KIND: Sql = sql!(
    "UPDATE message SET state = 'superseded' WHERE appointment = $1 AND revision < $2 AND to_person = $3
         AND state = 'pending' AND kind = $4 RETURNING id"
);
// What this person was, or is being, told of other revisions, or is about to be told of newer ones: $1 appointment, $2 to
// whom, $3 revision, $4 now. Locked, so that of two workers who look at once the second sees what the first one took in
// hand.
pub(super) const BESIDE: Sql = sql!(
    "SELECT m.revision, m.kind, j.lease_until FROM message m LEFT JOIN job j ON j.kind = 'deliver' AND j.subject = m.id
     WHERE m.appointment = $1 AND m.to_person = $2 AND m.revision <> $3
         AND (m.state IN ('leased', 'accepted', 'delivered', 'unknown')
             OR (m.state = 'undeliverable' AND m.revision > $3)
             OR (m.state = 'pending' AND m.revision > $3 AND m.send_at <= $4)) ORDER BY m.id",
    pg " FOR UPDATE OF m"
);
pub(super) const LEASE: Sql =
    sql!("UPDATE message SET state = 'leased' WHERE id = $1 AND state IN ('pending', 'leased', 'unknown')");
pub(super) const RECORD: Sql = sql!(
    "UPDATE message SET state = $2, last_reply = $3, handed_at = CASE
         WHEN handed_at IS NULL AND $2 IN ('accepted', 'delivered', 'unknown') THEN $4 ELSE handed_at END
     WHERE id = $1 AND state IN ('pending', 'leased', 'accepted', 'unknown')"
);
// What tells the same by another way and still waits: $1 appointment, $2 revision, $3 to whom, $4 kind, $5 the way.
// What waits behind it is to go later than it; a letter that goes anyway, with its calendar part, is not.
pub(super) const CANCEL_BEHIND: Sql = sql!(
    "UPDATE message SET state = 'cancelled' WHERE appointment = $1 AND revision = $2 AND to_person = $3 AND kind = $4
         AND channel <> $5 AND written_at = $6 AND (send_at > $7 OR channel = 'push')
         AND state IN ('pending', 'unknown') RETURNING id"
);
// What need not go any more: $1 appointment, $2 to whom.
pub(super) const SPARE_NEWS: Sql = sql!(
    "UPDATE message SET state = 'cancelled' WHERE appointment = $1 AND to_person = $2 AND state = 'pending'
         AND kind IN ('running_late', 'client_late', 'stepped_away') RETURNING id"
);
pub(super) const SPARE_STUCK: Sql = sql!(
    "UPDATE message SET state = 'cancelled' WHERE appointment = $1 AND to_person = $2 AND channel = 'sms'
         AND kind <> 'reminder' AND last_reply IS NOT NULL AND state IN ('pending', 'unknown') RETURNING id"
);
pub(super) const READDRESS: Sql = sql!(
    "UPDATE message SET address = $4 WHERE to_person = $1 AND channel = $2 AND address = $3 AND state = 'pending'
         AND handed_at IS NULL AND kind <> 'confirm_address'"
);
// Whether the text that it waits behind has arrived: the same values, of the one that waits. What lies in the portal has not.
pub(super) const ARRIVED: Sql = sql!(
    "SELECT id FROM message WHERE appointment = $1 AND revision = $2 AND to_person = $3 AND kind = $4
         AND channel = 'sms' AND channel <> $5 AND written_at = $6 AND send_at < $7 AND state = 'delivered' LIMIT 1"
);
pub(super) const CANCEL_WAITING: Sql = sql!(
    "UPDATE message SET state = 'cancelled' WHERE to_person = $1 AND kind = 'message_waiting' AND state = 'pending'
         RETURNING id"
);
pub(super) const SEND_BEHIND: Sql = sql!(
    "UPDATE message SET send_at = $7 WHERE appointment = $1 AND revision = $2 AND to_person = $3 AND kind = $4
         AND channel <> $5 AND channel NOT IN ('push', 'in_app') AND written_at = $6 AND state = 'pending' RETURNING id"
);
pub(super) const OLDER: Sql = sql!(
    "SELECT max(written_at) FROM message WHERE appointment = $1 AND revision < $2 AND to_person = $3
         AND (state = 'leased' OR handed_at IS NOT NULL)"
);

pub(super) const TEXTED: Sql = sql!(
    "SELECT ",
    message_columns!(),
    " FROM message m WHERE m.address = $1 AND m.channel = 'sms' AND m.handed_at >= $2
      ORDER BY m.handed_at DESC, m.id DESC LIMIT $3"
);

pub(super) const TOLD: Sql = sql!(
    "SELECT ",
    message_columns!(),
    " FROM message m WHERE m.to_person = $1 AND COALESCE(m.handed_at, m.send_at) >= $2 AND m.handed_at IS NOT NULL
      ORDER BY COALESCE(m.handed_at, m.send_at) DESC, m.id DESC LIMIT $3"
);
pub(super) const UNDELIVERED: Sql = sql!(
    "SELECT ",
    message_columns!(),
    " FROM message m WHERE m.practice = $1 AND m.state = 'undeliverable' AND m.settled_at IS NULL AND m.channel <> 'push'
      ORDER BY m.written_at DESC, m.id DESC LIMIT $2"
);
pub(super) const AGAIN: Sql = sql!(
    "UPDATE message SET state = 'pending', address = $2, send_at = $3
     WHERE id = $1 AND state = 'undeliverable' AND settled_at IS NULL"
);
pub(super) const SETTLE: Sql =
    sql!("UPDATE message SET settled_at = $2 WHERE id = $1 AND state = 'undeliverable' AND settled_at IS NULL");

pub(super) const TRIED: Sql = sql!(
    "INSERT INTO message_try (message, number, at, through, outcome, reply, digest)
     SELECT $1, COALESCE(MAX(t.number), 0) + 1, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT),
         CAST($5 AS TEXT), CAST($6 AS TEXT) FROM message_try t WHERE t.message = $1"
);
pub(super) const TRIES: Sql = sql!(
    "SELECT t.at, t.through, t.outcome, t.reply, t.digest FROM message_try t WHERE t.message = $1
     ORDER BY t.number LIMIT $2"
);
// Of the newest texts that a gateway took: how many, and of how many it has said what became of them. $1 the gateway, $2 from,
// $3 before, $4 how many are looked at.
pub(super) const REPORTED: Sql = sql!(
    "SELECT count(*), COALESCE(sum(CASE WHEN newest.state IN ('delivered', 'undeliverable') THEN 1 ELSE 0 END), 0)
     FROM (SELECT m.state FROM message_try t JOIN message m ON m.id = t.message
           WHERE t.through = $1 AND t.outcome = 'accepted' AND t.at >= $2 AND t.at < $3
           ORDER BY t.at DESC LIMIT $4) AS newest"
);
pub(super) const MADE_FROM: Sql = sql!("SELECT m.template, m.facts FROM message m WHERE m.id = $1");

// Lists: $1 practice, $2 therapist, $3 to whom. A therapist sees what is about their appointments or to them, and words to a
// client of theirs about no appointment, unless another therapist wrote them, they stand in a conversation of another's, or
// it is a link of another's.
macro_rules! in_scope {
    () => {
        " AND (CAST($1 AS TEXT) IS NULL OR m.practice = $1)
              AND (CAST($2 AS TEXT) IS NULL OR m.to_person = $2
                  OR m.appointment IN (SELECT id FROM appointment WHERE therapist = $2)
                  OR (m.appointment IS NULL AND m.kind IN ('message', 'booking_link')
                      AND m.to_person IN (SELECT client FROM relationship WHERE therapist = $2)
                      AND (m.link IS NULL OR m.link IN (SELECT id FROM relationship WHERE therapist = $2))
                      AND NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.command = m.command AND e.actor <> $2
                          AND substr(e.actor, 1, 4) = 'thp_')
                      AND NOT EXISTS (SELECT 1 FROM conversation_line l WHERE l.id = m.id AND l.therapist <> $2)))
              AND (CAST($3 AS TEXT) IS NULL OR m.to_person = $3)"
    };
}
macro_rules! filtered {
    () => {
        " AND (CAST($4 AS TEXT) IS NULL OR m.channel = $4) AND (CAST($5 AS TEXT) IS NULL OR m.kind = $5)
              AND ($6 = 0 OR m.handed_at IS NOT NULL) AND COALESCE(m.handed_at, m.send_at) >= $7
              AND (COALESCE(m.handed_at, m.send_at), m.id) > ($8, $9)
              ORDER BY COALESCE(m.handed_at, m.send_at), m.id LIMIT $10"
    };
}
pub(super) const TO: Sql =
    sql!("SELECT ", message_columns!(), " FROM message m WHERE m.to_person = $3", in_scope!(), filtered!());
pub(super) const IN_PRACTICE: Sql =
    sql!("SELECT ", message_columns!(), " FROM message m WHERE m.practice = $1", in_scope!(), filtered!());
pub(super) const EVERYWHERE: Sql =
    sql!("SELECT ", message_columns!(), " FROM message m WHERE CAST($1 AS TEXT) IS NULL", in_scope!(), filtered!());

// The same, the newest first: $4 way, $5 purpose, $6 only what went, $7 from, $8 until, $9 and $10 the cursor, $11 how many,
// $12 a therapist, $13 to $16 states, $17 to $24 words of a name.
macro_rules! wanted {
    () => {
        " AND (CAST($4 AS TEXT) IS NULL OR m.channel = $4) AND (CAST($5 AS TEXT) IS NULL OR m.kind = $5)
          AND ($6 = 0 OR m.handed_at IS NOT NULL OR m.state = 'undeliverable')
          AND COALESCE(m.handed_at, m.send_at) >= $7 AND COALESCE(m.handed_at, m.send_at) < $8
          AND (COALESCE(m.handed_at, m.send_at), m.id) < ($9, $10)
          AND (CAST($12 AS TEXT) IS NULL OR m.to_person = $12
              OR m.appointment IN (SELECT id FROM appointment WHERE therapist = $12))
          AND (CAST($13 AS TEXT) IS NULL OR m.state IN ($13, $14, $15, $16))
          AND (CAST($17 AS TEXT) IS NULL
              OR m.to_person IN (SELECT person FROM person_word WHERE practice = $1 AND word >= $17 AND word < $18))
          AND (CAST($19 AS TEXT) IS NULL
              OR m.to_person IN (SELECT person FROM person_word WHERE practice = $1 AND word >= $19 AND word < $20))
          AND (CAST($21 AS TEXT) IS NULL
              OR m.to_person IN (SELECT person FROM person_word WHERE practice = $1 AND word >= $21 AND word < $22))
          AND (CAST($23 AS TEXT) IS NULL
              OR m.to_person IN (SELECT person FROM person_word WHERE practice = $1 AND word >= $23 AND word < $24))
          ORDER BY COALESCE(m.handed_at, m.send_at) DESC, m.id DESC LIMIT $11"
    };
}
pub(super) const FOUND: Sql =
    sql!("SELECT ", message_columns!(), " FROM message m WHERE m.practice = $1", in_scope!(), wanted!());
pub(super) const FOUND_FOR: Sql =
    sql!("SELECT ", message_columns!(), " FROM message m WHERE m.to_person = $3", in_scope!(), wanted!());
pub(super) const ONE: Sql = sql!("SELECT ", message_columns!(), " FROM message m WHERE m.id = $4", in_scope!());
