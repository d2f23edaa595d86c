-- A person may be told one thing by several ways: one message for each of them (U1).
DROP INDEX message_once;
CREATE UNIQUE INDEX message_once ON message (appointment, revision, to_person, kind, channel)
    WHERE kind NOT IN ('escalation', 'call_task', 'promise', 'booking_link', 'sign_in', 'message', 'ticket',
        'ticket_answer', 'closing', 'client_wrote', 'passed_on', 'help');

-- What clients write back. The gateway's or mail server's own name for it: handed over twice, it is one.
CREATE TABLE inbound (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    client {T} NOT NULL REFERENCES person (id),
    answers {T} REFERENCES message (id),
    appointment {T} REFERENCES appointment (id),
    channel {T} NOT NULL,
    address {T} NOT NULL,
    body {T} NOT NULL,
    received_at {I} NOT NULL,
    understood {T},
    reference {T} NOT NULL UNIQUE
) {OPT};
CREATE INDEX inbound_by_client ON inbound (client, received_at, id);
CREATE INDEX inbound_by_practice ON inbound (practice, received_at, id);

CREATE INDEX person_by_phone ON person (phone) WHERE phone IS NOT NULL;
-- Whom a number was texted about last.
CREATE INDEX message_texted ON message (address, handed_at) WHERE channel = 'sms';

-- The worker looks for the next practice's first job, and for the longest due, by one step each (`job::claim`).
DROP INDEX job_due;
CREATE INDEX job_turn ON job (priority, practice, due_at, kind, subject) WHERE given_up = 0;
CREATE INDEX job_lane ON job (priority, due_at, kind, subject) WHERE given_up = 0;

-- How much was used in a period: texts of a practice in a day, texts to a number in an hour. One row is read, whatever
-- was sent.
CREATE TABLE tally (
    what {T} NOT NULL,
    period {I} NOT NULL,
    used {I} NOT NULL,
    ends_at {I} NOT NULL,
    PRIMARY KEY (what, period)
) {ROWLESS};
CREATE INDEX tally_ends ON tally (ends_at);
