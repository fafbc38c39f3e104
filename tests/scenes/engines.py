"""PostgreSQL for scenes: started once by tests/peers/postgres.py; each scene gets a database of its own."""

import contextlib
import itertools

import postgres
import pytest


class Cluster:
    def __init__(self, server):
        self.server = server
        self.numbers = itertools.count(1)

    def fresh(self):
        """The URL of a new, empty database."""
        return self.server.database(f"scene_{next(self.numbers)}")

    @contextlib.contextmanager
    def hung(self):
        """It keeps its connections and answers nobody."""
        with self.server.hung():
            yield


@contextlib.contextmanager
def cluster():
    try:
        server = postgres.Postgres(max_connections=60).start()
    except postgres.Missing as missing:
        pytest.skip(str(missing))
    try:
        yield Cluster(server)
    finally:
        server.stop()
