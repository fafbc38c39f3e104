-- PostgreSQL writes an updated row anew. Where the new one finds no place on the page of the old one, every
-- index of the table gets an entry for it as well: of the rows that change again and again, a part of each
-- page is left free for that. SQLite updates rows where they stand.
$ON_POSTGRES ALTER TABLE resource SET (fillfactor = 70);
$ON_POSTGRES ALTER TABLE rollup SET (fillfactor = 70);
$ON_POSTGRES ALTER TABLE inference_rollup SET (fillfactor = 70);
