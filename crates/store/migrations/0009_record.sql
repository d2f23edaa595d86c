-- Weekly times kept for one client: the pattern as a document, never a booking. The therapist's row carries those that
-- are kept once more, so that looking for free times reads no more rows than before.
CREATE TABLE reserved_slot (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    relationship {T} NOT NULL REFERENCES relationship (id),
    therapist {T} NOT NULL,
    client {T} NOT NULL,
    state {T} NOT NULL,
    pattern {T} NOT NULL,
    CONSTRAINT reserved_slot_state CHECK (state IN ('active', 'paused', 'removed'))
) {OPT};
CREATE INDEX reserved_slot_by_relationship ON reserved_slot (relationship, id);
CREATE INDEX reserved_slot_by_therapist ON reserved_slot (therapist, id);
CREATE INDEX reserved_slot_by_client ON reserved_slot (client, id);
CREATE INDEX reserved_slot_by_practice ON reserved_slot (practice, id);

-- The last risk screening of a client: who may read it is checked on every read.
CREATE TABLE risk_screening (
    client {T} NOT NULL PRIMARY KEY REFERENCES person (id),
    practice {T} NOT NULL REFERENCES practice (id),
    flagged {I} NOT NULL,
    set_by {T} NOT NULL,
    set_at {I} NOT NULL,
    review_by {I},
    CONSTRAINT risk_screening_flag CHECK (flagged IN (0, 1))
) {OPT};
CREATE INDEX risk_screening_flagged ON risk_screening (practice, client) WHERE flagged = 1;

-- What one side says about an appointment, for a dispute. Only ever added.
CREATE TABLE statement (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    appointment {T} NOT NULL REFERENCES appointment (id),
    made_by {T} NOT NULL,
    role {T} NOT NULL,
    words {T} NOT NULL,
    at {I} NOT NULL
) {OPT};
CREATE INDEX statement_by_appointment ON statement (appointment, at, id);

ALTER TABLE therapist ADD COLUMN reserved {T};
ALTER TABLE relationship ADD COLUMN file {T};
ALTER TABLE appointment ADD COLUMN reserved_slot {T};

CREATE INDEX obligation_by_relationship ON obligation (relationship) WHERE appointment IS NULL;

-- A relationship may end, be reopened and end again without any change of its last appointment.
DROP INDEX message_once;
CREATE UNIQUE INDEX message_once ON message (appointment, revision, to_person, kind)
    WHERE kind NOT IN ('escalation', 'call_task', 'promise', 'booking_link', 'sign_in', 'message', 'ticket',
        'ticket_answer', 'closing');
