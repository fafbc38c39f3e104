"""What must not be kept or told of inferences: bodies nobody asked for, secrets anywhere, and what is too old."""

import contextlib
import glob
import itertools
import sqlite3
import time

import events
import pytest
from smon import ADMIN_KEY, wait_until

HOUR, DAY = 3_600_000, 86_400_000
DOC = "/api/v1/models/doc_classification"
PLACE = {"namespace": "/abc_corp/claim"}
VARIABLE, BODY = "c4n4ry-variable-51d0", "c4n4ry-body-9e27"


def transaction(number, at, **more):
    return {"type": "inference_transaction", "transaction_id": f"t-{number}", **PLACE, "model_name": "doc_classification",
            "environment": "prod", "deployment_id": 1, "model_version": 1, "server_id": 1, "request_size": 10,
            "response_size": 10, "start_at": at, "end_at": at + 5, "elapse": 5, "status": "succeeded",
            "request": {"amount": 12, "text": BODY}, "response": {"label": BODY}, **more}


def post(smon, *transactions):
    return smon.client.ask("POST", "/ingest/inferences", list(transactions))


def put(smon, *transactions):
    answer = post(smon, *transactions)
    assert answer.status == 200 and answer.json.accepted == len(transactions), answer


def keep_amount(smon, retention):
    answer = smon.client.ask("PATCH", DOC, {"payload": {"max_bytes": 1000, "members": ["/request/amount"],
                                                        "retention": retention}}, {"If-Match": "*"}, **PLACE)
    assert answer.status == 200, answer


def written(smon):
    """Every byte on disk: the database, its log, the lines of the log, and what went to standard output."""
    files = [*smon.data.rglob("*"), smon.log_path, smon.out_path]
    return b"".join(file.read_bytes() for file in files if file.is_file())


def test_secrets_of_variables_and_bodies_are_told_to_nobody_who_should_not_know(smon):
    """Environment variables are stored, for admins who ask; bodies are not: not even the file has them."""
    now = int(time.time() * 1000)
    client, answers = smon.client, []
    assert client.ask("POST", f"{DOC}/versions", {"artifacts": [{"name": "a", "uri": "s3://b/1"}]}, **PLACE).status == 201
    made = client.ask("POST", f"{DOC}/deployments", {"model_version": 1, "environment": "prod", "environment_variables": [
        {"name": "TOKEN", "value": VARIABLE}]}, **PLACE)
    assert made.status == 201
    put(smon, *(transaction(number, now - number) for number in range(20)))
    for wrong in ({"confidence": BODY}, {"status": [BODY]}, {"request": BODY}, {"start_at": BODY}):
        answers.append(post(smon, transaction(99, now, **wrong)))
        assert answers[-1].status == 400
    for wrong in (f'{{"text":"{BODY}"', f'[{{"type":"{BODY}"}}, {{"{BODY}'):
        answers.append(client.raw("POST", "/ingest/inferences", wrong.encode(), {"Content-Type": "application/json"}))
        assert answers[-1].status == 400
    answers.append(client.ask("PATCH", f"{DOC}/deployments/1", {"environment_variables": VARIABLE}, {"If-Match": "*"},
                              **PLACE))
    assert answers[-1].status == 409
    row = smon.get("inferences", limit=1).data[0].id
    paths = ["/metrics", "/api/v1/overview", "/api/v1/models", DOC, f"{DOC}/versions/1", f"{DOC}/versions/1/lineage",
             f"{DOC}/deployments", f"{DOC}/deployments/1", f"{DOC}/deployments/1/rollout", "/api/v1/deployments",
             "/api/v1/inferences", f"/api/v1/inferences/{row}", "/api/v1/inferences/summary"]
    for roles, path in itertools.product((["read"], ["read", "write"], None), paths):
        who = client.with_key(smon.new_key(roles).key) if roles else client
        answers.append(who.raw("GET", path + (f"?namespace={PLACE['namespace']}" if path.startswith(DOC) else "")))
        assert answers[-1].status == 200, (roles, path, answers[-1])
        if roles:
            who.close()
    shown = smon.run("config", "show", "--data", smon.data)
    assert shown.returncode == 0 and shown.stdout and ADMIN_KEY not in shown.stdout + shown.stderr
    told = [answer.text for answer in [made, *answers]] + [shown.stdout + shown.stderr]
    assert not [text for text in told for secret in (VARIABLE, BODY) if secret in text]
    revealed = client.get(f"{DOC}/deployments/1", reveal="environment_variables", **PLACE)
    assert VARIABLE in revealed.text
    smon.stop()
    assert VARIABLE.encode() in written(smon) and BODY.encode() not in written(smon)
    assert VARIABLE not in smon.log_path.read_text() + smon.out_path.read_text()


