"""How big things may get, and what must stand where."""

import ast
import os
import re

import tree

MOST_FUNCTION_LINES = 60
MOST_FILE_LINES = 600
SOURCES = (".c", ".h", ".py", ".ts", ".tsx", ".sh")
PROGRAMS = ("server/run", "tests/run", ".ci/run", "tests/bench/ingest", "tests/bench/query",
            "tests/bench/inferences", "tests/bench/console",
            "tests/checks/migrations")


def long_c_functions(name):
    start = None
    for number, line in enumerate(tree.lines(name), 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start - 1 > MOST_FUNCTION_LINES:
                yield f"{name}:{start}: {number - start - 1} lines"
            start = None


def long_python_functions(name):
    for node in ast.walk(ast.parse(tree.text(name))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            size = node.end_lineno - node.lineno
            if size > MOST_FUNCTION_LINES:
                yield f"{name}:{node.lineno}: {node.name} has {size} lines"


def is_python(name):
    return name.endswith(".py") or tree.text(name).startswith("#!/usr/bin/python3") \
        or tree.text(name).startswith("#!/usr/bin/env python3")


def test_a_function_fits_on_a_screen():
    findings = [found for name in tree.written(".c", ".h") for found in long_c_functions(name)]
    findings += [found for name in tree.written() if is_python(name)
                 for found in long_python_functions(name)]
    tree.fail_with(findings, f"split a function of more than {MOST_FUNCTION_LINES} lines")


def test_a_file_tells_one_story():
    tree.fail_with((f"{name}: {len(tree.lines(name))} lines" for name in tree.written(*SOURCES)
                    if len(tree.lines(name)) > MOST_FILE_LINES),
                   f"split a file of more than {MOST_FILE_LINES} lines")


def test_the_root_lists_can_be_read_aloud():
    assert len(tree.lines("CMakeLists.txt")) < 100
    forbidden = re.compile(r"\b(include_directories|file\s*\(\s*GLOB|FetchContent|ExternalProject|add_definitions)")
    tree.fail_with((f"{name}:{number}: {line.strip()}"
                    for name in tree.written("CMakeLists.txt", ".cmake")
                    for number, line in enumerate(tree.lines(name), 1)
                    if forbidden.search(line) and not line.strip().startswith("#")),
                   "targets only; nothing global, globbed or downloaded")


def test_a_header_is_a_manual_and_opens_with_what_it_is_for():
    def findings():
        for name in tree.written(".h", under=("server/", "collectors/")):
            base = name.rsplit("/", 1)[1]
            if not tree.text(name).startswith(f"/* {base} -- "):
                yield f"{name}: does not open with \"/* {base} -- \""
    tree.fail_with(findings(), "headers open with what they are for")


def test_every_unit_test_is_registered():
    listed = set()
    for name in tree.written("CMakeLists.txt", under=("tests/",)):
        listed |= set(re.findall(r"^\s*smon_unit\(\s*(\S+)", tree.text(name), re.M))
    present = {name[len("tests/unit/"):-2] for name in tree.written("_test.c", under=("tests/unit/",))}
    tree.fail_with(sorted(present - listed), "tests/unit/CMakeLists.txt lacks")
    tree.fail_with(sorted(listed - present), "tests/unit/CMakeLists.txt names what is not there")


def test_unit_tests_mirror_the_tree():
    folders = {name.rsplit("/", 1)[0] for name in tree.files()}

    def findings():
        for name in tree.written("_test.c", under=("tests/unit/",)):
            path = name[len("tests/unit/"):].rpartition("/")[0]
            if not folders & {f"server/{path}".rstrip("/"), f"collectors/{path}"}:
                yield name
    tree.fail_with(findings(), "tests/unit/x/ holds the tests of server/x or collectors/x")


def test_programs_can_be_started():
    known = set(tree.files())
    findings = [f"{name}: is not there" for name in PROGRAMS if name not in known]
    for name in tree.written():
        starts_as_script = tree.text(name)[:2] == "#!"
        is_executable = os.access(tree.ROOT / name, os.X_OK)
        if starts_as_script != is_executable:
            findings.append(f"{name}: {'lacks the' if starts_as_script else 'has an'} executable bit")
    tree.fail_with(findings, "files that begin with #! are executable, and no others")


def test_the_top_level_is_fixed():
    wanted = {"CMakeLists.txt", "README.md", "server", "collectors", "schema", "dashboards", "cdk", "tests"}
    found = {name.split("/")[0] for name in tree.files()}
    tree.fail_with(sorted(name for name in found - wanted if not name.startswith(".")),
                   "what would be a new top-level name lives beside what it serves")
