"""What EventBridge sends is taken, once, and never refused in a way that makes it drop a good event."""

import base64
import json
import re
import sqlite3

import events
import pytest
from client import as_eventbridge, basic, bearer, exchange
from smon import ADMIN_KEY

MOST_BYTES = (1 << 20) + (64 << 10)


def padded(size):
    """An event of exactly this many bytes."""
    event = events.training("big", "Completed", Filler="")
    lacking = size - len(json.dumps(event).encode())
    event["detail"]["Filler"] = "x" * lacking
    body = json.dumps(event).encode()
    assert len(body) == size
    return body


@pytest.mark.both_engines
def test_the_very_request_of_an_api_destination_is_answered_200_whole_and_closed(smon):
    event = events.training("demo", "Completed")
    answer = exchange("127.0.0.1", smon.port, as_eventbridge(event, ADMIN_KEY))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), answer
    assert b"content-range" not in head.lower()
    assert re.search(rb"(?im)^connection: *close", head)
    assert int(re.search(rb"(?im)^content-length: *(\d+)", head).group(1)) == len(body)
    job = smon.job("demo")
    assert (job.status, job.kind, job.account, job.region) == \
        ("Completed", "training", events.ACCOUNT, events.REGION)


def test_a_put_is_as_good_as_a_post_and_anything_else_is_told_what_is_allowed(smon):
    body = json.dumps(events.training("demo"))
    headers = {"Content-Type": "application/json"}
    assert smon.client.raw("PUT", "/ingest/eventbridge", body, headers).status == 200
    answer = smon.client.raw("DELETE", "/ingest/eventbridge")
    assert answer.status == 405 and "POST" in answer.headers["Allow"]


@pytest.mark.both_engines
def test_the_same_event_twice_is_one_row_and_one_effect(smon):
    event = events.training("demo", "Completed")
    for _ in range(3):
        smon.taken(event)
    smon.taken([event, event])
    assert len(smon.events()) == 1
    assert len(smon.jobs()) == 1
    assert smon.get("overview") and smon.job("demo").status == "Completed"


def test_an_event_whose_time_got_lost_is_known_when_it_comes_again(smon):
    event = events.training("demo", "Completed")
    del event["time"]
    smon.taken(event)
    assert smon.taken(event).json["duplicates"] == 1
    assert smon.job("demo").last_event_at == smon.job("demo").ended_at
    assert [(line.member, line.event_id) for line in smon.log("bad-time")] == [("time", event["id"])]


def test_the_same_id_with_another_body_is_kept_beside_and_counted(smon):
    event = events.training("demo", "InProgress")
    smon.taken(event)
    answer = smon.taken({**event, "detail": {**event["detail"], "TrainingJobStatus": "Failed"}})
    assert smon.job("demo").status == "InProgress"
    assert len(smon.events()) == 1
    kept = smon.quarantine()
    assert len(kept) == 1 and "other contents" in kept[0].reason
    assert answer.json["quarantined"] == 1 and answer.json["reason"] == kept[0].reason
    assert smon.log("quarantined")[-1].reason == kept[0].reason


@pytest.mark.parametrize("wrap", [
    lambda event: {"rule": "sagemaker", "event": event},
    lambda event: [event],
    lambda event: [{"rule": "sagemaker", "event": event}],
    lambda event: {"messageId": "m-1", "receiptHandle": "r", "body": json.dumps(event), "attributes": {},
                   "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:q",
                   "awsRegion": "eu-west-1"},
    lambda event: [{"messageId": "m-1", "body": json.dumps(event)}],
    lambda event: {"Records": [{"messageId": "m-1", "body": json.dumps(event)}]},
], ids=["wrapper", "array", "array of wrappers", "sqs record", "array of sqs records", "records"])
def test_every_documented_shape_holds_the_same_event(smon, wrap):
    smon.taken(wrap(events.training("demo", "Completed")))
    assert smon.job("demo").status == "Completed"
    assert smon.quarantine() == []


def test_an_array_is_one_transaction_and_its_bad_elements_are_kept_aside(smon):
    before = smon.metric("smon_writer_commits_total")
    smon.taken([events.training(f"job-{n}", "Completed") for n in range(200)] + ["rubbish", {"id": 7}])
    assert len(smon.jobs()) == 200
    assert len(smon.quarantine()) == 2
    assert smon.metric("smon_writer_commits_total") - before <= 3


