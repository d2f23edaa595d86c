-- Why a client is asked to move an appointment that stands; none where it was called off.
ALTER TABLE offer ADD COLUMN reason {T};

-- What is asked of the team because it is not the therapist's to do. What was asked and what was answered are documents.
CREATE TABLE change_request (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    relationship {T} NOT NULL,
    therapist {T} NOT NULL,
    client {T} NOT NULL,
    appointment {T} NOT NULL REFERENCES appointment (id),
    obligation {T} NOT NULL,
    wish {T} NOT NULL,
    reason {T} NOT NULL,
    asked_by {T} NOT NULL,
    asked_at {I} NOT NULL,
    state {T} NOT NULL,
    answer {T} NOT NULL,
    CONSTRAINT change_request_state CHECK (state IN ('open', 'done', 'declined'))
) {OPT};
CREATE INDEX change_request_by_appointment ON change_request (appointment, asked_at);
CREATE INDEX change_request_open ON change_request (practice, asked_at, id) WHERE state = 'open';

-- Money that waits for a person.
CREATE INDEX appointment_money_open ON appointment (practice, starts_at, id)
    WHERE payment_state IN ('refund_due', 'failed', 'unknown');

-- The way back from the last staff edit of an appointment, while its messages wait.
CREATE TABLE edit_undo (
    appointment {T} NOT NULL PRIMARY KEY REFERENCES appointment (id),
    practice {T} NOT NULL REFERENCES practice (id),
    revision {I} NOT NULL,
    until_at {I} NOT NULL,
    memory {T} NOT NULL
) {OPT};
