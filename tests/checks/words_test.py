"""What must not stand in the text: unfinished marks, SQL outside the store, paths of one machine."""

import re

import tree

UNFINISHED = re.compile(r"\b(" + "|".join(["TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK"]) + r")\b")
MACHINE = re.compile("/(" + "|".join(["wo" "rk", "ro" "ot", "ho" "me"]) + ")/")
LOCKED_HOST = '"resolved": "' "http"

STATEMENT = re.compile(
    r'"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX|UNIQUE)\s|'
    r"ALTER\s+TABLE\s|DROP\s+(TABLE|INDEX)\s|WITH\s+\w+\s+AS\s)")

# One engine's own words and catalogues, behind the seam.
ENGINE_FILES = re.compile(r"server/wire/db\w*\.c$")
# SQL as a text for people to take elsewhere: nothing here runs it but its test.
SHOWN = "server/query/inferences/sqltext.c"


def matches(names, pattern, get=tree.text):
    for name in names:
        for number, line in enumerate(get(name).splitlines(), 1):
            if pattern.search(line):
                yield f"{name}:{number}: {line.strip()[:100]}"


def test_nothing_is_left_for_later():
    tree.fail_with(matches(tree.written(), UNFINISHED), "a doubt is written OPEN: with a question")


def test_no_path_of_one_machine():
    tree.fail_with(matches(tree.written(), MACHINE), "paths are relative, or a setting")


def test_no_lock_file_names_a_host():
    tree.fail_with((name for name in tree.written(".json") if LOCKED_HOST in tree.text(name)),
                   "lock files name versions and digests, not where they were fetched")


def test_sql_lives_in_the_store():
    names = [name for name in tree.written(".c", ".h", under=("server/", "collectors/"))
             if not name.startswith("server/store/") and not ENGINE_FILES.match(name) and name != SHOWN]
    tree.fail_with(matches(names, STATEMENT, tree.without_comments), "SQL stands in server/store")


def test_sql_is_never_put_together_from_input():
    pattern = re.compile(r'"[^"]*\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|ORDER BY)\b[^"]*%[.*]*[sdlu]')
    names = [name for name in tree.written(".c", under=("server/",))
             if not ENGINE_FILES.match(name) and name != SHOWN]
    tree.fail_with(matches(names, pattern, tree.without_comments), "values are bound by name")


def test_memory_comes_from_mem():
    pattern = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf)\s*\(")
    names = [name for name in tree.written(".c", ".h", under=("server/", "collectors/"))
             if name != "server/base/mem.c"]
    tree.fail_with(matches(names, pattern, tree.without_comments), "base/mem.h has the only calls to malloc")


def test_cleanup_belongs_to_the_declaration():
    names = tree.written(".c", ".h", under=("server/", "collectors/"))
    tree.fail_with(matches(names, re.compile(r"(^|[;{\s])goto\s"), tree.without_comments), "no goto")


def test_a_lint_that_is_silenced_says_why():
    names = tree.written(".c", ".h", under=("server/", "collectors/", "tests/"))
    pattern = re.compile(r"NOLINT(NEXTLINE)?(\([^)]*\))?\s*(\*/|$)")
    tree.fail_with(matches(names, pattern), "NOLINT(check): reason")
