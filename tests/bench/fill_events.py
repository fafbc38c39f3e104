"""The events of the newest jobs, in the order in which they came, and what follows from them: pulses of
accounts, and how well hardware was used. A job that runs through has five: Starting, Downloading, Training,
Uploading and its end. Every tenth says one thing twice; most come within two seconds, one in a thousand up
to an hour late."""

EVENT = {
    "account": "c.account", "time_ms": "c.time_ms", "uid": "c.uid", "region_id": "c.region_id", "type_id": "k.type_id",
    "kind": "c.kind", "resource_id": "c.resource_id", "status_id": "c.status_id", "version_ms": "c.time_ms",
    "received_ms": "c.received_ms", "effect": "c.effect",
    "body": """CAST(printf('{"version":"0","id":"0a15f67d-aa23-4123-8123-%012x","detail-type":"%s",'
 || '"source":"aws.sagemaker","account":"%012d","time":"%s","region":"%s","resources":["%s"],"detail":'
 || '{"%sName":"%s","%sArn":"%s","%sStatus":"%s","SecondaryStatus":"%s","CreationTime":%d,"LastModifiedTime":%d}}',
 c.uid, k.type, c.account, strftime('%Y-%m-%dT%H:%M:%SZ', c.time_ms / 1000, 'unixepoch'), g.text, r.arn, k.member,
 r.name, k.member, r.arn, k.member, s.text, t.text, r.created_ms, c.time_ms) AS BLOB)""",
}
UTILIZATION = {
    "account": "account", "resource_id": "id", "host": "''", "metric": "m.metric",
    "average": "busy", "maximum": "min(busy * 2, 100)", "p95": "min(busy * 2, 100)", "normalized": "busy",
    "points": "1 + (ended_ms - started_ms) / 60000",
}
ACCOUNT = {
    "account": "j.account", "region_id": "j.region_id", "first_seen_ms": "j.first_ms",
    "last_received_ms": "coalesce(e.received_ms, j.last_ms)", "last_event_ms": "coalesce(e.time_ms, j.last_ms)",
    "lag_ms": "coalesce(e.lag_ms, 0)", "events": "coalesce(e.events, 0)", "repeats": "coalesce(e.repeats, 0)",
}
ARRIVAL = {"grain", "bucket_ms", "account", "region_id", "events", "repeats", "lag_ms", "longest_lag_ms"}
IDLE = {"account", "resource_id", "ended_ms", "machine_ms", "busy"}
KNOWN = {"event": set(EVENT), "utilization": set(UTILIZATION), "account": set(ACCOUNT), "arrival": ARRIVAL,
         "idle_job": IDLE}

NEW, STATUS, REPEAT = 1, 2, 4  # effects

# What happens to a job, and when: so long after it was made, or before its end.
STEPS = """CREATE TEMP TABLE step AS SELECT column1 AS number, column2 AS secondary_id, column3 AS after_ms,
 column4 AS before_ms, column5 AS effect FROM (VALUES
 (1, {Starting}, 1000, NULL, %(new)d), (2, {Downloading}, 10000, NULL, %(status)d),
 (3, {Training}, 30000, NULL, %(status)d), (4, {Training}, 31000, NULL, %(repeat)d),
 (5, {Uploading}, NULL, 20000, %(status)d), (0, NULL, NULL, 0, %(status)d))""" % {
    "new": NEW, "status": STATUS, "repeat": REPEAT}
KINDS = """CREATE TEMP TABLE kind_word AS SELECT column1 AS kind, column2 AS type_id, column3 AS member, w.text AS type
 FROM (VALUES (1, {SageMaker Training Job State Change}, 'TrainingJob'),
              (2, {SageMaker Processing Job State Change}, 'ProcessingJob'),
              (3, {SageMaker Transform Job State Change}, 'TransformJob'),
              (4, {SageMaker HyperParameter Tuning Job State Change}, 'HyperParameterTuningJob'))
 JOIN word w ON w.id = column2"""

