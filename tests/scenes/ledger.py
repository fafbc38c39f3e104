"""A sender that keeps books, and the checker that is the only judge of them.

The sender writes one line before each post and one after each whole answer. The checker reads the
ledger and the database itself, and asserts: every acknowledged event is there byte for byte (I1), no
event is there by half (I2), every event is there once (I3). Numbers in brackets are those of the fault
matrix."""

import http.client
import json
import os
import pathlib
import random
import sqlite3
import threading
import time
import uuid

import events
from smon import ADMIN_KEY

ACCOUNTS = ("111122223333", "444455556666", "777788889999")
DEED_EMIT = 2


def numbered(seed, number):
    """Event `number` of this seed: jobs of two events each, the second of which ends the job."""
    job, is_end = divmod(number, 2)
    account = ACCOUNTS[job % len(ACCOUNTS)]
    event = events.processing(f"load-{seed}-{job}", "Completed" if is_end else "InProgress", account)
    event["id"] = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/{number}"))
    return event


class Ledger:
    """What was sent and what was answered; on another file system than the database, if there is one."""

    def __init__(self, folder):
        shared = pathlib.Path("/dev/shm")
        folder = shared if shared.is_dir() and os.access(shared, os.W_OK) else pathlib.Path(folder)
        self.path = folder / f"ledger-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.file = open(self.path, "ab", buffering=0)

    def before(self, event_id):
        self.file.write(f"> {event_id}\n".encode())

    def after(self, event_id, status):
        self.file.write(f"< {event_id} {status} {time.time():.3f}\n".encode())

    def close(self):
        self.file.close()
        self.path.unlink(missing_ok=True)

    def acknowledged(self):
        return [line.split()[1] for line in self.path.read_text().splitlines()
                if line.startswith("<") and 200 <= int(line.split()[2]) < 300]

    def statuses(self):
        return {int(line.split()[2]) for line in self.path.read_text().splitlines() if line.startswith("<")}


class Sender:
    """Posts numbered events over some keep-alive connections until it is told to stop."""

    def __init__(self, ledger, ports, seed, connections=4, key=ADMIN_KEY):
        self.ledger, self.ports, self.seed, self.key = ledger, ports, seed, key
        self.next_number = 0
        self.lock = threading.Lock()
        self.bodies = {}
        self.is_stopping = threading.Event()
        self.connections = connections
        self.threads = []

    def start(self):
        self.is_stopping.clear()
        self.threads = [threading.Thread(target=self._run, args=(self.ports[i % len(self.ports)],),
                                         daemon=True) for i in range(self.connections)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.is_stopping.set()
        for thread in self.threads:
            thread.join(15)

    def _take(self):
        with self.lock:
            number, self.next_number = self.next_number, self.next_number + 1
        event = numbered(self.seed, number)
        body = json.dumps(event).encode()
        self.bodies[event["id"]] = body
        return event["id"], body

    def _run(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while not self.is_stopping.is_set():
            event_id, body = self._take()
            self.ledger.before(event_id)
            try:
                connection.request("POST", "/ingest/eventbridge", body,
                                   {"X-API-Key": self.key, "Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                if self.is_stopping.wait(0.005):
                    return
                continue
            self.ledger.after(event_id, answer.status)
        connection.close()


class Database:
    """The service's database, read from outside."""

    def __init__(self, smon):
        url = smon.settings.get("store.url")
        if url:
            import psycopg2  # only where that engine runs
            self.connection = psycopg2.connect(url)
            self.connection.set_session(readonly=True, autocommit=True)
        else:
            self.connection = sqlite3.connect(f"file:{smon.data / 'smon.db'}?mode=ro", uri=True)

    def rows(self, sql):
        cursor = self.connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall()

    def one(self, sql):
        return self.rows(sql)[0][0]

    def close(self):
        self.connection.close()


def assert_all_there(database, acknowledged, bodies, seed, since_ms=0):
    """[I1] [I3] for the events received since then."""
    stored = {}
    for (body,) in database.rows(f"SELECT body FROM event WHERE received_ms >= {int(since_ms)}"):
        body = bytes(body)
        event_id = json.loads(body)["id"]
        assert event_id not in stored, f"seed {seed}: {event_id} is there twice"
        stored[event_id] = body
    for event_id in acknowledged:
        assert event_id in stored, f"seed {seed}: {event_id} was acknowledged and is not there"
        assert stored[event_id] == bodies[event_id], f"seed {seed}: {event_id} was changed"


def assert_no_half_events(database, seed):
    """[I2]: everything that is derived from events agrees with the events that are there."""
    orphans = database.one("SELECT count(*) FROM event WHERE resource_id = 0 OR NOT EXISTS (SELECT 1 FROM"
                           " resource r WHERE r.account = event.account AND r.id = event.resource_id)")
    assert orphans == 0, f"seed {seed}: {orphans} events without their row"
    empty = database.one("SELECT count(*) FROM resource WHERE NOT EXISTS (SELECT 1 FROM event e WHERE"
                         " e.account = resource.account AND e.resource_id = resource.id)")
    assert empty == 0, f"seed {seed}: {empty} rows without an event"
    counted = dict(database.rows("SELECT account, sum(events) FROM account GROUP BY account"))
    stored = dict(database.rows("SELECT account, count(*) FROM event GROUP BY account"))
    assert {a: int(n) for a, n in counted.items() if n} == stored, f"seed {seed}: accounts were counted wrong"
    events = database.one("SELECT count(*) FROM event")
    still_open = int(database.one("SELECT coalesce(sum(open_events), 0) FROM account"))
    for grain in (1, 2, 3, 4):
        arrived = int(database.one(f"SELECT coalesce(sum(events), 0) FROM arrival WHERE grain = {grain}"))
        arrived += still_open if grain in (1, 2) else 0
        assert arrived == events, f"seed {seed}: {arrived} arrivals of grain {grain}, {events} events"
    tallied = database.rows("SELECT account, kind, status_id, sum(count) FROM tally GROUP BY account, kind,"
                            " status_id HAVING sum(count) <> 0 ORDER BY 1, 2, 3")
    there = database.rows("SELECT account, kind, status_id, count(*) FROM resource GROUP BY account, kind,"
                          " status_id ORDER BY 1, 2, 3")
    assert [tuple(map(int, row)) for row in tallied] == there, f"seed {seed}: the tally is wrong"
    completed = database.one("SELECT count(*) FROM resource WHERE completed_ms IS NOT NULL")
    for grain in (1, 2):
        ended = database.one(f"SELECT coalesce(sum(ended), 0) FROM rollup WHERE account > 0 AND grain = {grain}")
        assert int(ended) == completed, f"seed {seed}: {ended} ends in the rollup, {completed} jobs ended"


def assert_every_end_asks_for_emf(database, seed):
    """[I2]: with no collector at work, an errand stands for every job that ended."""
    completed = database.one("SELECT count(*) FROM resource WHERE completed_ms IS NOT NULL")
    asked = database.one(f"SELECT count(*) FROM errand WHERE deed = {DEED_EMIT}")
    assert asked == completed, f"seed {seed}: {completed} jobs ended, {asked} errands to emit"


def seeds():
    """One printed seed for every random choice; SMON_SEED repeats a run."""
    seed = int(os.environ.get("SMON_SEED") or random.SystemRandom().randrange(1, 1 << 31))
    print("seed", seed)
    return seed
