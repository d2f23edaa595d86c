-- The overlap guard. btree_gist is a trusted extension: the owner of the database may add it.
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE occupancy ADD CONSTRAINT occupancy_overlap
    EXCLUDE USING gist (subject WITH =, int8range(from_at, to_at) WITH &&);
