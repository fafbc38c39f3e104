"""The power is cut at any instant: whatever the disk then holds opens, with all we acknowledged. [C3]"""

import json
import os
import random
import shutil
import signal
import sqlite3
import types

import events
import pytest
from ledger import Database, assert_all_there, assert_every_end_asks_for_emf, assert_no_half_events, seeds
from power_cut import Disk, calls, recorder

POSTS = 24
IMAGES = 400
MARK = b'"accepted":1'
TABLES = {"account", "arrival", "errand", "event", "resource", "rollup", "tally"}


@pytest.fixture
def traced(house, tmp_path):
    """A service, started, whose every write is in `trace`."""
    if not shutil.which("strace"):
        pytest.skip("strace is not here")
    service = house()
    plainly = service.arguments()
    service.trace = tmp_path / "trace"
    service.arguments = lambda: recorder(service.trace) + plainly
    service.start(60)
    service.pid = service.log("listening")[0].pid
    yield service
    if service.process.poll() is None:
        os.kill(service.pid, signal.SIGKILL)


def judge(folder, image, bodies, acknowledged, seed):
    """Opens what the disk may hold, as a restart would, and looks for all that was acknowledged."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    opened = sqlite3.connect(folder / "smon.db")
    try:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        opened.close()
    if not TABLES <= tables:  # cut while it migrated
        assert not acknowledged
        return
    database = Database(types.SimpleNamespace(settings={}, data=folder))
    try:
        assert_all_there(database, acknowledged, bodies, seed)
        assert_no_half_events(database, seed)
        assert_every_end_asks_for_emf(database, seed)
    finally:
        database.close()


def test_after_a_power_cut_at_any_instant_all_that_was_acknowledged_is_there(traced, tmp_path, is_long):
    seed = seeds()
    rng = random.Random(seed)
    posts = [events.training(f"job-{number}", "Completed") for number in range(POSTS)]
    bodies = {event["id"]: json.dumps(event).encode() for event in posts}
    for event in posts:
        traced.taken(event)
    os.kill(traced.pid, signal.SIGTERM)
    assert traced.wait(60) == 0

    disk = Disk(traced.data, MARK)
    count = sum(disk.take(*call) for call in calls(traced.trace))
    assert disk.acknowledged == POSTS
    chosen = set(range(count) if is_long else rng.sample(range(count), min(count, IMAGES)))
    disk, instant = Disk(traced.data, MARK), 0
    for call in calls(traced.trace):
        if not disk.take(*call):
            continue
        for _ in range(5 if is_long else 1) if instant in chosen else ():
            try:
                judge(tmp_path / "image", disk.images(rng), bodies, list(bodies)[:disk.acknowledged], seed)
            except (AssertionError, sqlite3.DatabaseError) as wrong:
                raise AssertionError(f"seed {seed}: cut at instant {instant} of {count}: {wrong}") from wrong
        instant += 1
    print(f"{len(chosen)} of {count} instants")
