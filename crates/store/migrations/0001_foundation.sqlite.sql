-- The overlap guard: bounded by the 12 hours that no occupancy may exceed.
CREATE TRIGGER occupancy_guard_insert BEFORE INSERT ON occupancy
WHEN EXISTS (
    SELECT 1 FROM occupancy AS other
    WHERE other.subject = NEW.subject
        AND other.from_at < NEW.to_at AND other.from_at > NEW.from_at - 43200000000 AND other.to_at > NEW.from_at
)
BEGIN
    SELECT RAISE(ABORT, 'occupancy_overlap');
END;

CREATE TRIGGER occupancy_guard_update BEFORE UPDATE ON occupancy
WHEN EXISTS (
    SELECT 1 FROM occupancy AS other
    WHERE other.subject = NEW.subject
        AND other.from_at < NEW.to_at AND other.from_at > NEW.from_at - 43200000000 AND other.to_at > NEW.from_at
        AND NOT (other.subject = OLD.subject AND other.from_at = OLD.from_at)
)
BEGIN
    SELECT RAISE(ABORT, 'occupancy_overlap');
END;
