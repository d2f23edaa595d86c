-- A practice's own words for what clients are told. A version is written once and never changed; one without words is the
-- way back to the house's.
CREATE TABLE message_template (
    practice {T} NOT NULL REFERENCES practice (id),
    kind {T} NOT NULL,
    locale {T} NOT NULL,
    version {I} NOT NULL,
    words {T},
    made_at {I} NOT NULL,
    made_by {T} NOT NULL,
    PRIMARY KEY (practice, kind, locale, version),
    CONSTRAINT message_template_version CHECK (version > 0)
) {OPT};

-- The change since which the practice's words are as they are: whoever reads the practice knows whether what they have in
-- memory is still so.
ALTER TABLE practice ADD COLUMN templates {T};
