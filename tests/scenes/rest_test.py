"""What people and dashboards read over HTTP, and who may. Every answer is held against openapi.json."""

import json
import re
import socket
import time

import client
import events
import pytest
from smon import wait_until

pytestmark = pytest.mark.both_engines

OTHER = "444455556666"
KINDS = {"training": events.training, "processing": events.processing, "transform": events.transform}


def new_key(smon, *roles, accounts=("*",), **more):
    made = smon.client.ask("POST", "/api/v1/keys", {"roles": roles, "accounts": accounts, **more})
    assert made.status == 201, made
    return made.json


def fill(smon, count=30):
    for account in (events.ACCOUNT, OTHER):
        smon.taken([build(f"{kind}-{number}", "Completed" if number % 3 else "Failed", account=account)
                    for kind, build in KINDS.items() for number in range(count // 3)])


def test_pages_neither_skip_nor_repeat_whatever_the_filter_and_order(smon):
    fill(smon)
    whole = {job.id for job in smon.get("jobs", limit=1000)["data"]}
    assert len(whole) == 60
    for query in ({}, {"sort": "created_at"}, {"sort": "ended_at"}, {"account": f"{OTHER},{events.ACCOUNT}"},
                  {"status": "Completed,Failed"}, {"kind": "!tuning"}):
        paged = [job.id for job in smon.pages("jobs", limit=7, **query)]
        assert len(paged) == len(set(paged)) == 60 and set(paged) == whole, query
    assert len(list(smon.pages("jobs", limit=4, status="Failed", kind="training"))) == 8
    assert len(list(smon.pages("events", limit=7))) == 60


def test_what_failed_without_a_time_of_its_end_is_listed_by_end_as_it_is_counted(smon):
    fill(smon, 9)
    lost = [events.training(f"lost-{number}", "Failed", started=False, TrainingEndTime=None) for number in range(3)]
    smon.taken([*lost, events.training("running")])
    for sort in ("ended_at", "-ended_at"):
        for query, count in (({}, 22), ({"status": "Failed"}, 9), ({"status": "Failed", "account": events.ACCOUNT}, 6),
                             ({"status": "Failed", "since": "24h"}, 9), ({"since": "24h"}, 21)):
            rows = list(smon.pages("jobs", sort=sort, limit=4, **query))
            assert len({row.id for row in rows}) == len(rows) == count, (sort, query)
            ends = [row.ended_at for row in rows if row.ended_at]
            assert ends == sorted(ends, reverse=sort[0] == "-")
            assert [row.ended_at for row in rows[len(ends):]] == [None] * (count - len(ends))
            assert smon.get("jobs", sort=sort, limit=1, count="exact", **query)["total"] == count
    assert smon.get("overview").last_24h.failed == 9


def test_a_status_is_found_in_any_letter_case_and_a_misspelled_one_is_told(smon):
    fill(smon, 9)
    smon.taken(events.training("odd", "InProgress", TrainingJobStatus="Hibernating"))
    for said, count in (("failed", 6), ("FAILED", 6), ("!completed", 7), ("IN_PROGRESS", 0), ("Stopped", 0),
                        ("hibernating", 1), ("Hibernating,failed", 7)):
        assert len(smon.get("jobs", status=said, limit=1000)["data"]) == count, said
        drawn = smon.get("series/job_created", status=said, since="1d")["data"]
        assert sum(value for one in drawn for _, value in one.points) == count, said
    for path in ("jobs", "resources", "series/job_created"):
        refused = smon.client.get(f"/api/v1/{path}", status="Faild", since="1d")
        assert refused.status == 400 and refused.json.type == "/problems/bad-parameter", refused
        assert refused.json.errors[0].parameter == "status" and "Failed" in refused.json.detail
    reader = smon.client.with_key(new_key(smon, "read", accounts=[OTHER]).key)
    assert reader.get("/api/v1/jobs", status="Hibernating").status == 400  # nothing is told of other accounts
    reader.close()


def test_each_page_names_the_next_however_soon_it_is_asked_for_again(smon):
    fill(smon, 9)
    for path in ("accounts", "jobs"):
        for _ in range(3):
            page = smon.client.get(f"/api/v1/{path}", limit=1)
            assert page.json["has_more"] and page.headers["ETag"].startswith("W/"), page
            assert page.json["next_cursor"] in page.headers["Link"] and 'rel="next"' in page.headers["Link"]


def test_rows_that_come_between_pages_change_nothing_behind_them(smon):
    fill(smon, 9)
    first = smon.get("jobs", limit=5, sort="created_at")
    fill(smon, 12)
    rest = list(smon.pages("jobs", limit=5, sort="created_at", cursor=first["next_cursor"]))
    ids = [job.id for job in first["data"] + rest]
    assert len(ids) == len(set(ids))


def test_a_cursor_is_refused_by_another_list_and_survives_a_restart(smon):
    fill(smon, 9)
    cursor = smon.get("jobs", limit=2, status="Completed")["next_cursor"]
    refused = smon.client.get("/api/v1/jobs", limit=2, status="Failed", cursor=cursor)
    assert refused.status == 400 and refused.json.type == "/problems/cursor-mismatch"
    assert smon.client.get("/api/v1/events", limit=2, cursor=cursor).status == 400
    smon.restart()
    assert smon.get("jobs", limit=2, status="Completed", cursor=cursor)["data"]


def test_a_key_sees_its_own_accounts_and_nothing_else(smon):
    fill(smon, 9)
    theirs = smon.client.get("/api/v1/jobs", account=OTHER, limit=1).json["data"][0]
    reader = smon.client.with_key(new_key(smon, "read", accounts=[events.ACCOUNT]).key)
    for path in ("jobs", "events"):
        rows = reader.get(f"/api/v1/{path}", limit=1000).json["data"]
        assert rows and {row.account for row in rows} == {events.ACCOUNT}
        assert reader.get(f"/api/v1/{path}", account=OTHER).json["data"] == []
    for part in ("", "/events", "/utilization", "/timeline"):
        assert reader.get(f"/api/v1/jobs/{theirs.id}{part}").status == 404
    overview = reader.get("/api/v1/overview").json
    assert [account.account for account in overview.accounts] == [events.ACCOUNT]
    assert sum(total["count"] for total in overview.totals) == 9
    series = reader.get("/api/v1/series/job_created", since="1d").json["data"]
    assert sum(value for _, value in series[0].points) == 9
    assert [row.account for row in reader.get("/api/v1/accounts").json["data"]] == [events.ACCOUNT]
    reader.close()


def test_a_key_replays_only_the_posts_it_sees(smon):
    lame = {**events.training("theirs", account=OTHER), "source": "elsewhere"}
    for post in (b"rubbish", lame):
        assert smon.post(post).json["quarantined"] == 1
    before = smon.quarantine()
    assert [row.account for row in before] == [OTHER, None]
    worker = smon.client.with_key(new_key(smon, "read", "write", accounts=[events.ACCOUNT]).key)
    assert worker.get("/api/v1/quarantine").json["data"] == []
    for row in before:
        assert worker.get(f"/api/v1/quarantine/{row.id}").status == 404
        refused = worker.ask("POST", f"/api/v1/quarantine/{row.id}/replay")
        assert refused.status == 404 and OTHER not in refused.text, refused
    assert smon.quarantine() == before
    worker.close()


def test_a_post_that_is_kept_apart_again_still_waits_to_be_replayed(smon):
    event = events.training("one")
    smon.taken(event)
    other = {**event, "detail": {**event["detail"], "TrainingJobName": "two"}}  # the same id and time
    assert smon.post(other).json["quarantined"] == 1
    kept, counted = smon.quarantine(), smon.metric("smon_quarantined_posts_total")
    assert counted == 1
    for _ in range(2):
        answer = smon.client.ask("POST", f"/api/v1/quarantine/{kept[0].id}/replay")
        assert answer.status == 200 and answer.json["quarantined"] == 1, answer
        assert answer.json["reason"] == kept[0].reason
    assert smon.quarantine(replayed="false") == kept  # nothing came: neither later nor once more
    assert smon.metric("smon_quarantined_posts_total") == counted


def test_a_replay_takes_no_parameter(smon):
    smon.taken(events.training("one"))
    smon.post(b"rubbish")
    for path in (f"quarantine/{smon.quarantine()[0].id}", f"events/{smon.events()[0].id}"):
        refused = smon.client.ask("POST", f"/api/v1/{path}/replay", dry_run="true")
        assert refused.status == 400 and refused.json.type == "/problems/unknown-parameter", refused
        assert refused.json.errors[0].parameter == "dry_run"
        assert smon.client.ask("POST", f"/api/v1/{path}/replay").status == 200


def test_a_role_opens_its_own_paths_only(smon):
    reader, sender = new_key(smon, "read").key, new_key(smon, "ingest").key
    for key, path, status in ((reader, "/api/v1/jobs", 200), (sender, "/api/v1/jobs", 403),
                              (reader, "/api/v1/keys", 403), ("smon_x_" + "0" * 32, "/api/v1/jobs", 401),
                              (None, "/api/v1/jobs", 401), (None, "/healthz", 200), (None, "/readyz", 200),
                              (None, "/openapi.json", 200), (None, "/metrics", 401), (reader, "/metrics", 200)):
        asking = smon.client.with_key(key)
        answer = asking.ask("GET", path)
        assert answer.status == status, (path, answer)
        assert status != 401 or answer.headers["WWW-Authenticate"]
        asking.close()
    nobody = smon.client.with_key(None)
    for headers in (client.bearer(reader), client.basic(reader), {"x-api-key": reader}):
        assert nobody.ask("GET", "/api/v1/jobs", headers=headers).status == 200
    nobody.close()


def test_keys_are_made_rotated_and_revoked(smon):
    first = new_key(smon, "read", label="dashboard")
    assert re.fullmatch(r"smon_[0-9a-f]+_[0-9a-f]{32,}", first.key)
    second = smon.client.ask("POST", f"/api/v1/keys/{first.kid}/rotate", {"overlap": "1h"})
    assert second.status == 201 and second.json.replaces == first.kid and second.json.label == "dashboard"
    listed = smon.get("keys")["data"]
    assert first.key.split("_")[2] not in json.dumps(listed)
    for key in (first.key, second.json.key):
        asking = smon.client.with_key(key)
        assert asking.get("/api/v1/jobs").status == 200  # two live at once
        asking.close()
    assert smon.client.ask("DELETE", f"/api/v1/keys/{first.kid}").status == 204
    asking = smon.client.with_key(first.key)
    assert asking.get("/api/v1/jobs").status == 401  # at once
    asking.close()
    assert smon.client.ask("DELETE", "/api/v1/keys/nobody").status == 404
    assert smon.client.ask("POST", f"/api/v1/keys/{first.kid}/rotate").status == 409


def test_a_key_that_was_made_for_a_time_stays_so_when_it_is_rotated(smon):
    end = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 3 * 86400))
    first = new_key(smon, "read", expires_at=end)
    second = smon.client.ask("POST", f"/api/v1/keys/{first.kid}/rotate", {"overlap": "1h"}).json
    again = smon.client.ask("POST", f"/api/v1/keys/{first.kid}/rotate").json  # an answer may be lost
    third = smon.client.ask("POST", f"/api/v1/keys/{again.kid}/rotate").json
    assert [key.expires_at for key in (second, again, third)] == [end] * 3
    assert again.replaces == first.kid
    lasting = new_key(smon, "read")
    lost = smon.client.ask("POST", f"/api/v1/keys/{lasting.kid}/rotate").json
    assert smon.client.ask("DELETE", f"/api/v1/keys/{lost.kid}").status == 204
    assert smon.client.ask("POST", f"/api/v1/keys/{lasting.kid}/rotate").json.expires_at is None
    smon.clock.move(4 * 86400_000)
    assert smon.client.ask("POST", f"/api/v1/keys/{third.kid}/rotate").status == 409


def test_an_admin_of_some_accounts_deals_in_keys_of_these_only(smon):
    theirs = new_key(smon, "read", accounts=[events.ACCOUNT, OTHER])
    limited = new_key(smon, "admin", accounts=[events.ACCOUNT], namespaces=["/abc"])
    admin = smon.client.with_key(limited.key)
    wish = {"roles": ["read"], "accounts": [events.ACCOUNT], "namespaces": ["/abc/claim"]}
    for more in ({"accounts": ["*"]}, {"accounts": [OTHER]}, {"accounts": [events.ACCOUNT, OTHER]},
                 {"namespaces": ["*"]}, {"namespaces": ["/abcd"]}, {"namespaces": ["/abc", "/b"]},
                 {"roles": ["read", "collect"], "accounts": ["*"]}):
        refused = admin.ask("POST", "/api/v1/keys", {**wish, **more})
        assert refused.status == 403 and refused.json.type == "/problems/forbidden", (more, refused)
    made = admin.ask("POST", "/api/v1/keys", wish)
    assert made.status == 201, made
    assert {key.kid for key in admin.get("/api/v1/keys").json["data"]} == {limited.kid, made.json.kid}
    assert admin.ask("POST", f"/api/v1/keys/{theirs.kid}/rotate").status == 404
    assert admin.ask("DELETE", f"/api/v1/keys/{theirs.kid}").status == 404
    assert {key.kid for key in smon.get("keys")["data"] if key.is_valid} == {theirs.kid, limited.kid, made.json.kid}
    assert admin.ask("POST", f"/api/v1/keys/{made.json.kid}/rotate").status == 201
    assert admin.ask("DELETE", f"/api/v1/keys/{made.json.kid}").status == 204
    admin.close()


@pytest.mark.parametrize("body", [{}, {"roles": []}, {"roles": ["king"], "accounts": ["*"]}, {"roles": ["read"]},
                                  {"roles": ["read"], "accounts": ["*", "111122223333"]},
                                  {"roles": ["collect"], "accounts": ["111122223333"]},  # is handed all
                                  {"roles": ["read"], "accounts": ["12"]},
                                  {"roles": ["read"], "accounts": ["*"], "expires_at": "2001-01-01T00:00:00Z"}])
def test_a_key_that_makes_no_sense_is_not_made(smon, body):
    assert smon.client.ask("POST", "/api/v1/keys", body).status == 400


def test_what_is_wrong_with_a_key_to_be_is_told_member_by_member(smon):
    wish = {"roles": ["read"], "accounts": ["*"]}
    for more, pointer, code in (({"expires": "1h"}, "/expires", "unknown-member"),
                                ({"namespace": ["/abc"]}, "/namespace", "unknown-member"),
                                ({"accounts": [events.ACCOUNT, "123"]}, "/accounts/1", "bad-value"),
                                ({"accounts": 7}, "/accounts", "wrong-type"),
                                ({"namespaces": []}, "/namespaces", "missing"),
                                ({"roles": ["king"]}, "/roles/0", "bad-value")):
        refused = smon.client.ask("POST", "/api/v1/keys", {**wish, **more})
        assert refused.status == 400 and refused.json.type == "/problems/bad-member", refused
        assert [(flaw.pointer, flaw.code) for flaw in refused.json.errors] == [(pointer, code)], refused
    refused = smon.client.ask("POST", "/api/v1/keys", {**wish, "accounts": ["123"]})
    assert "an account is 12 digits" in refused.json.detail
    made = new_key(smon, "read")
    refused = smon.client.ask("POST", f"/api/v1/keys/{made.kid}/rotate", {"overlaps": "1m"})
    assert refused.status == 400 and refused.json.errors[0].pointer == "/overlaps", refused
    assert [key.kid for key in smon.get("keys")["data"]] == [made.kid]


@pytest.mark.parametrize("target, status, slug", [
    ("/api/v1/jobs?statsu=Failed", 400, "unknown-parameter"),
    ("/api/v1/jobs?limit=1001", 400, "bad-parameter"),
    ("/api/v1/jobs?limit=%00", 400, "bad-"),
    ("/api/v1/jobs?kind=endpoint", 400, "bad-parameter"),
    ("/api/v1/jobs?name_prefix=a&name_prefix=b", 400, "bad-parameter"),
    ("/api/v1/jobs?from=now&to=now-1h", 400, "bad-parameter"),
    ("/api/v1/jobs?fields=id,secret", 400, "bad-parameter"),
    ("/api/v1/jobs?cursor=AAAA", 400, "cursor-mismatch"),
    ("/api/v1/jobs/111122223333-999999", 404, "not-found"),
    ("/api/v1/jobs/1' OR '1'='1".replace(" ", "%20"), 404, "not-found"),
    ("/api/v1/nothing", 404, "not-found"),
    ("/api/v1/series/nothing", 404, "not-found"),
    ("/api/v1/series/job_created?from=0&step=1h", 422, "too-wide"),
])
def test_a_wrong_question_is_told_what_is_wrong(smon, target, status, slug):
    answer = smon.client.ask("GET", target)
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json.type.startswith(f"/problems/{slug}") and answer.json.detail and answer.json.request_id
    assert smon.client.raw("GET", answer.json.type).status == 200  # the type has a page


def test_what_can_be_asked_for_is_told_to_who_asks_for_something_else(smon):
    for query, told in (("tag.=risk", "tag.NAME=VALUE"), ("tag=team", "tag.NAME=VALUE"), ("kind=Training", "training, "),
                        ("kind=Training", ", other")):
        answer = smon.client.ask("GET", f"/api/v1/jobs?{query}")
        assert answer.status == 400 and told in answer.json.detail and told in answer.json.errors[0].detail, answer


def test_methods_bodies_and_foreign_pages_are_checked(smon):
    refused = smon.client.ask("PATCH", "/api/v1/jobs")
    assert refused.status == 405 and refused.headers["Allow"] == "GET, HEAD"
    head = smon.client.raw("HEAD", "/api/v1/jobs")
    assert head.status == 200 and not head.body
    form = smon.client.raw("POST", "/api/v1/keys", b"a=b", {"Content-Type": "text/plain"})
    assert form.status == 415
    foreign = smon.client.raw("POST", "/api/v1/keys", b"{}", {"Content-Type": "application/json",
                                                             "Origin": "https://elsewhere.example"})
    assert foreign.status == 403
    big = smon.client.raw("POST", "/api/v1/keys", b" " * (1 << 20) + b"{}", {"Content-Type": "application/json"})
    assert big.status == 413


def test_an_unchanged_job_is_not_sent_again(smon):
    smon.taken(events.training("demo", "InProgress"))
    path = f"/api/v1/jobs/{smon.job('demo').id}"
    tag = smon.client.get(path).headers["ETag"]
    assert not tag.startswith("W/")
    again = smon.client.ask("GET", path, headers={"If-None-Match": tag})
    assert again.status == 304 and not again.body and again.headers["Vary"] == "Accept-Encoding"
    smon.taken(events.training("demo", "Completed"))
    assert smon.client.ask("GET", path, headers={"If-None-Match": tag}).status == 200


def test_a_hostile_name_is_inert_everywhere(smon):
    name = "<script>alert(1)</script>'\"; DROP TABLE resource; --\u202e"
    smon.taken(events.training(name, "Completed"))
    assert smon.job(name).name == name
    page = smon.client.raw("GET", "/")
    assert page.status == 200 and "alert(1)" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_events_tell_a_jobs_story_in_order(smon):
    for event in reversed(events.life("training", "demo")):
        smon.taken(event)
    job = smon.job("demo")
    stored = list(smon.pages(f"jobs/{job.id}/events", limit=2))
    assert [event.version_at for event in stored] == sorted(event.version_at for event in stored)
    timeline = smon.get(f"jobs/{job.id}/timeline")
    assert [state.status for state in timeline.states] == ["InProgress", "Completed"]
    assert {event.name for event in stored} == {"demo"}
    one = smon.get(f"events/{stored[0].id}")
    assert one.event["detail"]["TrainingJobName"] == "demo"
    raw = smon.client.raw("GET", f"/api/v1/events/{stored[0].id}?raw=1")
    assert json.loads(raw.body) == one.event


def test_phases_are_those_that_sagemaker_lists_or_else_the_secondary_statuses(smon):
    smon.taken([events.training("demo", secondary=each) for each in ("Training", "Starting", "Downloading")])
    address = f"jobs/{smon.job('demo').id}/timeline"
    phases = smon.get(address).phases
    assert [phase.status for phase in phases] == ["Starting", "Downloading", "Training"]
    assert [phase.to for phase in phases] == [phases[1]["from"], phases[2]["from"], None]
    listed = [{"Status": "Starting", "StartTime": events.epoch_ms(0), "EndTime": events.epoch_ms(5),
               "StatusMessage": "Preparing the instances"},
              {"Status": "Training", "StartTime": events.epoch_ms(5), "EndTime": None, "StatusMessage": "In progress"}]
    smon.taken(events.training("demo", secondary="Uploading", SecondaryStatusTransitions=listed))
    phases = smon.get(address).phases
    assert [(phase.status, phase.message) for phase in phases] == [("Starting", "Preparing the instances"),
                                                                   ("Training", "In progress")]
    assert phases[0].to == phases[1]["from"] and phases[1].to is None


def test_a_timeline_ends_with_the_end_that_the_job_keeps(smon):
    story = events.life("training", "demo")
    deleting = events.training("demo", "Completed", TrainingJobStatus="Deleting", SecondaryStatus="Deleting",
                               LastModifiedTime=events.epoch_ms(45))
    smon.taken([*story, deleting])
    job = smon.job("demo")
    assert job.status == "Completed"
    last = smon.events(sort="-received_at")[0]
    assert (last.status, last.effect, last.is_duplicate) == ("Deleting", "older", False)
    timeline = smon.get(f"jobs/{job.id}/timeline")
    assert [state.status for state in timeline.states] == ["InProgress", "Completed"]
    assert [phase.status for phase in timeline.phases] == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert timeline.phases[-1].to == job.ended_at


def test_series_and_overview_agree_with_the_jobs(smon):
    fill(smon)
    overview = smon.get("overview")
    by_kind = {total.kind: total for total in overview.totals}
    for kind in KINDS:
        assert by_kind[kind]["count"] == len(smon.jobs(kind=kind)) == 20
    for metric, count in (("job_created", 60), ("job_ended", 60), ("job_failed", 24), ("job_unstarted", 0)):
        for query in ({"since": "2d"}, {"since": "2d", "step": "1d"}, {"since": "2d", "group_by": "account,kind"},
                      {"since": "2d", "account": f"{events.ACCOUNT},{OTHER}"}, {"since": "2d", "account": "!123456789012"}):
            found = sum(value for one in smon.get(f"series/{metric}", **query)["data"] for _, value in one.points)
            assert found == count, (metric, query)
    assert smon.get("jobs", count="exact", limit=1)["total"] == 60


def stream(smon, headers="", key=None):
    """A subscription that stands, and what is read from it."""
    connection = socket.create_connection(("127.0.0.1", smon.port), timeout=15)
    connection.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nX-API-Key: {key or smon.client.key}\r\n"
                       f"{headers}\r\n".encode())
    seen = [b""]

    def has(*words):
        if not all(word.encode() in seen[0] for word in words):  # it may have come with what came before
            seen[0] += connection.recv(65536)
        return all(word.encode() in seen[0] for word in words)

    wait_until(lambda: has("event: ready"), 15, "the subscription")
    return connection, has, seen


