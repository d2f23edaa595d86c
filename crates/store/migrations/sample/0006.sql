-- A therapist asked the team to move the appointment of 0002, and an edit of it that can be taken back.
INSERT INTO change_request (id, practice, relationship, therapist, client, appointment, obligation, wish, reason, asked_by,
        asked_at, state, answer) VALUES
    ('tkt_00000000000000000000000001', 'prc_00000000000000000000000001', 'rel_00000000000000000000000001', 'thp_00000000000000000000000001',
        'cli_00000000000000000000000001', 'apt_00000000000000000000000001', 'obl_00000000000000000000000001',
        '{"wish":"refund","amount":{"amount_minor":6000,"currency":"GBP"}}', 'Ill that day', 'thp_00000000000000000000000001',
        1799600000000000, 'open', '{"state":"open"}');
INSERT INTO edit_undo (appointment, practice, revision, until_at, memory) VALUES
    ('apt_00000000000000000000000001', 'prc_00000000000000000000000001', 2, 1799500180000000,
        '{"before":{"time":{"from":1800000000000000,"to":1800003000000000},"policy":{},"payment":{},"agreement":{}},"posted":[]}');
