"""Grafana's JSON data source in all its dialects, on a service that knows jobs, models and transactions."""

import json
import time

import events
import pytest
from grafana import Source, check_problem, fields_frame, frames
from smon import wait_until

OTHER = "444455556666"
PLACE = {"namespace": "/abc_corp/claim"}
HOUR = 3_600_000


def now_of(smon):
    return int(time.time() * 1000) + smon.clock.ahead_ms


def transaction(number, start, elapse, **more):
    return {"type": "inference_transaction", "transaction_id": f"t-{number}", "account_id": events.ACCOUNT,
            "region": events.REGION, **PLACE, "model_name": "doc_classification", "environment": "prod",
            "deployment_id": 1, "model_version": 1 + number % 2, "server_id": f"i-{number % 3}", "request_size": 100,
            "response_size": 10, "start_at": start, "end_at": start + elapse, "elapse": elapse,
            "status": "failed" if number % 10 == 0 else "succeeded", "confidence": 50 + number % 50, **more}


def fill(smon):
    """Jobs of two accounts, a model with two versions and a deployment, and an hour of its transactions."""
    for account in (events.ACCOUNT, OTHER):
        smon.taken([events.training(f"fit-{number}", "Failed" if number == 0 else "Completed", account=account)
                    for number in range(3)])
    smon.taken([events.processing("clean-1", "Stopped")])
    start = now_of(smon) - HOUR
    rows = [transaction(number, start + number * 30_000, 5000 if number % 20 == 0 else 100 + number)
            for number in range(100)]
    rows.append(transaction(1000, start, 70, namespace="/abc_corp/auto", model_name="triage", environment="test"))
    answer = smon.client.ask("POST", "/ingest/inferences", "\n".join(map(json.dumps, rows)),
                             {"Content-Type": "application/x-ndjson"})
    assert answer.status == 200, answer
    model = "/api/v1/models/doc_classification"
    for number in (1, 2):
        body = {"artifacts": [{"name": "trained", "uri": f"s3://abc/trained/{number}.tar.gz"}]}
        answer = smon.client.ask("POST", f"{model}/versions", body, **PLACE)
        assert answer.status == 201, answer
    for version, minutes in ((1, 0), (2, 60)):
        body = {"create_at": events.iso(minutes), "environment": "prod", "endpoint": "https://doc.example/",
                "model_version": version, "percent": 100, "rolling_strategy": "blue green"}
        answer = smon.client.ask("POST", f"{model}/deployments", body, **PLACE)
        assert answer.status == 201, answer


@pytest.fixture
def source(smon):
    fill(smon)
    return Source(smon.client, now_of(smon))


# -- the recorded exchanges ------------------------------------------------------------------------

# What other people's servers know, in our words.
METRICS = {"Packets": "job_created", "Errors": "job_failed"}
FOREIGN_PAYLOAD = {"additional"}
REFUSED = {"17-variable-string", "22-error-shape"}


def ours(request):
    """The same request with names that this service knows."""
    body = json.loads(json.dumps(request["body"]))
    if not isinstance(body, dict):
        return body
    for target in body.get("targets", []):
        target["target"] = METRICS.get(target["target"], target["target"])
        for member in ("payload", "data"):
            for name in FOREIGN_PAYLOAD & set(target.get(member) or {}):
                del target[member][name]
    for filters in ("filters", "adhocFilters"):
        for one in body.get(filters, []):
            one.update({"key": "kind", "value": "training"} if one["key"] == "City" else {})
    return body


def recorded(shared):
    for path in sorted((shared / "grafana").glob("[0-9]*.json")):
        exchange = json.loads(path.read_text())
        if "request" in exchange:
            yield exchange


def shape_of(value):
    """What kind of answer it is: of an array, its first item."""
    if isinstance(value, list):
        return ["array", shape_of(value[0])] if value else ["array"]
    return "object" if isinstance(value, dict) else type(value).__name__


