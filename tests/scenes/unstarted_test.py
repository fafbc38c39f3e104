"""A job that failed before its hardware was there is told as such, and nobody asks for its metrics."""

import events
import pytest
from ledger import Database

DEED_ENRICH = 1
DEED_EMIT = 2


def deeds_of(smon, job):
    database = Database(smon)
    try:
        return {deed for (deed,) in database.rows(
            f"SELECT deed FROM errand WHERE resource_id = {job.id.rsplit('-', 1)[1]}")}
    finally:
        database.close()


@pytest.mark.both_engines
def test_a_job_that_failed_before_it_started_has_no_duration_and_asks_for_no_metrics(smon):
    smon.taken(events.training("poor", "InProgress", "Starting", started=False))
    smon.taken(events.training("poor", "Failed", started=False))
    job = smon.job("poor")
    assert job.status == "Failed" and "Capacity" in job.failure_reason
    assert job.started_at is None and job.duration_ms is None
    assert job.ended_at is not None
    assert job.utilization.state == "none"
    assert deeds_of(smon, job) == {DEED_EMIT}


def test_those_that_failed_before_they_started_can_be_listed_and_are_counted_once(smon):
    for event in (events.training("poor", "Failed", started=False), events.training("rich", "Failed"),
                  events.training("fine", "Completed")):
        smon.taken([event, event, events.again(event)])
    assert [job.name for job in smon.jobs(failed_before_start="true")] == ["poor"]
    assert {job.name for job in smon.jobs(failed_before_start="false")} == {"rich", "fine"}
    database = Database(smon)
    try:
        assert database.one("SELECT sum(unstarted) FROM rollup WHERE account > 0 AND grain = 2") == 1
    finally:
        database.close()


def test_a_start_that_comes_late_makes_it_a_job_that_started(smon):
    smon.taken(events.training("late", "Failed", started=False))
    assert smon.job("late").started_at is None
    smon.taken(events.training("late", "InProgress", "Training"))
    job = smon.job("late")
    assert job.status == "Failed" and job.started_at is not None and job.duration_ms == 26 * 60_000
    assert [found.name for found in smon.jobs(failed_before_start="true")] == []
