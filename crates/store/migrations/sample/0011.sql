-- The same news by another way.
INSERT INTO message (id, practice, command, appointment, revision, to_person, address, channel, kind, urgent, subject, body, html,
        calendar_method, calendar, link, written_at, send_at, state, handed_at, last_reply) VALUES
    ('msg_00000000000000000000000011', 'prc_00000000000000000000000001', 'cmd_00000000000000000000000001', 'apt_00000000000000000000000001', 2,
        'cli_00000000000000000000000001', '+447700900412', 'sms', 'cancellation', 1, '', 'Hello', '', NULL, NULL,
        'off_00000000000000000000000001', 1799500000000000, 1799500000000000, 'delivered', 1799500001000000, 'delivered');

INSERT INTO inbound (id, practice, client, answers, appointment, channel, address, body, received_at, understood, reference) VALUES
    ('inb_00000000000000000000000001', 'prc_00000000000000000000000001', 'cli_00000000000000000000000001',
        'msg_00000000000000000000000011', 'apt_00000000000000000000000001', 'sms', '+447700900412', 'Thank you', 1799500002000000,
        'unread', 'sms:1');

INSERT INTO tally (what, period, used, ends_at) VALUES ('texts prc_00000000000000000000000001', 20827, 2, 1799539200000000);
