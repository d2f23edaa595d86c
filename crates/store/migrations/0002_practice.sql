-- The practice and its people, appointments, cases, duties, messages and money.
-- Ids are text with a prefix; moments are UTC microseconds; money is minor units; flags are 0 or 1.

CREATE TABLE practice (
    id {T} NOT NULL PRIMARY KEY,
    name {T} NOT NULL,
    zone {T} NOT NULL,
    locale {T} NOT NULL,
    currency {T} NOT NULL,
    support_phone {T} NOT NULL,
    support_email {T} NOT NULL,
    clinical_email {T} NOT NULL,
    risk_email {T} NOT NULL
) {OPT};

-- Versions are never changed or removed: bookings point at the one that was agreed.
CREATE TABLE policy (
    practice {T} NOT NULL REFERENCES practice (id),
    version {I} NOT NULL,
    document {T} NOT NULL,
    digest {B} NOT NULL,
    made_at {I} NOT NULL,
    made_by {T} NOT NULL,
    PRIMARY KEY (practice, version),
    CONSTRAINT policy_version CHECK (version > 0)
) {OPT};

CREATE TABLE person (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    role {T} NOT NULL,
    name {T} NOT NULL,
    name_search {T} NOT NULL,
    email {T},
    phone {T},
    zone {T} NOT NULL,
    locale {T} NOT NULL,
    channels {T} NOT NULL,
    voicemail {I} NOT NULL,
    preference_at {I},
    active {I} NOT NULL,
    CONSTRAINT person_role
        CHECK (role IN ('client', 'therapist', 'admin', 'support', 'clinical_lead', 'risk_duty', 'owner')),
    CONSTRAINT person_flags CHECK (voicemail IN (0, 1) AND active IN (0, 1))
) {OPT};
CREATE INDEX person_by_email ON person (lower(email));
CREATE INDEX person_by_practice ON person (practice, role, name_search, id);

-- The words of each name, folded, so that the beginning of a word finds the person.
CREATE TABLE person_word (
    practice {T} NOT NULL,
    word {T} NOT NULL,
    person {T} NOT NULL REFERENCES person (id),
    PRIMARY KEY (practice, word, person)
) {ROWLESS};
CREATE INDEX person_word_by_person ON person_word (person, word);

-- Fees are in the practice's currency.
CREATE TABLE therapist (
    id {T} NOT NULL PRIMARY KEY REFERENCES person (id),
    practice {T} NOT NULL REFERENCES practice (id),
    schedule {T} NOT NULL,
    late_cancel_fee_minor {I},
    no_show_fee_minor {I},
    CONSTRAINT therapist_fees CHECK (late_cancel_fee_minor >= 0 AND no_show_fee_minor >= 0)
) {OPT};
CREATE INDEX therapist_by_practice ON therapist (practice);

CREATE TABLE relationship (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    therapist {T} NOT NULL REFERENCES therapist (id),
    client {T} NOT NULL REFERENCES person (id),
    state {T} NOT NULL,
    accepted_version {I},
    accepted_at {I},
    accepted_how {T},
    UNIQUE (therapist, client),
    CONSTRAINT relationship_state CHECK (state IN ('active', 'paused', 'ended'))
) {OPT};
CREATE INDEX relationship_by_client ON relationship (client);
CREATE INDEX relationship_by_practice ON relationship (practice, id);

