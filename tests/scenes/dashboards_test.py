"""What the boards ask is asked of a running service: every question is answered, with the columns that are shown."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.parse

import events
import pytest
from smon import read_metrics

DASHBOARDS = pathlib.Path(__file__).resolve().parents[2] / "dashboards"
sys.path.append(str(DASHBOARDS / "grafana"))

import read  # noqa: E402  the path above comes first

ACCOUNT, REGION = events.ACCOUNT, events.REGION
HOUR_MS = 3_600_000


def stamp(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"


def now_of(smon):
    return int(time.time() * 1000) + smon.clock.ahead_ms


def transactions(now, count=40):
    for number in range(count):
        start = now - HOUR_MS + number * 90_000  # some of them in the last five minutes
        yield {"type": "inference_transaction", "transaction_id": f"t-{number}", "account_id": ACCOUNT,
               "region": REGION, "namespace": "/abc_corp/claim", "model_name": "doc_classification",
               "environment": "prod", "deployment_id": 1, "model_version": 1, "server_id": 1, "request_size": 100,
               "response_size": 10, "start_at": stamp(start), "end_at": stamp(start + 100 + number),
               "elapse": 100 + number, "status": "succeeded" if number % 10 else "failed", "confidence": 90 - number}


@pytest.fixture
def furnished(smon):
    """A service that has something to show on every board: jobs, an endpoint, a model with traffic, a bad post."""
    smon.taken(events.life("training", "demo") + events.life("processing", "cleaning", end="Failed"))
    smon.taken("rubbish")
    measure(smon)
    put_model(smon)
    body = "\n".join(json.dumps(one) for one in transactions(now_of(smon)))
    answer = smon.client.ask("POST", "/ingest/inferences", body, {"Content-Type": "application/x-ndjson"})
    assert answer.status == 200, answer
    return smon


def collect(smon, what, said):
    answer = smon.client.ask("POST", f"/collect/v1/{what}", {"worker": "scene", **said})
    assert answer.status == 200, answer
    return answer.json


def measure(smon):
    """What a collector would have found out about every job that ended."""
    smon.clock.move(HOUR_MS // 4)
    figures = {"avg": 71.5, "max": 380.0, "p95": 355.0, "normalized": 17.9, "points": 30}
    values = [10, 74.5, None]
    spread = {"avg": values, "low": values, "high": values, "max": values}
    course = {"from": stamp(now_of(smon) - HOUR_MS), "step_s": 60, "points": 3, "is_normalized": True,
              "hosts_left_out": 0, "job": {"cpu": spread, "gpu": spread},
              "hosts": [{"host": "algo-1", "cpu": {"avg": values}, "gpu": {"avg": values}}]}
    used = {"state": "settled", "period_s": 60, "job": {"cpu": figures, "memory": figures},
            "hosts": [{"host": "algo-1", "cpu": figures, "memory": figures}], "course": course}
    leased = collect(smon, "lease", {"deeds": ["enrich"], "most": 4, "wait_ms": 0, "lease_ms": 60_000})
    assert leased.errands
    collect(smon, "finish", {"outcomes": [{"id": one.id, "fence": one.fence, "result": "done", "utilization": used}
                                          for one in leased.errands]})
    assert smon.job("demo").utilization.state == "settled"


def put_model(smon):
    for path, said in (("models", {"namespace": "/abc_corp/claim", "model_name": "doc_classification",
                                   "account": ACCOUNT, "region": REGION,
                                   "objective": {"target_percent": 99.9, "max_elapse_ms": 3000, "window": "30d"}}),
                       ("models/doc_classification/versions", {"description": "first"}),
                       ("models/doc_classification/deployments",
                        {"model_version": 1, "environment": "prod", "deployment_method": "AWS SageMaker",
                         "rolling_strategy": "blue green", "endpoint": "https://doc.example.com/"})):
        where = {} if path == "models" else {"namespace": "/abc_corp/claim"}
        answer = smon.client.ask("POST", f"/api/v1/{path}", said, **where)
        assert answer.status == 201, answer


def samples(smon, is_all):
    """What a reader might have chosen, or nothing at all."""
    now = now_of(smon)
    chosen = {"account": [ACCOUNT, "444455556666"], "region": [REGION], "kind": ["training", "processing"],
              "version": ["1"], "environment": ["prod"]}
    fixed = {"job": smon.job("demo").id, "namespace": "/abc_corp/claim", "model": "doc_classification",
             "slow_ms": "100", "scrape": ".+", "instance": ".+", "__rate_interval": "1m",
             "__from": str(now - 24 * HOUR_MS), "__to": str(now + HOUR_MS)}
    return {**{name: is_all if is_all else value for name, value in chosen.items()}, **fixed}


def boards(flavour):
    return {name: board for name, board in read.boards().items() if name.startswith(flavour)}


# --- the JSON datasource ---


def grafana(smon, what, body):
    answer = smon.client.raw("POST", f"/grafana/{what}", json.dumps(body), {"Content-Type": "application/json"})
    assert answer.status == 200, f"{what} {body}: {answer}"
    return json.loads(answer.body)


def span_of(chosen):
    return {"from": stamp(int(chosen["__from"])), "to": stamp(int(chosen["__to"]))}


def column_names(frames):
    names = set()
    for frame in frames:
        names |= {one.get("name") for one in frame.get("fields", [])} | {one["text"] for one in frame.get("columns", [])}
    return names


def test_every_metric_of_the_boards_is_one_that_the_service_lists(furnished):
    listed = {one["value"] for one in grafana(furnished, "metrics", {})}
    asked = {target["target"] for board in boards("json").values() for _, target, _ in read.questions(board)}
    assert len(asked) > 15 and not asked - listed, f"not listed: {sorted(asked - listed)}"


@pytest.mark.parametrize("is_all", ["", ".*"], ids=["chosen", "all"])
def test_every_panel_of_the_json_boards_is_answered(furnished, is_all):
    """And a table has the columns that the panel shows."""
    chosen, full = samples(furnished, is_all), 0
    for name, board in boards("json").items():
        for who, target, columns in read.questions(board):
            payload = json.loads(read.put_in(target["payload"], chosen))
            frames = grafana(furnished, "query", {
                "range": span_of(chosen), "intervalMs": 60_000, "maxDataPoints": 500,
                "targets": [{"refId": target["refId"], "target": target["target"], "payload": payload,
                             **({"fromAnnotations": True} if who.startswith("annotation") else {})}]})
            assert isinstance(frames, list) and frames, f"{name}: {who}: {frames}"
            notices = [notice for frame in frames for notice in (frame.get("meta") or {}).get("notices", [])]
            assert not notices, f"{name}: {who}: {payload}: {notices}"
            full += any(frame.get("rows") or frame.get("datapoints") or frame.get("fields", [{}])[0].get("values")
                        for frame in frames)
            missing = set(columns) - column_names(frames)
            assert not missing, f"{name}: {who} lacks {sorted(missing)}, has {sorted(column_names(frames))}"
    assert full > 40, f"only {full} questions had anything to show"


def test_every_variable_of_the_json_boards_is_answered(furnished):
    chosen = samples(furnished, "")
    for name, board in boards("json").items():
        for one in board["templating"]["list"]:
            if one["type"] == "query":
                word = one["query"]["query"]
                payload = json.loads(read.put_in(word, chosen)) if one["query"]["format"] == "json" else {"target": word}
                said = grafana(furnished, "variable", {"payload": payload, "range": span_of(chosen)})
                assert said and all(item["__value"] for item in said), f"{name}: {one['name']}: {said}"


# --- Infinity ---


def dotted(value, path):
    """A column's value as Infinity finds it."""
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def rows_at(answer, target, chosen):
    root = target["root_selector"]
    if target["parser"] == "jq-backend":
        told = subprocess.run(["jq", "-c", root], input=json.dumps(answer), capture_output=True, text=True, check=False)
        assert told.returncode == 0, f"{root}: {told.stderr}"
        return json.loads(told.stdout)
    chooses = re.match(r'(\w+)\.#\((\w+)=="(.*)"\)#$', read.put_in(root, chosen))
    if chooses:
        where, member, value = chooses.groups()
        return [row for row in answer[where] if row[member] == value]
    found = answer[root] if root else answer
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("is_all", ["", "*"], ids=["chosen", "all"])
def test_every_question_of_the_infinity_boards_is_answered(furnished, is_all):
    if not shutil.which("jq"):
        pytest.skip("jq is not here")
    chosen = samples(furnished, is_all)
    shown = 0
    for name, board in boards("infinity").items():
        for who, target, _ in read.questions(board):
            if "url" not in target:
                continue
            path, _, query = read.combined(read.put_in(target["url"], chosen)).partition("?")
            encoded = urllib.parse.quote(query, safe="=&%,:!")
            answer = furnished.client.raw("GET", f"{path}?{encoded}")
            assert answer.status == 200, f"{name}: {who}: {path}?{query}: {answer}"
            rows = rows_at(json.loads(answer.body), target, chosen)
            assert isinstance(rows, list), f"{name}: {who}"
            shown += len(rows) > 0
            check_columns(f"{name}: {who}", rows, target)
    assert shown > 40, f"only {shown} questions had rows"


