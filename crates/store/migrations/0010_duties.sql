-- Cases by the day on which they closed, and the two people who have no next appointment yet.
CREATE INDEX disruption_closed ON disruption (practice, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX obligation_next_to_book ON obligation (relationship)
    WHERE kind = 'book_next' AND state IN ('open', 'escalated');