def test_every_recorded_exchange_is_answered_in_its_shape(source, smon, shared):
    seen = 0
    for exchange in recorded(shared):
        name, request = exchange["name"], exchange["request"]
        body = ours(request)
        answer = smon.client.ask(request["method"], request["path"], body, request["headers"])
        seen += 1
        if name in REFUSED:
            assert answer.status == 400, (name, answer)
            check_problem(answer)
        elif request["method"] == "OPTIONS":
            assert answer.status == 204, (name, answer)
        elif request["path"].endswith("/query"):
            assert answer.status == 200, (name, answer)
            refs = [frame["refId"] for frame in frames(answer.json)]
            assert list(dict.fromkeys(refs)) == [target["refId"] for target in body["targets"]], name
        elif request["method"] == "POST":
            assert answer.status == 200, (name, answer)
            assert shape_of(answer.json)[0] == "array", (name, answer)
        else:
            assert answer.status == 200, (name, answer)
    assert seen >= 20


def test_the_recorded_error_says_the_recorded_sentence(source, shared):
    exchange = json.loads((shared / "grafana" / "22-error-shape.json").read_text())
    message = check_problem(source.post("query", exchange["request"]["body"]))
    assert message == exchange["response"]["body"]["message"]


def test_every_dialect_gets_the_same_figures(source):
    payload = {"kind": "training"}
    latest = source.one("job_created", payload)
    old = source.query({"target": "job_created", "type": "timeseries", "data": payload})[0]
    oldest = source.query({"target": "job_created", "type": "timeserie"},
                          adhocFilters=[{"key": "kind", "operator": "=", "value": "training"}])[0]
    newest = source.query({"target": "job_created", "payload": {}},
                          filters=[{"key": "kind", "operator": "=|", "value": "training", "values": ["training"]}])[0]
    assert latest["fields"] == old["fields"] == oldest["fields"] == newest["fields"]
    assert sum(latest["fields"]["Value"]) == 6
    table = source.query({"target": "job_created", "type": "table", "payload": payload})[0]
    assert table["fields"]["Time"] == latest["fields"]["Time"] and table["fields"]["Value"] == latest["fields"]["Value"]


# -- what panels show ------------------------------------------------------------------------------

@pytest.mark.both_engines
def test_every_metric_that_is_listed_can_be_asked_for(source, smon):
    needed = {"job": "fit-0", "model": "doc_classification"}
    listed = source.post("metrics", {}).json
    assert {"jobs", "failures", "overview", "accounts", "models", "versions", "deployments", "deployment_events",
            "inferences", "slow_inferences", "latency_percentile", "error_rate", "throughput", "error_budget", "drift",
            "confidence_histogram", "ingest_rate", "job_utilization", "quarantine",
            "smon"} <= {metric["value"] for metric in listed}
    objective = {"objective": {"target_percent": 99, "max_elapse_ms": 3000}}
    patched = smon.client.ask("PATCH", "/api/v1/models/doc_classification", json.dumps(objective),
                              {"Content-Type": "application/merge-patch+json", "If-Match": "*"}, **PLACE)
    assert patched.status == 200, patched
    for metric in listed:
        keys = {payload["name"] for payload in metric["payloads"]}
        payload = {name: value for name, value in needed.items() if name in keys}
        frame = source.one(metric["value"], payload)
        assert frame["refId"] == "A" and frame["fields"], metric["value"]
        assert not frame["notices"], (metric["value"], frame["notices"])


