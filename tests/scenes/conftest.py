"""What scenes are given: the service, its clock, the engine it stands on, and the peers it calls.

A scene that matters for both engines is marked @pytest.mark.both_engines; the others run on SQLite.
--brief leaves the second engine and long loops out (sanitizer builds); --long makes them long."""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "peers")]

import engines  # noqa: E402  the path above comes first
from collector import Aws, Collector  # noqa: E402
from smon import BUILD, Clock, Smon  # noqa: E402
from work import Work  # noqa: E402

SHARED = HERE.parents[2] / "shared" / "fixtures"


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="the long forms: 200 kills, wide permutations")
    parser.addoption("--brief", action="store_true", help="one engine, short loops: for sanitizer builds")


def pytest_configure(config):
    config.addinivalue_line("markers", "both_engines: runs on SQLite and on PostgreSQL")
    config.addinivalue_line("markers", "long: runs with --long only")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--long"):
        return
    for item in items:
        if "long" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="a long one: tests/run --all"))


def pytest_generate_tests(metafunc):
    if "engine" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_engines")
        brief = metafunc.config.getoption("--brief")
        metafunc.parametrize("engine", ["sqlite", "postgres"] if both and not brief else ["sqlite"],
                             indirect=True)


def pytest_sessionstart(session):
    if not (BUILD / "bin" / "smon").exists():
        pytest.exit(f"{BUILD}/bin/smon is not built; tests/run builds it", returncode=1)


@pytest.fixture(scope="session")
def is_long(request):
    return request.config.getoption("--long")


@pytest.fixture(scope="session")
def is_brief(request):
    return request.config.getoption("--brief")


@pytest.fixture(scope="session")
def cluster():
    """A PostgreSQL of our own, started once, when a scene asks for it first."""
    with engines.cluster() as started:
        yield started


@pytest.fixture
def engine(request):
    """Settings that put the service on this engine: nothing, or the URL of a fresh database."""
    if request.param == "sqlite":
        return {}
    return {"store.url": request.getfixturevalue("cluster").fresh()}


@pytest.fixture
def clock(tmp_path):
    return Clock(tmp_path / "clock")


@pytest.fixture
def house(tmp_path, clock, engine):
    """Makes services that are not started yet: house(settings..., name="second")."""
    made = []

    def make(name="smon", environment=None, build=BUILD, preload=None, **settings):
        dotted = {setting.replace("__", "."): value for setting, value in settings.items()}
        service = Smon(tmp_path / name, {**engine, **dotted}, environment, build, clock, preload)
        made.append(service)
        return service

    yield make
    for service in made:
        service.close()
        report_sanitizer(service)


def report_sanitizer(service):
    """A sanitizer's finding fails the scene even where the service was killed before it could matter."""
    text = service.log_path.read_text(errors="replace") if service.log_path.exists() else ""
    for mark in ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:",
                 "WARNING: ThreadSanitizer"):
        if mark in text:
            pytest.fail(text[text.index(mark):][:4000], pytrace=False)


@pytest.fixture
def smon(house):
    """A running service without a collector."""
    service = house()
    service.start()
    return service


@pytest.fixture(scope="module")
def common(tmp_path_factory):
    """One running service on SQLite for the scenes of a file that change nothing, or names of their own only."""
    folder = tmp_path_factory.mktemp("common")
    service = Smon(folder / "smon", clock=Clock(folder / "clock"))
    service.start()
    yield service
    service.close()
    report_sanitizer(service)


@pytest.fixture
def aws(clock):
    """CloudWatch, its logs and STS under one address; it judges every signature."""
    with Aws(clock) as peer:
        yield peer


@pytest.fixture
def work(clock):
    """The work API alone, for a collector without a service."""
    with Work(clock) as peer:
        yield peer


@pytest.fixture
def collect(tmp_path, work, aws, clock):
    """Starts a collector: collect(SMON_EMF_OUTPUT=...)."""
    made = []

    def start(**environment):
        made.append(Collector(tmp_path, work, aws, clock, **environment).start())
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.fixture
def shared():
    """The recorded material beside the project; a scene that needs it is skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("../shared/fixtures is not here")
    return SHARED


@pytest.fixture(scope="session")
def faults_build():
    """The build with fault points."""
    build = pathlib.Path(os.environ.get("SMON_FAULTS_BUILD", f"{BUILD}-faults"))
    if not (build / "bin" / "smon").exists():
        pytest.skip("no build with fault points: tests/run makes it")
    return build
