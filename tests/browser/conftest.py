"""What the browser's stories are given: the real service, fed, and a node that drives Chromium.

Each story is a .mjs of its own beside this file; it ends with 0 when all went well, and says what did
not otherwise. Where SMON_BROWSER_PICTURES names a folder, pictures of every view are kept there."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "scenes"), str(HERE.parent / "peers")]

import feed  # noqa: E402  the path above comes first
import models_feed  # noqa: E402
from smon import ADMIN_KEY, Smon  # noqa: E402

STORY_WITHIN_S = 120


def missing():
    for program in ("node", "chromium"):
        if not shutil.which(program):
            return f"{program} is not there"
    if not (HERE / "node_modules" / "playwright-core").is_dir():
        return "npm ci has not been run in tests/browser"
    return None


@pytest.fixture(scope="session", autouse=True)
def browser_is_there():
    lacks = missing()
    if lacks and os.environ.get("CI"):
        pytest.fail(f"in CI the browser's stories must run, but {lacks}", pytrace=False)
    if lacks:
        pytest.skip(lacks)


def pictures():
    folder = os.environ.get("SMON_BROWSER_PICTURES", "")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def fed(tmp_path_factory):
    """One service for all stories: what they add does not disturb the others."""
    smon = Smon(tmp_path_factory.mktemp("console"), settings={"listen.open_reading": "false"})
    smon.start()
    if "/assets/" not in smon.client.raw("GET", "/").text:
        smon.close()
        pytest.skip("the program was built without its console")
    feed.fill(smon)
    models_feed.fill(smon)
    yield smon
    smon.close()


@pytest.fixture
def story(fed):
    """Runs one story; more words are passed on to it as environment."""
    def run(name, **more):
        environment = {**os.environ, "SMON_URL": f"http://127.0.0.1:{fed.port}", "SMON_KEY": ADMIN_KEY,
                       "CHROMIUM": shutil.which("chromium"), "PICTURES": pictures(), "TZ": "Europe/Berlin",
                       **{word: str(value) for word, value in more.items()}}
        done = subprocess.run(["node", str(HERE / f"{name}.mjs")], capture_output=True, text=True,
                              timeout=STORY_WITHIN_S, env=environment, check=False)
        assert done.returncode == 0, f"{name}.mjs:\n{done.stdout[-4000:]}\n{done.stderr[-6000:]}"
    return run
