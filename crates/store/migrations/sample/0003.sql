-- Rows of every table of 0003, with a person of their own.
INSERT INTO practice (id, name, zone, locale, currency, support_phone, support_email, clinical_email, risk_email) VALUES
    ('prc_00000000000000000000000003', 'Alder House', 'Europe/London', 'en-GB', 'GBP', '+442079460010',
     'support@example.org', 'clinical@example.org', 'risk@example.org');
INSERT INTO person (id, practice, role, name, name_search, email, phone, zone, locale, channels, voicemail, preference_at, active) VALUES
    ('per_00000000000000000000000003', 'prc_00000000000000000000000003', 'owner', 'Ada Quill', 'ada quill',
     'ada@example.org', NULL, 'Europe/London', 'en-GB', 'email', 0, NULL, 1);
INSERT INTO session (secret_hash, person, opened_at, seen_at, ends_at) VALUES
    ({X}, 'per_00000000000000000000000003', 1800000000000000, 1800000000000000, 1807776000000000);
INSERT INTO sign_in_token (id, secret_hash, person, made_at, expires_at, used_at) VALUES
    ('tok_00000000000000000000000001', {X}, 'per_00000000000000000000000003', 1800000000000000, 1800000900000000, 1800000060000000);
INSERT INTO api_token (id, secret_hash, person, label, made_at, revoked_at) VALUES
    ('tok_00000000000000000000000002', {X}, 'per_00000000000000000000000003', 'calendar bridge', 1800000000000000, NULL);
