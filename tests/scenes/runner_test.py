"""How smon-collect takes errands and reports them, between stand-ins for the service and for AWS."""

import aws_peer
import pytest
from collector import Collector, job, put
from smon import wait_until
from work import Work


def test_over_the_local_socket_and_with_emf_switched_off(tmp_path, aws, clock):
    with Work(clock, unix_path=tmp_path / "s.sock") as work:
        wanted = job(clock, ended_ago=3600)
        put(aws, wanted)
        collector = Collector(tmp_path, work, aws, clock, SMON_EMF_ENABLED="no").start()
        assert work.until_done(work.add("enrich", wanted))["utilization"]["state"] == "settled"
        assert {deed for lease in work.leases for deed in lease["deeds"]} == {"enrich"}
        collector.close()


def test_a_report_whose_answer_is_lost_is_made_again_and_refused_quietly(collect, work, aws, clock):
    work.lost_reports = 1
    name = work.add("emit", job(clock))
    collector = collect()
    assert work.until_done(name)["result"] == "done"
    line = wait_until(lambda: collector.log("errand-later"), 10, "the second report")[0]
    assert line["why"] == "leased again" and collector.log("work-unreachable")
    assert len(work.outcomes[name]) == 1 and len(work.refused) == 1
    assert len(collector.documents()) == 1


def test_outcomes_too_big_together_are_reported_one_by_one(collect, work, aws, clock):
    wide = job(clock, "wide", ended_ago=3600, instance_count=40)
    small = [job(clock, name, ended_ago=3600) for name in ("one", "two")]
    put(aws, wide, hosts=40)
    for wanted in small:
        put(aws, wanted)
    work.most_bytes = 8000
    first, big, last = (work.add("enrich", wanted) for wanted in (small[0], wide, small[1]))
    collector = collect()
    for name in (first, last):
        assert work.until_done(name)["utilization"]["state"] == "settled"
    assert work.outcomes[big] == []
    (line,) = wait_until(lambda: collector.log("internal"), 5, "a word about the one that is too big")
    assert line["id"] == big and "413" in line["why"] and line["unreported"] == 1
    wait_until(lambda: [line["id"] for line in collector.log("errand-done")] == [first, last], 5, "a line for each other")


def test_an_outcome_at_which_the_service_fails_is_given_up_with_its_lease(collect, work, aws, clock):
    spoilt, later = job(clock, "spoilt", ended_ago=3600), job(clock, "later", ended_ago=3600)
    put(aws, spoilt)
    put(aws, later)
    name = work.add("enrich", spoilt)
    work.spoilt[name] = 500
    collector = collect()
    wait_until(lambda: len(collector.log("work-unreachable")) > 1, 10, "a second try")
    assert not collector.log("internal")
    clock.move(6 * 60_000)
    (line,) = wait_until(lambda: collector.log("internal"), 10, "the end of patience")
    assert line["id"] == name and "500" in line["why"]
    assert work.until_done(work.add("enrich", later))["utilization"]["state"] == "settled"
    assert work.outcomes[name] == []


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_service_that_is_busy_is_waited_for_longer_than_a_lease(collect, work, aws, clock, status):
    wanted = job(clock, ended_ago=3600)
    put(aws, wanted)
    name = work.add("enrich", wanted)
    work.spoilt[name] = status
    collector = collect()
    wait_until(lambda: collector.log("work-unreachable"), 10, "a first try")
    clock.move(6 * 60_000)
    seen = len(collector.log("work-unreachable"))
    wait_until(lambda: len(collector.log("work-unreachable")) > seen, 10, "one after the lease")
    work.spoilt.clear()
    clock.move(60_000)
    assert work.until_done(name)["utilization"]["state"] == "settled" and not collector.log("internal")


def test_an_outcome_under_an_older_fence_is_refused(collect, work, aws, clock):
    wanted = job(clock, ended_ago=3600)
    put(aws, wanted)
    aws.next(aws_peer.slow(1.0), on="GetMetricData")
    name = work.add("enrich", wanted)
    collect()
    wait_until(lambda: aws.calls("GetMetricData"), 10, "the question")
    with work.changed:
        work.errands[name]["fence"] += 1
    work.wait_for(lambda: work.refused)
    assert work.refused[0]["fence"] == 1 and work.outcomes[name] == []


def test_what_it_cannot_read_is_given_up_and_the_rest_is_done(collect, work, aws, clock):
    odd = work.add("emit", job(clock, kind="ballooning"))
    fine = work.add("emit", job(clock, "fine"))
    collect()
    assert work.until_done(fine)["result"] == "done"
    dead = work.until_done(odd)
    assert dead["result"] == "dead" and "ballooning" in dead["why"]


def test_sigterm_finishes_the_item_and_hands_back_the_others(collect, work, aws, clock):
    names = []
    for n in range(3):
        wanted = job(clock, f"job-{n}", ended_ago=3600)
        put(aws, wanted)
        names.append(work.add("enrich", wanted))
    aws.next(aws_peer.slow(0.7), on="GetMetricData")
    collector = collect()
    wait_until(lambda: aws.calls("GetMetricData"), 10, "the question")
    assert collector.stop() == 0
    assert work.outcomes[names[0]][-1]["result"] == "done"
    for name in names[1:]:
        assert work.outcomes[name][-1]["result"] == "later" and work.outcomes[name][-1]["after_ms"] == 0
    assert collector.log("stopped")


def test_the_service_may_be_away_and_come_back(tmp_path, aws, clock):
    path = tmp_path / "s.sock"
    work = Work(clock, unix_path=tmp_path / "other.sock")
    collector = Collector(tmp_path, work, aws, clock).start("--socket", str(path))
    wait_until(lambda: collector.log("work-unreachable"), 10, "a complaint")
    with Work(clock, unix_path=path) as late:
        assert late.until_done(late.add("emit", job(clock)), 30)["result"] == "done"
        collector.close()
    work.start()
    work.stop()


def test_the_key_goes_with_every_call(tmp_path, aws, clock):
    (tmp_path / "key").write_text("smon_c_secret\n")
    with Work(clock, key="smon_c_secret") as work:
        collector = Collector(tmp_path, work, aws, clock, SMON_COLLECT_KEY=f"file:{tmp_path / 'key'}").start()
        assert work.until_done(work.add("emit", job(clock)))["result"] == "done"
        collector.close()
        assert "smon_c_secret" not in collector.log_path.read_text()


@pytest.mark.parametrize("environment, says", [
    ({"SMON_EMF_OUTPUT": "pigeon://x"}, "emf.output"), ({"SMON_ENRICH_ACCESS": "luck"}, "SMON_ENRICH_ACCESS"),
    ({"SMON_ENRICH_GIVE_UP": "soon"}, "SMON_ENRICH_GIVE_UP"), ({"SMON_EMF_OUTPUT": "logs:x"}, "GROUP/STREAM"),
    ({"SMON_EMF_NAMESPACE": "AWS/SageMaker"}, "SMON_EMF_NAMESPACE"), ({"SMON_EMF_NAMESPACE": "our jobs"}, "\"our jobs\"")])
def test_wrong_settings_are_named_and_end_it(tmp_path, work, aws, clock, environment, says):
    collector = Collector(tmp_path, work, aws, clock, **environment).start()
    assert collector.process.wait(10) == 78
    assert says in collector.log_path.read_text()
