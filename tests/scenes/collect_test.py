"""smon-collect between stand-ins: metrics become figures, completions become EMF, trouble becomes a retry."""

import json
import socket
import threading

import aws_peer
import cloudwatch
import pytest
from collector import ACCOUNT, MINUTE, job, put
from logs import extract
from smon import wait_until
from sts import Role

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sagemaker-monitoring-sourceaccount-role"


# --- enrich ---------------------------------------------------------------------------------------

def test_a_job_is_settled_when_two_readings_agree(collect, work, aws, clock):
    wanted = job(clock, instance_count=2)
    put(aws, wanted, hosts=2)
    name = work.add("enrich", wanted)
    collect()
    done = work.until_done(name)
    first = work.outcomes[name][0]
    assert first["result"] == "later" and first["after_ms"] == 60000
    assert first["utilization"]["state"] == "pending" and first["memo"] == {"points": 100, "tries": 1}
    found = done["utilization"]
    assert done["result"] == "done" and found["state"] == "settled" and found["reason"] is None
    assert [host["host"] for host in found["hosts"]] == ["algo-1", "algo-2"]
    assert found["job"]["cpu"] == {"avg": 51.5, "max": 72, "p95": 62, "normalized": 51.5 / 4, "points": 20}
    assert found["job"]["gpu"]["normalized"] == 90 and found["period_s"] == 60
    assert aws.calls("GetMetricData") == 2 and aws.calls("AssumeRole") == 0


def test_the_questions_are_asked_for_the_account_in_the_jobs_region(collect, work, aws, clock):
    wanted = job(clock, region="us-east-2")
    put(aws, wanted)
    collect()
    work.until_done(work.add("enrich", wanted))
    call = aws.seen("GetMetricData")[0]
    assert call.region == "us-east-2"
    queries = call.json["MetricDataQueries"]
    assert len(queries) == 15 and {query["AccountId"] for query in queries} == {ACCOUNT}
    assert {query["MetricStat"]["Stat"] for query in queries} == {"Average", "Maximum", "p95"}
    assert call.json["StartTime"] == wanted["_started"]
    assert call.json["EndTime"] == wanted["_started"] + 11 * MINUTE


def test_an_old_complete_reading_is_final_at_once(collect, work, aws, clock):
    wanted = job(clock, ended_ago=3600)
    put(aws, wanted)
    name = work.add("enrich", wanted)
    collect()
    assert work.until_done(name)["utilization"]["state"] == "settled"
    assert len(work.outcomes[name]) == 1


@pytest.mark.parametrize("days, period", [(20, 300), (100, 3600)])
def test_old_jobs_are_read_with_the_period_that_is_kept(collect, work, aws, clock, days, period):
    wanted = job(clock, minutes=180, ended_ago=days * 86400)
    put(aws, wanted)
    name = work.add("enrich", wanted)
    collect()
    found = work.until_done(name)["utilization"]
    assert found["state"] == "settled" and found["period_s"] == period and found["job"]["cpu"]["avg"] == 51


def test_no_metrics_is_a_stated_result(collect, work, aws, clock):
    wanted = job(clock, minutes=0)
    wanted["started_at"] = wanted["ended_at"]
    name = work.add("enrich", wanted)
    collect()
    done = work.until_done(name)
    assert done["result"] == "done" and done["utilization"]["state"] == "none"
    assert "no metrics for this job (it ran 0 s" in done["utilization"]["reason"]
    assert [one["after_ms"] for one in work.outcomes[name][:4]] == [60000, 120000, 300000, 300000]


def test_points_that_come_late_are_waited_for(collect, work, aws, clock):
    wanted = job(clock)
    put(aws, wanted, minutes=4)
    name = work.add("enrich", wanted)
    collect()
    work.wait_for(lambda: len(work.outcomes[name]) >= 2)
    put(aws, wanted)
    done = work.until_done(name)["utilization"]
    assert done["state"] == "settled" and done["job"]["cpu"]["points"] == 10 and done["reason"] is None


