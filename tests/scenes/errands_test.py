"""What collectors have given up is shown with its reason, and tried again when somebody asks."""

import json

import events
import pytest

OTHER = "444455556666"


def lease(smon, deed, most=8):
    answer = smon.client.ask("POST", "/collect/v1/lease", {"worker": "scene", "deeds": [deed], "most": most,
                                                           "wait_ms": 0, "lease_ms": 60_000})
    assert answer.status == 200, answer
    return answer.json.errands


def give_up(smon, errands, why="AccessDenied: not authorized to perform cloudwatch:GetMetricData"):
    outcomes = [{"id": one.id, "fence": one.fence, "result": "dead", "why": why} for one in errands]
    answer = smon.client.ask("POST", "/collect/v1/finish", {"worker": "scene", "outcomes": outcomes})
    assert all(one.accepted for one in answer.json.results), answer


@pytest.fixture
def denied(smon):
    """Three jobs that ended, of two accounts, of which nobody may read the metrics."""
    smon.taken(events.life("training", "one") + events.life("training", "two")
               + events.life("training", "other", account=OTHER))
    smon.clock.move(900_000)
    give_up(smon, lease(smon, "enrich"))
    return smon


@pytest.mark.both_engines
def test_what_was_given_up_is_listed_with_its_reason_and_done_when_it_is_tried_again(denied):
    given_up = list(denied.pages("errands", state="given_up", deed="enrich", limit=2))
    assert sorted(one.name for one in given_up) == ["one", "other", "two"]
    assert all(one.last_error.startswith("AccessDenied") and one.kind == "training" for one in given_up)
    assert denied.job("one").utilization.state == "failed"
    first = next(one for one in given_up if one.name == "one")
    again = denied.client.ask("POST", f"/api/v1/errands/{first.id}/retry")
    assert again.status == 202
    assert [one.id for one in denied.get("errands", state="waiting", deed="enrich").data] == [again.json.id]
    (leased,) = lease(denied, "enrich")
    assert leased.job.name == "one" and leased.attempt == 1
    assert [one.id for one in denied.get("errands", state="leased").data] == [again.json.id]
    figures = {"avg": 50.0, "max": 99.0, "p95": 90.0, "normalized": 50.0, "points": 30}
    used = {"state": "settled", "period_s": 60, "job": {"cpu": figures}, "hosts": [{"host": "algo-1", "cpu": figures}]}
    denied.client.ask("POST", "/collect/v1/finish", {"worker": "scene", "outcomes": [
        {"id": leased.id, "fence": leased.fence, "result": "done", "utilization": used}]})
    assert denied.job("one").utilization.state == "settled"


@pytest.mark.both_engines
def test_all_that_was_given_up_is_tried_again_and_nothing_of_another_account(denied):
    answer = denied.client.ask("POST", "/api/v1/errands/retry", account=OTHER, deed="enrich")
    assert (answer.status, answer.json) == (202, {"retried": 1, "has_more": False})
    assert [one.job.account for one in lease(denied, "enrich")] == [OTHER]
    assert denied.client.ask("POST", "/api/v1/errands/retry").json.retried == 2
    assert sorted(one.job.name for one in lease(denied, "enrich")) == ["one", "two"]
    assert denied.client.ask("POST", "/api/v1/errands/retry").json.retried == 0


def test_a_key_reaches_the_errands_of_its_accounts_alone(denied):
    made = denied.client.ask("POST", "/api/v1/keys", {"roles": ["read", "write"], "accounts": [OTHER]}).json
    mine = {"X-API-Key": made.key}
    ours = denied.get("errands", state="given_up", account=events.ACCOUNT).data
    listed = json.loads(denied.client.raw("GET", "/api/v1/errands", headers=mine).body)["data"]
    assert {one["account"] for one in listed} == {OTHER}
    assert denied.client.raw("POST", f"/api/v1/errands/{ours[0].id}/retry", headers=mine).status == 404
    assert json.loads(denied.client.raw("POST", "/api/v1/errands/retry", headers=mine).body)["retried"] == 1
    assert len(denied.get("errands", state="given_up").data) == 2
    reader = denied.client.ask("POST", "/api/v1/keys", {"roles": ["read"], "accounts": ["*"]}).json
    assert denied.client.raw("POST", "/api/v1/errands/retry", headers={"X-API-Key": reader.key}).status == 403


def test_a_job_that_ended_is_measured_once_more_and_no_other(denied):
    asked = denied.client.ask("POST", f"/api/v1/jobs/{denied.job('one').id}/utilization")
    assert asked.status == 202
    (leased,) = lease(denied, "enrich")
    assert leased.id.startswith(f"{asked.json.id}-") and leased.job.name == "one"
    denied.taken(events.training("runs"))
    denied.taken(events.life("tuning", "search"))
    for name, why in (("runs", "has run and ended"), ("search", "no metrics")):
        refused = denied.client.ask("POST", f"/api/v1/jobs/{denied.job(name).id}/utilization")
        assert refused.status == 409 and why in refused.json.detail


def figures(points, busy=4.0):
    return {"avg": busy, "max": 2 * busy, "p95": 1.5 * busy, "normalized": busy, "points": points}


