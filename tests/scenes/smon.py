"""The real service in a temporary folder: start it, talk to it, move its clock, kill it."""

import itertools
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import time

from client import Client, Thing

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SMON_BUILD", ROOT / "build/test")).resolve()
ADMIN_KEY = "smon_scene_" + "0123456789abcdefghijklmnopqrstuvwxyzABCD"

POLL_S = 0.01
START_WITHIN_S = 20  # sanitizers are slow; scenes about recovery measure for themselves


def _own_ports():
    """Each parallel worker has its own, below those that the system gives away: of two that were given one and
    the same, the first would answer for the second."""
    first = 12_000 + 1_000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = itertools.cycle(range(first, first + 1_000))
    return itertools.islice(ports, os.getpid() % 1_000, None)


PORTS = _own_ports()


def free_port():
    for port in PORTS:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_until(happens, within=10, what="it"):
    """Polls until `happens()` is true and returns what it gave; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        got = happens()
        if got:
            return got
        assert time.monotonic() < deadline, f"{what} did not happen within {within} s"
        time.sleep(POLL_S)


class Clock:
    """The file that SMON_CLOCK_FILE names: how many milliseconds our programs' clocks are ahead."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.ahead_ms = 0
        self._write()

    def move(self, ms):
        """Forward, or back when negative. Takes effect at the next look at a clock."""
        self.ahead_ms += ms
        self._write()

    def _write(self):
        with open(self.path, "r+b" if self.path.exists() else "w+b", buffering=0) as file:
            file.write(struct.pack("=q", self.ahead_ms))


def variable(setting):
    return "SMON_" + setting.replace(".", "_").upper()


def read_metrics(text):
    """Prometheus text -> {name: [(labels, value)]}."""
    found = {}
    for line in text.splitlines():
        parts = re.match(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)", line)
        if parts and not line.startswith("#"):
            labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', parts.group(2) or ""))
            found.setdefault(parts.group(1), []).append((labels, float(parts.group(3))))
    return found


