-- What happened on the day of an appointment, as a document; none until something has.
ALTER TABLE appointment ADD COLUMN attendance {T};
