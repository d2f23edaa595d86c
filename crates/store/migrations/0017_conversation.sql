-- A conversation for each relationship: what the client wrote there and what they were told there, in one order. The words
-- are where they were before: a client's in inbound, ours in message; a line has the id of the one that it shows.
CREATE TABLE conversation_line (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    relationship {T} NOT NULL REFERENCES relationship (id),
    therapist {T} NOT NULL REFERENCES person (id),
    client {T} NOT NULL REFERENCES person (id),
    from_client {I} NOT NULL,
    author {T} REFERENCES person (id),
    written_at {I} NOT NULL,
    read_at {I},
    CONSTRAINT conversation_line_side CHECK (from_client IN (0, 1)),
    CONSTRAINT conversation_line_author CHECK (from_client = 0 OR author IS NOT NULL)
) {OPT};
CREATE INDEX conversation_line_of ON conversation_line (relationship, written_at, id);
CREATE INDEX conversation_line_by_practice ON conversation_line (practice, therapist);
CREATE INDEX conversation_line_by_client ON conversation_line (client);
CREATE INDEX conversation_unread_by_therapist ON conversation_line (therapist) WHERE from_client = 1 AND read_at IS NULL;
CREATE INDEX conversation_unread_by_client ON conversation_line (client) WHERE from_client = 0 AND read_at IS NULL;

-- Browsers that asked to be told when something is new, each with its own address and keys at its maker's push service.
CREATE TABLE push_device (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    person {T} NOT NULL REFERENCES person (id),
    endpoint {T} NOT NULL UNIQUE,
    p256dh {B} NOT NULL,
    auth {B} NOT NULL,
    label {T} NOT NULL,
    created_at {I} NOT NULL
) {OPT};
CREATE INDEX push_device_of ON push_device (person, created_at);