-- Every amount of an appointment is in its one currency.
CREATE TABLE appointment (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    relationship {T} NOT NULL REFERENCES relationship (id),
    therapist {T} NOT NULL,
    client {T} NOT NULL,
    starts_at {I} NOT NULL,
    ends_at {I} NOT NULL,
    buffer_after {I} NOT NULL,
    zone {T} NOT NULL,
    kind {T} NOT NULL,
    state {T} NOT NULL,
    revision {I} NOT NULL,
    sequence {I} NOT NULL,
    price_minor {I} NOT NULL,
    currency {T} NOT NULL,
    policy_preset {T} NOT NULL,
    policy_version {I} NOT NULL,
    cutoff {I} NOT NULL,
    boundary {T} NOT NULL,
    late_cancel_fee_minor {I},
    no_show_fee_minor {I},
    cutoff_floor {I},
    payment_state {T} NOT NULL,
    payment_due_at {I},
    agreed_how {T} NOT NULL,
    agreed_at {I} NOT NULL,
    cancellation {T},
    cancelled_late {I},
    replaces {T},
    pending_move {T},
    created_at {I} NOT NULL,
    CONSTRAINT appointment_time CHECK (ends_at > starts_at AND buffer_after >= 0),
    CONSTRAINT appointment_kind CHECK (kind IN ('in_person', 'video', 'phone')),
    CONSTRAINT appointment_state CHECK (state IN ('requested', 'booked', 'in_progress', 'awaiting_update', 'attended',
        'cancelled_by_client', 'cancelled_by_therapist', 'cancelled_by_practice', 'client_no_show', 'late_not_seen',
        'therapist_no_show', 'technical_failure', 'entered_in_error')),
    CONSTRAINT appointment_cancellation CHECK ((cancellation IS NULL) = (cancelled_late IS NULL)),
    CONSTRAINT appointment_counts CHECK (revision > 0 AND sequence >= 0),
    CONSTRAINT appointment_money CHECK (price_minor >= 0),
    CONSTRAINT appointment_payment CHECK (payment_state IN ('none', 'planned', 'captured', 'refund_due', 'refunded',
        'waived', 'failed', 'unknown'))
) {OPT};
CREATE INDEX appointment_by_therapist ON appointment (therapist, starts_at, id);
CREATE INDEX appointment_by_client ON appointment (client, starts_at, id);
CREATE INDEX appointment_by_practice ON appointment (practice, starts_at, id);
CREATE INDEX appointment_by_relationship ON appointment (relationship, state);