# Only numbers are put in order; the bodies are made when they are written.
CAME = """CREATE TEMP TABLE came AS SELECT * FROM (
SELECT account, region_id, kind, resource_id, status_id, secondary_id, effect, uid, time_ms,
       time_ms + 200 + uid % 1797 + CASE WHEN uid % 1009 = 0 THEN uid % 3600000 ELSE 0 END AS received_ms
FROM (SELECT r.account, r.region_id, r.kind, r.id AS resource_id, r.id * 7919 + s.number AS uid, s.effect,
             CASE WHEN s.number = 0 THEN r.status_id ELSE {InProgress} END AS status_id,
             coalesce(s.secondary_id, r.status_id) AS secondary_id,
             coalesce(r.created_ms + s.after_ms, r.ended_ms - s.before_ms) AS time_ms
      FROM resource r CROSS JOIN step s
      WHERE r.id >= :first AND (r.started_ms IS NOT NULL OR s.number IN (0, 1)) AND (s.number <> 4 OR r.id % 10 = 0))
) WHERE received_ms <= :now ORDER BY received_ms, uid"""

EVENTS = """INSERT INTO event ({columns}) SELECT {values} FROM came c
CROSS JOIN resource r ON r.id = c.resource_id CROSS JOIN kind_word k ON k.kind = c.kind
CROSS JOIN word g ON g.id = c.region_id CROSS JOIN word s ON s.id = c.status_id
CROSS JOIN word t ON t.id = c.secondary_id ORDER BY c.rowid"""

# CPU, memory and GPU (the metrics 0 to 2); between 5 and 99 percent, the same for all three.
HARDWARE = """INSERT INTO utilization ({columns}) SELECT {values} FROM
 (SELECT id, account, started_ms, ended_ms, 5 + (id * 48271) % 95 AS busy FROM resource
  WHERE id >= :first AND ended_ms IS NOT NULL AND started_ms IS NOT NULL)
 CROSS JOIN (SELECT 0 AS metric UNION ALL SELECT 1 UNION ALL SELECT 2) m WHERE true
 ORDER BY account, id, m.metric"""

PULSES = """INSERT INTO account ({columns}) SELECT {values} FROM
 (SELECT account, region_id, min(bucket_ms) AS first_ms, max(bucket_ms) AS last_ms FROM rollup
  WHERE grain = 2 AND account > 0 GROUP BY account, region_id) j
 LEFT JOIN (SELECT account, region_id, max(received_ms) AS received_ms, max(time_ms) AS time_ms, count(*) AS events,
  sum(effect = {repeat}) AS repeats, avg(received_ms - time_ms) / 1 AS lag_ms FROM came
  GROUP BY account, region_id) e ON e.account = j.account AND e.region_id = j.region_id"""

# Minutes from what came, everything wider from them.
MINUTES = """INSERT INTO arrival (grain, bucket_ms, account, region_id, events, repeats, lag_ms, longest_lag_ms)
SELECT 1, received_ms / 60000 * 60000, account, region_id, count(*), sum(effect = {repeat}),
       sum(received_ms - time_ms), max(received_ms - time_ms) FROM came GROUP BY 2, 3, 4"""
WIDER = """INSERT INTO arrival (grain, bucket_ms, account, region_id, events, repeats, lag_ms, longest_lag_ms)
SELECT {grain}, bucket_ms / {width} * {width}, {account}, region_id, sum(events), sum(repeats), sum(lag_ms),
       max(longest_lag_ms) FROM arrival WHERE grain = {of} GROUP BY 2, 3, 4"""
HOUR_MS = 3600 * 1000

IDLE_JOBS = """INSERT INTO idle_job (account, resource_id, ended_ms, machine_ms, busy)
SELECT r.account, r.id, r.ended_ms, r.ended_ms - r.started_ms, u.normalized
FROM utilization u CROSS JOIN resource r ON r.id = u.resource_id WHERE u.metric = 2 AND u.normalized < 30"""


def insert(text, columns, **more):
    return text.format(columns=", ".join(columns), values=", ".join(columns.values()), **more)


def fill(connection, word, first, now_ms):
    """For all jobs from number `first` on."""
    connection.execute(STEPS.format(**word))
    connection.execute(KINDS.format(**word))
    connection.execute(CAME.format(**word), {"first": first, "now": now_ms})
    connection.execute(insert(EVENTS, EVENT))
    connection.execute(insert(HARDWARE, UTILIZATION), {"first": first})
    connection.execute(insert(PULSES, ACCOUNT, repeat=REPEAT))
    connection.execute(MINUTES.format(repeat=REPEAT))
    connection.execute(WIDER.format(grain=2, of=1, width=HOUR_MS, account="account"))
    connection.execute(WIDER.format(grain=3, of=1, width=1, account="0"))
    connection.execute(WIDER.format(grain=4, of=2, width=1, account="0"))
    connection.execute(IDLE_JOBS)