def test_a_list_of_small_events_is_taken_whatever_their_number(smon):
    detail = {"TrainingJobStatus": "Stopped"}
    many = [events.envelope("Training Job State Change", {"TrainingJobName": f"j{n}", **detail}, [], 1)
            for n in range(2000)]
    answer = smon.taken(json.dumps(many))
    assert answer.json["accepted"] == len(many) and smon.quarantine() == []


@pytest.mark.parametrize("body", [
    b"not json at all",
    b'{"a": }',
    b'"instance i-1 is RUNNING"',
    b"",
    b"[1,2",
    b'{"detail-type":"SageMaker Training Job State Change"}',
    b'{"version":"0","id":"1","detail-type":"x","source":["aws.sagemaker"],"account":"1",'
    b'"time":"2026-01-01T00:00:00Z","region":"eu-west-1","resources":[],"detail":{}}',
    b"\xff\xfe\x00bytes",
    b"[" * 5000 + b"]" * 5000,
], ids=["words", "broken template", "bare text", "empty", "cut off", "no source", "source twice", "bytes", "deep"])
def test_what_an_authenticated_sender_posts_and_we_cannot_understand_is_kept_raw_and_acknowledged(smon, body):
    answer = smon.post(body)
    assert answer.status == 200, answer
    kept = smon.quarantine()
    assert len(kept) == 1 and kept[0].reason
    assert base64.b64decode(smon.get(f"quarantine/{kept[0].id}").body_base64) == body


def test_an_unknown_detail_type_is_kept_raw_and_counted_but_not_quarantined(smon):
    smon.taken(events.envelope("Brand New Thing State Change", {"Name": "n"}, [], 1))
    assert len(smon.events()) == 1
    assert smon.quarantine() == []
    assert smon.metric("smon_events_of_unknown_type_total") == 1


def test_without_a_key_or_with_a_wrong_one_nothing_is_taken(smon):
    body = json.dumps(events.training("demo")).encode()
    nobody = smon.client.with_key(None)
    for headers in ({}, {"X-API-Key": "smon_scene_" + "x" * 40}, {"X-API-Key": "rubbish"},
                    {"Authorization": "Bearer smon_nobody_" + "y" * 40}, basic("wrong"), {"X-API-Key": ""}):
        answer = nobody.ask("POST", "/ingest/eventbridge", body, headers)
        assert answer.status == 401, (headers, answer)
        assert "Bearer" in answer.headers["WWW-Authenticate"]
    assert smon.events() == [] and smon.quarantine() == []


def test_a_key_may_come_in_any_documented_place_in_any_letter_case(house):
    smon = house(intake__key_headers="X-API-Key,X-Events-Token")
    smon.start()
    key = smon.new_key(["ingest"]).key
    nobody = smon.client.with_key(None)
    ways = [{"x-api-key": key}, {"X-API-KEY": key}, {"x-events-token": key}, {"Authorization": key},
            bearer(key), basic(key)]
    for number, headers in enumerate(ways):
        event = events.training(f"way-{number}")
        answer = nobody.ask("POST", "/ingest/eventbridge", event, headers)
        assert answer.status == 200, (headers, answer)
    assert len(smon.jobs()) == len(ways)


def test_headers_for_senders_leave_those_of_the_api_alone(house):
    smon = house(intake__key_headers="X-Events-Token")
    smon.start()
    key = smon.new_key(["ingest", "read"]).key
    nobody = smon.client.with_key(None)
    for headers in ({"X-API-Key": key}, {"X-Events-Token": key}, {"Authorization": key}, bearer(key), basic(key)):
        assert nobody.ask("GET", "/api/v1/jobs", headers=headers).status == 200, headers
    event = events.training("demo")
    assert nobody.ask("POST", "/ingest/eventbridge", event, {"X-API-Key": key}).status == 401
    assert nobody.ask("POST", "/ingest/eventbridge", event, {"X-Events-Token": key}).status == 200


def test_two_keys_are_valid_while_one_replaces_the_other(smon):
    first = smon.new_key(["ingest"])
    rotated = smon.client.ask("POST", f"/api/v1/keys/{first.kid}/rotate")
    assert rotated.status in (200, 201), rotated
    second = rotated.json
    assert smon.post(events.training("old"), key=first.key).status == 200
    assert smon.post(events.training("new"), key=second.key).status == 200
    assert smon.client.ask("DELETE", f"/api/v1/keys/{first.kid}").status in (200, 204)
    assert smon.post(events.training("late"), key=first.key).status == 401
    assert smon.post(events.training("later"), key=second.key).status == 200
    assert {job.name for job in smon.jobs()} == {"old", "new", "later"}