def test_changes_are_streamed_as_they_happen_and_from_where_one_was(smon):
    connection, has, seen = stream(smon)
    smon.taken([events.training("streamed", "InProgress"), events.endpoint("front")])
    wait_until(lambda: has('"name":"streamed"', "event: resource"), 15, "the changes")
    last = int(re.findall(rb"\nid: (\d+)", seen[0])[-1])
    connection.close()
    smon.taken(events.training("streamed", "Completed"))
    connection, has, seen = stream(smon, f"Last-Event-ID: {last}\r\n")
    wait_until(lambda: has('"status":"Completed"'), 15, "what was missed")
    connection.close()
    assert smon.stop() == 0


def test_who_heard_nothing_of_a_stream_goes_on_where_it_began(smon):
    smon.taken(events.training("before"))
    connection, _, seen = stream(smon)
    connection.close()
    place = int(re.findall(rb"\nid: (\d+)\nevent: ready\n", seen[0])[0])
    smon.taken(events.training("meanwhile"))
    connection, has, seen = stream(smon, f"Last-Event-ID: {place}\r\n")
    wait_until(lambda: has('"name":"meanwhile"'), 15, "what was missed")
    connection.close()
    assert b'"name":"before"' not in seen[0]


def test_a_stream_ends_with_the_key_it_was_opened_with(smon):
    key = new_key(smon, "read")
    connection, _, _ = stream(smon, key=key.key)
    assert smon.client.ask("DELETE", f"/api/v1/keys/{key.kid}").status == 204
    wait_until(lambda: not connection.recv(65536).strip(b"0\r\n"), 10, "the end of the stream")
    connection.close()
    assert smon.client.get("/metrics").status == 200


