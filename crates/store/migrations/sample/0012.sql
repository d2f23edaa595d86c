-- Somebody who wrote STOP, has another address, and said whom to turn to.
UPDATE person SET contact_file = '{"consents":{"sms":{"given":false,"at":"2027-01-09T04:00:00Z","source":"text"}},"safe_content":true,"quiet":{"from":"22:00","to":"07:00","urgent":false},"wrong_number":null}'
    WHERE id = 'cli_00000000000000000000000001';
INSERT INTO address_change (id, practice, client, what, new_address, asked_at, tries, ended_at) VALUES
    ('adr_00000000000000000000000001', 'prc_00000000000000000000000001', 'cli_00000000000000000000000001', 'email', 'new@example.org', 1799500000000000, 0, NULL);
INSERT INTO emergency_contact (client, practice, name, phone, relation, set_by, set_at) VALUES
    ('cli_00000000000000000000000001', 'prc_00000000000000000000000001', 'Rosa Reyes', '+447700900499', 'sister', 'cli_00000000000000000000000001', 1799500000000000);
