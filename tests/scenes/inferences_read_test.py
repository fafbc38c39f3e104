"""What people ask about inferences: the slow ones, percentiles, budgets, drift, and the same in other languages."""

import json
import math
import random
import sqlite3
import time

import pytest

both_engines = pytest.mark.both_engines

ACCOUNT, OTHER = "111122223333", "444455556666"
MINUTE, HOUR = 60_000, 3_600_000


def stamp(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"


def transaction(number, start, elapse, **more):
    return {"type": "inference_transaction", "transaction_id": f"t-{number}", "account_id": ACCOUNT,
            "region": "eu-central-1", "namespace": "/abc_corp/claim", "model_name": "doc_classification",
            "environment": "prod", "deployment_id": 1, "model_version": 1, "server_id": 1, "request_size": 100,
            "response_size": 10, "start_at": stamp(start), "end_at": stamp(start + elapse), "elapse": elapse,
            "status": "succeeded", **more}


def put(smon, transactions):
    transactions = list(transactions)
    for at in range(0, len(transactions), 500):
        body = "\n".join(json.dumps(one) for one in transactions[at:at + 500])
        answer = post(smon, body)
        if answer.status == 503:  # a machine that is short of breath; the same again changes nothing
            answer = post(smon, body)
        assert answer.status == 200, answer


def post(smon, body):
    return smon.client.ask("POST", "/ingest/inferences", body, {"Content-Type": "application/x-ndjson"})


def now_of(smon):
    return int(time.time() * 1000) + smon.clock.ahead_ms


def day(smon, count, seed=1):
    """A day of transactions up to now; latencies are heavy on the right."""
    dice = random.Random(seed)
    start = now_of(smon) - 23 * HOUR
    return [transaction(number, start + dice.randrange(22 * HOUR), int(dice.lognormvariate(5, 1)),
                        model_version=1 + number % 2, server_id=number % 3,
                        status="failed" if number % 50 == 0 else "succeeded") for number in range(count)]


def nearest_rank(values, percent):
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100 - 1e-9) - 1)]


def asks(smon, path, **query):
    return smon.client.get(f"/api/v1/{path}", **query)


# -- lists ----------------------------------------------------------------------------------------


@both_engines
def test_the_slow_query_finds_the_newest_slow_ones_page_by_page(smon):
    mine = day(smon, 3000)
    put(smon, mine)
    slow = sorted((one for one in mine if one["elapse"] >= 700), key=lambda one: one["start_at"], reverse=True)
    got = smon.get("inferences", namespace="/abc_corp/claim", model="doc_classification", min_elapse_ms=700, limit=20)
    assert [row.start_at for row in got.data] == [one["start_at"] for one in slow[:20]]
    assert got.has_more
    rows = list(smon.pages("inferences", min_elapse_ms=700, limit=37, status="!succeeded"))
    assert [row.start_at for row in rows] == [one["start_at"] for one in slow if one["status"] == "failed"]
    longest = smon.get("inferences", sort="-elapse", limit=10).data
    assert [row.elapse for row in longest] == sorted((one["elapse"] for one in mine), reverse=True)[:10]


@both_engines
def test_an_ensemble_that_shares_an_id_and_a_moment_is_listed_whole_whatever_the_page(smon):
    start = now_of(smon) - HOUR
    put(smon, [transaction(1, start, 350, model_name=f"member_{number}") for number in range(12)])
    for order in ({}, {"sort": "-elapse"}):
        for limit in (1, 5, 12):
            names = [row.model_name for row in smon.pages("inferences", limit=limit, **order)]
            assert sorted(names) == sorted(f"member_{number}" for number in range(12)), (order, limit)


