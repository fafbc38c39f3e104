"""What the service does when it is told something from outside the network."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import threading
import time

import events
import pytest
from client import as_eventbridge
from ledger import Database, Ledger, Sender, assert_all_there, seeds
from smon import ADMIN_KEY, wait_until

AT_ONCE_S = 3  # the second that what hangs is given, and one that the thread sanitizer takes to end

@pytest.mark.both_engines
def test_sigterm_under_load_finishes_what_it_took_and_ends_with_0(house, tmp_path):
    """[C9] [C10]"""
    seed = seeds()
    smon = house()
    smon.start()
    ledger = Ledger(tmp_path)
    sender = Sender(ledger, [smon.port], seed, connections=8)
    sender.start()
    wait_until(lambda: len(ledger.acknowledged()) > 50, 20, "some load")
    assert smon.stop() == 0, smon.log_tail()
    sender.stop()
    assert ledger.statuses() <= {200, 503}
    assert smon.log("draining") and smon.log("stopped")
    smon.start()
    database = Database(smon)
    try:
        assert_all_there(database, ledger.acknowledged(), sender.bodies, seed)
    finally:
        database.close()
        ledger.close()


def test_while_it_drains_what_began_is_finished_and_what_comes_is_taken_or_told_to_come_again(house):
    smon = house(shutdown__drain="10s")
    smon.start()
    request = as_eventbridge(events.training("slow"), ADMIN_KEY)
    waiting = socket.create_connection(("127.0.0.1", smon.port))
    kept = smon.client
    assert kept.raw("GET", "/healthz").status == 200
    waiting.sendall(request[:-10])
    time.sleep(0.1)  # its headers are in
    smon.process.send_signal(signal.SIGTERM)
    wait_until(lambda: smon.log("draining"), 5, "the drain")
    expected = {"slow"}
    try:
        answer = kept.raw("POST", "/ingest/eventbridge", json.dumps(events.training("late")),
                          {"Content-Type": "application/json"})
        assert answer.status == 503 and int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Connection"] == "close"
    except OSError:
        pass  # an idle connection may also be closed: the sender comes again on a new one
    waiting.sendall(request[-10:])
    assert waiting.recv(4096).startswith(b"HTTP/1.1 200 ")
    waiting.close()
    assert smon.wait() == 0
    smon.start()
    assert {job.name for job in smon.jobs()} == expected


def ends_at_the_second_sigterm(smon):
    smon.process.send_signal(signal.SIGTERM)
    wait_until(lambda: smon.log("draining"), 5, "the drain")
    smon.process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    smon.wait(5)
    return time.monotonic() - started < AT_ONCE_S


def test_a_second_sigterm_ends_it_at_once(house):
    smon = house(shutdown__drain="30s")
    smon.start()
    waiting = socket.create_connection(("127.0.0.1", smon.port))
    waiting.sendall(as_eventbridge(events.training("slow"), ADMIN_KEY)[:-10])
    time.sleep(0.1)
    assert ends_at_the_second_sigterm(smon)
    waiting.close()


def test_a_second_sigterm_does_not_wait_for_a_collector_that_hangs(house):
    """[C9]"""
    smon = house(shutdown__drain="30s", collect__enabled="true")
    smon.start()
    collector = wait_until(lambda: smon.log("collector-started"), 5, "the collector")[0].pid
    os.kill(collector, signal.SIGSTOP)
    assert ends_at_the_second_sigterm(smon)
    assert not os.path.exists(f"/proc/{collector}")


def test_a_second_sigterm_does_not_wait_for_a_database_that_hangs(house, cluster):
    """[C9]"""
    smon = house(shutdown__drain="30s", collect__enabled="true", store__url=cluster.fresh())
    smon.start()
    collector = wait_until(lambda: smon.log("collector-started"), 5, "the collector")[0].pid
    with cluster.hung():
        assert smon.post(events.training("waits")).status == 503
        assert ends_at_the_second_sigterm(smon)
    wait_until(lambda: not os.path.exists(f"/proc/{collector}"), 10, "the end of the collector")


def test_a_sigterm_is_heard_while_housekeeping_waits_for_a_database_that_hangs(house, cluster):
    """[C9]"""
    smon = house(shutdown__drain="1s", store__url=cluster.fresh())
    smon.start()
    with cluster.hung():
        smon.clock.move(61_000)
        time.sleep(2)  # by now housekeeping waits
        smon.process.send_signal(signal.SIGTERM)
        wait_until(lambda: smon.log("draining"), 2, "the drain")
        smon.process.send_signal(signal.SIGTERM)
        assert smon.process.wait(3) is not None


def test_a_second_process_on_the_same_data_is_refused_with_the_pid_of_the_first(house):
    """[C12]"""
    smon = house()
    smon.start()
    second = smon.run("serve", "--data", smon.data, "--listen", "127.0.0.1:0")
    assert second.returncode not in (0, None)
    assert re.search(rf"\b{smon.process.pid}\b", second.stderr), second.stderr
    assert smon.post(events.training("demo")).status == 200


def test_a_killed_process_leaves_no_lock_behind(house):
    smon = house()
    smon.start()
    smon.kill9()
    assert smon.start() < 5


def test_sighup_takes_new_settings_and_keeps_the_old_ones_when_they_are_wrong(house, is_long):
    """[C11]"""
    rng = random.Random(seeds())
    smon = house()
    settings = smon.folder / "smon.yaml"
    settings.write_text("log:\n  level: info\n")
    smon.arguments = lambda: [*type(smon).arguments(smon), "--config", str(settings)]
    smon.start()

    def after(text, event):
        seen = len(smon.log(event))
        settings.write_text(text)
        smon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(smon.log(event)) > seen, 5, event)
        return smon.log(event)[-1]

    after("log:\n  level: debug\n", "reloaded")
    refusal = after("log:\n  levle: info\n", "reload-refused")
    assert re.search(r"smon\.yaml:2", refusal.why) and "level" in refusal.why
    files = len(os.listdir(f"/proc/{smon.process.pid}/fd"))
    for _ in range(1000 if is_long else 50):
        text = "log:\n  level: info\n"
        settings.write_text(text[:rng.randrange(len(text) + 1)])
        smon.process.send_signal(signal.SIGHUP)
        assert smon.post(events.training("demo")).status == 200
    after("log:\n  level: info\n", "reloaded")
    assert len(os.listdir(f"/proc/{smon.process.pid}/fd")) <= files + 4


def test_a_clock_that_jumps_does_not_lose_or_delete_anything(smon):
    """[T1]"""
    smon.taken(events.training("demo", "Completed"))
    day = 24 * 3600 * 1000
    for jump in (3600_000, -2 * 3600_000, 3650 * day, -7300 * day, 3650 * day + 3600_000):
        smon.clock.move(jump)
        assert smon.post(events.training(f"at-{jump}", "Completed")).status == 200
        assert smon.client.raw("GET", "/readyz").status == 200
    assert len(smon.jobs()) == 6
    smon.restart()
    assert len(smon.jobs()) == 6


def test_a_service_that_was_asleep_wakes_where_it_was(smon):
    """[T2]"""
    smon.process.send_signal(signal.SIGSTOP)
    answers = []
    poster = threading.Thread(target=lambda: answers.append(smon.post(events.training("demo")).status))
    poster.start()
    time.sleep(0.3)
    smon.process.send_signal(signal.SIGCONT)
    poster.join(10)
    assert answers == [200]
    assert smon.job("demo").status == "InProgress"


def test_beyond_loopback_it_listens_only_with_tls_or_when_told_that_a_proxy_stands_before_it(house):
    smon = house()
    refused = smon.run("serve", "--data", smon.data, "--listen", "0.0.0.0:0", within=10)
    assert refused.returncode == 78 and "behind" in refused.stderr, refused


def test_without_any_key_two_are_made_and_printed_once(house):
    smon = house(environment={"SMON_ADMIN_KEY": ""})
    smon.spawn()

    def printed():
        text = smon.log_path.read_text() + smon.out_path.read_text()
        return re.findall(r"smon_[A-Za-z0-9]+_[A-Za-z0-9]{32,}", text)

    keys = wait_until(lambda: printed() if len(printed()) >= 2 else None, 10, "two keys")
    assert len(set(keys)) == 2
    wait_until(smon.is_ready, 10, "readiness")
    statuses = sorted(smon.client.with_key(key).raw("GET", "/api/v1/keys").status for key in set(keys))
    assert statuses == [200, 403]
    smon.restart()
    assert len(set(printed())) == 2


def test_what_is_printed_where_output_is_closed_goes_nowhere(house, tmp_path):
    smon, data = house(), tmp_path / "closed"
    environ = {name: value for name, value in smon.environ().items() if name != "SMON_ADMIN_KEY"}
    command = [smon.program(), "serve", "--data", str(data), "--listen", "127.0.0.1:0", "--collect-enabled=no"]
    with subprocess.Popen(["sh", "-c", 'exec "$@" <&- >&-', "sh", *command], env=environ, stderr=subprocess.PIPE,
                          text=True) as service:  # its first keys are made, and printed
        for line in service.stderr:
            if '"listening"' in line:
                break
        wait_until(lambda: (data / "smon.sock").exists(), 10, "the socket")
        kept = (data / "lock").read_text()
        service.terminate()
        assert service.wait(30) == 0
    assert kept == f"{service.pid}\n"