def test_the_course_of_every_host_comes_with_figures_that_are_final(collect, work, aws, clock):
    wanted = job(clock, minutes=40, instance_count=3)
    aws.put_life(wanted["account"], cloudwatch.TRAINING, "demo", wanted["_started"], 40, hosts=3, idle={2})
    name = work.add("enrich", wanted)
    collect()
    done = work.until_done(name)
    assert "course" not in work.outcomes[name][0]["utilization"], "half a picture would be taken for a whole one"
    course = done["utilization"]["course"]
    assert (course["step_s"], course["points"], course["is_normalized"], course["hosts_left_out"]) == (60, 40, True, 0)
    assert course["from"][:19] == wanted["started_at"][:19]
    gpu = {host["host"]: host["gpu"]["avg"] for host in course["hosts"]}
    assert gpu["algo-1"][10] == gpu["algo-2"][10] == 92 and gpu["algo-1"][25] == 92 and gpu["algo-2"][25] == 2.8
    assert gpu["algo-1"][0] == 23 and gpu["algo-1"][14] == 37, "the ramp, and a pause"
    assert course["job"]["cpu"]["avg"][10] == 40, "160 of 4 cores"
    assert course["job"]["gpu"]["low"][25] == 2.8 and course["job"]["gpu"]["high"][25] == 92


def test_a_long_job_has_as_many_points_as_a_picture_shows(collect, work, aws, clock):
    wanted = job(clock, minutes=600, ended_ago=3600)
    aws.put_life(wanted["account"], cloudwatch.TRAINING, "demo", wanted["_started"], 600)
    collect()
    course = work.until_done(work.add("enrich", wanted))["utilization"]["course"]
    assert course["step_s"] == 360 and course["points"] == 100
    assert max(course["job"]["gpu"]["max"]) == 97 and course["hosts"][0]["gpu"]["avg"][50] in range(70, 93)


def test_of_forty_hosts_the_course_keeps_those_that_differ_and_says_so(collect, work, aws, clock):
    wanted = job(clock, minutes=20, instance_count=40, ended_ago=3600)
    aws.put_life(wanted["account"], cloudwatch.TRAINING, "demo", wanted["_started"], 20, hosts=40, idle={17, 40})
    collect()
    course = work.until_done(work.add("enrich", wanted))["utilization"]["course"]
    names = [host["host"] for host in course["hosts"]]
    assert len(names) == 16 and course["hosts_left_out"] == 24
    assert {"algo-17", "algo-40"} <= set(names) and course["job"]["gpu"]["low"][15] == 2.8


def test_forty_hosts_take_two_calls_of_at_most_500_queries(collect, work, aws, clock):
    wanted = job(clock, instance_count=40, ended_ago=3600)
    put(aws, wanted, hosts=40)
    name = work.add("enrich", wanted)
    collect()
    found = work.until_done(name)["utilization"]
    assert len(found["hosts"]) == 40 and all(host["cpu"]["points"] == 10 for host in found["hosts"])
    assert [len(call.json["MetricDataQueries"]) for call in aws.seen("GetMetricData")] == [498, 102]


def test_pages_are_put_together(collect, work, aws, clock):
    wanted = job(clock, ended_ago=3600)
    put(aws, wanted)
    aws.page_points = 7
    collect()
    found = work.until_done(work.add("enrich", wanted))["utilization"]
    assert found["job"]["cpu"]["points"] == 10 and found["job"]["disk"]["points"] == 10
    assert aws.calls("GetMetricData") == 22


def test_a_token_that_is_no_longer_valid_restarts_once(collect, work, aws, clock):
    wanted = job(clock, ended_ago=3600)
    put(aws, wanted)
    aws.page_points = 100
    aws.next(None, aws_peer.failing("InvalidNextToken", "gone"), on="GetMetricData")
    collect()
    found = work.until_done(work.add("enrich", wanted))["utilization"]
    assert found["state"] == "settled" and found["job"]["cpu"]["points"] == 10
    assert aws.calls("GetMetricData") == 4


def test_a_token_that_never_ends_is_given_up(collect, work, aws, clock):
    wanted = job(clock, ended_ago=3600)
    put(aws, wanted)
    endless = aws_peer.status(200, '{"MetricDataResults":[],"NextToken":"again"}')
    aws.next(endless, endless, on="GetMetricData")
    name = work.add("enrich", wanted)
    collect()
    assert work.until_done(name)["utilization"]["state"] == "settled"
    assert "NextToken repeats" in work.outcomes[name][0]["why"]


