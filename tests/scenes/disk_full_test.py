"""The disk is full: posts are refused honestly, reads go on, and it resumes alone. [D1]"""

import json
import os
import subprocess

import events
import pytest
from ledger import Database
from smon import wait_until

MIB = 1 << 20
RESUME_WITHIN_S = 5
ROOM_WITHIN_S = 30


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own with 24 MiB."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], check=False,
                             capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no small disk here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place, leave=0):
    """Takes what room is left, but for `leave` bytes."""
    free = os.statvfs(place)
    size = free.f_bavail * free.f_frsize - leave
    with open(place / "filler", "wb") as filler:
        try:
            while size > 0:
                filler.write(b"\0" * min(size, MIB))
                size -= MIB
            filler.flush()
        except OSError:
            pass


def post_until_refused(smon, prefix):
    """How many were taken before the first refusal, and that refusal."""
    for number in range(20_000):
        answer = smon.post(events.training(f"{prefix}-{number}", "Completed"))
        if answer.status != 200:
            return number, answer
    raise AssertionError("the disk never filled up")


@pytest.mark.parametrize("leave", [0, 4096, 70_000, MIB], ids=["nothing", "a page", "some pages", "a MiB"])
def test_a_full_disk_is_503_reads_go_on_and_it_resumes_alone(house, small_disk, leave):
    smon = house()
    smon.data = small_disk / "data"
    smon.start()
    smon.taken(events.training("before", "Completed"))
    fill(small_disk, leave)
    taken, refusal = post_until_refused(smon, "full")
    assert refusal.status == 503 and int(refusal.headers["Retry-After"]) > 0, refusal
    assert smon.job("before").status == "Completed"
    assert smon.client.raw("GET", "/healthz").status == 200
    ready = smon.client.raw("GET", "/readyz")
    assert ready.status == 503 and ready.body
    (small_disk / "filler").unlink()
    wait_until(lambda: smon.post(events.training("after")).status == 200, RESUME_WITHIN_S, "taking posts again")
    wait_until(lambda: smon.client.raw("GET", "/readyz").status == 200, RESUME_WITHIN_S, "readiness")
    database = Database(smon)
    try:
        names = {name for (name,) in database.rows("SELECT name FROM resource")}
    finally:
        database.close()
    assert {f"full-{n}" for n in range(taken)} | {"before", "after"} <= names


def test_it_stops_in_order_and_starts_again_on_a_full_disk(house, small_disk):
    smon = house()
    smon.data = small_disk / "data"
    smon.start()
    smon.taken(events.training("before", "Completed"))
    fill(small_disk)
    post_until_refused(smon, "full")
    assert smon.stop() == 0
    (small_disk / "filler").unlink()
    smon.start()
    assert smon.job("before").status == "Completed"


def test_retention_by_size_makes_room_on_a_full_disk_by_itself_again_and_again(house, small_disk):
    """Events of twice the disk come; what is kept is less than a third of it."""
    smon = house(retention__bytes=6 * MIB)
    smon.data = small_disk / "data"
    smon.start()
    refusals, sent = 0, 0
    while sent < 48 * MIB:
        body = json.dumps([events.training(f"big-{sent}-{n}", padding="x" * 30_000) for n in range(10)])
        answer = smon.post(body)
        if answer.status == 200:
            sent += len(body)
            continue
        refusals += 1
        assert answer.status == 503 and int(answer.headers["Retry-After"]) > 0, answer
        assert "disk is full" in answer.json["detail"]
        assert smon.client.raw("GET", "/api/v1/jobs?limit=5").status == 200
        ready = smon.client.raw("GET", "/readyz")
        assert ready.status == 200 or "disk is full" in ready.json["reasons"][0]["detail"]
        wait_until(lambda: smon.post(events.training(f"probe-{sent}-{refusals}")).status == 200, ROOM_WITHIN_S,
                   "room")
    assert refusals > 0
    wait_until(lambda: smon.client.raw("GET", "/readyz").status == 200, ROOM_WITHIN_S, "readiness")
    assert smon.log("retention")
    smon.restart()


def test_what_space_comes_back_is_told_and_enough_of_it_is_enough(house, small_disk):
    """A little freed is not yet room; more is, and the reserve is made again."""
    smon = house()
    smon.data = small_disk / "data"
    smon.start()
    reserve = smon.data / "reserve"
    assert reserve.stat().st_size == 4 * MIB
    fill(small_disk)
    _, refusal = post_until_refused(smon, "full")
    assert "are left" in refusal.json["detail"]
    assert not reserve.exists()
    assert smon.post(events.training("more")).status == 503
    wait_until(lambda: smon.log("store-failed"), RESUME_WITHIN_S, "a line about it")
    (small_disk / "filler").unlink()
    wait_until(lambda: smon.post(events.training("after")).status == 200, RESUME_WITHIN_S, "taking posts again")
    assert reserve.stat().st_blocks * 512 == 4 * MIB
    wait_until(lambda: smon.log("store-back"), RESUME_WITHIN_S, "a line about the end of it")
