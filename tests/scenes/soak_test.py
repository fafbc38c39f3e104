"""Load for a long time and one trouble after another: nothing is lost, and nothing grows. [Q6]

Two minutes with --all; SMON_SOAK_S=86400 makes it a day."""

import os
import random
import signal
import socket
import statistics
import struct
import time

import pytest
from client import as_eventbridge
from ledger import Database, Ledger, Sender, assert_all_there, assert_no_half_events, seeds
from smon import ADMIN_KEY, wait_until

SECONDS = float(os.environ.get("SMON_SOAK_S", "120"))
MIB = 1 << 20
LOG_MOST = 128 * MIB  # the checkpoint begins at 32; who reads meanwhile keeps the log from beginning anew
WARM_ROUNDS = 10
WARM_MIB = 48  # up to here caches may still fill


def hang_up(smon, rng):
    """Clients that leave in the middle of a request, or before its answer."""
    whole = as_eventbridge({"id": "never"}, ADMIN_KEY)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", smon.port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(whole[:rng.randrange(1, len(whole))])


def reload(smon, rng):
    smon.process.send_signal(signal.SIGHUP)


def fall_asleep(smon, rng):
    smon.process.send_signal(signal.SIGSTOP)
    time.sleep(rng.uniform(0.1, 1))
    smon.process.send_signal(signal.SIGCONT)


def jump(smon, rng):
    smon.clock.move(rng.choice((-1, 1)) * rng.randrange(60_000))


def ask_a_lot(smon, rng):
    for path in ("jobs?limit=1000", "events?limit=1000", "overview", "series/job_ended?since=90d"):
        smon.client.raw("GET", f"/api/v1/{path}")


TROUBLES = (hang_up, reload, fall_asleep, jump, ask_a_lot)


def figures(smon):
    """(MiB resident, descriptors, threads) once nobody is connected but us."""
    place = f"/proc/{smon.process.pid}"
    with open(f"{place}/status", encoding="ascii") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines["VmRSS"].split()[0]) / 1024, len(os.listdir(f"{place}/fd")), int(lines["Threads"])


@pytest.mark.long
def test_under_load_and_one_trouble_after_another_nothing_is_lost_and_nothing_grows(house, tmp_path):
    seed = seeds()
    rng = random.Random(seed)
    smon = house()
    smon.start()
    ledger = Ledger(tmp_path)
    sender = Sender(ledger, [smon.port], seed, connections=2)
    until, seen = time.monotonic() + SECONDS, []
    while time.monotonic() < until:
        answered = len(ledger.acknowledged()) if len(seen) < WARM_ROUNDS else None
        sender.start()
        rng.choice(TROUBLES)(smon, rng)
        time.sleep(rng.uniform(0.1, 0.5))
        sender.stop()
        assert smon.process.poll() is None, smon.log_tail()
        assert answered is None or len(ledger.acknowledged()) > answered, f"seed {seed}: no post was taken"
        wait_until(lambda: smon.client.raw("GET", "/readyz").status == 200, 5, "readiness")
        seen.append(figures(smon))
        assert (smon.data / "smon.db-wal").stat().st_size < LOG_MOST, f"seed {seed}: the log grows"
    third = (len(seen) - WARM_ROUNDS) // 3
    early, late = (tuple(map(statistics.median, zip(*part)))
                   for part in (seen[WARM_ROUNDS:WARM_ROUNDS + third], seen[-third:]))
    print(f"{len(seen)} troubles, {len(ledger.acknowledged())} acknowledged; MiB, descriptors, threads: {early} -> {late}")
    database = Database(smon)
    try:
        assert_all_there(database, ledger.acknowledged(), sender.bodies, seed)
        assert_no_half_events(database, seed)
    finally:
        database.close()
        ledger.close()
    assert late[0] < max(WARM_MIB, early[0] * 1.05), f"seed {seed}: memory grows"
    assert late[1] <= early[1] + 4 and late[2] <= early[2], f"seed {seed}: descriptors or threads grow"
    assert smon.stop() == 0
