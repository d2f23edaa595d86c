-- One appointment may be reminded of more than once.
DROP INDEX message_once;
CREATE UNIQUE INDEX message_once ON message (appointment, revision, to_person, kind, channel)
    WHERE kind NOT IN ('escalation', 'call_task', 'promise', 'booking_link', 'sign_in', 'message', 'ticket',
        'ticket_answer', 'closing', 'client_wrote', 'passed_on', 'help', 'reminder');

-- What could not be delivered and nobody has seen to yet.
ALTER TABLE message ADD COLUMN settled_at {I};
CREATE INDEX message_undelivered ON message (practice, written_at) WHERE state = 'undeliverable' AND settled_at IS NULL;

-- Whoever is booked already is reminded too: each appointment is looked at once, and its next look set.
UPDATE job SET due_at = 0 WHERE kind = 'appointment_end' AND lease_until IS NULL AND given_up = 0;
