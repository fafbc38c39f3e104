"""The disk is full: posts are refused honestly, reads go on, and it resumes alone. [D1]"""

import os
import subprocess

import events
import pytest
from ledger import Database
from smon import wait_until

MIB = 1 << 20
RESUME_WITHIN_S = 5


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