CREATE TABLE disruption (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    relationship {T} NOT NULL,
    therapist {T} NOT NULL,
    client {T} NOT NULL,
    appointment {T} NOT NULL REFERENCES appointment (id),
    kind {T} NOT NULL,
    opened_at {I} NOT NULL,
    closed_at {I},
    fault {T},
    outcome {T}
) {OPT};
CREATE INDEX disruption_by_practice ON disruption (practice, opened_at, id);
CREATE INDEX disruption_open ON disruption (practice, opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX disruption_by_appointment ON disruption (appointment, opened_at);
CREATE INDEX disruption_by_relationship ON disruption (relationship, opened_at);

CREATE TABLE offer (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    relationship {T} NOT NULL,
    therapist {T} NOT NULL,
    client {T} NOT NULL,
    appointment {T} NOT NULL REFERENCES appointment (id),
    disruption {T},
    kind {T} NOT NULL,
    slots {T} NOT NULL,
    buffer_after {I} NOT NULL,
    expires_at {I} NOT NULL,
    state {T} NOT NULL,
    answer {T} NOT NULL,
    CONSTRAINT offer_state CHECK (state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
    CONSTRAINT offer_buffer CHECK (buffer_after >= 0)
) {OPT};
CREATE INDEX offer_by_appointment ON offer (appointment);
CREATE INDEX offer_open ON offer (client, expires_at) WHERE state = 'open';

CREATE TABLE obligation (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    disruption {T},
    relationship {T} NOT NULL,
    therapist {T} NOT NULL,
    client {T} NOT NULL,
    appointment {T},
    kind {T} NOT NULL,
    owner_role {T} NOT NULL,
    owner_person {T},
    opened_at {I} NOT NULL,
    due_at {I} NOT NULL,
    breach_at {I},
    second_breach_at {I},
    state {T} NOT NULL,
    changed_at {I},
    words {T},
    times {I},
    CONSTRAINT obligation_state CHECK (state IN ('open', 'met', 'excused', 'escalated'))
) {OPT};
CREATE INDEX obligation_owed ON obligation (practice, due_at, id) WHERE state IN ('open', 'escalated');
CREATE INDEX obligation_owed_by_therapist ON obligation (therapist, due_at, id) WHERE state IN ('open', 'escalated');
CREATE INDEX obligation_by_disruption ON obligation (disruption);
CREATE INDEX obligation_by_appointment ON obligation (appointment);

CREATE TABLE message (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    command {T} NOT NULL,
    appointment {T},
    revision {I} NOT NULL,
    to_person {T} NOT NULL,
    address {T} NOT NULL,
    channel {T} NOT NULL,
    kind {T} NOT NULL,
    urgent {I} NOT NULL,
    subject {T} NOT NULL,
    body {T} NOT NULL,
    html {T} NOT NULL,
    calendar_method {T},
    calendar {T},
    link {T},
    written_at {I} NOT NULL,
    send_at {I} NOT NULL,
    state {T} NOT NULL,
    handed_at {I},
    last_reply {T},
    CONSTRAINT message_urgent CHECK (urgent IN (0, 1)),
    CONSTRAINT message_calendar CHECK ((calendar IS NULL) = (calendar_method IS NULL)),
    CONSTRAINT message_state CHECK (state IN ('pending', 'leased', 'accepted', 'delivered', 'undeliverable', 'unknown',
        'superseded', 'cancelled'))
) {OPT};
-- U1: one message for each appointment, revision, recipient and purpose. Two duties of one appointment may run out at
-- one revision and a promise may be changed, so those kinds have no such limit.
CREATE UNIQUE INDEX message_once ON message (appointment, revision, to_person, kind)
    WHERE kind NOT IN ('escalation', 'call_task', 'promise', 'booking_link', 'sign_in');
CREATE INDEX message_by_appointment ON message (appointment, revision);
CREATE INDEX message_by_practice ON message (practice, COALESCE(handed_at, send_at), id);
CREATE INDEX message_by_person ON message (to_person, COALESCE(handed_at, send_at), id);

CREATE TABLE ledger_entry (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    client {T} NOT NULL,
    appointment {T},
    kind {T} NOT NULL,
    amount_minor {I} NOT NULL,
    currency {T} NOT NULL,
    reason {T} NOT NULL,
    at {I} NOT NULL,
    made_by {T} NOT NULL
) {OPT};
CREATE INDEX ledger_entry_by_client ON ledger_entry (client, at, id);
CREATE INDEX ledger_entry_by_practice ON ledger_entry (practice, id);

-- Both sides of each entry; the lines of one entry sum to zero.
CREATE TABLE ledger_line (
    entry {T} NOT NULL REFERENCES ledger_entry (id),
    account {T} NOT NULL,
    amount_minor {I} NOT NULL,
    PRIMARY KEY (entry, account)
) {ROWLESS};
CREATE INDEX ledger_line_by_account ON ledger_line (account);

CREATE TABLE contact_attempt (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    client {T} NOT NULL,
    appointment {T},
    channel {T} NOT NULL,
    result {T} NOT NULL,
    at {I} NOT NULL,
    agreed {T},
    made_by {T} NOT NULL
) {OPT};
CREATE INDEX contact_attempt_by_client ON contact_attempt (client, at, id);

CREATE TABLE note (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    appointment {T} NOT NULL REFERENCES appointment (id),
    informed_at {I} NOT NULL,
    informed_how {T} NOT NULL,
    agreed {T} NOT NULL,
    on_behalf_of {T},
    made_by {T} NOT NULL,
    at {I} NOT NULL
) {OPT};
CREATE INDEX note_by_appointment ON note (appointment, at, id);

-- Links in messages: one purpose, one object; only a hash of the secret is kept.
CREATE TABLE link_token (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    client {T} NOT NULL,
    purpose {T} NOT NULL,
    object {T} NOT NULL,
    secret_hash {B} NOT NULL UNIQUE,
    created_at {I} NOT NULL,
    expires_at {I},
    UNIQUE (purpose, object),
    CONSTRAINT link_token_purpose CHECK (purpose IN ('choose_time', 'book', 'manage'))
) {OPT};
