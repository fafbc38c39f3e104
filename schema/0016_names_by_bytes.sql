-- Names are compared as bytes: the runs of one thing are found as a range of names, which in the order of a
-- language would hold other things as well. SQLite compares bytes anyway.
$ON_POSTGRES ALTER TABLE resource ALTER COLUMN name TYPE TEXT COLLATE "C";
