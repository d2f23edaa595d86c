-- Who is writing to the client of an appointment at this moment, so that nobody is told two things (A-21). A row is of
-- no use after a few minutes and is written over.
CREATE TABLE writing (
    appointment {T} NOT NULL,
    person {T} NOT NULL,
    at {I} NOT NULL,
    PRIMARY KEY (appointment, person)
) {ROWLESS};
