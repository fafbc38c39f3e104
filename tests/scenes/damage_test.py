"""The database file is damaged: never a crash, never an endless wait, and it says what to do. [D4]"""

import http.client
import json
import random
import shutil
import sqlite3

import events
import pytest
from ledger import seeds
from smon import ADMIN_KEY, wait_until

PAGE = 4096
JOBS = 60
ENDED_WELL, WRONG_SCHEMA, DAMAGED = 0, 78, (1, 75)
HEADERS = {"X-API-Key": ADMIN_KEY, "Content-Type": "application/json"}
LOOKS = ("jobs?limit=1000", "events?limit=1000", "overview", "accounts", "series/job_ended?since=1d", "quarantine")


@pytest.fixture
def sound(house):
    """The folder of a service that was killed: jobs in the file, and the newest in the log beside it."""
    service = house("sound")
    service.start()
    service.taken([events.training(f"job-{number}", "Completed") for number in range(JOBS)])
    assert service.restart() < 20  # all of it moves from the log into the file
    service.taken([events.training(f"new-{number}", "Completed") for number in range(JOBS)])
    service.kill9()
    return service.data


def damage(rng, data):
    """Flips bits, clears pages, swaps pages or cuts the end off, in the file or in its log; what it did."""
    path = data / rng.choice(("smon.db", "smon.db", "smon.db-wal"))
    content = bytearray(path.read_bytes())
    pages = len(content) // PAGE
    way = rng.choice(("flip", "clear", "swap", "cut"))
    times = 1 if way == "cut" else rng.choice((1, 1, 4, 20))
    for _ in range(times):
        at, other = (rng.randrange(pages) * PAGE for _ in range(2))
        if way == "flip":
            content[at + rng.randrange(PAGE)] ^= 1 << rng.randrange(8)
        elif way == "clear":
            content[at:at + PAGE] = bytes(PAGE)
        elif way == "swap":
            content[at:at + PAGE], content[other:other + PAGE] = content[other:other + PAGE], content[at:at + PAGE]
        else:
            del content[rng.randrange(len(content)):]
    path.write_bytes(content)
    return f"{way} {times} in {path.name}"


def use(smon):
    """A little of everything; a service that meets the damage may refuse, but must answer."""
    statuses = set()
    for path in LOOKS + ("ingest",) * 3:
        connection = http.client.HTTPConnection("127.0.0.1", smon.port, timeout=10)
        if path == "ingest":
            event = json.dumps(events.training(f"after-{len(statuses)}", "Completed"))
            connection.request("POST", "/ingest/eventbridge", event, HEADERS)
        else:
            connection.request("GET", f"/api/v1/{path}", headers=HEADERS)
        answer = connection.getresponse()  # no answer at all: it has crashed
        answer.read()
        statuses.add(answer.status)
        connection.close()
    assert statuses <= {200, 500, 503}, statuses
    return statuses


def test_a_damaged_database_is_told_and_never_a_crash(house, sound, is_long, is_brief):
    seed = seeds()
    told = 0
    for number in range(2000 if is_long else 10 if is_brief else 40):
        rng = random.Random(f"{seed}/{number}")
        smon = house(f"round-{number}")
        shutil.copytree(sound, smon.data, ignore=lambda folder, names: [
            name for name in names if name not in ("smon.db", "smon.db-wal")])
        what = f"seed {seed}, round {number}: {damage(rng, smon.data)}"
        kept = (smon.data / "smon.db").stat().st_size
        smon.spawn()
        wait_until(lambda: smon.process.poll() is not None or smon.log("listening"), 20, f"{what}: a start or an end")
        if smon.process.poll() is None:
            try:
                statuses = use(smon)
            except OSError as gone:
                raise AssertionError(f"{what}: {gone!r}, {smon.wait()}\n{smon.log_tail(5)}") from gone
            code = smon.stop()
            assert code in (ENDED_WELL, *DAMAGED), f"{what}: ended with {code}\n{smon.log_tail()}"
        else:
            statuses, code = {0}, smon.process.returncode
            assert code in (*DAMAGED, WRONG_SCHEMA), f"{what}: ended with {code}\n{smon.log_tail()}"
        if statuses & {0, 500, 503}:
            told += 1
            text = smon.log_path.read_text(errors="replace")
            assert "damaged" in text or code == WRONG_SCHEMA, f"{what}: {statuses}, {code}\n{smon.log_tail()}"
            assert (smon.data / "smon.db").stat().st_size >= min(kept, PAGE), f"{what}: the file is gone"
        shutil.rmtree(smon.folder)
    print(f"{told} told")
    assert told


def test_a_table_that_is_no_longer_as_it_was_made_is_told(house, sound):
    smon = house("changed")
    shutil.copytree(sound, smon.data, ignore=lambda folder, names: [
        name for name in names if name not in ("smon.db", "smon.db-wal")])
    connection = sqlite3.connect(smon.data / "smon.db")
    connection.execute("ALTER TABLE api_key RENAME COLUMN created_ms TO crea4ed_ms")
    connection.close()
    smon.spawn()
    assert smon.wait() in DAMAGED
    assert "smon.db is damaged or was changed" in smon.log_tail() and "no such column" in smon.log_tail()


@pytest.mark.parametrize("what", ["the folder", "the file"])
def test_where_the_database_was_removed_nothing_is_acknowledged_until_it_is_back(house, what):
    """[D3] The open file would take it all, and be gone with the process."""
    smon = house()
    smon.start()
    smon.taken(events.training("before"))
    place = smon.data if what == "the folder" else smon.data / "smon.db"
    place.rename(smon.folder / "elsewhere")
    refusal = smon.post(events.training("meanwhile"))
    assert refusal.status == 503 and int(refusal.headers["Retry-After"]) > 0, refusal
    assert "removed" in smon.client.raw("GET", "/readyz").text
    assert smon.job("before").status == "InProgress"
    (smon.folder / "elsewhere").rename(place)
    smon.taken(events.training("after"))
    assert smon.client.raw("GET", "/readyz").status == 200
    smon.restart()
    assert {job.name for job in smon.jobs()} == {"before", "after"}
