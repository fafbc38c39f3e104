-- Every event as it came. The same event again is found by its envelope time, the hash of its region
-- and id, and its account: a key that grows at the right edge, because an event's time is close to its
-- arrival. Were the account first, each commit would touch one page per account.
CREATE TABLE event (
    $IDENTITY_IN_ACCOUNT,
    account     BIGINT NOT NULL,
    time_ms     BIGINT NOT NULL,
    uid         BIGINT NOT NULL,
    region_id   BIGINT NOT NULL,
    type_id     BIGINT NOT NULL,                   -- word: detail-type
    kind        BIGINT NOT NULL,
    resource_id BIGINT NOT NULL,                   -- 0: about nothing we keep
    status_id   BIGINT NOT NULL,
    version_ms  BIGINT NOT NULL,
    received_ms BIGINT NOT NULL,
    effect      BIGINT NOT NULL,                   -- enum effect: what it did to the row
    body        $BLOB NOT NULL
);
CREATE UNIQUE INDEX event_once ON event (time_ms, uid, account);
-- By arrival alone, as events are listed: SQLite's row number is that index already.
$ON_POSTGRES CREATE INDEX event_by_id ON event (id);
CREATE INDEX event_by_resource ON event (resource_id, version_ms, account);

-- What an authenticated sender posted and we did not understand, and why.
CREATE TABLE quarantine (
    id          $IDENTITY,
    account     BIGINT NOT NULL,                   -- 0: unknown
    source      TEXT   NOT NULL,                   -- which intake
    reason      TEXT   NOT NULL,
    received_ms BIGINT NOT NULL,
    key_id      TEXT,                              -- whose key brought it
    replayed_ms BIGINT,                            -- when a replay took it in
    digest      BIGINT NOT NULL,                   -- hash of body: the same rubbish twice is one row
    times       BIGINT NOT NULL DEFAULT 1,
    body        $BLOB NOT NULL
);
CREATE UNIQUE INDEX quarantine_once ON quarantine (digest, account);
CREATE INDEX quarantine_by_time ON quarantine (received_ms, id);
