-- A pathway that the relationship of 0002 is on, what was agreed under it, what a therapist would like, and a replay.
INSERT INTO pathway (id, practice, name, revision, document) VALUES
    ('pth_00000000000000000000000001', 'prc_00000000000000000000000001', 'Insured', 1,
        '{"id":"pth_00000000000000000000000001","practice":"prc_00000000000000000000000001","revision":1,"name":"Insured","payer":"insurer","allowance":null,"overrides":{}}');
UPDATE relationship SET pathway = 'pth_00000000000000000000000001' WHERE id = 'rel_00000000000000000000000001';
UPDATE therapist SET overrides = '{"client_cancel.notice_hours":12}' WHERE id = 'thp_00000000000000000000000001';
INSERT INTO agreed_policy (practice, name, document) VALUES ('prc_00000000000000000000000001', {X}, '{}');
UPDATE appointment SET policy_terms = {X} WHERE id = 'apt_00000000000000000000000001';
INSERT INTO replay (id, practice, asked_by, asked_at, question, total, seen, result, problem) VALUES
    ('rpl_00000000000000000000000001', 'prc_00000000000000000000000001', 'per_00000000000000000000000001',
        1800000000000000, '{}', 10, 10, NULL, NULL);
