"""Slow, hungry and hasty clients, and a good one beside them."""

import json
import socket
import threading
import time

import events
import pytest
from client import as_eventbridge, exchange
from ledger import Database
from smon import ADMIN_KEY, wait_until


def test_who_sends_a_byte_a_second_is_cut_off_at_the_deadline(house):
    """[N1]"""
    smon = house(limits__request_deadline="1s")
    smon.start()
    request = as_eventbridge(events.training("slow"), ADMIN_KEY)
    with socket.create_connection(("127.0.0.1", smon.port), timeout=10) as dripping:
        started = time.monotonic()
        try:
            for byte in request:
                dripping.sendall(bytes([byte]))
                time.sleep(0.1)
                assert time.monotonic() - started < 5, "still taking bytes"
        except OSError:
            pass
        assert time.monotonic() - started < 5
    assert smon.post(events.training("fine")).status == 200
    assert [job.name for job in smon.jobs()] == ["fine"]


def test_more_connections_than_allowed_do_not_shut_out_a_good_sender(house):
    """[N2]"""
    smon = house(limits__connections=64, limits__per_address=32, limits__request_deadline="2s")
    smon.start()
    idle = [socket.create_connection(("127.0.0.1", smon.port), timeout=10) for _ in range(128)]
    try:
        for connection in idle:
            try:
                connection.sendall(b"POST /ingest/eventbridge HTTP/1.1\r\nHost: x\r\n")
            except OSError:
                pass
        wait_until(lambda: _answers(smon), 10, "an answer to a good post")
    finally:
        for connection in idle:
            connection.close()
    assert smon.client.raw("GET", "/healthz").status == 200


def _answers(smon):
    try:
        return exchange("127.0.0.1", smon.port, as_eventbridge(events.training("good"), ADMIN_KEY), 5) \
            .startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def test_a_flood_is_answered_200_429_or_503_and_never_loses_what_it_took(smon):
    """[N4], short: more posts at once than one core can take."""
    statuses = []

    def flood(thread):
        client = smon.client.with_key(ADMIN_KEY)
        for number in range(150):
            body = json.dumps(events.processing(f"flood-{thread}-{number}", "Completed"))
            statuses.append(client.raw("POST", "/ingest/eventbridge", body,
                                       {"Content-Type": "application/json"}).status)
        client.close()

    threads = [threading.Thread(target=flood, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(statuses) <= {200, 429, 503} and len(statuses) == 16 * 150
    database = Database(smon)
    try:
        assert database.one("SELECT count(*) FROM event") == statuses.count(200)
    finally:
        database.close()


@pytest.mark.both_engines
def test_the_same_event_from_many_senders_at_once_is_one_row(smon):
    """[E1]"""
    event = json.dumps(events.training("demo", "Completed"))
    statuses = []

    def send():
        client = smon.client.with_key(ADMIN_KEY)
        for _ in range(60):
            statuses.append(client.raw("POST", "/ingest/eventbridge", event,
                                       {"Content-Type": "application/json"}).status)
        client.close()

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(statuses) == {200}
    assert len(smon.events()) == 1 and len(smon.jobs()) == 1