def test_a_transaction_is_shown_with_all_that_was_said(smon):
    start = now_of(smon) - HOUR
    put(smon, [transaction(1, start, 350, confidence=98.05, endpoint_name="doc-prod", server_id="i-0abc",
                           trace_id="abc", requester={"principal": "arn:aws:iam::123456789012:role/app", "ip": None})])
    row = smon.get("inferences").data[0]
    shown = smon.get(f"inferences/{row.id}")
    assert {name: value for name, value in shown.items() if name != "payload"} == row
    assert (row.account, row.namespace, row.model_name) == (ACCOUNT, "/abc_corp/claim", "doc_classification")
    assert (row.model_version, row.deployment_id, row.server_id, row.endpoint_name) == (1, 1, "i-0abc", "doc-prod")
    assert (row.elapse, row.status, row.confidence) == (350, "succeeded", 98.05)
    assert (row.start_at, row.end_at) == (stamp(start), stamp(start + 350))
    assert row.extras.trace_id == "abc" and row.extras.requester.principal.endswith("role/app")
    assert set(smon.get("inferences", fields="id,elapse").data[0]) == {"id", "elapse"}
    for wrong in ("nonsense", "1-2-3", row.id[:-1] + ("0" if row.id[-1] != "0" else "1"), "999" + row.id):
        assert asks(smon, f"inferences/{wrong}").status == 404


@both_engines
def test_a_subtree_ends_at_a_slash(smon):
    start = now_of(smon) - HOUR
    put(smon, [transaction(1, start, 5000), transaction(2, start, 5000, namespace="/abc_corp/claims"),
               transaction(3, start, 5000, namespace="/abc_corp/claim/deep"),
               transaction(4, start, 5000, namespace="/abc_corp/claiM")])

    def found(**query):
        return sorted(row.namespace for row in smon.get("inferences", min_elapse_ms=3000, **query).data)

    assert found(namespace="/abc_corp/claim") == ["/abc_corp/claim", "/abc_corp/claim/deep"]
    assert found(namespace="/abc_corp/claim/doc_classification") == ["/abc_corp/claim"]
    assert len(found(namespace="/abc_corp")) == 4
    assert smon.get("inferences/summary", namespace="/abc_corp/claim").total == 2
    groups = smon.get("inferences/summary", namespace="/abc_corp/claim", group_by="model").data
    assert {group.group.namespace for group in groups} == {"/abc_corp/claim", "/abc_corp/claim/deep"}


@both_engines
def test_a_key_sees_only_its_accounts_and_namespaces(smon):
    start = now_of(smon) - HOUR
    put(smon, [transaction(1, start, 5000), transaction(2, start, 5000, account_id=OTHER),
               transaction(3, start, 5000, namespace="/abc_corp/claims")])
    everything = smon.get("inferences").data
    assert len(everything) == 3
    for limits, wanted in (({"accounts": [OTHER]}, {(OTHER, "/abc_corp/claim")}),
                           ({"namespaces": ["/abc_corp/claims"]}, {(ACCOUNT, "/abc_corp/claims")}),
                           ({"accounts": [OTHER], "namespaces": ["/abc_corp/claims"]}, set())):
        client = smon.client.with_key(smon.new_key(["read"], **limits).key)
        rows = client.get("/api/v1/inferences").json.data
        assert {(row.account, row.namespace) for row in rows} == wanted
        assert client.get("/api/v1/inferences/summary").json.total == len(wanted)
        groups = client.get("/api/v1/series/inference_count", group_by="model").json.data
        assert {(group.labels.account, group.labels.namespace) for group in groups} == wanted
        text = client.get("/api/v1/inferences", **{"as": "insights"}).json
        assert {group.account for group in text.log_groups} == {account for account, _ in wanted}
        for row in everything:
            reached = (row.account, row.namespace) in wanted
            assert client.get(f"/api/v1/inferences/{row.id}").status == (200 if reached else 404)
        client.close()


WRONG = [
    ("inferences", [{"namespace": "abc"}, {"namespace": "/a/"}, {"model": "a/b"}, {"account": "12"}, {"model_version": "x"},
                    {"deployment_id": "1.5"}, {"server_id": "!"}, {"environment": ""}, {"endpoint": "a,,b"},
                    {"status": "!"}, {"min_elapse_ms": "-1"}, {"max_elapse_ms": "slow"}, {"from": "yesterday"},
                    {"to": "soon"}, {"since": "often"}, {"sort": "start_at"}, {"sort": "-status"}, {"limit": "0"},
                    {"limit": "1001"}, {"cursor": "nonsense"}, {"fields": "weather"}, {"as": "prose"}, {"modle": "doc"},
                    {"time_format": "roman"}]),
    ("inferences/summary", [{"group_by": "weather"}, {"min_elapse_ms": "1"}, {"from": "now", "to": "now-1h"},
                            {"as": "prose"}]),
    ("series/inference_count", [{"step": "30s"}, {"step": "90s"}, {"group_by": "kind"}, {"kind": "training"},
                                {"max_points": "0"}, {"model_version": "x"}]),
    ("models/doc_classification/drift", [{"version": "0"}, {"since": "x"}]),
    ("models/doc_classification/budget", [{"account": "12"}, {"since": "1h"}]),
]


