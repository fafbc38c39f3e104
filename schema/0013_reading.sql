-- When events came, by minute and hour: how many, how many said what was known, and how late they were
-- in sum and at most. Grain 1 and 2 are minutes and hours of an account and region; 3 and 4 the same over
-- all accounts (account is 0). Time leads the key: the rows that change now stand together. The newest
-- minute of an account and region is open: it stands in `account`, which each event changes anyway, and is
-- added to grain 1 and 2 by the first event of a later minute.
CREATE TABLE arrival (
    grain          BIGINT NOT NULL,
    bucket_ms      BIGINT NOT NULL,                -- by our clock, when they came
    account        BIGINT NOT NULL,
    region_id      BIGINT NOT NULL,
    events         BIGINT NOT NULL,
    repeats        BIGINT NOT NULL,
    lag_ms         BIGINT NOT NULL,                -- received minus envelope time: the sum
    longest_lag_ms BIGINT NOT NULL,                -- never below 0
    PRIMARY KEY (grain, bucket_ms, account, region_id)
) $WITHOUT_ROWID;
ALTER TABLE account ADD COLUMN open_ms BIGINT NOT NULL DEFAULT 0; -- the minute
ALTER TABLE account ADD COLUMN open_events BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN open_repeats BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN open_lag_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN open_longest_lag_ms BIGINT NOT NULL DEFAULT 0;
INSERT INTO arrival (grain, bucket_ms, account, region_id, events, repeats, lag_ms, longest_lag_ms)
    SELECT 1, e.received_ms / 60000 * 60000, e.account, e.region_id, COUNT(*),
        SUM(CASE WHEN e.effect = 4 THEN 1 ELSE 0 END), SUM(e.received_ms - e.time_ms),
        MAX(CASE WHEN e.received_ms > e.time_ms THEN e.received_ms - e.time_ms ELSE 0 END)
    FROM event e GROUP BY e.received_ms / 60000 * 60000, e.account, e.region_id;
INSERT INTO arrival (grain, bucket_ms, account, region_id, events, repeats, lag_ms, longest_lag_ms)
    SELECT 2, a.bucket_ms / 3600000 * 3600000, a.account, a.region_id, SUM(a.events), SUM(a.repeats),
        SUM(a.lag_ms), MAX(a.longest_lag_ms)
    FROM arrival a WHERE a.grain = 1 GROUP BY a.bucket_ms / 3600000 * 3600000, a.account, a.region_id;
INSERT INTO arrival (grain, bucket_ms, account, region_id, events, repeats, lag_ms, longest_lag_ms)
    SELECT a.grain + 2, a.bucket_ms, 0, a.region_id, SUM(a.events), SUM(a.repeats), SUM(a.lag_ms),
        MAX(a.longest_lag_ms)
    FROM arrival a WHERE a.grain IN (1, 2) GROUP BY a.grain, a.bucket_ms, a.region_id;

-- Grain 5 and 6 of `rollup`: hours and days of all accounts by status alone (account, kind and region are
-- 0), so that a quarter by hour is thousands of rows and not a hundred thousand.
INSERT INTO rollup (grain, bucket_ms, account, kind, region_id, status_id, created, ended, unstarted,
                    duration_ms, timed)
    SELECT r.grain + 4, r.bucket_ms, 0, 0, 0, r.status_id, SUM(r.created), SUM(r.ended), SUM(r.unstarted),
        SUM(r.duration_ms), SUM(r.timed)
    FROM rollup r WHERE r.grain IN (1, 2) AND r.account = 0
    GROUP BY r.grain, r.bucket_ms, r.status_id;

-- Jobs that used less than 30 % of their hardware, with what is told of them. All else stands with the
-- job and in `utilization`.
CREATE TABLE idle_job (
    account     BIGINT NOT NULL,
    resource_id BIGINT NOT NULL,
    ended_ms    BIGINT NOT NULL,
    machine_ms  BIGINT NOT NULL,                   -- duration times instances
    busy        $REAL  NOT NULL,                   -- percent: of the GPUs where there are any, else of the cores
    PRIMARY KEY (account, resource_id)
) $WITHOUT_ROWID;
CREATE INDEX idle_job_by_end ON idle_job (ended_ms, account, resource_id, machine_ms, busy);
INSERT INTO idle_job (account, resource_id, ended_ms, machine_ms, busy)
    SELECT i.account, i.resource_id, i.ended_ms, i.machine_ms, i.busy FROM (
        SELECT r.account, r.id AS resource_id, r.ended_ms,
            (r.ended_ms - r.started_ms) * COALESCE(r.instance_count, 1) AS machine_ms,
            COALESCE(MAX(CASE WHEN u.metric = 2 THEN u.normalized END), MAX(u.normalized)) AS busy
        FROM resource r JOIN utilization u ON u.account = r.account AND u.resource_id = r.id
            AND u.host = '' AND u.metric IN (0, 2) AND u.normalized IS NOT NULL
        WHERE r.kind < 20 AND r.ended_ms > r.started_ms
        GROUP BY r.account, r.id, r.ended_ms, r.started_ms, r.instance_count) AS i
    WHERE i.busy < 30;

-- Lists that walked what they do not show. What is failed, and what is no job, is a small part of all:
-- so these cost nothing where most rows are written.
CREATE INDEX resource_by_creation ON resource (created_ms, id) WHERE kind >= 20;
CREATE INDEX resource_of_account ON resource (account, created_ms, id) WHERE kind >= 20;
CREATE INDEX job_failed_by_end ON resource (ended_ms, id)
    WHERE kind < 20 AND is_failed = 1 AND ended_ms IS NOT NULL;
CREATE INDEX job_failed_of_account ON resource (account, ended_ms, id)
    WHERE kind < 20 AND is_failed = 1 AND ended_ms IS NOT NULL;
CREATE INDEX job_unstarted ON resource (created_ms, id)
    WHERE kind < 20 AND is_failed = 1 AND started_ms IS NULL;
CREATE INDEX rollout_by_time ON rollout (at_ms, id, what);
