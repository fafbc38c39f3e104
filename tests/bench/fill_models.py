"""Beside the jobs a thousandth as many models: each with ten resources (an endpoint among them), five versions
and ten deployments, each of which was made, got a tenth of the traffic, then all, and was retired when the next
one came. Spread over the same days."""

DAYS_MS = 89 * 24 * 3600 * 1000
RESOURCES, VERSIONS, DEPLOYMENTS = 10, 5, 10
HOUR_MS = 3600 * 1000

MODEL = {
    "id": "n", "account": "100000000000 + n % 200", "region_id": "1 + n % 4",
    "path": "printf('/corp/unit-%02d/model-%06d', n % 20, n)", "namespace": "printf('/corp/unit-%02d', n % 20)",
    "name": "printf('model-%06d', n)", "versions": str(VERSIONS), "deployments": str(DEPLOYMENTS),
    "created_ms": ":oldest", "changed_ms": ":oldest", "rev": "1",
}
VERSION = {
    "model_id": "m.id", "number": "i.n", "source": "1", "identity": "printf('%064x', m.id * 100 + i.n)",
    "digest": "printf('%064x', m.id * 100 + i.n)", "artifacts": "'[]'", "package_status": "0",
    "create_ms": ":oldest + 60000 * i.n", "changed_ms": ":oldest + 60000 * i.n", "rev": "1",
}
DEPLOYMENT = {
    "id": "(m.id - 1) * {deployments} + i.n", "model_id": "m.id", "number": "i.n", "version": "1 + i.n % {versions}",
    "source": "1", "environment": "CASE WHEN m.id % 3 = 0 THEN 'staging' ELSE 'production' END",
    "endpoint": "'serve-' || m.name", "endpoint_key": "'serve-' || m.name", "resource_id": "0", "config": "''",
    "variant": "''", "method": "4", "strategy": "2",
    "created_ms": ":oldest + (i.n - 1) * :apart + m.id * 1000003 % :apart",
    "changed_ms": ":oldest + (i.n - 1) * :apart + m.id * 1000003 % :apart", "rev": "1",
}
ROLLOUT = {
    "deployment_id": "d.id", "at_ms": "d.created_ms + e.after_ms", "what": "e.what", "share": "e.share",
    "state": "e.state", "who": "'bench'", "source": "1", "written_ms": "d.created_ms + e.after_ms",
}
RESOURCE = {
    "account": "m.account", "region_id": "m.region_id", "kind": "20 + i.n % 4",
    "name": "printf('%s-%02d', m.name, i.n)", "generation_ms": "m.created_ms + m.id * 977 + i.n",
    "status_id": "CASE WHEN i.n % 4 = 0 THEN {InService} ELSE 0 END", "secondary_id": "0", "weight": "10",
    "is_failed": "0",
    "version_ms": "m.created_ms", "stamp_ms": "m.created_ms", "stamp_uid": "i.n", "reason_ms": "0", "approval_ms": "0",
    "stage_ms": "0", "created_ms": "m.created_ms + m.id * 977 + i.n", "instance_id": "0", "sizing_ms": "0",
    "tags_ms": "0", "first_seen_ms": "m.created_ms", "last_event_ms": "m.created_ms", "changed_ms": "m.created_ms",
    "asked": "0", "utilization": "0", "rev": "1",
}
KNOWN = {"model": set(MODEL), "model_version": set(VERSION), "deployment": set(DEPLOYMENT), "rollout": set(ROLLOUT)}

NUMBERS = "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < :most)"

# What happened, how the deployment stood after it, and when (stored numbers of store/models/rollout.h).
ENTRIES = """(SELECT column1 AS what, column2 AS state, column3 AS share, column4 AS after_ms
 FROM (VALUES (1, 1, 0, 0), (2, 2, 1000, {hour}), (3, 2, 10000, 2 * {hour}), (6, 3, 0, :apart)))"""

TALLY = """INSERT INTO tally (account, region_id, kind, status_id, count)
SELECT account, region_id, kind, status_id, count(*) FROM resource WHERE id > :jobs GROUP BY 1, 3, 4, 2"""


def fill(connection, word, jobs, now_ms):
    bounds = {"oldest": now_ms - DAYS_MS, "apart": DAYS_MS // DEPLOYMENTS, "jobs": jobs}

    def put(table, columns, source, most, order=""):
        connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) {NUMBERS} SELECT "
                           + ", ".join(columns.values()).format(
                               **word, deployments=DEPLOYMENTS, versions=VERSIONS)
                           + source.format(hour=HOUR_MS) + order, {**bounds, "most": most})

    put("model", MODEL, " FROM i", max(jobs // 1000, 10))
    put("model_version", VERSION, " FROM model m CROSS JOIN i", VERSIONS)
    put("deployment", DEPLOYMENT, " FROM model m CROSS JOIN i", DEPLOYMENTS)
    put("rollout", ROLLOUT, f" FROM deployment d CROSS JOIN {ENTRIES} e WHERE e.what <> 6 OR d.number < :most",
        DEPLOYMENTS, " ORDER BY 2")
    put("resource", RESOURCE, " FROM model m CROSS JOIN i", RESOURCES)
    connection.execute(TALLY, bounds)