def test_a_wrong_parameter_is_named(smon):
    put(smon, [transaction(1, now_of(smon) - HOUR, 5)])
    for path, queries in WRONG:
        for query in queries:
            answer = asks(smon, path, **query)
            assert answer.status == 400 and answer.json.errors[0].parameter == next(iter(query)), (path, query, answer)


def test_what_was_kept_of_bodies_is_for_those_who_may_write(smon):
    start = now_of(smon) - HOUR
    put(smon, [transaction(1, start, 5)])
    changed = smon.client.ask("PATCH", "/api/v1/models/doc_classification",
                              json.dumps({"payload": {"max_bytes": 1000, "members": ["/request/amount"], "retention": "7d"}}),
                              {"Content-Type": "application/merge-patch+json", "If-Match": "*"},
                              namespace="/abc_corp/claim")
    assert changed.status == 200, changed
    put(smon, [transaction(2, start + 1, 5, request={"amount": 12, "secret": "canary-value"}, response={})])
    new, old = smon.get("inferences").data
    assert smon.get(f"inferences/{new.id}").payload == {"/request/amount": 12}
    assert smon.get(f"inferences/{old.id}").payload is None
    reader = smon.client.with_key(smon.new_key(["read"]).key)
    shown = reader.get(f"/api/v1/inferences/{new.id}").json
    assert "payload" not in shown and shown.request_digest
    assert "canary" not in json.dumps(shown) + smon.client.raw("GET", "/metrics").text + smon.log_path.read_text()
    smon.clock.move(8 * 24 * HOUR)
    assert smon.get(f"inferences/{new.id}").payload is None  # its time is over, removed or not
    reader.close()


# -- sums -----------------------------------------------------------------------------------------


@both_engines
@pytest.mark.parametrize(("count", "method", "most"), [(5000, "histogram", 0.01), (900, "exact", 0)])
def test_percentiles_are_exact_below_1000_and_within_what_they_say_above(smon, count, method, most):
    mine = day(smon, count)
    put(smon, mine)
    got = smon.get("inferences/summary", namespace="/abc_corp", group_by="version")
    assert (got.method, got.relative_error, got.total) == (method, most, count)
    for group in got.data:
        own = [one for one in mine if one["model_version"] == group.group.model_version]
        elapses = [one["elapse"] for one in own]
        assert group.count == len(own) and group.failed == sum(one["status"] == "failed" for one in own)
        assert (group.elapse.max, group.elapse.min) == (max(elapses), min(elapses))
        assert group.elapse.avg == pytest.approx(sum(elapses) / len(elapses))
        assert group.request_bytes == 100 * len(own)
        assert sum(status["count"] for status in group.statuses) == len(own)
        for percent in (50, 90, 95, 99):
            exact = nearest_rank(elapses, percent)
            assert abs(group.elapse[f"p{percent}"] - exact) <= most * exact + 1e-6
            assert group.elapse.min <= group.elapse[f"p{percent}"] <= group.elapse.max


def test_a_summary_is_over_the_whole_minutes_it_names(smon):
    start = (now_of(smon) - 2 * HOUR) // MINUTE * MINUTE
    put(smon, [transaction(number, start + number * 20_000, 100) for number in range(9)])
    got = smon.get("inferences/summary", **{"from": stamp(start + 70_000), "to": stamp(start + 100_000)})
    assert (got["from"], got.to, got.total) == (stamp(start + MINUTE), stamp(start + 2 * MINUTE), 3)


