-- A case that closed, and somebody who would like to go on.
INSERT INTO disruption (id, practice, relationship, therapist, client, appointment, kind, opened_at, closed_at, fault, outcome) VALUES
    ('dis_00000000000000000000000010', 'prc_00000000000000000000000001', 'rel_00000000000000000000000001', 'thp_00000000000000000000000001', 'cli_00000000000000000000000001',
        'apt_00000000000000000000000001', 'client_no_show', 1800003000000000, 1800090000000000, NULL, NULL);
INSERT INTO obligation (id, practice, disruption, relationship, therapist, client, appointment, kind, owner_role, owner_person,
        opened_at, due_at, breach_at, second_breach_at, state, changed_at, words, times) VALUES
    ('obl_00000000000000000000000010', 'prc_00000000000000000000000001', NULL, 'rel_00000000000000000000000001', 'thp_00000000000000000000000001',
        'cli_00000000000000000000000001', 'apt_00000000000000000000000001', 'book_next', 'therapist', 'thp_00000000000000000000000001',
        1800003000000000, 1800089400000000, NULL, NULL, 'open', NULL, NULL, NULL);
