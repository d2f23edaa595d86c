-- A Tuesday kept for Daniel, a screening, his own words, and a first appointment that was gone through.
INSERT INTO reserved_slot (id, practice, relationship, therapist, client, state, pattern) VALUES
    ('rsv_00000000000000000000000001', 'prc_00000000000000000000000001', 'rel_00000000000000000000000001', 'thp_00000000000000000000000001', 'cli_00000000000000000000000001', 'active', '{}');
INSERT INTO risk_screening (client, practice, flagged, set_by, set_at, review_by) VALUES
    ('cli_00000000000000000000000001', 'prc_00000000000000000000000001', 1, 'thp_00000000000000000000000001', 1800000000000000, 1802000000000000);
INSERT INTO statement (id, practice, appointment, made_by, role, words, at) VALUES
    ('stm_00000000000000000000000001', 'prc_00000000000000000000000001', 'apt_00000000000000000000000001', 'cli_00000000000000000000000001', 'client', 'I was there at two.', 1800004000000000);
UPDATE therapist SET reserved = '[]' WHERE id = 'thp_00000000000000000000000001';
UPDATE relationship SET file = '{}' WHERE id = 'rel_00000000000000000000000001';
UPDATE appointment SET reserved_slot = 'rsv_00000000000000000000000001' WHERE id = 'apt_00000000000000000000000001';