class Smon:
    """One service. `settings` are dotted names; the collector is off unless it is asked for."""

    def __init__(self, folder, settings=None, environment=None, build=BUILD, clock=None, preload=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.build = pathlib.Path(build)
        self.data = self.folder / "data"
        self.log_path = self.folder / "smon.log"
        self.out_path = self.folder / "smon.out"
        self.port = free_port()
        self.settings = {"collect.enabled": "false", "limits.per_address": 0, **(settings or {})}
        self.environment = environment or {}
        self.preload = preload
        self.clock = clock or Clock(self.folder / "clock")
        self.process = None
        self.client = Client("127.0.0.1", self.port, ADMIN_KEY, str(self.build))

    # -- the process ---------------------------------------------------------------------------

    def program(self, name="smon"):
        return str(self.build / "bin" / name)

    def environ(self):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("SMON_", "AWS_")) and name not in ("http_proxy", "https_proxy")}
        kept.update({"SMON_ADMIN_KEY": ADMIN_KEY, "SMON_CLOCK_FILE": str(self.clock.path)})
        kept.update({variable(name): str(value) for name, value in self.settings.items()})
        if self.preload:
            kept["LD_PRELOAD"] = str(self.preload)
        kept.update(self.environment)
        return kept

    def arguments(self):
        return [self.program(), "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}"]

    def spawn(self, **more):
        """Starts without waiting; `more` goes into the environment."""
        with open(self.log_path, "ab") as log, open(self.out_path, "ab") as out:
            self.process = subprocess.Popen(self.arguments(), cwd=self.folder, stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=log, env={**self.environ(), **more})
        return self.process

    def is_ready(self):
        assert self.process.poll() is None, f"smon ended with {self.process.returncode}:\n{self.log_tail()}"
        try:
            return self.client.raw("GET", "/readyz").status == 200
        except OSError:
            return False

    def start(self, within=START_WITHIN_S, **more):
        started = time.monotonic()
        self.spawn(**more)
        wait_until(self.is_ready, within, "readiness")
        return time.monotonic() - started

    def stop(self, within=30):
        """SIGTERM, and its exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait(within)

    def wait(self, within=30):
        self.client.close()
        if not self.process:
            return None
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"smon did not end within {within} s:\n{self.log_tail()}") from None

    def kill9(self):
        self.process.kill()
        self.process.wait()
        self.client.close()

    def restart(self, within=START_WITHIN_S):
        """Stops in order, starts again; how long the start took, in seconds."""
        code = self.stop()
        assert code == 0, f"smon ended with {code}:\n{self.log_tail()}"
        return self.start(within)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.client.close()

    # -- its log -------------------------------------------------------------------------------

    def log(self, event=None):
        """The log so far, line by line; only those of one event when it is named."""
        lines = self.log_path.read_text(errors="replace").splitlines() if self.log_path.exists() else []
        parsed = [json.loads(line, object_hook=Thing) for line in lines if line.startswith("{")]
        return [line for line in parsed if event in (None, line.event)]

    def log_tail(self, lines=30):
        if not self.log_path.exists():
            return ""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    def run(self, *arguments, within=30, **more):
        """Another verb against this service; its CompletedProcess."""
        return subprocess.run([self.program(), *map(str, arguments)], capture_output=True, text=True,
                              timeout=within, cwd=self.folder, stdin=subprocess.DEVNULL,
                              env={**self.environ(), **more}, check=False)

    # -- what a scene asks of it ---------------------------------------------------------------

    def post(self, events, key=None, headers=None):
        """An event, a list of them, or bytes as they stand."""
        body = events if isinstance(events, (bytes, str)) else json.dumps(events)
        client = self.client if key is None else self.client.with_key(key)
        try:
            return client.ask("POST", "/ingest/eventbridge", body,
                              {"Content-Type": "application/json; charset=utf-8", **(headers or {})})
        finally:
            if client is not self.client:
                client.close()

    def taken(self, events):
        """Posts, and insists that it was taken."""
        answer = self.post(events)
        assert answer.status == 200, answer
        return answer

    def get(self, path, **query):
        """The JSON of a 200."""
        answer = self.client.get(f"/api/v1/{path}", **query)
        assert answer.status == 200, answer
        return answer.json

    def pages(self, path, **query):
        """Every row of a list, page after page."""
        while True:
            page = self.get(path, **query)
            yield from page["data"]
            if not page["has_more"]:
                return
            query["cursor"] = page["next_cursor"]

    def jobs(self, **filters):
        return list(self.pages("jobs", **{"limit": 1000, **filters}))

    def job(self, name, **filters):
        """The one job of that name, with everything that is known about it."""
        found = [job for job in self.jobs(name_prefix=name, **filters) if job.name == name]
        assert len(found) == 1, f"{len(found)} jobs are called {name}"
        return self.get(f"jobs/{found[0].id}")

    def resources(self, **filters):
        return list(self.pages("resources", **{"limit": 1000, **filters}))

    def events(self, **filters):
        return list(self.pages("events", **{"limit": 1000, **filters}))

    def quarantine(self, **filters):
        return list(self.pages("quarantine", **{"limit": 1000, **filters}))

    def metric(self, name, **labels):
        """The sum of all samples of this name that carry these labels."""
        text = self.client.raw("GET", "/metrics").text
        assert f"# TYPE {name} " in text, f"no metric is called {name}"
        return sum(value for found, value in read_metrics(text).get(name, [])
                   if labels.items() <= found.items())

    def waiting(self):
        """Errands that are due, leased, or due later."""
        return int(self.metric("smon_errands", state="waiting"))

    def drain(self, within=20):
        """Waits until no errand is left."""
        wait_until(lambda: self.waiting() == 0, within, "the end of all errands")

    def new_key(self, roles, **more):
        """Makes an API key and returns it whole."""
        answer = self.client.ask("POST", "/api/v1/keys", {"label": "scene", "roles": roles, "accounts": ["*"], **more})
        assert answer.status == 201, answer
        return answer.json