@both_engines
def test_a_series_has_a_point_a_minute_and_agrees_with_the_summary(smon):
    mine = day(smon, 2000)
    put(smon, mine)
    bounds = {"from": stamp(now_of(smon) // HOUR * HOUR - 24 * HOUR), "to": stamp(now_of(smon) // HOUR * HOUR)}
    count = smon.get("series/inference_count", step="1m", **bounds)
    assert count.step_ms == MINUTE and len(count.data[0].points) == 24 * 60
    inside = [one for one in mine if bounds["from"] <= one["start_at"] < bounds["to"]]
    assert sum(value for _, value in count.data[0].points) == len(inside)
    failed = smon.get("series/inference_failed", step="1h", group_by="server", **bounds)
    assert len(failed.data) == 3
    assert sum(value for line in failed.data for _, value in line.points) \
        == sum(one["status"] == "failed" for one in inside)
    longest = smon.get("series/inference_elapse_max", step="1h", **bounds).data[0].points
    assert max(value or 0 for _, value in longest) == max(one["elapse"] for one in inside)
    for point, bound in zip(smon.get("series/inference_elapse_p99", step="1h", **bounds).data[0].points, longest):
        assert point[0] == bound[0] and (point[1] is None or point[1] <= bound[1])
    p99 = smon.get("series/inference_elapse_p99", step="24h", since="48h")
    assert p99.method == "histogram" and p99.unit == "milliseconds"
    rate = smon.get("series/inference_error_rate", step="1m", **bounds).data[0].points
    assert None in [value for _, value in rate] and 1 in [value for _, value in rate]


# -- what was promised ----------------------------------------------------------------------------


@both_engines
def test_a_budget_burns_when_too_much_fails(smon):
    where = {"namespace": "/abc_corp/claim"}
    now = now_of(smon)
    put(smon, [transaction(number, now - 50 * MINUTE + number * 1000, 4000 if number % 20 == 0 else 100)
               for number in range(2900)])
    assert asks(smon, "models/doc_classification/budget", **where).status == 404
    changed = smon.client.ask("PATCH", "/api/v1/models/doc_classification",
                              json.dumps({"objective": {"target_percent": 99, "max_elapse_ms": 3000}}),
                              {"Content-Type": "application/merge-patch+json", "If-Match": "*"}, **where)
    assert changed.status == 200, changed
    got = smon.get("models/doc_classification/budget", **where)
    assert (got["count"], got.bad, got.allowed_bad) == (2900, 145, 29)
    assert got.left_percent == pytest.approx(-400)
    rates = {rate.window: rate for rate in got.burn_rates}
    assert rates["1h"].burn_rate == pytest.approx(5) and rates["3d"]["count"] == 2900
    assert [alert.state for alert in got.alerts] == ["quiet", "quiet", "firing"]


@both_engines
def test_confidence_that_moves_is_told_and_few_events_are_not(smon):
    dice = random.Random(3)
    hour = now_of(smon) // HOUR * HOUR
    before = [transaction(number, hour - 60 * HOUR + number * 10_000, 50, confidence=round(dice.triangular(80, 100, 97), 2))
              for number in range(1000)]
    after = [transaction(5000 + number, hour - 10 * HOUR + number * 10_000, 50, confidence=round(dice.triangular(20, 90, 50), 2))
             for number in range(1000)]
    put(smon, before)
    where = {"namespace": "/abc_corp/claim", "version": 1}
    assert smon.get("models/doc_classification/drift", **where).state == "insufficient"
    put(smon, after[:199])
    few = smon.get("models/doc_classification/drift", since="24h", **where)
    assert (few.state, few.psi, few.jensen_shannon) == ("insufficient", None, None) and few.current["count"] == 199
    put(smon, after)
    moved = smon.get("models/doc_classification/drift", since="23h", **where)
    assert moved.state == "warning" and moved.psi > 0.1 and 0.1 < moved.jensen_shannon <= 1
    assert moved.reference["count"] == 1000 and moved.current["count"] == 1000
    same = smon.get("models/doc_classification/drift", namespace="/abc_corp/claim",
                    **{"from": stamp(hour - 60 * HOUR), "to": stamp(hour - 57 * HOUR)})
    assert same.state == "stable" and same.psi < 0.01


# -- the same in other languages ------------------------------------------------------------------


def test_the_sql_text_finds_what_the_list_finds(smon):
    mine = day(smon, 400)
    put(smon, mine)
    table = sqlite3.connect(":memory:")
    table.execute("CREATE TABLE model_monitoring_logs (model_name, measurement_type, start_at, message)")
    table.executemany("INSERT INTO model_monitoring_logs VALUES (?, ?, ?, ?)",
                      [(one["model_name"], one["type"], one["start_at"], json.dumps(one)) for one in mine])
    for query in ({"namespace": "/abc_corp/claim", "min_elapse_ms": 300}, {"status": "!succeeded", "since": "12h"},
                  {"model_version": 2, "server_id": "!1", "max_elapse_ms": 200}, {"account": OTHER},
                  {"sort": "-elapse", "limit": 5}, {"region": "eu-central-1", "environment": "prod,test"}):
        text = smon.get("inferences", **query, **{"as": "sql"}).text
        rows = smon.get("inferences", **query).data
        assert [(row.start_at, row.elapse) for row in rows] \
            == [(start, elapse) for start, _, _, _, _, elapse, _ in table.execute(text)]
    summary = smon.get("inferences/summary", group_by="version")
    text = smon.get("inferences/summary", group_by="version", **{"as": "sql"}).text
    assert sorted((group.group.model_version, group["count"], group.elapse.p99) for group in summary.data) \
        == sorted((row[2], row[3], row[7]) for row in table.execute(text))


def test_the_texts_say_where_and_over_which_time(smon):
    start = now_of(smon) - HOUR
    put(smon, [transaction(1, start, 5000), transaction(2, start, 5000, namespace="/abc_corp/claims")])
    query = {"namespace": "/abc_corp/claim", "model": "doc_classification", "min_elapse_ms": 3000,
             "from": stamp(1672531200000), "to": stamp(1672617600500), "limit": 20}
    insights = smon.get("inferences", **query, **{"as": "insights"})
    assert insights.log_groups == [{"account": ACCOUNT, "region": "eu-central-1",
                                    "name": "/abc_corp/claim/doc_classification"}]
    assert (insights.start_time, insights.end_time) == (1672531200, 1672617601)
    assert "| filter elapse_ms >= 3000" in insights.text and insights.text.endswith("| limit 20")
    elastic = smon.get("inferences", **query, **{"as": "elasticsearch"})
    body = json.loads(elastic.text)
    assert elastic["index"] == "inference_transaction" and body["size"] == 20
    assert {"range": {"elapse": {"gte": 3000}}} in body["query"]["bool"]["filter"]
    assert asks(smon, "inferences", **{"as": "sql", "cursor": "x"}).status == 400


# -- figures --------------------------------------------------------------------------------------


@both_engines
def test_the_metrics_know_transactions_without_naming_servers(smon):
    start = now_of(smon) - MINUTE
    put(smon, [transaction(number, start, 100 * number, server_id=f"i-{number}",
                           status="failed" if number == 3 else "succeeded") for number in range(1, 11)])
    assert smon.metric("smon_models") == 1 and smon.metric("smon_inferences_total") == 10
    assert smon.metric("smon_inferences_recent", result="failed") == 1
    assert smon.metric("smon_inference_recent_elapse_seconds", quantile="0.99") == 1
    assert "i-3" not in smon.client.raw("GET", "/metrics").text


def test_where_there_are_more_series_than_can_be_summed_up_metrics_answer_and_questions_are_told(smon):
    start = now_of(smon) - MINUTE
    put(smon, [transaction(number, start, 1, deployment_id=number) for number in range(1, 20_002)])
    assert smon.metric("smon_inferences_total") == 20_001
    assert "smon_inferences_recent" not in smon.client.raw("GET", "/metrics").text
    for path in ("inferences", "inferences/summary"):
        refused = asks(smon, path)
        assert refused.status == 422 and "name models" in refused.json.detail, refused
    assert asks(smon, "inferences/summary", deployment_id=7).status == 200
