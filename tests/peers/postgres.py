#!/usr/bin/python3
"""A throw-away PostgreSQL: a fresh cluster in a temporary folder, on a free port of 127.0.0.1 and a socket
in that folder, gone when it is stopped.

    with Postgres() as server:
        server.url                    postgres://... of its database "smon"
        server.database("other")      the URL of one more, made when asked for

    tests/peers/postgres.py run -- COMMAND ...     runs COMMAND with SMON_TEST_POSTGRES set to the URL
"""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_WITHIN_S = 30
# As people sort, like most installations: what takes texts for bytes must say so.
SORTING = ("--locale-provider=icu", "--icu-locale=en-US")


class Missing(Exception):
    """PostgreSQL is not installed here; the text says what to install."""


def program(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    path = found[-1] if found else shutil.which(name)
    if not path:
        raise Missing(f"{name} is not installed (Debian: apt install postgresql)")
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """`settings` are lines of postgresql.conf, by name."""

    def __init__(self, **settings):
        self.settings = settings
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.folder = None
        self.process = None

    # initdb and postgres refuse to run as root
    def _as_user(self, *command):
        if os.geteuid() != 0:
            return list(command)
        return ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups", *command]

    def _run(self, *command):
        done = subprocess.run(self._as_user(*command), cwd="/", text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    @property
    def data(self):
        return os.path.join(self.folder, "data")

    @property
    def url(self):
        return self._url("smon")

    def _url(self, database):
        return f"postgres://{self.user}@127.0.0.1:{self.port}/{database}"

    def start(self):
        self.folder = tempfile.mkdtemp(prefix="smon-postgres-")
        try:
            if os.geteuid() == 0:
                shutil.chown(self.folder, self.user)
            self._run(program("initdb"), "-D", self.data, "-U", self.user, "-A", "trust", "-E", "UTF8",
                      "--locale=C", *SORTING, "--no-sync")
            self.resume()
            self.database("smon")
        except BaseException:
            self.stop()
            raise
        return self

    def resume(self):
        """Starts the server on the cluster there is: after start(), pause() or kill()."""
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "shared_buffers": "32MB",
                    "unix_socket_directories": self.folder, **self.settings}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(self._as_user(program("postgres"), "-D", self.data, *options),
                                            cwd="/", stdout=log, stderr=log)
        until = time.monotonic() + START_WITHIN_S
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("PostgreSQL did not start: " + self.log()[-2000:])
            time.sleep(0.05)

    def _is_ready(self):
        return subprocess.run([program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                              cwd="/").returncode == 0

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def database(self, name):
        self.sql(f'CREATE DATABASE "{name}"', database="postgres")
        return self._url(name)

    def sql(self, text, database="smon"):
        """Runs it with psql and gives what it prints, unaligned and without headings."""
        return self._run(program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self._url(database),
                         "-c", text)

    def _end(self, how):
        if self.process and self.process.poll() is None:
            # setpriv has become the server itself, so this is its pid
            self.process.send_signal(how)
            self.process.wait()
        self.process = None

    def pause(self):
        """Stops the server in order, at once; resume() brings it back."""
        self._end(signal.SIGINT)

    def kill(self):
        """Ends it as a crash would: all sessions cut, recovery at the next start."""
        self._end(signal.SIGQUIT)

    @contextlib.contextmanager
    def hung(self):
        """Stops all of its processes where they are, and lets them go on."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as children:
            pids = [self.process.pid, *map(int, children.read().split())]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(pids):
                os.kill(pid, signal.SIGCONT)

    def stop(self):
        self._end(signal.SIGQUIT)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def main(arguments):
    if len(arguments) < 3 or arguments[:2] != ["run", "--"]:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with Postgres() as server:
            print(f"PostgreSQL: {server.url}", file=sys.stderr)
            return subprocess.run(arguments[2:],
                                  env={**os.environ, "SMON_TEST_POSTGRES": server.url}).returncode
    except Missing as missing:
        print(f"skipped: {missing}", file=sys.stderr)
        return 77


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
