-- A reminder that went at the second try, by the practice's second wording; a voicemail with its reason.
UPDATE message SET template = 2, facts = NULL WHERE id = 'msg_00000000000000000000000014';
INSERT INTO message_try (message, number, at, through, outcome, reply, digest) VALUES
    ('msg_00000000000000000000000014', 1, 1799500000000000, 'mail server mail.example.org', 'not_yet', '451 try again', NULL),
    ('msg_00000000000000000000000014', 2, 1799500001000000, 'mail server mail.example.org', 'accepted', '250 taken',
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
INSERT INTO link_request (id, address, asked_at) VALUES ('tok_00000000000000000000000016', 'daniel@example.org', 1799500000000000);
UPDATE contact_attempt SET reason = 'The text came back' WHERE result = 'left_voicemail';