def measured(state, points=0, reason=None):
    job = {"cpu": figures(points), "gpu": figures(points)} if points else {}
    hosts = [{"host": "algo-1", **job}] if points else []
    return {"state": state, "reason": reason, "period_s": 60, "job": job, "hosts": hosts}


def report(smon, name, result, utilization, **more):
    """The errand that asks for the figures of a job, asked for once more where there is none, is done so."""
    if smon.job(name).utilization.state != "pending":
        assert smon.client.ask("POST", f"/api/v1/jobs/{smon.job(name).id}/utilization").status == 202
    smon.clock.move(120_000)
    (errand,) = [one for one in lease(smon, "enrich") if one.job.name == name]
    answer = smon.client.ask("POST", "/collect/v1/finish", {"worker": "scene", "outcomes": [
        {"id": errand.id, "fence": errand.fence, "result": result, "utilization": utilization, **more}]})
    assert all(one.accepted for one in answer.json.results), answer
    return smon.job(name).utilization


@pytest.mark.both_engines
def test_figures_that_are_final_are_not_given_up_for_worse(smon):
    smon.taken(events.life("training", "kept"))
    assert report(smon, "kept", "later", measured("pending", 10), after_ms=0).job.cpu.points == 10
    settled = report(smon, "kept", "done", measured("settled", 40))
    assert settled.state == "settled" and settled.reason is None and settled.hosts[0].cpu.points == 40
    denied = "AccessDenied: the role is gone"
    for result, worse, says in (
            ("dead", measured("failed", reason=denied), denied),
            ("done", measured("none", reason="too old for CloudWatch"), "too old for CloudWatch"),
            ("done", measured("settled", 8), "fewer points")):
        found = report(smon, "kept", result, worse, why=worse["reason"] or "")
        assert found.state == "settled" and says in found.reason and "these figures stay" in found.reason
        assert found.job == settled.job and found.hosts == settled.hosts
        assert [one.job.name for one in smon.get("attention").idle_hardware.data] == ["kept"]
    better = report(smon, "kept", "done", measured("settled", 41))
    assert better.reason is None and better.job.cpu.points == 41


def test_a_report_about_large_jobs_is_taken_whole(smon):
    job = {metric: figures(1440, 45.678901234567) for metric in ("cpu", "memory", "gpu", "gpu_memory", "disk")}
    found = {**measured("settled", 1440), "job": job,
             "hosts": [{"host": f"algo-{number}", **job} for number in range(1, 1001)]}
    for number in range(4):
        smon.taken(events.life("training", f"large-{number}"))
    smon.clock.move(900_000)
    outcomes = [{"id": one.id, "fence": one.fence, "result": "done", "utilization": found}
                for one in lease(smon, "enrich")]
    assert len(json.dumps(outcomes)) > 2 << 20
    answer = smon.client.ask("POST", "/collect/v1/finish", {"worker": "scene", "outcomes": outcomes})
    assert answer.status == 200 and [one.accepted for one in answer.json.results] == [True] * 4
    assert len(smon.job("large-3").utilization.hosts) == 1000
    for told in lease(smon, "emit-utilization"):
        assert len(told.utilization.hosts) == 64 and told.utilization.job.cpu.points == 1440


def test_a_hundred_errands_fit_into_a_lease_however_long_their_reasons(smon):
    reason = "AlgorithmError: " + 20_000 * "and so on "
    for number in range(90):
        smon.taken([events.training(f"job-{number}", "Failed", FailureReason=reason)])
    leased = lease(smon, "emit", 100)
    assert len(leased) == 90 and all(one.job.failure_reason == reason[:8192] for one in leased)
    assert smon.job("job-0").failure_reason == reason


def test_a_day_of_trouble_is_waited_out(smon):
    smon.taken(events.life("training", "patient"))
    for _ in range(300):  # a collector tries every five minutes or so
        smon.clock.move(300_000)
        (errand,) = lease(smon, "enrich")
        smon.client.ask("POST", "/collect/v1/finish", {"worker": "scene", "outcomes": [
            {"id": errand.id, "fence": errand.fence, "result": "later", "after_ms": 300_000, "why": "throttled"}]})
    smon.clock.move(300_000)
    assert report(smon, "patient", "done", measured("settled", 10)).state == "settled"


def ask(smon, *words, code=0):
    done = smon.run("errands", *words, "--data", smon.data)
    assert done.returncode == code, done
    return done.stdout


def test_the_command_line_lists_and_tries_again(denied):
    listed = json.loads(ask(denied, "list", "--state", "given_up", "--json"))["data"]
    assert len(listed) == 3
    assert "AccessDenied" in ask(denied, "list")
    assert events.ACCOUNT in ask(denied, "retry", next(one["id"] for one in listed if one["account"] == events.ACCOUNT))
    assert json.loads(ask(denied, "retry", "all", "--json"))["retried"] == 2
    ask(denied, "retry", f"{events.ACCOUNT}-99999", code=1)
    assert denied.client.raw("GET", "/api/v1/errands?state=odd").status == 400
