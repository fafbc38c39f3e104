-- Every job, endpoint, model, ... we know: one row per (account, region, kind, name, generation).
-- The row is a pure function of the set of its events, whatever their order (store/state.h).
CREATE TABLE resource (
    $IDENTITY_IN_ACCOUNT,
    account         BIGINT NOT NULL,
    region_id       BIGINT NOT NULL,
    kind            BIGINT NOT NULL,               -- enum kind
    name            TEXT   NOT NULL,
    generation_ms   BIGINT NOT NULL,               -- CreationTime; 0 while unknown
    arn             TEXT,
    status_id       BIGINT NOT NULL,               -- word; 0: the kind has none, or not yet known
    secondary_id    BIGINT NOT NULL,
    weight          BIGINT NOT NULL,               -- of the status: class * 1000 + rank
    is_failed       BIGINT NOT NULL,               -- the status means failure
    version_ms      BIGINT NOT NULL,               -- of the event that gave the status
    stamp_ms        BIGINT NOT NULL,               -- its envelope time
    stamp_uid       BIGINT NOT NULL,               -- and its id's hash: the last tie-break
    failure_reason  TEXT,
    reason_ms       BIGINT NOT NULL,               -- version of the event that gave it
    approval        TEXT,                          -- model packages: apart from status
    approval_ms     BIGINT NOT NULL,
    stage           TEXT,                          -- ModelLifeCycle as JSON
    stage_ms        BIGINT NOT NULL,
    created_ms      BIGINT NOT NULL,               -- generation, or the oldest envelope time
    started_ms      BIGINT,
    ended_ms        BIGINT,
    billable_ms     BIGINT,
    instance_id     BIGINT NOT NULL,               -- word: instance type
    instance_count  BIGINT,
    sizing          TEXT,                          -- JSON of instance groups, where there are several
    sizing_ms       BIGINT NOT NULL,
    tags            TEXT,                          -- JSON object
    tags_ms         BIGINT NOT NULL,
    parent          TEXT,                          -- ARN of what started it
    created_by      TEXT,                          -- ARN of who, from CloudTrail
    first_seen_ms   BIGINT NOT NULL,               -- our clock
    last_event_ms   BIGINT NOT NULL,               -- the newest envelope time
    changed_ms      BIGINT NOT NULL,               -- our clock, when the row last changed
    completed_ms    BIGINT,                        -- our clock, when its end was first known
    asked           BIGINT NOT NULL,               -- bits: errands already written (enum deed)
    utilization     BIGINT NOT NULL,               -- enum utilization_state
    utilization_why TEXT,
    rev             BIGINT NOT NULL,               -- grows with every write; guards against a sister service
    CHECK (account >= 0 AND kind > 0)
);
CREATE UNIQUE INDEX resource_by_name ON resource (account, region_id, kind, name, generation_ms);
CREATE INDEX resource_by_account ON resource (account, created_ms, id);
CREATE INDEX job_by_creation ON resource (created_ms, id) WHERE kind < 20;
CREATE INDEX job_by_status ON resource (status_id, created_ms, id) WHERE kind < 20;
CREATE INDEX job_by_end ON resource (ended_ms, id) WHERE kind < 20 AND ended_ms IS NOT NULL;

-- How many there are now, by status. A difference is added in the transaction that makes it. The key
-- is in the order in which overviews sum.
CREATE TABLE tally (
    account   BIGINT NOT NULL,
    region_id BIGINT NOT NULL,
    kind      BIGINT NOT NULL,
    status_id BIGINT NOT NULL,
    count     BIGINT NOT NULL,
    PRIMARY KEY (account, kind, status_id, region_id)
) $WITHOUT_ROWID;

-- Jobs by hour and day (grain 1 and 2): what dashboards read instead of counting rows. Account 0 is
-- the sum over all accounts. Grain 3 and 4 are hours and days of an account over all kinds, regions
-- and statuses (those columns are 0). `created` counts by the time of creation under the status of now;
-- `ended` counts completions by the time of the end, once per job. Time leads the key: the rows that
-- change now stand together, on few pages.
CREATE TABLE rollup (
    grain           BIGINT NOT NULL,
    bucket_ms       BIGINT NOT NULL,
    account         BIGINT NOT NULL,
    kind            BIGINT NOT NULL,
    region_id       BIGINT NOT NULL,
    status_id       BIGINT NOT NULL,
    created         BIGINT NOT NULL,
    ended           BIGINT NOT NULL,
    unstarted       BIGINT NOT NULL,               -- of those ended: failed before they started
    duration_ms     BIGINT NOT NULL,               -- sum over those ended
    timed           BIGINT NOT NULL,               -- of those ended: how many have a duration
    PRIMARY KEY (grain, bucket_ms, account, kind, region_id, status_id)
) $WITHOUT_ROWID;
