-- What a client has said about being told, beside the order of channels: one document, read with the person.
ALTER TABLE person ADD COLUMN contact_file {T};

-- New addresses and numbers, which are used once they were shown to be the client's.
CREATE TABLE address_change (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    client {T} NOT NULL REFERENCES person (id),
    what {T} NOT NULL,
    new_address {T} NOT NULL,
    asked_at {I} NOT NULL,
    tries {I} NOT NULL,
    ended_at {I},
    CONSTRAINT address_change_what CHECK (what IN ('email', 'phone')),
    CONSTRAINT address_change_tries CHECK (tries >= 0)
) {OPT};
CREATE UNIQUE INDEX address_change_open ON address_change (client, what) WHERE ended_at IS NULL;

-- Whom to turn to when a client may be in danger. No message is ever written to it.
CREATE TABLE emergency_contact (
    client {T} NOT NULL PRIMARY KEY REFERENCES person (id),
    practice {T} NOT NULL REFERENCES practice (id),
    name {T} NOT NULL,
    phone {T} NOT NULL,
    relation {T} NOT NULL,
    set_by {T} NOT NULL,
    set_at {I} NOT NULL
) {OPT};
