-- A text that a gateway took and reported.
INSERT INTO message_try (message, number, at, through, outcome, reply, digest) VALUES
    ('msg_00000000000000000000000015', 1, 1799600000000000, 'twilio at api.twilio.com', 'accepted', 'SM1', NULL);
