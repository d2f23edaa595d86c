-- The client wrote, and was told; one browser of theirs is told that there is something new.
INSERT INTO conversation_line (id, practice, relationship, therapist, client, from_client, author, written_at, read_at) VALUES
    ('inb_00000000000000000000000001', 'prc_00000000000000000000000001', 'rel_00000000000000000000000001',
        'thp_00000000000000000000000001', 'cli_00000000000000000000000001', 1, 'cli_00000000000000000000000001',
        1799500002000000, 1799500003000000),
    ('msg_00000000000000000000000011', 'prc_00000000000000000000000001', 'rel_00000000000000000000000001',
        'thp_00000000000000000000000001', 'cli_00000000000000000000000001', 0, NULL, 1799500001000000, NULL);

INSERT INTO push_device (id, practice, person, endpoint, p256dh, auth, label, created_at) VALUES
    ('psh_00000000000000000000000001', 'prc_00000000000000000000000001', 'cli_00000000000000000000000001',
        'https://push.example.org/send/1', {X}, {X}, 'Firefox on Android', 1799500000000000);