def test_where_json_is_not_understood_the_query_protocol_is(collect, work, aws, clock):
    wanted = job(clock, ended_ago=3600)
    put(aws, wanted)
    aws.knows_json, aws.page_points = False, 100
    collect()
    found = work.until_done(work.add("enrich", wanted))["utilization"]
    assert found["state"] == "settled" and found["job"]["cpu"]["points"] == 10
    assert [call.is_query for call in aws.seen("GetMetricData")] == [False, True, True]


@pytest.mark.parametrize("fault", [
    aws_peer.close_before(), aws_peer.close_midway(), aws_peer.rubbish(), aws_peer.rubbish_body(),
    aws_peer.server_error(), aws_peer.throttle("Throttling"), aws_peer.too_many_requests("1"),
    aws_peer.rubbish_body('{"MetricDataResults":[{"Id":"q0","Timestamps":[1],"Values":[]}]}')])
def test_trouble_at_cloudwatch_is_a_retry(collect, work, aws, clock, fault):
    wanted = job(clock, ended_ago=3600)
    put(aws, wanted)
    aws.next(*[fault] * 3, on="GetMetricData")
    collect()
    assert work.until_done(work.add("enrich", wanted), 30)["utilization"]["state"] == "settled"


def test_a_transform_jobs_hosts_are_found_and_no_others(collect, work, aws, clock):
    wanted = job(clock, kind="transform", ended_ago=3600)
    for host in ("demo/i-0aa", "demo/i-0bb", "demo-2/i-0cc", "other-demo/i-0dd"):
        aws.put(ACCOUNT, cloudwatch.TRANSFORM, host, "CPUUtilization", wanted["_started"], [30] * 10)
    collect()
    found = work.until_done(work.add("enrich", wanted))["utilization"]
    assert [host["host"] for host in found["hosts"]] == ["i-0aa", "i-0bb"]
    assert found["state"] == "settled" and found["job"]["cpu"]["avg"] == 30
    assert not any(query["MetricStat"]["Metric"]["MetricName"] == "DiskUtilization"
                   for query in aws.seen("GetMetricData")[-1].json["MetricDataQueries"])


def test_a_transform_jobs_host_that_is_listed_late_is_waited_for(collect, work, aws, clock):
    wanted = job(clock, kind="transform", instance_count=2)
    for host, cpu in (("demo/i-0aa", 30), ("demo/i-0bb", 50)):
        aws.put(ACCOUNT, cloudwatch.TRANSFORM, host, "CPUUtilization", wanted["_started"], [cpu] * 10)
    one = {"Id": "hosts", "Label": "demo/i-0aa", "Timestamps": [], "Values": [], "StatusCode": "Complete"}
    listed = aws_peer.status(200, json.dumps({"MetricDataResults": [one]}))
    aws.next(*[listed, None] * 2, on="GetMetricData")
    collect()
    found = work.until_done(work.add("enrich", wanted))["utilization"]
    assert [host["host"] for host in found["hosts"]] == ["i-0aa", "i-0bb"]
    assert found["reason"] is None and found["job"]["cpu"]["avg"] == 40


def test_when_a_search_finds_nothing_the_metrics_are_listed(collect, work, aws, clock):
    wanted = job(clock, kind="transform", ended_ago=3600)
    for number in range(12):
        aws.put(ACCOUNT, cloudwatch.TRANSFORM, f"demo-{number}/i-1", "CPUUtilization", wanted["_started"], [1])
    aws.put(ACCOUNT, cloudwatch.TRANSFORM, "demo/i-0aa", "CPUUtilization", wanted["_started"], [30] * 10)
    aws.page_metrics = 5
    aws.next(aws_peer.status(200, '{"MetricDataResults":[]}'), on="GetMetricData")
    collect()
    found = work.until_done(work.add("enrich", wanted))["utilization"]
    assert [host["host"] for host in found["hosts"]] == ["i-0aa"] and aws.calls("ListMetrics") == 3


