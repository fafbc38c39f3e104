"""Fills a stopped service's SQLite with jobs, a million in seconds: rows in the shapes of schema/*.sql,
tally and rollups included, so that the service that starts on them cannot tell.

90 days, 200 accounts, 4 regions; of the jobs 90 % Completed, 5 % Failed (some before they started),
3 % Stopped, 2 % InProgress, and those whose end would lie ahead are in progress, too. The newest jobs
have their events and figures of their hardware (fill_events.py), and a thousandth as many models stand
beside them (fill_models.py). Numbers are mixed from the row's own number: the same call, the same rows."""

import sqlite3
import time

import fill_events
import fill_models

RECIPE = 1  # one more whenever other rows come out of the same call: what was kept is no longer the same

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
DAYS = 90
EVENTS = 1_000_000
EVENTS_A_JOB = 5
CACHE_KIB = 1 << 20

WORDS = ["", "eu-west-1", "us-east-1", "us-west-2", "ap-south-1", "Completed", "Failed", "Stopped", "InProgress",
         "Training", "ml.g5.xlarge", "ml.m5.large", "Starting", "Downloading", "Uploading", "InService",
         "SageMaker Training Job State Change", "SageMaker Processing Job State Change",
         "SageMaker Transform Job State Change", "SageMaker HyperParameter Tuning Job State Change"]
WORD = {text: number for number, text in enumerate(WORDS)}

# One row per number; m1..m3 are spread over 0..9999 and do not move together.
NUMBERS = """
WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last),
mixed AS (SELECT i, (i * 2654435761) % 10000 AS m1, (i * 40503 + 7) % 9973 AS m2, (i * 69069 + 1) % 9967 AS m3
          FROM n),
timed AS (SELECT *, :oldest + (i - 1) * :span / :count AS created, 60000 + m3 * 700 AS lasts FROM mixed),
job AS (SELECT i, 100000000000 + m2 % 200 AS account, 1 + m3 % 4 AS region, 1 + m2 % 4 AS kind,
        CASE WHEN created + lasts >= :oldest + :span THEN {InProgress} WHEN m1 < 9000 THEN {Completed}
             WHEN m1 < 9500 THEN {Failed} WHEN m1 < 9800 THEN {Stopped} ELSE {InProgress} END AS status,
        m1 >= 9000 AND m1 < 9100 AS unstarted, created, lasts FROM timed)
"""

# column of `resource` -> SQL over `job`
RESOURCE = {
    "id": "i", "account": "account", "region_id": "region", "kind": "kind",
    "name": "printf('job-%010d', i)", "generation_ms": "created",
    "arn": "printf('arn:aws:sagemaker:eu-west-1:%012d:training-job/job-%010d', account, i)",
    "status_id": "status", "secondary_id": "status",
    "weight": "CASE WHEN status = {InProgress} THEN 10 ELSE 1090 END",
    "is_failed": "status = {Failed}",
    "version_ms": "created + lasts", "stamp_ms": "created + lasts", "stamp_uid": "i * 7919",
    "failure_reason": "CASE WHEN status = {Failed} THEN 'AlgorithmError: exit code 1' END",
    "reason_ms": "CASE WHEN status = {Failed} THEN created + lasts ELSE 0 END",
    "approval_ms": "0", "stage_ms": "0", "created_ms": "created",
    "started_ms": "CASE WHEN unstarted AND status = {Failed} OR created + 30000 > :oldest + :span THEN NULL"
                  " ELSE created + 30000 END",
    "ended_ms": "CASE WHEN status <> {InProgress} THEN created + lasts END",
    "instance_id": str(WORD["ml.g5.xlarge"]), "instance_count": "1", "sizing_ms": "created",
    "tags": "'{{\"team\":\"risk\"}}'", "tags_ms": "created",
    "first_seen_ms": "created", "last_event_ms": "created + lasts", "changed_ms": "created + lasts",
    "completed_ms": "CASE WHEN status <> {InProgress} THEN created + lasts END",
    "asked": "0", "utilization": "CASE WHEN i >= :told AND status <> {InProgress} THEN 2 ELSE 0 END", "rev": "1",
}

# What each hour's cells are summed up from: a job counts when it was made, and when it ended.
CELL = """CREATE TEMP TABLE cell (bucket_ms, account, kind, region_id, status_id, created, ended, unstarted,
                         duration_ms, timed)"""
CELLS = """INSERT INTO cell SELECT bucket, account, kind, region_id, status_id, sum(c), sum(e), sum(u), sum(d), sum(t)
FROM (SELECT created_ms / 3600000 * 3600000 AS bucket, account, kind, region_id, status_id,
             1 AS c, 0 AS e, 0 AS u, 0 AS d, 0 AS t FROM resource WHERE id BETWEEN :first AND :last
      UNION ALL
      SELECT ended_ms / 3600000 * 3600000, account, kind, region_id, status_id,
             0, 1, started_ms IS NULL, coalesce(ended_ms - started_ms, 0), started_ms IS NOT NULL
      FROM resource WHERE id BETWEEN :first AND :last AND completed_ms IS NOT NULL)
GROUP BY bucket, account, kind, region_id, status_id"""