def test_only_the_members_a_model_wants_are_kept_and_only_for_their_time(smon):
    now = int(time.time() * 1000)
    put(smon, transaction(1, now - HOUR))
    keep_amount(smon, "2h")
    put(smon, transaction(2, now - HOUR + 1))
    new, old = smon.get("inferences").data
    shown = lambda row: smon.get(f"inferences/{row.id}").payload  # noqa: E731
    assert shown(new) == {"/request/amount": 12} and shown(old) is None
    smon.clock.move(2 * HOUR - 60_000)
    assert shown(new) == {"/request/amount": 12}
    smon.clock.move(2 * 60_000)
    assert shown(new) is None
    smon.stop()
    assert BODY.encode() not in written(smon)


FAST = 40  # so many seconds in one: housekeeping looks once a minute


def rows(smon, table, where="1 = 1"):
    with contextlib.closing(sqlite3.connect(next(smon.data.glob("*.db")))) as db:
        return db.execute(f"SELECT COUNT(*) FROM {table} WHERE {where}").fetchone()[0]


def test_housekeeping_removes_old_transactions_their_minutes_and_what_was_kept_of_them(house):
    library = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not library:
        pytest.skip("libfaketime is not installed")
    smon = house()
    smon.start()
    now = int(time.time() * 1000)
    put(smon, transaction(0, now))
    keep_amount(smon, "1h")
    put(smon, transaction(1, now - 40 * DAY), transaction(2, now - 5 * DAY), transaction(3, now))
    smon.stop()
    tables = ["inference", "inference_rollup", "inference_payload"]
    assert [rows(smon, table) for table in tables] == [4, 6, 3]
    smon.clock.move(2 * HOUR)
    smon.preload, smon.environment = library[0], {"FAKETIME": f"+0 x{FAST}", "FAKETIME_NO_CACHE": "1"}
    smon.start()
    swept = wait_until(lambda: [line for line in smon.log("retention") if line.transactions], 30, "housekeeping")[0]
    assert (swept.transactions, swept.sums, swept.parts) == (1, 2, 3)
    smon.stop()
    assert [rows(smon, table) for table in tables] == [3, 4, 0]
    assert rows(smon, "inference", f"start_ms < {now - 30 * DAY}") == 0
    assert rows(smon, "inference_rollup", f"grain = 1 AND bucket_ms < {now - 3 * DAY}") == 0
    assert rows(smon, "inference_rollup", "grain = 2") == 3  # what happened is known by the hour


def test_retention_by_size_takes_the_oldest_transactions_before_younger_events(house):
    library = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not library:
        pytest.skip("libfaketime is not installed")
    smon = house(retention__bytes=3 * 512 * 1024)  # about half of what comes
    smon.start()
    old = int(time.time() * 1000) - 5 * DAY
    assert smon.post(events.training("young", "Completed")).status == 200
    for at in range(0, 20_000, 2000):
        put(smon, *(transaction(number, old + number) for number in range(at, at + 2000)))
    smon.stop()
    smon.preload, smon.environment = library[0], {"FAKETIME": f"+0 x{FAST}", "FAKETIME_NO_CACHE": "1"}
    smon.start()
    swept = wait_until(lambda: [line for line in smon.log("retention") if line.by == "size"], 30, "housekeeping")[0]
    assert swept.transactions > 0
    smon.stop()
    assert rows(smon, "inference") <= 20_000 - swept.transactions
    assert rows(smon, "event") == 1
