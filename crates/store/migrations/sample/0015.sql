-- A therapist who reads their day at half past six, and has read today's.
UPDATE therapist SET digest_minute = 390, digest_sent_at = 1799500000000000;
