"""The main job, end to end: an event comes in, is never lost, and becomes knowledge."""

import json
import os
import signal
import time

import aws_peer
import events
import pytest
from cloudwatch import PROCESSING, TRAINING
from collector import quiet
from smon import wait_until


@pytest.fixture
def whole(house, aws, tmp_path):
    """A service with its own collector, which finds the stand-ins and writes EMF to a file."""
    service = house(environment=quiet(aws), collect__enabled="true", enrich__settle="0s",
                    emf__output=f"file:{tmp_path / 'out.emf'}")
    service.start()
    return service


def emitted(tmp_path):
    path = tmp_path / "out.emf"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def of_job(documents, name, metric):
    return [document[metric] for document in documents if document["JobName"] == name and metric in document]


def put(aws, name, namespace=TRAINING, hosts=2, **values):
    aws.put_job(events.ACCOUNT, namespace, name, events.epoch_ms(events.STARTED_AT) // 1000,
                30 - events.STARTED_AT, hosts, **values)


@pytest.mark.both_engines
def test_a_finished_job_is_enriched_and_emitted_once_though_its_event_comes_twice(whole, aws, clock, tmp_path):
    put(aws, "demo")
    for event in events.life("training", "demo") * 2:
        whole.taken(event)
    whole.drain(60)
    job = whole.job("demo")
    assert job.status == "Completed" and job.duration_ms == 26 * 60_000
    assert job.utilization.state == "settled"
    assert job.utilization.job.cpu.avg > 0 and job.utilization.job.gpu.max > 0
    assert [host.host for host in job.utilization.hosts] == ["algo-1", "algo-2"]
    documents = emitted(tmp_path)
    assert of_job(documents, "demo", "TrainingJobCount_Total") == [1]
    assert of_job(documents, "demo", "TrainingJobCount_Completed") == [1]
    assert of_job(documents, "demo", "TrainingJob_Duration") == [26 * 60_000]
    assert of_job(documents, "demo", "TrainingJob_CPUUtilization_Average") == [pytest.approx(job.utilization.job.cpu.avg)]
    assert not aws.wrong


@pytest.mark.both_engines
def test_the_course_of_a_jobs_hardware_is_answered_when_asked_for(whole, aws):
    start = events.epoch_ms(events.STARTED_AT) // 1000
    aws.put_life(events.ACCOUNT, TRAINING, "demo", start, 30 - events.STARTED_AT, hosts=2, idle={2})
    whole.taken(events.life("training", "demo"))
    whole.drain(60)
    path = f"/api/v1/jobs/{whole.job('demo').id}/utilization"
    assert "course" not in whole.client.get(path).json and "course" not in whole.job("demo").utilization
    told = whole.client.get(path, course="true").json.course
    assert events.epoch_ms(events.STARTED_AT) == whole.client.get(path, course="true", time_format="epoch_ms").json.course["from"]
    assert told.points == 26 and told.step_s == 60 and told.hosts_left_out == 0
    assert [host.host for host in told.hosts] == ["algo-1", "algo-2"]
    assert told.hosts[0].gpu.avg[20] > 80 > 5 > told.hosts[1].gpu.avg[20]
    assert whole.client.get(path, course="perhaps").status == 400
    asked = {"targets": [{"refId": "A", "target": "host_utilization_series", "payload": {"job": "demo"}}]}
    lines = json.loads(whole.client.raw("POST", "/grafana/query", json.dumps(asked), {"Content-Type": "application/json"}).body)
    assert [line["tags"]["host"] for line in lines] == ["algo-1", "algo-2"]
    assert lines[1]["datapoints"][20] == [told.hosts[1].gpu.avg[20], start * 1000 + 20 * 60_000]


def test_a_job_that_failed_before_it_started_is_emitted_and_no_metric_is_asked_for(whole, aws, tmp_path):
    whole.taken(events.training("poor", "Failed", started=False))
    whole.drain(30)
    assert aws.calls("GetMetricData") == 0 and aws.calls("ListMetrics") == 0
    documents = emitted(tmp_path)
    assert of_job(documents, "poor", "TrainingJobCount_Failed") == [1]
    assert of_job(documents, "poor", "TrainingJob_Duration") == []
    assert whole.job("poor").utilization.state in (None, "none")


def test_a_failure_whose_end_nobody_told_is_emitted_at_the_time_it_is_counted_under(whole, tmp_path):
    poor, old = events.training("poor", "Failed", started=False), events.training("old", "Failed", started=False)
    month = 30 * 86_400_000
    for event in (poor, old):
        del event["detail"]["TrainingEndTime"]
    old["detail"].update(CreationTime=events.epoch_ms(0) - month, LastModifiedTime=events.epoch_ms(30) - month)
    old["time"] = events.iso(30 - month // events.MINUTE_MS)
    whole.taken([poor, old])
    whole.drain(30)
    stamps = [(one["JobName"], one["_aws"]["Timestamp"]) for one in emitted(tmp_path)]
    assert stamps == [("poor", events.epoch_ms(30))]


def test_every_kind_of_job_in_any_order_is_emitted_exactly_once(whole, aws, tmp_path):
    names = {}
    for kind in events.LIVES:
        for number in range(4):
            name = f"{kind.replace('_', '-')}-{number}"
            names[events.job_name(kind, name)] = kind
            if kind in ("training", "processing"):
                put(aws, name, TRAINING if kind == "training" else PROCESSING, 1)
            life = events.life(kind, name)
            whole.taken(life[::-1] if number % 2 else life)
            whole.taken(life + [events.again(life[-1])])
    whole.clock.move(40 * 60_000)  # metrics that never come are a stated result after half an hour
    whole.drain(60)
    counts = {name: 0 for name in names}
    for document in emitted(tmp_path):
        counts[document["JobName"]] += any(member.endswith("Count_Total") for member in document)
    assert set(counts.values()) == {1}, counts


def test_the_collector_is_started_again_when_it_dies(whole, aws):
    first = wait_until(lambda: whole.log("collector-started"), 10, "the collector")[-1].pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(whole.log("collector-started")) > 1, 20, "a new collector")
    put(aws, "demo")
    whole.taken(events.training("demo", "Completed"))
    whole.drain(60)
    assert whole.job("demo").utilization.state == "settled"


@pytest.mark.both_engines
def test_what_a_collector_held_when_it_died_is_done_within_seconds(whole, aws):
    put(aws, "demo")
    aws.next(aws_peer.silent(60), on="GetMetricData")
    whole.taken(events.training("demo", "Completed"))
    wait_until(lambda: aws.calls("GetMetricData") == 1, 20, "the question that is never answered")
    dead = whole.log("collector-started")[-1].pid
    os.kill(dead, signal.SIGKILL)
    killed = time.monotonic()
    freed = wait_until(lambda: whole.log("leases-freed"), 10, "the end of its lease")
    assert freed[0].errands >= 1
    wait_until(lambda: aws.calls("GetMetricData") >= 2, 10, "the same question again")
    whole.drain(30)
    assert whole.job("demo").utilization.state == "settled"
    assert time.monotonic() - killed < 60, "its lease was five minutes"
