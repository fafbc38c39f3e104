"""Fills a stopped service's SQLite with jobs, a million in seconds: rows in the shapes of schema/*.sql,
tally and rollups included, so that the service that starts on them cannot tell.

90 days, 200 accounts, 4 regions; of the jobs 90 % Completed, 5 % Failed (some before they started),
3 % Stopped, 2 % InProgress. Numbers are mixed from the row's own number: the same call, the same rows."""

import sqlite3
import time

DAY_MS = 24 * 3600 * 1000
DAYS = 90
HOUR, DAY = 1, 2  # grains

WORDS = ["", "eu-west-1", "us-east-1", "us-west-2", "ap-south-1", "Completed", "Failed", "Stopped", "InProgress",
         "Training", "ml.g5.xlarge", "ml.m5.large"]
WORD = {text: number for number, text in enumerate(WORDS)}

# One row per number; m1..m3 are spread over 0..9999 and do not move together.
NUMBERS = """
WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last),
mixed AS (SELECT i, (i * 2654435761) % 10000 AS m1, (i * 40503 + 7) % 9973 AS m2, (i * 69069 + 1) % 9967 AS m3
          FROM n),
job AS (SELECT i, 100000000000 + m2 % 200 AS account, 1 + m3 % 4 AS region, 1 + m2 % 4 AS kind,
        CASE WHEN m1 < 9000 THEN {Completed} WHEN m1 < 9500 THEN {Failed} WHEN m1 < 9800 THEN {Stopped}
             ELSE {InProgress} END AS status,
        m1 >= 9000 AND m1 < 9100 AS unstarted,
        :oldest + (i - 1) * :span / :count AS created, 60000 + m3 * 700 AS lasts FROM mixed)
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
    "started_ms": "CASE WHEN unstarted THEN NULL ELSE created + 30000 END",
    "ended_ms": "CASE WHEN status <> {InProgress} THEN created + lasts END",
    "instance_id": str(WORD["ml.g5.xlarge"]), "instance_count": "1", "sizing_ms": "created",
    "tags": "'{{\"team\":\"risk\"}}'", "tags_ms": "created",
    "first_seen_ms": "created", "last_event_ms": "created + lasts", "changed_ms": "created + lasts",
    "completed_ms": "CASE WHEN status <> {InProgress} THEN created + lasts END",
    "asked": "0", "utilization": "0", "rev": "1",
}

TALLY = """INSERT INTO tally (account, region_id, kind, status_id, count)
SELECT account, region_id, kind, status_id, count(*) FROM resource GROUP BY 1, 2, 3, 4"""

ROLLUP = """INSERT INTO rollup (grain, bucket_ms, account, kind, region_id, status_id, created, ended,
                    unstarted, duration_ms, timed)
SELECT {grain}, bucket, who, kind, region_id, status_id, sum(c), sum(e), sum(u), sum(d), sum(t) FROM (
  SELECT created_ms - created_ms % {width} AS bucket, {who} AS who, kind, region_id, status_id,
         1 AS c, 0 AS e, 0 AS u, 0 AS d, 0 AS t FROM resource
  UNION ALL
  SELECT ended_ms - ended_ms % {width}, {who}, kind, region_id, status_id,
         0, 1, started_ms IS NULL, coalesce(ended_ms - started_ms, 0), started_ms IS NOT NULL
  FROM resource WHERE completed_ms IS NOT NULL)
GROUP BY bucket, who, kind, region_id, status_id"""

TOTALS = """INSERT INTO rollup (grain, bucket_ms, account, kind, region_id, status_id, created, ended,
                    unstarted, duration_ms, timed)
SELECT grain + 2, bucket_ms, account, 0, 0, 0, sum(created), sum(ended), sum(unstarted), sum(duration_ms), sum(timed)
FROM rollup WHERE account > 0 GROUP BY grain, bucket_ms, account"""

ACCOUNTS = """INSERT INTO account (account, region_id, first_seen_ms, last_received_ms, last_event_ms, events)
SELECT account, region_id, min(created_ms), max(last_event_ms), max(last_event_ms), count(*)
FROM resource GROUP BY 1, 2"""


def must_be_known(connection):
    """A column that is required and that we do not fill means that the schema has moved on."""
    for _, name, _, is_required, default, is_key in connection.execute("PRAGMA table_info(resource)"):
        if is_required and default is None and not is_key and name not in RESOURCE:
            raise SystemExit(f"tests/bench/fill.py does not know resource.{name}")


def insert_jobs(connection, count, now_ms):
    bounds = {"oldest": now_ms - DAYS * DAY_MS, "span": DAYS * DAY_MS, "count": count}
    numbers = NUMBERS.format(**WORD)
    values = ", ".join(RESOURCE.values()).format(**WORD)
    for first in range(1, count + 1, 1_000_000):
        with connection:
            connection.execute(f"INSERT INTO resource ({', '.join(RESOURCE)}) {numbers} SELECT {values} FROM job",
                               {**bounds, "first": first, "last": min(count, first + 999_999)})


def fill(path, count):
    """Puts `count` jobs into the database of a service that is not running."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -262144")
    must_be_known(connection)
    indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND"
                                 " tbl_name = 'resource' AND sql IS NOT NULL").fetchall()
    with connection:
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute("DELETE FROM word")
        connection.executemany("INSERT INTO word (id, text) VALUES (?, ?)",
                               [(number, text) for number, text in enumerate(WORDS) if number])
    insert_jobs(connection, count, int(time.time() * 1000))
    with connection:
        for _, sql in indexes:
            connection.execute(sql)
        connection.execute(TALLY)
        for grain, width in ((HOUR, DAY_MS // 24), (DAY, DAY_MS)):
            for who in ("account", "0"):
                connection.execute(ROLLUP.format(grain=grain, width=width, who=who))
        connection.execute(TOTALS)
        connection.execute(ACCOUNTS)
    connection.execute("PRAGMA optimize")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