@pytest.mark.both_engines
def test_tables_have_types_and_answer_what_is_asked(source):
    jobs = source.one("jobs", {"status": "(Failed|Stopped)"})
    assert sorted(jobs["fields"]["name"]) == ["clean-1", "fit-0", "fit-0"]
    assert jobs["types"]["account"] == "string" and set(jobs["fields"]["account"]) == {events.ACCOUNT, OTHER}
    assert source.one("jobs", {"status": ["!Completed"]})["fields"]["name"] == jobs["fields"]["name"]
    assert source.one("jobs", {"status": ".*"})["fields"] == source.one("jobs", {})["fields"]
    assert source.one("jobs", {"name": "fit-1"})["fields"]["name"] == ["fit-1", "fit-1"]
    assert len(source.one("jobs", {"name": "fit-.*"})["fields"]["name"]) == 6
    failures = source.one("failures", {"account": OTHER})["fields"]
    assert failures["failure_reason"] == ["AlgorithmError: exit code 1"]
    few = source.one("jobs", {"limit": "2"})
    assert len(few["fields"]["name"]) == 2 and "more rows" in few["notices"][0]
    none = source.one("jobs", {"status": "Pending"})
    assert none["fields"]["name"] == [] and none["types"]["Time"] == "time"
    refused = source.post("query", source.body({"target": "jobs", "payload": {"status": "Faild"}}))
    assert refused.status == 400 and "Failed" in refused.json.message, refused


def test_counts_of_the_overview_are_those_of_rest(source, smon):
    frame = source.one("overview", {"account": events.ACCOUNT, "kind": "training"})["fields"]
    said = {total.kind: total.by_status for total in smon.get("overview").accounts[0].kinds}
    assert dict(zip(frame["status"], frame["count"])) == said["training"]


@pytest.mark.both_engines
def test_points_are_aligned_to_the_epoch_and_no_more_than_wanted(source):
    for most, interval in ((5, 1), (24, 7_200_000), (3, 60_000), (1000, 1000)):
        for metric, payload in (("job_created", {}), ("inference_count", {"namespace": "/abc_corp"})):
            times = source.one(metric, payload, maxDataPoints=most, intervalMs=interval)["fields"]["Time"]
            step = times[1] - times[0]
            assert len(times) <= most and step >= interval
            assert {at % step for at in times} == {0}
    latency = source.one("latency_p95", {**PLACE, "interval_ms": 600_000})["fields"]
    assert None in latency["Value"], "nothing happened is a gap, not a zero"
    assert source.one("inference_count", {"namespace": "/abc_corp"}, maxDataPoints=2)["fields"]["Value"][-1] is not None


def test_series_are_named_by_what_tells_them_apart_and_come_in_order(source):
    found = source.query({"target": "latency_percentile",
                          "payload": {**PLACE, "q": [0.5, "0.99"], "group_by": "version"}},
                         {"target": "job_created", "payload": {"group_by": ["kind"]}})
    assert [frame["name"] for frame in found] == ["Latency p50 1", "Latency p50 2", "Latency p99 1", "Latency p99 2",
                                                 "Jobs created processing", "Jobs created training"]
    assert [frame["refId"] for frame in found] == ["A"] * 4 + ["B"] * 2
    assert found[0]["labels"]["model"] == "doc_classification" and found[0]["labels"]["version"] == "1"


def test_several_namespaces_are_several_series_but_nothing_is_shown_twice(source):
    found = source.query({"target": "inference_count", "payload": {"namespace": ["/abc_corp/claim", "/abc_corp/auto"]}})
    assert {frame["labels"]["namespace"]: sum(frame["fields"]["Value"]) for frame in found} == \
        {"/abc_corp/claim": 100, "/abc_corp/auto": 1}
    nested = source.query({"target": "inference_count", "payload": {"namespace": "(/abc_corp|/abc_corp/auto)"}})
    assert [sum(frame["fields"]["Value"]) for frame in nested] == [101]
    slow = source.one("slow_inferences", {"namespace": ["/abc_corp/claim", "/abc_corp/auto"]})["fields"]
    assert slow["elapse_ms"] == [5000] * 5 and slow["Time"] == sorted(slow["Time"], reverse=True)


