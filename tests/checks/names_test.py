"""Names that stand in more than one place: settings, log events, migrations."""

import hashlib
import re

import pytest

import tree

MANUAL = "server/verbs/smon.1"
SUMS = "tests/checks/migrations.sha256"

# Variables that are no settings: read by the programs themselves or by the tests.
OTHER_VARIABLES = {
    "SMON_CLOCK_FILE", "SMON_BUILD", "SMON_WERROR", "SMON_SANITIZE", "SMON_ANALYZE", "SMON_FUZZ",
    "SMON_FAULTS", "SMON_TESTS", "SMON_KEY", "SMON_URL", "SMON_SEED", "SMON_ROUNDS", "SMON_ENGINES",
    "SMON_WORK_URL", "SMON_WORK_KEY", "SMON_WORK_SOCKET", "SMON_DATA", "SMON_CONFIG",
}


def settings():
    """Dotted names from the comments of struct config."""
    body = re.search(r"struct config \{(.*?)\n\};", tree.text("server/config.h"), re.S).group(1)
    names = re.findall(r"/\* ([a-z_]+(?:\.[a-z_]+)*)\b(?= ?\(|:)", body)
    assert len(names) == len(set(names)) >= 25
    return names


def variable(setting):
    return "SMON_" + setting.replace(".", "_").upper()


def manual():
    if MANUAL not in tree.files():
        pytest.fail(f"{MANUAL} is not there", pytrace=False)
    return tree.text(MANUAL).replace("\\-", "-").replace("\\&", "").replace("\\.", ".").replace("\\_", "_")


def test_every_setting_is_in_the_table_and_in_the_manual():
    table = "".join(tree.text(name) for name in tree.files() if re.match(r"server/config\w*\.[ch]$", name))
    tree.fail_with((name for name in settings() if f'"{name}"' not in table), "not in server/config*.c")
    pages = manual()
    tree.fail_with((name for name in settings()
                    if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", pages)),
                   f"not in {MANUAL}")


def test_every_variable_that_is_written_about_exists():
    known = {variable(name) for name in settings()} | OTHER_VARIABLES
    pages = [name for name in tree.written(".md", ".1", ".service", ".yaml", ".yml")
             if not name.startswith("cdk/")]
    tree.fail_with((f"{name}: {found}" for name in pages
                    for found in sorted(set(re.findall(r"\bSMON_[A-Z][A-Z_]*[A-Z]\b", tree.text(name))) - known)),
                   "no such setting")


def log_events():
    return re.findall(r'LOG_EVENT\((\w+), (LEVEL_\w+), "([^"]+)",\s*"([^"]+)"\)',
                      tree.text("server/base/log_events.h"))


def test_every_log_event_is_used_and_told_apart():
    events = log_events()
    names = [name for _, _, name, _ in events]
    assert len(events) >= 20 and len(names) == len(set(names))
    used = "\n".join(tree.without_comments(name)
                     for name in tree.written(".c", under=("server/", "collectors/")))
    tree.fail_with((f"{identity} (\"{name}\")" for identity, _, name, _ in events
                    if not re.search(rf"\b{identity}\b", used)), "never logged")


def test_every_log_event_stands_in_the_table_on_one_line():
    count = len(re.findall(r"^LOG_EVENT\(", tree.text("server/base/log_events.h"), re.M))
    assert count == len(log_events())


def recorded():
    return dict(reversed(line.split()) for line in tree.lines(SUMS) if line.strip())


def test_a_merged_migration_is_never_edited():
    sums = recorded()
    present = [name for name in tree.files() if re.match(r"schema/\d{4}_\w+\.sql$", name)]
    numbers = [int(name[7:11]) for name in present]
    assert numbers == list(range(1, len(numbers) + 1)), "migrations are numbered without gaps"
    tree.fail_with((name for name in sums if name not in present), "a merged migration is gone")
    tree.fail_with((name for name in present if name not in sums),
                   "new migration: run tests/checks/migrations")
    tree.fail_with((name for name in present
                    if hashlib.sha256((tree.ROOT / name).read_bytes()).hexdigest() != sums[name]),
                   "edited after it was merged; write a new one")


def test_the_schema_readme_names_every_migration_and_table():
    readme = tree.text("schema/README.md")
    migrations = [name for name in tree.files() if re.match(r"schema/\d{4}_\w+\.sql$", name)]
    missing = [name for name in migrations if name[7:11] not in readme]
    for name in migrations:
        missing += [table for table in re.findall(r"CREATE TABLE (\w+)", tree.text(name))
                    if f"`{table}`" not in readme]
    tree.fail_with(missing, "schema/README.md lacks")
