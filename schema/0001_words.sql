-- Texts that repeat without end (regions, statuses, detail-types, instance types) are numbers in
-- every other table. Number 0 means "none" and has no row.
CREATE TABLE word (
    id   $IDENTITY,
    text TEXT NOT NULL UNIQUE
);