def test_hidden_and_empty_targets_are_skipped(source):
    found = source.query({"target": "jobs", "payload": {}, "hide": True}, {"target": "", "payload": {}}, {},
                         {"target": "accounts", "payload": {}})
    assert [frame["name"] for frame in found] == ["accounts"]
    assert source.query({"target": "jobs", "hide": True}) == []
    assert source.query() == []


def test_a_host_of_a_job_and_its_events_are_found_by_the_jobs_name(source, smon):
    assert source.one("job_events", {"job": "clean-1"})["fields"]["status"] == ["Stopped"]
    by_id = source.one("job_events", {"job": smon.job("clean-1").id})["fields"]
    assert by_id == source.one("job_events", {"job": "clean-1"})["fields"]
    assert "no job is called 'gone'" in check_problem_404(source, {"target": "job_events", "payload": {"job": "gone"}})
    assert source.one("host_utilization", {"job": "clean-1"})["fields"]["host"] == []
    assert source.one("host_utilization_series", {"job": "clean-1", "metric": "disk"})["fields"] == {"Time": [], "Value": []}
    assert "'metric' is one of" in source.refused({"target": "host_utilization_series", "payload": {"job": "clean-1", "metric": "net"}})


def check_problem_404(source, target):
    answer = source.post("query", source.body(target))
    assert answer.status == 404, answer
    return check_problem(answer)


# -- the trap, ad hoc filters, errors --------------------------------------------------------------

def test_a_payload_that_came_empty_is_not_taken_for_everything(source):
    message = source.refused({"target": "slow_inferences", "payload": {}})
    assert "quotes" in message and "'model'" in message
    assert "'model'" in source.refused({"target": "drift", "payload": {}})
    assert "'job'" in source.refused({"target": "host_utilization"})
    variables = {"model": {"text": "x", "value": ["doc_classification", "triage"]}, "other": {"value": "y"}}
    frame = source.one("slow_inferences", {}, scopedVars=variables)
    assert frame["fields"]["model"] == ["doc_classification"] * 5
    assert "'model'" in frame["notices"][0] and "quotes" in frame["notices"][0]
    everything = source.one("slow_inferences", {"namespace": ".*"})
    assert everything["fields"]["Time"] == frame["fields"]["Time"] and not everything["notices"]


def ad_hoc(key, operator, value, **more):
    return [{"key": key, "operator": operator, "value": value, **more}]


def test_ad_hoc_filters_narrow_what_they_are_about(source):
    def kinds(*filters, payload=None):
        rows = source.query({"target": "jobs", "payload": payload or {}}, filters=[one for some in filters for one in some])
        return sorted(set(rows[0]["fields"]["kind"]))
    assert kinds() == ["processing", "training"]
    assert kinds(ad_hoc("kind", "!=", "training")) == ["processing"]
    assert kinds(ad_hoc("kind", "=~", "(training|tuning)")) == ["training"]
    assert kinds(ad_hoc("kind", "!~", "^training$")) == ["processing"]
    assert kinds(ad_hoc("kind", "=|", "", values=["training", "tuning"])) == ["training"]
    assert kinds(ad_hoc("kind", "=", "training"), payload={"kind": "processing"}) == []
    assert kinds(ad_hoc("kind", "!=", "tuning"), ad_hoc("kind", "!=", "training")) == ["processing"]
    assert kinds(ad_hoc("account", "=", OTHER)) == ["training"]
    versions = source.query({"target": "versions", "payload": {}}, filters=ad_hoc("version", ">", "1"))[0]
    assert versions["fields"]["version"] == [2]
    environments = source.query({"target": "inferences", "payload": {"namespace": "/abc_corp"}},
                                filters=ad_hoc("environment", "=", "test"))[0]
    assert environments["fields"]["model"] == ["triage"]
    aside = source.query({"target": "jobs", "payload": {}}, filters=ad_hoc("environment", "=", "prod"))[0]
    assert "'environment' does not apply to 'jobs'" in aside["notices"][0]


