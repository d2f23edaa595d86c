-- Rows of every table of 0002: one practice with a therapist and a client, an appointment that was called off, and
-- everything that came of it.
INSERT INTO practice (id, name, zone, locale, currency, support_phone, support_email, clinical_email, risk_email) VALUES
    ('prc_00000000000000000000000001', 'Elm Street', 'Europe/London', 'en-GB', 'GBP', '+442079460001', 'help@example.org', 'clinical@example.org', 'risk@example.org');
INSERT INTO policy (practice, version, document, digest, made_at, made_by) VALUES
    ('prc_00000000000000000000000001', 1, '{}', {X}, 1800000000000000, 'per_00000000000000000000000001');
INSERT INTO person (id, practice, role, name, name_search, email, phone, zone, locale, channels, voicemail, preference_at, active) VALUES
    ('per_00000000000000000000000001', 'prc_00000000000000000000000001', 'owner', 'Olive Marsh', 'olive marsh', 'Olive@example.org', NULL, 'Europe/London', 'en-GB', '', 0, NULL, 1),
    ('thp_00000000000000000000000001', 'prc_00000000000000000000000001', 'therapist', 'Ada Byrne', 'ada byrne', 'ada@example.org', NULL, 'Europe/London', 'en-GB', 'email', 0, NULL, 1),
    ('cli_00000000000000000000000001', 'prc_00000000000000000000000001', 'client', 'Daniel Reyes', 'daniel reyes', 'daniel@example.org', '+447700900412', 'Europe/London', 'en-GB', 'sms email', 1, 1800000000000000, 1);
INSERT INTO person_word (practice, word, person) VALUES
    ('prc_00000000000000000000000001', 'daniel', 'cli_00000000000000000000000001'),
    ('prc_00000000000000000000000001', 'reyes', 'cli_00000000000000000000000001');
INSERT INTO therapist (id, practice, schedule, late_cancel_fee_minor, no_show_fee_minor) VALUES
    ('thp_00000000000000000000000001', 'prc_00000000000000000000000001', '{}', 3000, NULL);
INSERT INTO relationship (id, practice, therapist, client, state, accepted_version, accepted_at, accepted_how) VALUES
    ('rel_00000000000000000000000001', 'prc_00000000000000000000000001', 'thp_00000000000000000000000001', 'cli_00000000000000000000000001', 'active', 1, 1800000000000000, 'portal');
INSERT INTO appointment (id, practice, relationship, therapist, client, starts_at, ends_at, buffer_after, zone, kind, state,
        revision, sequence, price_minor, currency, policy_preset, policy_version, cutoff, boundary, late_cancel_fee_minor,
        no_show_fee_minor, cutoff_floor, payment_state, payment_due_at, agreed_how, agreed_at, cancellation, cancelled_late,
        replaces, pending_move, created_at) VALUES
    ('apt_00000000000000000000000001', 'prc_00000000000000000000000001', 'rel_00000000000000000000000001', 'thp_00000000000000000000000001', 'cli_00000000000000000000000001',
        1800000000000000, 1800003000000000, 0, 'Europe/London', 'video', 'cancelled_by_therapist', 2, 1, 6000, 'GBP', 'clinic', 1,
        1799900000000000, 'inclusive', 3000, NULL, NULL, 'none', NULL, 'phone', 1799000000000000, '{}', 0, NULL, NULL, 1799000000000000);
INSERT INTO disruption (id, practice, relationship, therapist, client, appointment, kind, opened_at, closed_at, fault, outcome) VALUES
    ('dis_00000000000000000000000001', 'prc_00000000000000000000000001', 'rel_00000000000000000000000001', 'thp_00000000000000000000000001', 'cli_00000000000000000000000001',
        'apt_00000000000000000000000001', 'cancelled_by_therapist', 1799500000000000, NULL, NULL, NULL);
INSERT INTO offer (id, practice, relationship, therapist, client, appointment, disruption, kind, slots, buffer_after, expires_at, state, answer) VALUES
    ('off_00000000000000000000000001', 'prc_00000000000000000000000001', 'rel_00000000000000000000000001', 'thp_00000000000000000000000001', 'cli_00000000000000000000000001',
        'apt_00000000000000000000000001', 'dis_00000000000000000000000001', 'video', '[]', 0, 1799990000000000, 'open', '{"state":"open"}');
INSERT INTO obligation (id, practice, disruption, relationship, therapist, client, appointment, kind, owner_role, owner_person,
        opened_at, due_at, breach_at, second_breach_at, state, changed_at, words, times) VALUES
    ('obl_00000000000000000000000001', 'prc_00000000000000000000000001', 'dis_00000000000000000000000001', 'rel_00000000000000000000000001', 'thp_00000000000000000000000001',
        'cli_00000000000000000000000001', 'apt_00000000000000000000000001', 'next_step', 'therapist', 'thp_00000000000000000000000001',
        1799500000000000, 1799990000000000, 1799995000000000, NULL, 'open', NULL, NULL, NULL);
INSERT INTO message (id, practice, command, appointment, revision, to_person, address, channel, kind, urgent, subject, body, html,
        calendar_method, calendar, link, written_at, send_at, state, handed_at, last_reply) VALUES
    ('msg_00000000000000000000000001', 'prc_00000000000000000000000001', 'cmd_00000000000000000000000001', 'apt_00000000000000000000000001', 2,
        'cli_00000000000000000000000001', 'daniel@example.org', 'email', 'cancellation', 1, 'Thursday', 'Hello', '', 'CANCEL', 'BEGIN:VCALENDAR',
        'off_00000000000000000000000001', 1799500000000000, 1799500000000000, 'accepted', 1799500001000000, '250 ok');
INSERT INTO ledger_entry (id, practice, client, appointment, kind, amount_minor, currency, reason, at, made_by) VALUES
    ('led_00000000000000000000000001', 'prc_00000000000000000000000001', 'cli_00000000000000000000000001', 'apt_00000000000000000000000001', 'charge', 6000, 'GBP', 'Appointment', 1799400000000000, 'system:capture');
INSERT INTO ledger_line (entry, account, amount_minor) VALUES
    ('led_00000000000000000000000001', 'client:cli_00000000000000000000000001', 6000),
    ('led_00000000000000000000000001', 'income:prc_00000000000000000000000001', -6000);
INSERT INTO contact_attempt (id, practice, client, appointment, channel, result, at, agreed, made_by) VALUES
    ('att_00000000000000000000000001', 'prc_00000000000000000000000001', 'cli_00000000000000000000000001', 'apt_00000000000000000000000001', 'phone', 'reached', 1799600000000000, 'Same time next week', 'thp_00000000000000000000000001');
INSERT INTO note (id, practice, appointment, informed_at, informed_how, agreed, on_behalf_of, made_by, at) VALUES
    ('not_00000000000000000000000001', 'prc_00000000000000000000000001', 'apt_00000000000000000000000001', 1799600000000000, 'phone', 'Same time next week', 'thp_00000000000000000000000001', 'per_00000000000000000000000001', 1799600000000000);
INSERT INTO link_token (id, practice, client, purpose, object, secret_hash, created_at, expires_at) VALUES
    ('tok_00000000000000000000000001', 'prc_00000000000000000000000001', 'cli_00000000000000000000000001', 'choose_time', 'off_00000000000000000000000001', {X}, 1799500000000000, NULL);
