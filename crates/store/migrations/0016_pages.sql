-- What a message was made from: the version of the practice's words (0 is the house's), and every fact that it states. None
-- where it was not kept, or where somebody wrote the words for this one message.
ALTER TABLE message ADD COLUMN template {I};
ALTER TABLE message ADD COLUMN facts {T};

-- Every try to hand a message over: when, by which way out, what came of it, and the mark of the bytes (SHA-256, hex).
CREATE TABLE message_try (
    message {T} NOT NULL REFERENCES message (id),
    number {I} NOT NULL,
    at {I} NOT NULL,
    through {T} NOT NULL,
    outcome {T} NOT NULL,
    reply {T} NOT NULL,
    digest {T},
    PRIMARY KEY (message, number),
    CONSTRAINT message_try_outcome CHECK (outcome IN ('accepted', 'refused', 'not_yet', 'unknown'))
) {ROWLESS};

-- Somebody asked for their booking link again: what they typed, until a worker has looked at it. Known or not, it is the
-- same one row.
CREATE TABLE link_request (
    id {T} NOT NULL PRIMARY KEY,
    address {T} NOT NULL,
    asked_at {I} NOT NULL
) {OPT};

-- Why a voicemail was left for somebody who does not prefer one (V-10).
ALTER TABLE contact_attempt ADD COLUMN reason {T};