def test_who_asks_for_the_head_of_a_stream_gets_nothing_more(smon):
    head = smon.client.raw("HEAD", "/api/v1/stream")
    assert head.status == 200 and head.headers["Content-Type"] == "text/event-stream"
    sent = f"HEAD /api/v1/stream HTTP/1.1\r\nHost: x\r\nX-API-Key: {smon.client.key}\r\nConnection: close\r\n\r\n"
    answer = client.exchange("127.0.0.1", smon.port, sent.encode())
    assert not answer.partition(b"\r\n\r\n")[2]  # it would be read as the start of the next answer
    assert smon.metric("smon_streams") == 0


def test_an_open_stream_does_not_keep_the_service_from_ending(smon):
    connection, _, _ = stream(smon)
    assert smon.stop(within=10) == 0
    connection.close()


def test_a_job_costs_what_the_price_file_says_and_without_a_price_nobody_knows(house, tmp_path):
    prices = tmp_path / "prices.yaml"
    prices.write_text("ml.g5.2xlarge: 9\neu-west-1:\n  ml.g5.2xlarge: 1.5\n")
    smon = house(prices__file=prices)
    smon.start()
    smon.taken([events.training("done", "Completed"), events.training("running"),
                events.training("far", "Completed", region="us-east-1")])
    hours = (30 - events.STARTED_AT) / 60 * 2  # two instances
    assert smon.job("done").cost_usd == pytest.approx(1.5 * hours)
    assert smon.job("far").cost_usd == pytest.approx(9 * hours)
    assert smon.job("running").cost_usd is None
    prices.write_text("ml.g5.2xlarge: much\n")
    assert smon.stop() == 0
    refused = smon.run("serve", "--data", smon.data, "--listen", f"127.0.0.1:{smon.port}")
    assert refused.returncode == 78 and "prices.yaml:1" in refused.stderr
