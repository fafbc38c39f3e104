"""How busy the machines of an endpoint are: nobody looks unasked, and what was asked for is answered."""

import time

import events
import pytest
from collector import quiet

OTHER = "444455556666"


@pytest.fixture
def whole(house, aws, tmp_path):
    """A service with its own collector; whatever it emits is written to a file."""
    service = house(environment=quiet(aws), collect__enabled="true", emf__output=f"file:{tmp_path / 'out.emf'}")
    service.start()
    return service


def resource(smon, name):
    (found,) = [one for one in smon.resources(name_prefix=name) if one.name == name]
    return found


def last_hour(aws, clock, name, **gpu_of):
    """Metrics of its variants, from a bit before the last hour on."""
    now = int(time.time() + clock.ahead_ms / 1000)
    aws.put_endpoint(events.ACCOUNT, name, now // 60 * 60 - 65 * 60, 70, **gpu_of)


@pytest.mark.both_engines
def test_an_endpoint_is_measured_when_somebody_asks_and_anew_when_somebody_asks_again(whole, aws, clock, tmp_path):
    whole.taken(events.endpoint("front"))
    path = f"/api/v1/resources/{resource(whole, 'front').id}"
    before = whole.client.get(f"{path}/utilization").json
    assert before.state is None and "POST to this address" in before.reason
    assert whole.client.get(path).json.links.utilization == f"{path}/utilization"
    assert aws.calls("GetMetricData") == 0 and not whole.get("errands").data

    last_hour(aws, clock, "front", blue=90, green=5)
    asked = whole.client.ask("POST", f"{path}/utilization")
    assert asked.status == 202 and asked.json.id.startswith(events.ACCOUNT)
    whole.drain(60)
    told = whole.client.get(f"{path}/utilization", course="true").json
    assert told.state == "settled" and told.reason is None
    assert [(one.host, one.gpu.avg) for one in told.hosts] == [("blue", 90), ("green", 5)]
    assert told.course.points == 60 and told.course.hosts[1].gpu.avg[30] == 5
    assert "course" not in whole.client.get(f"{path}/utilization").json

    clock.move(2 * 3600_000)
    last_hour(aws, clock, "front", green=70)
    assert whole.client.ask("POST", f"{path}/utilization").status == 202
    whole.drain(60)
    again = whole.client.get(f"{path}/utilization", course="true").json
    assert [(one.host, one.gpu.avg) for one in again.hosts] == [("green", 70)]
    assert [one.host for one in again.course.hosts] == ["green"] and again.course["from"] > told.course["from"]
    assert not aws.wrong
    emitted = tmp_path / "out.emf"
    assert not emitted.exists() or not emitted.read_text(), "utilization of endpoints is not emitted"


@pytest.mark.both_engines
def test_one_question_waits_however_often_it_is_asked_and_says_that_it_does(smon):
    smon.taken(events.endpoint("front"))
    path = f"/api/v1/resources/{resource(smon, 'front').id}/utilization"
    first, second = (smon.client.ask("POST", path) for _ in range(2))
    assert (first.status, second.status) == (202, 202) and first.json.id == second.json.id
    (waiting,) = smon.get("errands").data
    assert (waiting.deed, waiting.kind, waiting.name, waiting.state) == ("enrich", "endpoint", "front", "waiting")
    assert smon.client.get(path).json.state == "pending"
    assert resource(smon, "front").status == "InService", "asking changes nothing else"


def test_only_endpoints_are_measured_and_only_by_who_may(smon):
    smon.taken([events.endpoint("front"), events.endpoint_config("front-1"), events.training("demo", "Completed")])
    config, front, job = resource(smon, "front-1"), resource(smon, "front"), smon.job("demo")
    refused = smon.client.ask("POST", f"/api/v1/resources/{config.id}/utilization")
    assert refused.status == 409 and "kind endpoint_config" in refused.json.detail
    told = smon.client.get(f"/api/v1/resources/{config.id}/utilization").json
    assert told.state == "none" and told.reason == "only endpoints are measured"
    assert smon.client.ask("POST", f"/api/v1/resources/{job.id}/utilization").status == 404
    assert smon.client.get(f"/api/v1/resources/{job.id}/utilization").status == 404
    made = [smon.client.ask("POST", "/api/v1/keys", {"roles": roles, "accounts": accounts}).json.key
            for roles, accounts in ((["read"], ["*"]), (["read", "write"], [OTHER]))]
    for key, status in zip(made, (403, 404)):
        asking = smon.client.with_key(key)
        assert asking.ask("POST", f"/api/v1/resources/{front.id}/utilization").status == status
        asking.close()
    assert not smon.get("errands", deed="enrich", state="waiting", account=OTHER).data
