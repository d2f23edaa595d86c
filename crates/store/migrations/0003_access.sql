-- Who is signed in, who asked to be, and which programs hold a token. Only hashes of secrets are kept.

CREATE TABLE session (
    secret_hash {B} NOT NULL PRIMARY KEY,
    person {T} NOT NULL REFERENCES person (id),
    opened_at {I} NOT NULL,
    seen_at {I} NOT NULL,
    ends_at {I} NOT NULL
){OPT};
CREATE INDEX session_by_person ON session (person);
CREATE INDEX session_by_end ON session (ends_at);

-- A row for every request for a sign-in link, also from an address that nobody has (person is empty), so that both
-- take the same work.
CREATE TABLE sign_in_token (
    id {T} NOT NULL PRIMARY KEY,
    secret_hash {B} NOT NULL UNIQUE,
    person {T} REFERENCES person (id),
    made_at {I} NOT NULL,
    expires_at {I} NOT NULL,
    used_at {I}
){OPT};
CREATE INDEX sign_in_token_by_expiry ON sign_in_token (expires_at);

CREATE TABLE api_token (
    id {T} NOT NULL PRIMARY KEY,
    secret_hash {B} NOT NULL UNIQUE,
    person {T} NOT NULL REFERENCES person (id),
    label {T} NOT NULL,
    made_at {I} NOT NULL,
    revoked_at {I}
){OPT};
CREATE INDEX api_token_by_person ON api_token (person);