@pytest.mark.parametrize("more, sentence", [
    ({"filters": ad_hoc("City", "=", "Berlin")}, "'City' is not a key"),
    ({"filters": ad_hoc("kind", "~=", "x")}, "operator"),
    ({"filters": ad_hoc("kind", "<", "x")}, "< or >"),
    ({"filters": ad_hoc("kind", "=~", "[a-z]+")}, "pattern"),
    ({"range": {"from": "now", "to": "y"}}, "range.from"),
    ({"range": {"from": 2_000_000_000_000, "to": 1_900_000_000_000}}, "before"),
    ({"targets": "x"}, "targets"),
    ({"maxDataPoints": "many"}, "maxDataPoints"),
])
def test_what_is_wrong_is_said_in_a_sentence(source, more, sentence):
    assert sentence in source.refused({"target": "jobs", "payload": {}}, **more)


def test_typing_errors_are_met_with_the_word_that_was_meant(source):
    assert "did you mean 'status'" in source.refused({"target": "jobs", "payload": {"statsu": "Failed"}})
    assert "did you mean 'jobs'" in source.refused({"target": "jobz"})
    assert "did you mean 'models'" in check_problem(source.post("variable", {"payload": {"target": "modles"}}))


def test_good_targets_are_shown_beside_one_that_cannot_be(source):
    found = source.query({"target": "jobs", "payload": {}}, {"target": "error_budget", "payload": {"model": "triage"}},
                         {"target": "nothing"})
    assert [frame["refId"] for frame in found] == ["A", "B", "C"]
    assert len(found[0]["fields"]["name"]) == 7 and not found[0]["notices"]
    assert found[1]["fields"]["model"] == [] and "objective" in found[1]["notices"][0]
    assert "no metric" in found[2]["notices"][0]


def test_one_of_several_models_without_an_objective_does_not_hide_the_others(source):
    drift = source.one("drift", {"model": "(doc_classification|gone)"})
    assert drift["fields"]["model"] == ["doc_classification"] and "one of several" in drift["notices"][0]


# -- annotations -----------------------------------------------------------------------------------

@pytest.mark.both_engines
def test_annotations_are_one_frame_with_the_fields_that_grafana_maps(source):
    answer = source.post("query", source.body({"target": "deployment_events", "fromAnnotations": True, "payload": {}}))
    frame, = answer.json
    fields = fields_frame(frame)["fields"]
    assert list(fields) == ["time", "timeEnd", "title", "text", "tags"]
    assert "created v1" in fields["title"] and "created v2" in fields["title"]
    assert all("doc_classification" in text for text in fields["text"])
    assert all(isinstance(tags, str) and "prod" in tags.split(",") for tags in fields["tags"])
    failed = source.query({"target": "failures", "fromAnnotations": True, "payload": {}})[0]["fields"]
    assert failed["title"] == ["training failed"] * 2 and "exit code 1" in failed["text"][0]
    regions = source.query({"target": "jobs", "fromAnnotations": True, "payload": {"name": "fit-1"}})[0]["fields"]
    assert all(end > start for start, end in zip(regions["time"], regions["timeEnd"]))
    assert "makes no annotations" in source.refused({"target": "overview", "fromAnnotations": True})


def test_older_plugins_get_annotations_as_objects(source, smon):
    annotation = {"name": "deploys", "query": "#deploy", "enable": True, "iconColor": "red"}
    rows = source.post("annotations", {"range": source.range, "annotation": annotation}).json
    assert {row.title for row in rows} >= {"created v1", "created v2"}
    assert all(row.annotation == annotation and row.text and isinstance(row.tags, list) for row in rows)
    only = {"query": json.dumps({"target": "failures", "payload": {"account": OTHER}})}
    rows = source.post("annotations", {"range": source.range, "annotation": only}).json
    assert [row.title for row in rows] == ["training failed"]
    got = smon.client.get("/grafana/annotations", query="failures", since="1d").json
    assert [row.title for row in got] == ["training failed"] * 2