def test_an_ingest_key_reaches_ingest_only(smon):
    key = smon.new_key(["ingest"]).key
    client = smon.client.with_key(key)
    assert smon.post(events.training("demo"), key=key).status == 200
    assert client.get("/api/v1/jobs").status == 403
    reader = smon.client.with_key(smon.new_key(["read"]).key)
    assert reader.get("/api/v1/jobs").status == 200
    assert reader.ask("POST", "/api/v1/keys", {"label": "x", "roles": ["admin"]}).status == 403


def test_a_key_of_another_role_is_answered_so_that_eventbridge_comes_again(smon):
    for key in (smon.new_key(["read"]).key, smon.new_key(["admin"]).key):
        for method in ("POST", "PUT"):
            answer = smon.client.with_key(key).ask(method, "/ingest/eventbridge", events.training("x"))
            assert answer.status == 401 and "ingest" in answer.json.detail, answer
            assert answer.headers["WWW-Authenticate"]
    assert smon.jobs() == []


def test_a_key_takes_and_shows_only_the_accounts_it_is_for(smon):
    ours, theirs = "111122223333", "999988887777"
    key = smon.new_key(["ingest"], accounts=[ours]).key
    assert smon.post(events.training("ours", account=ours), key=key).status == 200
    assert smon.post(events.training("theirs", account=theirs), key=key).status == 403
    assert [job.name for job in smon.jobs()] == ["ours"]
    smon.taken(events.training("theirs", account=theirs))
    reader = smon.client.with_key(smon.new_key(["read"], accounts=[ours]).key)
    assert [job.name for job in reader.get("/api/v1/jobs").json["data"]] == ["ours"]
    foreign = smon.job("theirs").id
    assert reader.get(f"/api/v1/jobs/{foreign}").status == 404


def test_the_largest_event_there_is_fits_and_one_byte_more_is_413(smon):
    assert smon.post(padded(MOST_BYTES)).status == 200
    assert smon.job("big").status == "Completed"
    answer = smon.post(padded(MOST_BYTES + 1))
    assert answer.status == 413, answer
    assert smon.post(events.training("after")).status == 200


def test_a_quarantined_post_can_be_taken_again_once_it_is_understood(smon):
    smon.post(b"rubbish")
    row = smon.quarantine()[0]
    answer = smon.client.ask("POST", f"/api/v1/quarantine/{row.id}/replay")
    assert answer.status in (200, 422), answer
    assert len(smon.quarantine()) == 1
    assert smon.events() == []


def test_the_raw_body_of_an_event_comes_back_byte_for_byte(smon):
    body = json.dumps(events.training("demo", "Completed", Note="gr\u00fc\u00dfe \u20ac"), indent=3,
                      ensure_ascii=False).encode()
    assert smon.post(body).status == 200
    row = smon.events()[0]
    raw = smon.client.raw("GET", f"/api/v1/events/{row.id}?raw=true")
    assert raw.status == 200 and raw.body == body


def refuse_names_that_are_there(smon):
    """From now on the database refuses a second job of one name, in whatever account."""
    url = smon.settings.get("store.url")
    if url:
        import psycopg2  # only where that engine runs
        database = psycopg2.connect(url)
    else:
        database = sqlite3.connect(smon.data / "smon.db")
    database.cursor().execute("CREATE UNIQUE INDEX once ON resource (name)")
    database.commit()
    database.close()


@pytest.mark.both_engines
def test_an_event_the_database_refuses_is_kept_apart_and_costs_its_neighbours_nothing(house):
    smon = house()
    smon.start()
    assert smon.stop() == 0
    refuse_names_that_are_there(smon)
    smon.start()
    post = [events.training("one"), events.training("one", account="444455556666"), events.training("two")]
    answer = smon.taken(post)
    assert (answer.json["accepted"], answer.json["quarantined"]) == (2, 1)
    assert answer.json["reason"].startswith("it could not be stored: ")
    alone = smon.taken(events.training("two", account="444455556666"))
    assert (alone.json["accepted"], alone.json["quarantined"]) == (0, 1)
    kept = smon.quarantine()
    assert len(kept) == 2 and all(row.reason.startswith("it could not be stored: ") for row in kept)
    assert smon.taken(post[0]).json["duplicates"] == 1
    assert smon.client.raw("GET", "/readyz").status == 200
