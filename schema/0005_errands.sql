-- What is still to be done. A row is born in the transaction of the event that asks for it and dies
-- when the deed is confirmed. due_ms is both: when it may be leased, and until when it is leased.
CREATE TABLE errand (
    $IDENTITY_IN_ACCOUNT,
    account     BIGINT NOT NULL,
    deed        BIGINT NOT NULL,                   -- enum deed
    resource_id BIGINT NOT NULL,
    state       BIGINT NOT NULL,                   -- 0 waits or is leased, 1 given up
    due_ms      BIGINT NOT NULL,
    born_ms     BIGINT NOT NULL,
    fence       BIGINT NOT NULL DEFAULT 0,         -- grows with every lease
    attempts    BIGINT NOT NULL DEFAULT 0,
    worker      TEXT,
    last_error  TEXT,
    memo        TEXT,                              -- the collector's own JSON from the last try
    CHECK (state IN (0, 1))
);
CREATE UNIQUE INDEX errand_once ON errand (resource_id, deed, account);
CREATE INDEX errand_due ON errand (state, deed, due_ms);

-- How well a finished job used its hardware. Host '' is the job as a whole.
CREATE TABLE utilization (
    account     BIGINT NOT NULL,
    resource_id BIGINT NOT NULL,
    host        TEXT   NOT NULL,
    metric      BIGINT NOT NULL,                   -- enum utilization_metric
    average     $REAL  NOT NULL,
    maximum     $REAL  NOT NULL,
    p95         $REAL,
    normalized  $REAL,                             -- average over cores or GPUs, 0 to 100
    points      BIGINT NOT NULL,
    PRIMARY KEY (account, resource_id, host, metric)
) $WITHOUT_ROWID;

-- Sums that only grow: accepted = delivered + dead + waiting, per deed and for intake.
CREATE TABLE counter (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
