"""Killed at any instant, at every step between commit and reply: what was acknowledged is there."""

import random
import subprocess
import time

import events
import pytest
from ledger import (Database, Ledger, Sender, assert_all_there, assert_every_end_asks_for_emf,
                    assert_no_half_events, seeds)
from smon import wait_until

READY_WITHIN_S = 2.0
REACH_WITHIN_S = 5.0
TAKEN_WITHIN_S = 60


def check(smon, sender, seed, since_ms=0):
    database = Database(smon)
    try:
        assert_all_there(database, sender.ledger.acknowledged(), sender.bodies, seed, since_ms)
        assert_no_half_events(database, seed)
        assert_every_end_asks_for_emf(database, seed)
    finally:
        database.close()


@pytest.fixture
def ledger(tmp_path):
    kept = Ledger(tmp_path)
    yield kept
    kept.close()


@pytest.mark.both_engines
def test_killed_at_random_instants_under_load_nothing_acknowledged_is_lost(house, ledger, is_long, is_brief):
    seed = seeds()
    rng = random.Random(seed)
    smon = house()
    rounds = 200 if is_long else 3 if is_brief else 12
    ready_within = READY_WITHIN_S * (10 if is_brief else 1)
    smon.start()
    sender = Sender(ledger, [smon.port], seed)
    slowest = 0.0
    for number in range(rounds):
        answered = len(ledger.acknowledged()) if number < 20 else -1
        sender.start()
        if answered >= 0:
            wait_until(lambda: len(ledger.acknowledged()) > answered, 10, "an acknowledgement")
        time.sleep(rng.uniform(0.02, 0.3))
        smon.kill9()
        sender.stop()
        slowest = max(slowest, smon.start(ready_within))
        if number % 20 == 0:
            check(smon, sender, seed)
    check(smon, sender, seed)
    acknowledged = len(ledger.acknowledged())
    print(f"{rounds} kills, {acknowledged} acknowledged, slowest to be ready again {slowest:.2f} s")
    assert acknowledged > rounds
    assert slowest < ready_within


def fault_points(build):
    """As the program lists them; it must have them compiled in."""
    printed = subprocess.run([build / "bin" / "smon", "version", "--fault-points"], check=True,
                             capture_output=True, text=True, timeout=10).stdout.splitlines()
    *listed, last = printed
    assert last == "compiled in: yes"
    assert len(listed) >= 8
    return listed


def work(smon):
    """A little of everything that has fault points, until the process is gone or nothing is left."""
    client = smon.client
    leased = client.raw("POST", "/collect/v1/lease", b'{"worker":"scene","deeds":["emit"],"most":4,'
                        b'"wait_ms":0,"lease_ms":60000}', {"Content-Type": "application/json"})
    if leased.status != 200:
        return
    for errand in leased.json["errands"]:
        body = ('{"worker":"scene","outcomes":[{"id":"%s","fence":%d,"result":"later","after_ms":0,'
                '"why":"scene"}]}' % (errand.id, errand.fence))
        client.raw("POST", "/collect/v1/finish", body, {"Content-Type": "application/json"})


def reach(smon, sender):
    """True when the process killed itself, while events come in and errands are leased."""
    deadline = time.monotonic() + REACH_WITHIN_S
    sender.start()
    try:
        while smon.process.poll() is None and time.monotonic() < deadline:
            try:
                work(smon)
            except OSError:
                pass
            except Exception as gone:  # http.client has many names for a connection that ends
                if smon.process.poll() is None and time.monotonic() > deadline:
                    raise gone
    finally:
        sender.stop()
    return smon.process.poll() is not None


@pytest.mark.both_engines
def test_killed_at_every_fault_point_nothing_acknowledged_is_lost(house, ledger, faults_build, is_long):
    seed = seeds()
    smon = house(build=faults_build)
    sender = Sender(ledger, [smon.port], seed, connections=2)
    never = []
    for point in fault_points(faults_build):
        for hit in range(1, 21) if is_long else (2, 5):
            smon.spawn(FAULT_KILL=f"{point}:{hit}")
            if not reach(smon, sender):
                smon.process.terminate()  # some points stand on the way out
                if smon.wait() == 0 and hit < 3:
                    never.append(point)
            smon.client.close()
            assert smon.start() < READY_WITHIN_S
            check(smon, sender, seed)
            smon.kill9()
    expected = {"store/before_checkpoint"} if smon.settings.get("store.url") else set()
    assert set(never) <= expected, f"never reached: {never}"


def taken_in_the_end(smon, post):
    """Sends it as EventBridge does: once more after each 503, and after nothing else."""
    def is_taken():
        answer = smon.post(post)
        assert answer.status in (200, 503), answer
        return answer.status == 200

    wait_until(is_taken, TAKEN_WITHIN_S, "an acknowledgement")


@pytest.mark.both_engines
def test_a_hundred_thousand_events_do_not_slow_the_start(house, is_long, is_brief):
    """[C1]; on PostgreSQL, which starts by itself, a twentieth of them in the short form."""
    if is_brief:
        pytest.skip("too slow under a sanitizer")
    smon = house()
    smon.start()
    batches = 5 if smon.settings.get("store.url") and not is_long else 100
    for batch in range(batches):
        taken_in_the_end(smon, [events.processing(f"bulk-{batch}-{n}", "Completed") for n in range(1000)])
    smon.kill9()
    assert smon.start() < READY_WITHIN_S
    database = Database(smon)
    try:
        assert database.one("SELECT count(*) FROM event") == batches * 1000
    finally:
        database.close()
