-- The same client is reminded of the same appointment a second time.
INSERT INTO message (id, practice, command, appointment, revision, to_person, address, channel, kind, urgent, subject, body, html,
        calendar_method, calendar, link, written_at, send_at, state, handed_at, last_reply) VALUES
    ('msg_00000000000000000000000014', 'prc_00000000000000000000000001', 'cmd_00000000000000000000000001', 'apt_00000000000000000000000001', 2,
        'cli_00000000000000000000000001', 'daniel@example.org', 'email', 'reminder', 0, 'About', 'Hello', '', NULL, NULL,
        'apt_00000000000000000000000001', 1799500000000000, 1799500000000000, 'delivered', 1799500001000000, 'delivered'),
    ('msg_00000000000000000000000015', 'prc_00000000000000000000000001', 'cmd_00000000000000000000000001', 'apt_00000000000000000000000001', 2,
        'cli_00000000000000000000000001', 'daniel@example.org', 'email', 'reminder', 0, 'About', 'Hello', '', NULL, NULL,
        'apt_00000000000000000000000001', 1799600000000000, 1799600000000000, 'delivered', 1799600001000000, 'delivered');

UPDATE message SET settled_at = 1799700000000000 WHERE id = 'msg_00000000000000000000000015';
