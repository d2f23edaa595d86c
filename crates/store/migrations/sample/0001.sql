-- Rows of every table of 0001, so that every later migration meets data. {X} is the one byte 7b. The record's
-- tables get theirs from a flow, because nobody can type a hash chain.
INSERT INTO subject_lock (subject) VALUES ('thp_00000000000000000000000001'), ('cli_00000000000000000000000001');
INSERT INTO occupancy (subject, kind, owner, from_at, to_at, expires_at) VALUES
    ('thp_00000000000000000000000001', 'appointment', 'apt_00000000000000000000000001', 1800000000000000, 1800003000000000, NULL),
    ('cli_00000000000000000000000001', 'appointment', 'apt_00000000000000000000000001', 1800000000000000, 1800003000000000, NULL),
    ('thp_00000000000000000000000001', 'hold', 'off_00000000000000000000000001', 1800003000000000, 1800006000000000, 1799990000000000);
INSERT INTO job (kind, subject, practice, priority, due_at, lease_until, fence, attempts, asked, given_up, last_error) VALUES
    ('sample_waiting', 'msg_00000000000000000000000001', 'prc_00000000000000000000000001', 1, 1800000000000000, NULL, 0, 0, 1, 0, NULL),
    ('sample_leased', 'msg_00000000000000000000000002', 'prc_00000000000000000000000001', 0, 1800000060000000, 1800000060000000, 1, 1, 1, 0, NULL),
    ('sample_given_up', 'msg_00000000000000000000000003', 'prc_00000000000000000000000001', 2, 1800000000000000, NULL, 9, 9, 1, 1, 'no such number');
INSERT INTO command (principal, route, key, request_hash, command_id, status, body, created_at) VALUES
    ('per_00000000000000000000000001', 'POST /api/v1/appointments', 'key-1', {X}, 'cmd_00000000000000000000000001', 201, {X}, 1800000000000000);
