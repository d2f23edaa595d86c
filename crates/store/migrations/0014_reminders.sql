-- One appointment may be reminded of more than once.
DROP INDEX message_once;
CREATE UNIQUE INDEX message_once ON message (appointment, revision, to_person, kind, channel)
    WHERE kind NOT IN ('escalation', 'call_task', 'promise', 'booking_link', 'sign_in', 'message', 'ticket',
        'ticket_answer', 'closing', 'client_wrote', 'passed_on', 'help', 'reminder');
