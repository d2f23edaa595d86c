-- A practice that checks in by its own words, and went back once.
INSERT INTO message_template (practice, kind, locale, version, words, made_at, made_by) VALUES
    ('prc_00000000000000000000000001', 'client_late', 'en-GB', 1, '{"subject":"About {{ day }}","letter":"Hello {{ first_name }}, {{ clock }}?","short":"{{ clock }}?"}', 1799500000000000, 'per_00000000000000000000000001'),
    ('prc_00000000000000000000000001', 'client_late', 'en-GB', 2, NULL, 1799600000000000, 'per_00000000000000000000000001');
UPDATE practice SET templates = 'cmd_00000000000000000000000013' WHERE id = 'prc_00000000000000000000000001';
