"""Two services and two collectors on one PostgreSQL, one of them killed: nothing lost, no deed doubled. [X1]"""

import collections
import json

import events
import pytest
from collector import quiet
from ledger import Database
from smon import Smon, wait_until

JOBS = 60


@pytest.fixture
def pair(tmp_path, clock, cluster, aws):
    url = cluster.fresh()
    services = []
    for name in ("first", "second"):
        settings = {"store.url": url, "collect.enabled": "true", "enrich.settle": "0s",
                    "emf.output": f"file:{tmp_path / (name + '.emf')}"}
        services.append(Smon(tmp_path / name, settings, quiet(aws), clock=clock))
    for service in services:
        service.start()
    yield services
    for service in services:
        service.close()


def emitted(tmp_path):
    """How often each job's completion was written."""
    counts = collections.Counter()
    for path in tmp_path.glob("*.emf"):
        for line in path.read_text().splitlines():
            document = json.loads(line)
            if any(name.endswith("Count_Total") for name in document):
                counts[document["JobName"]] += 1
    return counts


def send_to_both(services, prefix):
    for number in range(JOBS):
        name = f"{prefix}-{number}"
        for service in services:
            for event in (events.processing(name, "InProgress"), events.processing(name, "Completed")):
                answer = service.post(event)
                assert answer.status == 200, answer


def test_events_sent_to_both_are_done_once(pair, tmp_path):
    send_to_both(pair, "job")
    pair[0].drain(60)
    counts = emitted(tmp_path)
    assert set(counts) == {f"job-{n}" for n in range(JOBS)}
    assert set(counts.values()) == {1}
    for service in pair:
        assert len(service.jobs()) == JOBS


def test_one_is_killed_and_the_other_finishes_what_it_had_begun(pair, tmp_path, clock):
    first, second = pair
    send_to_both(pair, "before")
    first.kill9()
    for number in range(JOBS):
        second.taken(events.processing(f"after-{number}", "Completed"))
    clock.move(10 * 60_000)  # leases of the dead run out
    wait_until(lambda: second.waiting() == 0, 90, "the end of all errands")
    counts = emitted(tmp_path)
    assert set(counts) == {f"{prefix}-{n}" for prefix in ("before", "after") for n in range(JOBS)}
    # A deed done by the dead one's collector and not yet confirmed is done again: no more than it held.
    assert sum(counts.values()) - len(counts) <= 16
    database = Database(second)
    try:
        assert database.one("SELECT count(*) FROM resource WHERE completed_ms IS NOT NULL") == 2 * JOBS
        assert database.one("SELECT count(*) FROM errand") == 0
        assert database.one("SELECT sum(ended) FROM rollup WHERE account > 0 AND grain = 1") == 2 * JOBS
    finally:
        database.close()
