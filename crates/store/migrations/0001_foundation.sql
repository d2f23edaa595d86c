-- The tables of the store itself. {T} is text in byte order, {I} a 64-bit number, {B} bytes; {OPT} and {ROWLESS}
-- end a table. Moments are microseconds UTC. What only one engine needs is in 0001_foundation.<engine>.sql.

-- A row per subject whose time somebody changed: what PostgreSQL locks, in sorted order.
CREATE TABLE subject_lock (
    subject {T} NOT NULL PRIMARY KEY
) {ROWLESS};

-- Time that is taken, buffers included. Two rows of one subject never overlap; each engine's guard says so.
CREATE TABLE occupancy (
    subject {T} NOT NULL,
    kind {T} NOT NULL,
    owner {T} NOT NULL,
    from_at {I} NOT NULL,
    to_at {I} NOT NULL,
    expires_at {I},
    PRIMARY KEY (subject, from_at),
    CONSTRAINT occupancy_kind CHECK (kind IN ('appointment', 'hold')),
    -- Both guards rely on the 12 hours.
    CONSTRAINT occupancy_length CHECK (to_at > from_at AND to_at - from_at <= 43200000000),
    CONSTRAINT occupancy_expiry CHECK ((kind = 'hold') = (expires_at IS NOT NULL))
) {ROWLESS};
CREATE INDEX occupancy_owner ON occupancy (owner);
CREATE INDEX occupancy_expired ON occupancy (subject, expires_at) WHERE expires_at IS NOT NULL;

-- What is to be done later. due_at is when it may next be claimed; while it is leased, that is the lease's end.
CREATE TABLE job (
    kind {T} NOT NULL,
    subject {T} NOT NULL,
    practice {T} NOT NULL,
    priority {I} NOT NULL,
    due_at {I} NOT NULL,
    lease_until {I},
    fence {I} NOT NULL,
    attempts {I} NOT NULL,
    asked {I} NOT NULL,
    given_up {I} NOT NULL,
    last_error {T},
    PRIMARY KEY (kind, subject),
    CONSTRAINT job_priority CHECK (priority BETWEEN 0 AND 2),
    CONSTRAINT job_given_up CHECK (given_up IN (0, 1))
) {ROWLESS};
CREATE INDEX job_due ON job (due_at) WHERE given_up = 0;
CREATE INDEX job_leased ON job (lease_until) WHERE lease_until IS NOT NULL;

-- What was asked under an idempotency key, and what we answered.
CREATE TABLE command (
    principal {T} NOT NULL,
    route {T} NOT NULL,
    key {T} NOT NULL,
    request_hash {B} NOT NULL,
    command_id {T} NOT NULL,
    status {I},
    body {B},
    created_at {I} NOT NULL,
    PRIMARY KEY (principal, route, key)
) {ROWLESS};
CREATE INDEX command_created ON command (created_at);

-- The record: one chain per practice. Its head is the last lock that a flow takes.
CREATE TABLE audit_head (
    practice {T} NOT NULL PRIMARY KEY,
    seq {I} NOT NULL,
    hash {B} NOT NULL
) {ROWLESS};
CREATE TABLE audit_entry (
    practice {T} NOT NULL,
    seq {I} NOT NULL,
    at {I} NOT NULL,
    command {T} NOT NULL,
    actor {T} NOT NULL,
    on_behalf_of {T},
    word {T} NOT NULL,
    subjects {T} NOT NULL,
    details {T},
    salt {B},
    commitment {B} NOT NULL,
    digest {B} NOT NULL,
    hash {B} NOT NULL,
    PRIMARY KEY (practice, seq),
    CONSTRAINT audit_entry_opening CHECK ((details IS NULL) = (salt IS NULL))
) {OPT};
CREATE INDEX audit_entry_command ON audit_entry (command);
CREATE TABLE audit_subject (
    practice {T} NOT NULL,
    subject {T} NOT NULL,
    seq {I} NOT NULL,
    PRIMARY KEY (practice, subject, seq)
) {ROWLESS};