def endpoint(clock, name="front"):
    """As the work API shows it, and the first minute of a stretch that holds its last hour."""
    timeless = dict.fromkeys(("started_at", "ended_at", "duration_ms", "instance_type", "instance_count"))
    wanted = job(clock, name, kind="endpoint", minutes=65, ended_ago=0)
    return {**wanted, **timeless, "status": "InService"}, wanted["_started"]


def test_an_endpoints_variants_are_measured_over_the_last_hour_in_one_reading(collect, work, aws, clock):
    wanted, start = endpoint(clock)
    aws.put_endpoint(ACCOUNT, "front", start, 70, blue=90, green=5)
    aws.put_endpoint(ACCOUNT, "front-2", start, 70, red=50)
    name = work.add("enrich", wanted)
    collect()
    done = work.until_done(name)
    found, course = done["utilization"], done["utilization"]["course"]
    assert len(work.outcomes[name]) == 1 and found["state"] == "settled" and found["reason"] is None
    assert [(one["host"], one["gpu"]["avg"], one["cpu"]["points"]) for one in found["hosts"]] == [("blue", 90, 60), ("green", 5, 60)]
    assert found["period_s"] == 60 and found["job"]["gpu"]["max"] == 95 and found["job"]["disk"]["avg"] == 10
    assert (course["points"], course["step_s"], course["is_normalized"], course["hosts_left_out"]) == (60, 60, False, 0)
    call = aws.seen("GetMetricData")[-1].json
    assert call["EndTime"] - call["StartTime"] == 3600 and call["EndTime"] % 60 == 0
    assert not aws.wrong


@pytest.mark.parametrize("knows_json", [True, False])
def test_variants_that_a_search_does_not_find_are_listed(collect, work, aws, clock, knows_json):
    wanted, start = endpoint(clock)
    aws.put_endpoint(ACCOUNT, "front", start, 70, blue=90)
    aws.put_endpoint(ACCOUNT, "front-2", start, 70, red=50)
    aws.knows_json = knows_json
    aws.next(aws_peer.status(200, '{"MetricDataResults":[]}'), on="GetMetricData")
    collect()
    found = work.until_done(work.add("enrich", wanted))["utilization"]
    assert [one["host"] for one in found["hosts"]] == ["blue"] and found["state"] == "settled"
    assert aws.calls("ListMetrics") >= 1 and not aws.wrong


def test_an_endpoint_without_metrics_is_a_stated_result_at_once(collect, work, aws, clock):
    wanted, _ = endpoint(clock)
    name = work.add("enrich", wanted)
    collect()
    done = work.until_done(name)
    assert done["result"] == "done" and done["utilization"]["state"] == "none" and len(work.outcomes[name]) == 1
    assert done["utilization"]["reason"].startswith("CloudWatch has no metrics of this endpoint in the last hour: ")


def test_what_observability_does_not_show_the_role_does_and_that_is_remembered(collect, work, aws, clock):
    aws.linked = set()
    aws.roles[ROLE] = Role(external_id="x-1")
    collect(SMON_ENRICH_EXTERNAL_ID="x-1")
    for name in ("one", "two"):
        wanted = job(clock, name, ended_ago=3600)
        put(aws, wanted)
        assert work.until_done(work.add("enrich", wanted))["utilization"]["state"] == "settled"
    assert [call.account for call in aws.seen("GetMetricData")] == [aws_peer.ACCOUNT, ACCOUNT, ACCOUNT]
    assert "AccountId" not in aws.seen("GetMetricData")[-1].json["MetricDataQueries"][0]


def test_one_accounts_trouble_is_stated_and_stops_no_other(collect, work, aws, clock):
    aws.forbidden = {ACCOUNT}
    aws.roles[ROLE] = Role(denied=True)
    poor = job(clock, "poor", ended_ago=3600)
    rich = job(clock, "rich", ended_ago=3600, account="444455556666")
    put(aws, rich)
    names = [work.add("enrich", poor), work.add("enrich", rich)]
    collect()
    assert work.until_done(names[1])["utilization"]["state"] == "settled"
    failed = work.until_done(names[0])["utilization"]
    assert failed["state"] == "failed"
    assert "Forbidden" in failed["reason"] and "AccessDenied" in failed["reason"], failed["reason"]