# -- editors, variables ----------------------------------------------------------------------------

@pytest.mark.both_engines
def test_variables_have_the_values_that_there_are(source):
    def values(target, **payload):
        return source.names("variable", {"payload": {"target": target, **payload}, "range": source.range}, "__value")
    assert values("accounts") == [events.ACCOUNT, OTHER]
    assert values("regions") == [events.REGION]
    assert "training" in values("kinds")
    assert {"Failed", "Completed", "Stopped", "succeeded"} <= set(values("statuses"))
    assert values("jobs") == ["clean-1", "fit-0", "fit-1", "fit-2"]
    assert values("jobs", account=[OTHER]) == ["fit-0", "fit-1", "fit-2"]
    assert values("namespaces") == ["/abc_corp", "/abc_corp/auto", "/abc_corp/claim"]
    assert values("models") == ["doc_classification", "triage"]
    assert values("models", namespace=["/abc_corp/auto"]) == ["triage"]
    assert values("versions", model="doc_classification") == ["1", "2"]
    assert values("deployments") == ["1", "2"]
    assert values("environments") == ["prod", "test"]
    assert values("servers") == ["i-0", "i-1", "i-2"]


def test_the_builder_offers_the_values_of_a_member(source):
    def options(metric, name, **payload):
        return source.names("metric-payload-options", {"metric": metric, "payload": payload, "name": name}, "value")
    assert options("jobs", "account") == [events.ACCOUNT, OTHER]
    assert options("versions", "version", model="doc_classification") == ["1", "2"]
    assert "0.95" in options("latency_percentile", "q")
    assert options("jobs", "limit") == [] and options("gone", "x") == []


def test_old_editors_search_metrics_and_variables_at_one_address(source):
    names = source.post("search", {"type": "timeseries", "target": "models"}).json
    assert "jobs" in names and all(isinstance(name, str) for name in names)
    assert source.names("search", {"target": "models"}, "value") == ["doc_classification", "triage"]
    assert source.post("search", {"target": ""}).json == names


def test_keys_and_values_of_ad_hoc_filters(source):
    for body in ({}, None, ""):
        keys = source.names("tag-keys", body, "text")
        assert {"account", "region", "kind", "status", "name", "model", "namespace", "version", "deployment_id",
                "environment", "server"} <= set(keys)
    assert source.names("tag-values", {"key": "account"}, "text") == [events.ACCOUNT, OTHER]
    assert source.names("tag-values", {"key": "gone"}, "text") == []


# -- who may ---------------------------------------------------------------------------------------

@pytest.mark.both_engines
def test_a_key_sees_its_own_accounts_and_namespaces_everywhere(source, smon):
    key = smon.new_key(["read"], accounts=[OTHER], namespaces=["/abc_corp/auto"]).key
    with_key = Source(smon.client.with_key(key), now_of(smon))
    assert set(with_key.one("jobs", {})["fields"]["account"]) == {OTHER}
    assert with_key.one("overview", {"account": events.ACCOUNT})["fields"]["count"] == []
    assert sum(with_key.one("job_created", {})["fields"]["Value"]) == 3
    assert sum(with_key.one("ingest_count", {})["fields"]["Value"]) == 3
    assert sum(with_key.one("inference_count", {"namespace": ".*"})["fields"]["Value"]) == 0
    for variable in ("namespaces", "models", "servers", "deployments"):
        assert with_key.names("variable", {"payload": {"target": variable}}, "__value") in ([], ["1"]), variable
    assert with_key.names("tag-values", {"key": "account"}, "text") == [OTHER]
    assert with_key.one("deployment_events", {})["fields"]["what"] == []
    with_key.client.close()


