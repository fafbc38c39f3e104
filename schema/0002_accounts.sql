-- One row for every account and region we have heard of: its pulse. Counters only grow.
CREATE TABLE account (
    account          BIGINT NOT NULL,              -- the 12-digit number
    region_id        BIGINT NOT NULL,
    first_seen_ms    BIGINT NOT NULL,              -- our clock
    last_received_ms BIGINT NOT NULL,              -- our clock
    last_event_ms    BIGINT NOT NULL,              -- the newest envelope time
    lag_ms           BIGINT NOT NULL DEFAULT 0,    -- received minus envelope time, of the latest
    events           BIGINT NOT NULL DEFAULT 0,    -- stored
    duplicates       BIGINT NOT NULL DEFAULT 0,    -- the same event delivered again
    repeats          BIGINT NOT NULL DEFAULT 0,    -- another event that says the same
    out_of_order     BIGINT NOT NULL DEFAULT 0,    -- older than what we knew
    conflicts        BIGINT NOT NULL DEFAULT 0,    -- two different ends of one job
    unknown_types    BIGINT NOT NULL DEFAULT 0,    -- detail-types not in our table, kept raw
    unknown_statuses BIGINT NOT NULL DEFAULT 0,
    bad_times        BIGINT NOT NULL DEFAULT 0,    -- time members that could not be read
    quarantined      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account, region_id)
) $WITHOUT_ROWID;

-- Detail-types that are not in our table, and how often they came, per account.
CREATE TABLE type_count (
    account  BIGINT NOT NULL,
    type_id  BIGINT NOT NULL,
    events   BIGINT NOT NULL,
    last_ms  BIGINT NOT NULL,
    PRIMARY KEY (account, type_id)
) $WITHOUT_ROWID;
