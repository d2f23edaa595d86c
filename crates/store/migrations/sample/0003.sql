-- One person of each role in a practice of their own, and rows of every table of 0003.
INSERT INTO practice (id, name, zone, locale, currency, support_phone, support_email, clinical_email, risk_email) VALUES
    ('prc_00000000000000000000000003', 'Alder House', 'Europe/London', 'en-GB', 'GBP', '+442079460010',
     'support@example.org', 'clinical@example.org', 'risk@example.org');
INSERT INTO person (id, practice, role, name, name_search, email, phone, zone, locale, channels, voicemail, preference_at, active) VALUES
    ('cli_00000000000000000000000031', 'prc_00000000000000000000000003', 'client', 'Daniel Reyes', 'daniel reyes',
     'daniel@example.org', '+447700900412', 'Europe/London', 'en-GB', 'sms email', 0, 1800000000000000, 1),
    ('thp_00000000000000000000000032', 'prc_00000000000000000000000003', 'therapist', 'Maya Okafor', 'maya okafor',
     'maya@example.org', NULL, 'Europe/London', 'en-GB', 'email', 0, NULL, 1),
    ('per_00000000000000000000000033', 'prc_00000000000000000000000003', 'admin', 'Sam Turner', 'sam turner',
     'sam@example.org', NULL, 'Europe/London', 'en-GB', 'email', 0, NULL, 1),
    ('per_00000000000000000000000034', 'prc_00000000000000000000000003', 'support', 'Nia Price', 'nia price',
     'nia@example.org', NULL, 'Europe/London', 'en-GB', 'email', 0, NULL, 1),
    ('per_00000000000000000000000035', 'prc_00000000000000000000000003', 'clinical_lead', 'Owen Hart', 'owen hart',
     'owen@example.org', NULL, 'Europe/London', 'en-GB', 'email', 0, NULL, 1),
    ('per_00000000000000000000000036', 'prc_00000000000000000000000003', 'risk_duty', 'Ivy Lane', 'ivy lane',
     'ivy@example.org', NULL, 'Europe/London', 'en-GB', 'email', 0, NULL, 1),
    ('per_00000000000000000000000037', 'prc_00000000000000000000000003', 'owner', 'Ada Quill', 'ada quill',
     'ada@example.org', NULL, 'America/New_York', 'en-US', 'email', 0, NULL, 1),
    ('cli_00000000000000000000000038', 'prc_00000000000000000000000003', 'client', 'Kit Moss', 'kit moss',
     'kit@example.org', NULL, 'Europe/London', 'en-GB', 'email', 0, NULL, 0);
INSERT INTO session (secret_hash, person, opened_at, seen_at, ends_at) VALUES
    ({X}, 'per_00000000000000000000000037', 1800000000000000, 1800000000000000, 1807776000000000);
INSERT INTO sign_in_token (id, secret_hash, person, made_at, expires_at, used_at) VALUES
    ('tok_00000000000000000000000001', {X}, 'per_00000000000000000000000037', 1800000000000000, 1800000900000000, 1800000060000000);
INSERT INTO api_token (id, secret_hash, person, label, made_at, revoked_at) VALUES
    ('tok_00000000000000000000000002', {X}, 'per_00000000000000000000000037', 'calendar bridge', 1800000000000000, NULL);
