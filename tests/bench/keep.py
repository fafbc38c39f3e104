"""A filled database for a service, new or kept from an earlier run.

A kept one is taken when it was made by the same recipe (fill.RECIPE) with as many jobs and events, and the
tables that are filled are still as this service makes them; what other migrations brought since, the service
adds when it starts. It is copied, so that what a run adds does not stay; and because its newest rows are as old
as the file, the clock of the service is put back to when it was filled."""

import json
import os
import pathlib
import shutil
import sqlite3
import time

import fill

HELP = ("keep filled databases in DIR and take them again: those of the same recipe, with as many jobs and events,"
        " whose tables are still as this build makes them; the service's clock is then put back to when it was filled")


def shape(path):
    connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    try:
        return fill.shape(connection)
    finally:
        connection.close()


def remembered(note):
    try:
        return json.loads(note.read_text())
    except (OSError, ValueError):
        return {}


def is_good(kept, note, wanted, empty):
    """The note is written last: without it, filling was cut short."""
    told = remembered(note)
    return kept.exists() and all(told.get(name) == value for name, value in wanted.items()) \
        and shape(kept) == shape(empty)


def copy(source, target):
    """Copies, and waits until it lies on the disk: otherwise the first seconds of a measurement would."""
    shutil.copyfile(source, target)
    with open(target, "rb+") as file:
        os.fsync(file.fileno())


def database(service, count, events=fill.EVENTS, folder=None):
    """Fills the database of a service that was never started; how it came about, in words."""
    service.start()
    assert service.stop() == 0
    path = service.data / "smon.db"
    started = time.monotonic()
    if not folder:
        fill.fill(path, count, events)
        return f"filled in {time.monotonic() - started:.0f} s"
    folder = pathlib.Path(folder)
    kept, note = (folder / f"jobs-{count}-events-{events}.{end}" for end in ("db", "json"))
    wanted = {"recipe": fill.RECIPE, "jobs": count, "events": events}
    how = "kept from before"
    if not is_good(kept, note, wanted, path):
        folder.mkdir(parents=True, exist_ok=True)
        note.unlink(missing_ok=True)
        copy(path, kept)
        now_ms = int(time.time() * 1000)
        fill.fill(kept, count, events, now_ms)
        note.write_text(json.dumps({**wanted, "filled_ms": now_ms}) + "\n")
        how = f"filled in {time.monotonic() - started:.0f} s, and kept"
    copy(kept, path)
    service.clock.move(remembered(note)["filled_ms"] - int(time.time() * 1000))
    return how
