-- A therapist's day by letter: when, in minutes after midnight on their clock (none: not wanted), and when it last went.
ALTER TABLE therapist ADD COLUMN digest_minute {I} CHECK (digest_minute BETWEEN 0 AND 1439);
ALTER TABLE therapist ADD COLUMN digest_sent_at {I};

-- Whoever works here already gets it at seven, as newcomers do. The first look finds the next seven o'clock.
UPDATE therapist SET digest_minute = 420;
INSERT INTO job (kind, subject, practice, priority, due_at, fence, attempts, asked, given_up)
    SELECT 'digest', id, practice, 2, 0, 0, 0, 1, 0 FROM therapist;