def test_what_was_told_a_moment_ago_is_kept_from_who_may_not_see_it_and_not_for_long(source, smon):
    key = smon.new_key(["read"], accounts=[OTHER]).key
    with_key = Source(smon.client.with_key(key), now_of(smon) + 7)

    def jobs(source):
        return sum(source.one("job_created", {})["fields"]["Value"])

    assert [jobs(source), jobs(with_key), jobs(source), jobs(with_key)] == [7, 3, 7, 3]
    smon.taken([events.training("fit-later", "Completed")])
    wait_until(lambda: jobs(source) == 8, what="the job in the counts")
    assert jobs(with_key) == 3
    with_key.client.close()


def test_health_wants_a_key_and_errors_tell_401_from_403(smon):
    for path in ("/grafana", "/grafana/"):
        assert smon.client.get(path).text == "ok\n"
        refused = smon.client.with_key(None).get(path)
        assert refused.status == 401 and refused.json.error.code == "unauthorized"
    writer = smon.client.with_key(smon.new_key(["ingest"]).key)
    answer = writer.ask("POST", "/grafana/query", {"targets": []})
    assert answer.status == 403 and check_problem(answer)


def test_a_body_over_the_limit_is_refused_in_words(smon):
    answer = smon.client.ask("POST", "/grafana/query", b" " * (1 << 20) + b"{}", {"Content-Type": "application/json"})
    assert answer.status == 413 and answer.json.message


# -- browsers --------------------------------------------------------------------------------------

PREFLIGHT = {"Origin": "https://grafana.example.com", "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "content-type,x-grafana-device-id"}


def test_pages_of_listed_origins_may_ask_and_read_errors(house):
    smon = house(grafana__origins="https://grafana.example.com, http://localhost:3000")
    smon.start()
    open_to_all = smon.client.with_key(None)
    answer = open_to_all.ask("OPTIONS", "/grafana/query", headers=PREFLIGHT)
    assert answer.status == 204 and answer.headers["Access-Control-Allow-Origin"] == PREFLIGHT["Origin"]
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert "x-grafana-device-id" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert {"Origin", "Access-Control-Request-Headers"} <= set(", ".join(answer.headers.get_all("Vary")).split(", "))
    origin = {"Origin": "http://localhost:3000", "Content-Type": "application/json"}
    for body, status in (({"targets": []}, 200), ({}, 400)):
        answer = smon.client.ask("POST", "/grafana/query", body, origin)
        assert answer.status == status and answer.headers["Access-Control-Allow-Origin"] == origin["Origin"]
    refused = open_to_all.ask("POST", "/grafana/query", {"targets": []}, origin)
    assert refused.status == 401 and refused.headers["Access-Control-Allow-Origin"] == origin["Origin"]
    foreign = {**PREFLIGHT, "Origin": "https://evil.example"}
    answer = open_to_all.ask("OPTIONS", "/grafana/query", headers=foreign)
    assert answer.status == 204 and "Access-Control-Allow-Origin" not in answer.headers
    answer = smon.client.ask("POST", "/grafana/query", {"targets": []}, {"Origin": "https://evil.example"})
    assert answer.status == 403 and "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Origin" not in smon.client.ask("GET", "/api/v1/jobs", headers=origin).headers


def test_no_page_may_ask_where_no_origin_is_listed(smon):
    answer = smon.client.ask("OPTIONS", "/grafana/query", headers=PREFLIGHT)
    assert answer.status == 204 and "Access-Control-Allow-Origin" not in answer.headers
    assert smon.client.ask("POST", "/grafana/query", {"targets": []}, {"Origin": PREFLIGHT["Origin"]}).status == 403


def test_settings_refuse_what_is_no_origin(house):
    for wrong in ("grafana.example.com", "*", "https://a.example/path", "https://"):
        smon = house(name=f"wrong-{len(wrong)}", grafana__origins=wrong)
        smon.spawn()
        assert smon.wait(10) != 0 and "grafana.origins" in smon.log_path.read_text(), wrong
