-- Somebody is writing to the client of the appointment of 0002.
INSERT INTO writing (appointment, person, at) VALUES
    ('apt_00000000000000000000000001', 'per_00000000000000000000000033', 1800000000000000);