def test_what_both_ways_say_is_told_and_cut_at_its_end_alone(collect, work, aws, clock):
    name = work.add("enrich", job(clock, ended_ago=3600))
    collect(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    work.wait_for(lambda: work.outcomes[name])
    said = "there are no AWS credentials: not in the environment, the profile, a container or the instance's role"
    why = work.outcomes[name][0]["why"]
    first = f"by observability: {said}; by role: role {ROLE}: there are no AWS credentials: "
    assert why.startswith(first) and why.endswith("...") and len(why) == 299


def test_with_assume_the_role_is_the_only_way(collect, work, aws, clock):
    wanted = job(clock, ended_ago=3600)
    put(aws, wanted)
    collect(SMON_ENRICH_ACCESS="assume", SMON_ENRICH_ROLE="sagemaker-monitoring-sourceaccount-role")
    assert work.until_done(work.add("enrich", wanted))["utilization"]["state"] == "settled"
    assert {call.role for call in aws.seen("GetMetricData")} == {ROLE}


# --- emit -----------------------------------------------------------------------------------------

SETTLED = {"state": "settled", "reason": None, "period_s": 60,
           "job": {"cpu": {"avg": 71.5, "max": 380, "p95": 355, "normalized": 17.875, "points": 90}},
           "hosts": [{"host": "algo-1", "cpu": {"avg": 71.5, "max": 380, "p95": 355, "points": 90}}]}


def test_a_completion_and_its_utilization_are_two_documents_on_stdout(collect, work, aws, clock):
    names = [work.add("emit", job(clock)), work.add("emit-utilization", job(clock), utilization=SETTLED)]
    collector = collect()
    for name in names:
        assert work.until_done(name)["result"] == "done"
    metrics = extract(collector.documents())
    dimensions = (("account", ACCOUNT), ("jobType", "TRAINING_JOB"))
    space = "/sample/SageMakerMonitoring"
    assert metrics[space, "TrainingJobCount_Total", dimensions] == [1]
    assert metrics[space, "TrainingJobCount_Completed", dimensions] == [1]
    assert metrics[space, "TrainingJob_Duration", dimensions] == [600000]
    assert metrics[space, "TrainingJob_CPUUtilization_Average", dimensions] == [71.5]
    wait_until(lambda: len(collector.log("errand-done")) == 2, 5, "a line for each")


def test_log_group_and_stream_are_made_and_a_hundred_go_in_one_batch(collect, work, aws, clock):
    names = [work.add("emit", job(clock, f"job-{n}", ended_ago=n * 3600)) for n in range(100)]
    collect(SMON_EMF_OUTPUT="logs:/smon/emf/completions")
    for name in names:
        assert work.until_done(name)["result"] == "done"
    assert list(aws.groups) == ["/smon/emf"] and list(aws.groups["/smon/emf"]) == ["completions"]
    assert sorted(one["JobName"] for one in aws.documents()) == sorted(f"job-{n}" for n in range(100))
    assert aws.calls("CreateLogGroup") == 1 and aws.calls("PutLogEvents") <= 12


def test_in_a_group_of_somebody_else_only_the_stream_is_made(collect, work, aws, clock):
    aws.groups["g"] = {}
    denied = aws_peer.status(400, '{"__type":"AccessDeniedException","message":"not logs:CreateLogGroup"}')
    aws.next(*[denied] * 3, on="CreateLogGroup")
    name = work.add("emit", job(clock))
    collect(SMON_EMF_OUTPUT="logs:g/s")
    assert work.until_done(name)["result"] == "done" and len(work.outcomes[name]) == 1
    assert [one["JobName"] for one in aws.documents()] == ["demo"]


def test_what_the_log_group_rejects_is_never_sent_again(collect, work, aws, clock):
    aws.make("g", "s")
    aws.retention_days = 3
    fresh, stale = work.add("emit", job(clock, "fresh")), work.add("emit", job(clock, "stale", ended_ago=5 * 86400))
    collect(SMON_EMF_OUTPUT="logs:g/s")
    assert work.until_done(fresh)["result"] == "done" and "why" not in work.until_done(fresh)
    assert work.until_done(stale)["why"] == "older than the log group keeps"
    assert [one["JobName"] for one in aws.documents()] == ["fresh"]


def test_a_completion_older_than_14_days_is_not_emitted(collect, work, aws, clock):
    collector = collect()
    done = work.until_done(work.add("emit", job(clock, ended_ago=15 * 86400)))
    assert done["result"] == "done" and done["why"] == "older than CloudWatch takes"
    assert collector.documents() == []


def test_an_output_that_fails_is_tried_again(collect, work, aws, clock):
    aws.make("g", "s")
    aws.next(*[aws_peer.server_error()] * 3, on="PutLogEvents")
    name = work.add("emit", job(clock))
    collect(SMON_EMF_OUTPUT="logs:g/s")
    assert work.until_done(name, 30)["result"] == "done"
    assert work.outcomes[name][0]["result"] == "later" and len(aws.documents()) == 1


def test_a_completion_without_an_end_has_one_time_however_often_it_is_tried(collect, work, aws, clock):
    aws.make("g", "s")
    aws.next(*[aws_peer.server_error()] * 6, on="PutLogEvents")
    wanted = job(clock)
    wanted.update(counted_at=wanted["ended_at"], ended_at=None, duration_ms=None)
    name = work.add("emit", wanted)
    collect(SMON_EMF_OUTPUT="logs:g/s")
    assert work.until_done(name, 30)["result"] == "done" and work.outcomes[name][0]["result"] == "later"
    stamps = {event["timestamp"] for call in aws.seen("PutLogEvents") for event in call.json["logEvents"]}
    assert stamps == {1000 * (wanted["_started"] + 10 * MINUTE)}


class Agent:
    """A CloudWatch agent's TCP door: one line a document."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.lines = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                self.lines += [json.loads(line) for line in lines]


def test_the_agent_gets_lines_that_name_their_log_group(collect, work, aws, clock):
    agent = Agent()
    name = work.add("emit", job(clock))
    collect(SMON_EMF_OUTPUT=f"tcp://127.0.0.1:{agent.server.getsockname()[1]}")
    assert work.until_done(name)["result"] == "done"
    wait_until(lambda: agent.lines, 5, "a line")
    assert agent.lines[0]["_aws"]["LogGroupName"] == "/sample/SageMakerMonitoring"
    agent.server.close()


def test_an_agent_that_never_stops_talking_holds_nobody_up(collect, work, aws, clock):
    def talk(server, done):
        connection, _ = server.accept()
        connection.settimeout(0.2)
        while not done.is_set():
            try:
                connection.sendall(b"still here\n")
                connection.recv(65536)
            except TimeoutError:
                pass
            except OSError:
                return
            done.wait(0.2)

    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=talk, args=(server, done), daemon=True).start()
        name = work.add("emit", job(clock))
        collect(SMON_EMF_OUTPUT=f"tcp://127.0.0.1:{server.getsockname()[1]}")
        try:
            assert work.until_done(name)["result"] == "done"
        finally:
            done.set()


def test_an_agent_that_is_away_is_waited_for(collect, work, aws, clock):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    name = work.add("emit", job(clock))
    collect(SMON_EMF_OUTPUT=f"tcp://127.0.0.1:{port}")
    work.wait_for(lambda: work.outcomes[name])
    assert work.outcomes[name][0]["result"] == "later" and "tcp" in work.outcomes[name][0]["why"]


def test_the_agents_datagrams(collect, work, aws, clock):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent:
        agent.bind(("127.0.0.1", 0))
        agent.settimeout(10)
        name = work.add("emit", job(clock))
        collect(SMON_EMF_OUTPUT=f"udp://127.0.0.1:{agent.getsockname()[1]}")
        datagram = agent.recv(65536)
        assert b'"LogGroupName"' in datagram and datagram.endswith(b"}\n") and datagram.count(b"\n") == 1
        assert work.until_done(name)["result"] == "done"


def test_a_line_cut_by_an_earlier_death_is_mended(collect, work, aws, clock, tmp_path):
    path = tmp_path / "out.emf"
    path.write_text('{"half":')
    collect(SMON_EMF_OUTPUT=f"file:{path}")
    assert work.until_done(work.add("emit", job(clock)))["result"] == "done"
    half, whole = path.read_text().splitlines()
    assert half == '{"half":' and '"JobName":"demo"' in whole
