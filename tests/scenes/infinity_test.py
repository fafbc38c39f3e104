"""What Grafana's Infinity data source needs of the REST lists: root `data`, flat rows, times as milliseconds."""

import events
import pytest
from grafana import Source
from grafana_test import PLACE, fill, now_of

LISTS = ["accounts", "jobs", "resources", "events", "models", "model-versions", "deployments", "rollouts", "inferences",
         "quarantine", "namespaces"]
NESTED = {"regions", "sizing", "tags", "artifacts", "environment_variables", "utilization", "objective", "drift",
          "payload", "data_sources", "inference", "extras", "life_cycle"}


@pytest.fixture
def filled(smon):
    fill(smon)
    smon.taken([events.endpoint("live")])
    smon.post(b"not JSON")
    return smon


def is_time(name):
    return name.endswith("_at") or name in ("at", "time", "since")


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_flat_rows_with_times_in_milliseconds(filled, path):
    answer = filled.get(path, time_format="epoch_ms", limit=1)
    assert {"data", "next_cursor", "has_more"} <= set(answer) and answer.data
    for row in answer.data:
        for name, value in row.items():
            assert name in NESTED or not isinstance(value, (dict, list)), (path, name)
            assert not is_time(name) or value is None or isinstance(value, int), (path, name, value)
    if answer.has_more:
        following = filled.get(path, time_format="epoch_ms", limit=1, cursor=answer.next_cursor)
        assert following.data and following.data != answer.data


@pytest.mark.both_engines
def test_rollouts_of_all_models_are_listed_by_time_and_filter(filled):
    rows = list(filled.pages("rollouts", limit=1))
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
    assert {(row.what, row.model_version) for row in rows} >= {("created", 1), ("created", 2)}
    assert list(filled.pages("rollouts", sort="at", limit=1)) == rows[::-1]
    for query, count in (({"model": "doc_classification"}, len(rows)), ({"model": "gone"}, 0),
                         ({"namespace": "/abc_corp"}, len(rows)), ({"namespace": "/abc"}, 0),
                         ({"what": "!created"}, sum(row.what != "created" for row in rows)),
                         ({"environment": "test"}, 0), ({"from": rows[0].at}, sum(row.at == rows[0].at for row in rows)),
                         ({"to": rows[-1].at}, 0)):
        assert len(filled.get("rollouts", **query)["data"]) == count, query
    refused = filled.client.get("/api/v1/rollouts", what="moved")
    assert refused.status == 400 and "promoted" in refused.json.detail
    for nothing in ("", "!", "promoted,"):
        assert filled.client.get("/api/v1/rollouts", what=nothing).status == 400, nothing
    states = filled.client.raw("GET", "/api/v1/deployments?state=pending&state=active")
    assert len(states.json["data"]) == len(filled.get("deployments", state="pending,active")["data"]) > 0
    key = filled.new_key(["read"], namespaces=["/abc_corp/auto"]).key
    assert filled.client.with_key(key).get("/api/v1/rollouts").json["data"] == []
    assert filled.client.get("/api/v1/models/doc_classification/deployments", **PLACE).json["data"]


@pytest.mark.both_engines
def test_series_of_arrivals_count_every_event_once(filled):
    total = len(filled.events())
    for step in ("1m", "1h", "1d"):
        series = filled.get("series/event_received", since="1d", step=step)["data"]
        assert [sum(value for _, value in one.points) for one in series] == [total], step
    apart = filled.get("series/event_received", since="1d", step="1h", group_by="account,region")["data"]
    assert sorted(sum(value for _, value in one.points) for one in apart) == [3, 5]
    assert {tuple(one.labels) for one in apart} == {("account", "region")}
    assert all(value is None or value > 0 for _, value in filled.get("series/event_lag_avg", since="1d")["data"][0].points)
    assert filled.client.get("/api/v1/series/event_received", group_by="kind").status == 400
    empty = filled.get("series/event_lag_max", account="999999999999", since="1h")
    assert {value for _, value in empty["data"][0].points} == {None}
    source = Source(filled.client, now_of(filled))
    assert sum(source.one("ingest_count", {})["fields"]["Value"]) == total
