-- A request with its first line, a guide with a file and an answer, an appeal, and a therapist who is hidden.
INSERT INTO ticket (id, practice, kind, state, appointment, raised_by, on_behalf_of, opened_at, due_at, document) VALUES
    ('tkt_00000000000000000000000001', 'prc_00000000000000000000000001', 'technical', 'open', 'apt_00000000000000000000000001',
        'thp_00000000000000000000000001', NULL, 1800000000000000, 1800003600000000, '{}');
INSERT INTO ticket_line (ticket, place, at, made_by, kind, words) VALUES
    ('tkt_00000000000000000000000001', 1, 1800000000000000, 'thp_00000000000000000000000001', 'raised', 'The link does not open.');
INSERT INTO guide (id, practice, about, audience, version) VALUES
    ('gui_00000000000000000000000001', 'prc_00000000000000000000000001', 'cancel', 'client', 1);
INSERT INTO guide_version (guide, version, document) VALUES ('gui_00000000000000000000000001', 1, '{}');
INSERT INTO guide_file (id, guide, name, kind, content) VALUES
    ('fil_00000000000000000000000001', 'gui_00000000000000000000000001', 'policy.txt', 'text/plain', {X});
INSERT INTO guide_feedback (guide, version, helped, answers) VALUES ('gui_00000000000000000000000001', 1, 1, 3);
INSERT INTO appeal (id, practice, therapist, appointment, kind, words, made_by, at, state, decision) VALUES
    ('apl_00000000000000000000000001', 'prc_00000000000000000000000001', 'thp_00000000000000000000000001',
        'apt_00000000000000000000000001', 'cancelled', 'The building was closed.', 'thp_00000000000000000000000001',
        1800000000000000, 'open', NULL);
UPDATE therapist SET listing = '{"state":"closed_to_new","from":null,"until":null,"reason":null,"by":null}'
    WHERE id = 'thp_00000000000000000000000001';
