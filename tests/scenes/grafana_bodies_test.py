"""No body that anybody may post makes the service fail: generated JSON around the shapes that plugins send."""

import json
import os
import shutil
import subprocess

import pytest
from grafana import Source, check_problem, frames
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from grafana_test import fill, now_of

PATHS = ["metrics", "metric-payload-options", "search", "query", "annotations", "variable", "tag-keys", "tag-values"]
METRICS = ["overview", "jobs", "failures", "host_utilization", "job_events", "job_created", "latency_p95",
           "latency_percentile", "slow_inferences", "error_budget", "drift", "deployments", "deployment_events",
           "versions", "models", "accounts", "ingest_rate", "smon", "(jobs|failures)", ".*", "", "gone"]
KEYS = ["account", "region", "kind", "status", "name", "model", "namespace", "version", "deployment_id", "environment",
        "server", "endpoint", "job", "q", "group_by", "limit", "interval_ms", "min_elapse_ms", "at", "City"]
WORDS = [".*", "", "(a|b)", "(a\\|b|c)", "!Failed", "training", "/abc_corp", "/abc_corp/.*", "doc_classification", "0.95",
         "111122223333", "a,b", "\\", "(", ")", "|", "(|)", "a" * 300, "\u202e", "'; --", "\x00", "-1", "1e309", "fit-1"]

text = st.sampled_from(WORDS) | st.text(max_size=20)
scalar = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text
anything = st.recursive(scalar, lambda inner: st.lists(inner, max_size=3)
                        | st.dictionaries(text, inner, max_size=3), max_leaves=8)
value = scalar | st.lists(scalar, max_size=20) | anything
moment = st.sampled_from(["2026-11-21T06:00:00.000Z", "now", "x", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z",
                          1_700_000_000_000, 0, -1, 1e300]) | anything


def or_anything(strategy):
    return strategy | anything


payload = st.dictionaries(st.sampled_from(KEYS) | text, value, max_size=5)
target = st.fixed_dictionaries({}, optional={
    "refId": or_anything(text), "target": or_anything(st.sampled_from(METRICS)), "payload": or_anything(payload),
    "data": or_anything(payload), "type": or_anything(st.sampled_from(["table", "timeserie"])),
    "hide": or_anything(st.booleans()), "fromAnnotations": or_anything(st.booleans())})
filters = st.lists(st.fixed_dictionaries({}, optional={
    "key": or_anything(st.sampled_from(KEYS)), "value": value, "values": or_anything(st.lists(scalar, max_size=4)),
    "operator": or_anything(st.sampled_from(["=", "!=", "<", ">", "=~", "!~", "=|", "!=|"]))}), max_size=3)
body = st.fixed_dictionaries({}, optional={
    "range": or_anything(st.fixed_dictionaries({}, optional={"from": moment, "to": moment})),
    "targets": or_anything(st.lists(or_anything(target), max_size=4)), "filters": or_anything(filters),
    "adhocFilters": or_anything(filters), "maxDataPoints": or_anything(st.integers()),
    "intervalMs": or_anything(st.integers()), "metric": or_anything(st.sampled_from(METRICS)),
    "name": or_anything(st.sampled_from(KEYS)), "payload": or_anything(payload), "key": or_anything(st.sampled_from(KEYS)),
    "target": or_anything(st.sampled_from(["models", "accounts", "jobs"])), "type": or_anything(text),
    "scopedVars": or_anything(st.dictionaries(st.sampled_from(KEYS), or_anything(
        st.fixed_dictionaries({"value": value})), max_size=3)),
    "annotation": or_anything(st.fixed_dictionaries({}, optional={"query": or_anything(
        st.sampled_from(["#deploy", "failures", "{", '{"target":"jobs","payload":{"limit":0}}']))}))})
whole = body | anything
raw = st.binary(max_size=200) | whole.map(lambda made: json.dumps(made).encode()) \
    | whole.map(lambda made: json.dumps(made).encode()[:-1])


@pytest.fixture
def source(smon):
    fill(smon)
    return Source(smon.client, now_of(smon))


def test_no_body_makes_the_service_fail(source, smon, is_long, is_brief):
    @settings(max_examples=3000 if is_long else 80 if is_brief else 400, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(PATHS + ["query"] * 6), raw)
    def ask(path, sent):
        answer = smon.client.ask("POST", f"/grafana/{path}", sent, {"Content-Type": "application/json"})
        assert answer.status in (200, 400, 404, 422), (path, sent, answer)
        if answer.status != 200:
            check_problem(answer)
        elif path == "query":
            frames(answer.json)
        else:
            assert isinstance(answer.json, list)

    ask()
    assert not smon.log("internal")


# -- the real converter ----------------------------------------------------------------------------

CONVERT = """
global.window = global.window || {location: {}, navigator: {}}; global.window.location = {href: 'http://x/'};
const {toDataFrame} = require('@grafana/data');
const elements = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(elements.map(one => {
  const frame = toDataFrame(one);
  return {refId: frame.refId, length: frame.length,
          fields: frame.fields.map(field => ({name: field.name, type: field.type, length: field.values.length}))};
})));
"""


@pytest.fixture(scope="session")
def converter(tmp_path_factory, is_long):
    """Grafana's own toDataFrame under Node, where it can be installed; with --long only."""
    if not is_long:
        pytest.skip("a long one: tests/run --all")
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not here")
    folder = tmp_path_factory.mktemp("convert")
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder,
                           "@grafana/data@11.2.2"], capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        pytest.skip("@grafana/data cannot be installed here")

    def convert(elements):
        made = subprocess.run(["node", "-e", CONVERT], input=json.dumps(elements), capture_output=True, text=True,
                              timeout=60, cwd=folder, env={**os.environ, "NODE_PATH": f"{folder}/node_modules"},
                              check=False)
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)
    return convert


def test_grafanas_own_converter_takes_every_answer(source, converter):
    needed = {"job": "fit-0", "model": "doc_classification"}
    listed = source.post("metrics", {}).json
    for metric in listed:
        keys = {payload["name"] for payload in metric["payloads"]}
        one = {"target": metric["value"], "payload": {name: said for name, said in needed.items() if name in keys}}
        answer = source.post("query", source.body(one))
        if answer.status != 200:
            check_problem(answer)
            continue
        for element, frame in zip(answer.json, converter(answer.json), strict=True):
            assert frame["refId"] == "A" and all(field["length"] == frame["length"] for field in frame["fields"])
            if element.get("columns"):
                assert [(field["name"], field["type"]) for field in frame["fields"]] == \
                    [(column["text"], column["type"]) for column in element["columns"]]
            else:
                assert [field["type"] for field in frame["fields"]] == ["time", "number"]
    notes = source.post("query", source.body({"target": "failures", "payload": {}, "fromAnnotations": True})).json
    assert [field["name"] for field in converter(notes)[0]["fields"]] == ["time", "timeEnd", "title", "text", "tags"]
