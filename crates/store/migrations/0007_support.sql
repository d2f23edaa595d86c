-- Requests for help, guides, appeals, how a therapist is listed, and messages that people write to clients.

-- What everybody may filter by has a column; the rest of a request is a document.
CREATE TABLE ticket (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    kind {T} NOT NULL,
    state {T} NOT NULL,
    appointment {T},
    raised_by {T},
    on_behalf_of {T},
    opened_at {I} NOT NULL,
    due_at {I} NOT NULL,
    document {T} NOT NULL,
    CONSTRAINT ticket_kind CHECK (kind IN ('technical', 'clinical', 'risk', 'admin')),
    CONSTRAINT ticket_state CHECK (state IN ('open', 'acknowledged', 'answered', 'closed'))
) {OPT};
CREATE INDEX ticket_by_practice ON ticket (practice, opened_at, id);
CREATE INDEX ticket_open ON ticket (practice, due_at, id) WHERE state <> 'closed';
CREATE INDEX ticket_by_asker ON ticket (raised_by, opened_at);
CREATE INDEX ticket_by_other ON ticket (on_behalf_of, opened_at);
CREATE INDEX ticket_by_appointment ON ticket (appointment);

CREATE TABLE ticket_line (
    ticket {T} NOT NULL REFERENCES ticket (id),
    place {I} NOT NULL,
    at {I} NOT NULL,
    made_by {T},
    kind {T} NOT NULL,
    words {T} NOT NULL,
    PRIMARY KEY (ticket, place)
) {ROWLESS};

CREATE TABLE guide (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    about {T} NOT NULL,
    audience {T} NOT NULL,
    version {I} NOT NULL,
    CONSTRAINT guide_audience CHECK (audience IN ('therapist', 'client')),
    CONSTRAINT guide_count CHECK (version > 0)
) {OPT};
CREATE INDEX guide_by_practice ON guide (practice, about);

-- Versions are never changed or removed.
CREATE TABLE guide_version (
    guide {T} NOT NULL REFERENCES guide (id),
    version {I} NOT NULL,
    document {T} NOT NULL,
    PRIMARY KEY (guide, version)
) {OPT};

CREATE TABLE guide_file (
    id {T} NOT NULL PRIMARY KEY,
    guide {T} NOT NULL REFERENCES guide (id),
    name {T} NOT NULL,
    kind {T} NOT NULL,
    content {B} NOT NULL
) {OPT};
CREATE INDEX guide_file_by_guide ON guide_file (guide, id);

-- Did it help? Counts only: nobody is remembered for their answer.
CREATE TABLE guide_feedback (
    guide {T} NOT NULL REFERENCES guide (id),
    version {I} NOT NULL,
    helped {I} NOT NULL,
    answers {I} NOT NULL,
    PRIMARY KEY (guide, version, helped),
    CONSTRAINT guide_feedback_answer CHECK (helped IN (0, 1) AND answers > 0)
) {ROWLESS};

CREATE TABLE appeal (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    therapist {T} NOT NULL,
    appointment {T} NOT NULL REFERENCES appointment (id),
    kind {T} NOT NULL,
    words {T} NOT NULL,
    made_by {T} NOT NULL,
    at {I} NOT NULL,
    state {T} NOT NULL,
    decision {T},
    UNIQUE (appointment, kind),
    CONSTRAINT appeal_state CHECK (state IN ('open', 'upheld', 'excluded'))
) {OPT};
CREATE INDEX appeal_by_therapist ON appeal (therapist, at);

-- None is listed, as everybody begins.
ALTER TABLE therapist ADD COLUMN listing {T};

-- People write to a client more than once about one appointment.
DROP INDEX message_once;
CREATE UNIQUE INDEX message_once ON message (appointment, revision, to_person, kind)
    WHERE kind NOT IN ('escalation', 'call_task', 'promise', 'booking_link', 'sign_in', 'message', 'ticket',
        'ticket_answer');
