"""An errand that ends its collector every time is found out and given up; the others get done."""

import json

import events
import pytest
from ledger import DEED_EMIT, Database

KILLER = "the-killer"
LEASE_MS = 60_000
MOST_LEASES = 60


def lease(smon):
    asked = {"worker": "scene", "deeds": ["emit"], "most": 4, "wait_ms": 0, "lease_ms": LEASE_MS}
    answer = smon.client.raw("POST", "/collect/v1/lease", json.dumps(asked), {"Content-Type": "application/json"})
    assert answer.status == 200, answer
    return answer.json["errands"]


def report(smon, errands):
    outcomes = [{"id": errand["id"], "fence": errand["fence"], "result": "done"} for errand in errands]
    answer = smon.client.raw("POST", "/collect/v1/finish", json.dumps({"worker": "scene", "outcomes": outcomes}),
                             {"Content-Type": "application/json"})
    assert answer.status == 200, answer
    assert all(result["accepted"] for result in answer.json["results"])


def act(smon):
    """One life of a collector, which the killer ends before anything is reported; the jobs it had."""
    errands = lease(smon)
    jobs = [errand["job"]["name"] for errand in errands]
    if KILLER not in jobs and errands:
        report(smon, errands)
    return jobs


@pytest.mark.both_engines
def test_an_errand_that_ends_its_collector_every_time_is_given_up_and_costs_no_other_its_deed(house, clock):
    smon = house()
    smon.start()
    smon.taken([events.processing(name, "Completed") for name in (KILLER, "one", "two", "three", "four", "five")])
    database = Database(smon)
    try:
        for _ in range(MOST_LEASES):
            act(smon)
            clock.move(LEASE_MS + 1000)
            if database.one(f"SELECT count(*) FROM errand WHERE state = 0 AND deed = {DEED_EMIT}") == 0:
                break
        left = database.rows("SELECT last_error FROM errand e JOIN resource r ON r.account = e.account"
                             f" AND r.id = e.resource_id WHERE e.deed = {DEED_EMIT}")
    finally:
        database.close()
    assert len(left) == 1 and left[0][0].startswith("given up: 10 leases of it ended without a report")
