-- Who sends clients and pays for them, as a document; a revision is replaced, what was agreed under it is not.
CREATE TABLE pathway (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    name {T} NOT NULL,
    revision {I} NOT NULL,
    document {T} NOT NULL,
    UNIQUE (practice, name),
    CONSTRAINT pathway_revision CHECK (revision > 0)
) {OPT};
ALTER TABLE relationship ADD COLUMN pathway {T} REFERENCES pathway (id);
-- What a therapist would like to differ from the practice's policy, as a document.
ALTER TABLE therapist ADD COLUMN overrides {T};

-- The policy between two people where a pathway or a therapist changed a version, known by its own hash. Written once.
CREATE TABLE agreed_policy (
    practice {T} NOT NULL REFERENCES practice (id),
    name {B} NOT NULL,
    document {T} NOT NULL,
    PRIMARY KEY (practice, name)
) {OPT};
-- The name of the document that was agreed; none where the practice's version stands as it is.
ALTER TABLE appointment ADD COLUMN policy_terms {B};

-- A practice's past replayed under two policies: how far it is, and what came of it.
CREATE TABLE replay (
    id {T} NOT NULL PRIMARY KEY,
    practice {T} NOT NULL REFERENCES practice (id),
    asked_by {T} NOT NULL,
    asked_at {I} NOT NULL,
    question {T} NOT NULL,
    total {I} NOT NULL,
    seen {I} NOT NULL,
    result {T},
    problem {T}
) {OPT};
CREATE INDEX replay_by_practice ON replay (practice, asked_at);