def check_columns(who, rows, target):
    """A member that no row has is a name that is wrong, unless what holds it is null."""
    for column in target["columns"] if rows else []:
        *outer, last = column["selector"].split(".")
        holders = [dotted(row, ".".join(outer)) if outer else row for row in rows]
        assert all(last in holder for holder in holders if isinstance(holder, dict)), f"{who}: {column['selector']}"
        if column["selector"] == "series":
            assert "group_by" not in target["url"] or all(row["series"] != "all" for row in rows), who
        for value in (dotted(row, column["selector"]) for row in rows):
            if column["type"] in ("number", "timestamp_epoch"):
                assert value is None or isinstance(value, (int, float)), f"{who}: {column['selector']} is {value!r}"


# --- Prometheus ---


NAMES = re.compile(r"\b((?:smon|process)_[a-z_]+)\b")


def test_expressions_use_only_metrics_that_are_emitted(furnished):
    """Of boards and of alert rules; their labels, too."""
    emitted = read_metrics(furnished.client.raw("GET", "/metrics").text)
    asked = [target["expr"] for board in boards("infinity").values() for _, target, _ in read.questions(board)
             if "expr" in target]
    yaml = pytest.importorskip("yaml", reason="python3-yaml is not here")
    groups = yaml.safe_load((DASHBOARDS / "prometheus" / "alerts.yaml").read_text())["groups"]
    asked += [rule["expr"] for group in groups for rule in group["rules"]]
    assert len(asked) > 50
    for expression in asked:
        for name in NAMES.findall(expression):
            assert name in emitted, f"{name} in {expression}"
        for name, matchers in re.findall(r"\b((?:smon|process)_[a-z_]+)\{([^}]*)\}", expression):
            labels = set(re.findall(r"(\w+)\s*[=!]~?", matchers)) - {"job", "instance"}
            assert labels <= set(emitted[name][0][0]), f"{name} has no {labels} in {expression}"