# The order of columns is that of the key, so that each grain is written in its order.
ROLLUP = """INSERT INTO rollup (grain, bucket_ms, account, kind, region_id, status_id, created, ended,
                    unstarted, duration_ms, timed)
SELECT {grain}, bucket_ms / {width} * {width}, {account}, {kind}, {region}, {status},
       sum(created), sum(ended), sum(unstarted), sum(duration_ms), sum(timed)
FROM cell WHERE true GROUP BY 2, 3, 4, 5, 6
ON CONFLICT DO UPDATE SET created = created + excluded.created, ended = ended + excluded.ended,
       unstarted = unstarted + excluded.unstarted, duration_ms = duration_ms + excluded.duration_ms,
       timed = timed + excluded.timed"""
APART = {"kind": "kind", "region": "region_id", "status": "status_id"}
TOGETHER = {"kind": "0", "region": "0", "status": "0"}
BY_STATUS = {"kind": "0", "region": "0", "status": "status_id"}
GRAINS = [ROLLUP.format(grain=1, width=HOUR_MS, account="account", **APART),
          ROLLUP.format(grain=1, width=HOUR_MS, account="0", **APART),
          ROLLUP.format(grain=2, width=DAY_MS, account="account", **APART),
          ROLLUP.format(grain=2, width=DAY_MS, account="0", **APART),
          ROLLUP.format(grain=3, width=HOUR_MS, account="account", **TOGETHER),
          ROLLUP.format(grain=4, width=DAY_MS, account="account", **TOGETHER),
          ROLLUP.format(grain=5, width=HOUR_MS, account="0", **BY_STATUS),
          ROLLUP.format(grain=6, width=DAY_MS, account="0", **BY_STATUS)]

TALLY = """INSERT INTO tally (account, region_id, kind, status_id, count)
SELECT account, region_id, kind, status_id, sum(created) FROM rollup WHERE grain = 2 AND account > 0
GROUP BY account, kind, status_id, region_id"""

# Tables that we write to, with the columns we know.
KNOWN = {
    "resource": set(RESOURCE), "word": {"text"}, "tally": {"account", "region_id", "kind", "status_id", "count"},
    "rollup": {"grain", "bucket_ms", "account", "kind", "region_id", "status_id", "created", "ended", "unstarted",
               "duration_ms", "timed"},
    **fill_events.KNOWN, **fill_models.KNOWN,
}


def must_be_known(connection):
    """A column that is required and that we do not fill means that the schema has moved on."""
    for table, columns in KNOWN.items():
        there = connection.execute(f"PRAGMA table_info({table})").fetchall()
        if not there:
            raise SystemExit(f"tests/bench/fill.py knows a table {table}, and there is none")
        for _, name, kind, is_required, default, is_key in there:
            is_numbered = is_key and kind == "INTEGER"
            if is_required and default is None and not is_numbered and name not in columns:
                raise SystemExit(f"tests/bench/fill.py does not know {table}.{name}")


def shape(connection):
    """The tables that are filled, as they are now: what must be the same for a kept database to be taken."""
    return sorted(row for row in connection.execute("SELECT type, tbl_name, name, sql FROM sqlite_master")
                  if row[1] in KNOWN)


def insert_jobs(connection, count, events, now_ms):
    """A day's worth at a time: its rows are still at hand when they are summed up."""
    bounds = {"oldest": now_ms - DAYS * DAY_MS, "span": DAYS * DAY_MS, "count": count,
              "told": count - events // EVENTS_A_JOB + 1}
    insert = f"INSERT INTO resource ({', '.join(RESOURCE)}) {NUMBERS} SELECT {', '.join(RESOURCE.values())} FROM job"
    insert = insert.format(**WORD)
    connection.execute(CELL)
    step = max(count // DAYS, 1)
    for first in range(1, count + 1, step):
        part = {"first": first, "last": min(count, first + step - 1)}
        connection.execute(insert, {**bounds, **part})
        connection.execute(CELLS, part)
        for grain in GRAINS:
            connection.execute(grain)
        connection.execute("DELETE FROM cell")
    connection.execute(TALLY)


def fill_all(connection, count, events, now_ms):
    indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND"
                                 " tbl_name IN ('resource', 'event') AND sql IS NOT NULL").fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("DELETE FROM word")
    connection.executemany("INSERT INTO word (id, text) VALUES (?, ?)",
                           [(number, text) for number, text in enumerate(WORDS) if number])
    insert_jobs(connection, count, events, now_ms)
    fill_events.fill(connection, WORD, max(count - events // EVENTS_A_JOB + 1, 1), now_ms)
    fill_models.fill(connection, WORD, count, now_ms)
    for _, sql in indexes:
        connection.execute(sql)


def fill(path, count, events=EVENTS, now_ms=None):
    """Puts `count` jobs, and about `events` events of the newest of them, into the database of a service that is
    not running. When it is cut short the file is lost: nothing is written twice, and nothing is synced."""
    connection = sqlite3.connect(path, isolation_level=None)
    must_be_known(connection)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("BEGIN")
    fill_all(connection, count, events, now_ms or int(time.time() * 1000))
    connection.execute("COMMIT")
    connection.execute("PRAGMA optimize")
    connection.execute("PRAGMA locking_mode = NORMAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
