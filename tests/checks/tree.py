"""The project's files as git sees them (tracked, or new and not ignored), and a little C reading."""

import functools
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Recorded material, not written by us for people to read.
DATA = ("tests/data/", "tests/fuzz/corpus/")


@functools.cache
def files():
    """Paths relative to the root, as text with forward slashes."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
    else:  # unpacked from an archive
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
                 if not any(part.startswith("build") for part in path.relative_to(ROOT).parts)]
    return sorted({name for name in names if name and (ROOT / name).is_file()})


def written(*endings, under=("",)):
    """Files with one of these endings below one of these folders, recorded material left out."""
    return [name for name in files()
            if name.endswith(endings or ("",)) and name.startswith(tuple(under))
            and not name.startswith(DATA)]


@functools.cache
def text(name):
    """The file as text; empty for binary files."""
    raw = (ROOT / name).read_bytes()
    return "" if b"\0" in raw else raw.decode("utf-8", "replace")


def lines(name):
    return text(name).splitlines()


def without_comments(name):
    """C text with comments blanked and every line kept where it was."""
    def blank(found):
        return found.group(0) if found.group(0)[0] in "\"'" else re.sub(r"[^\n]", " ", found.group(0))
    return re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', blank, text(name),
                  flags=re.S)


def includes(name):
    """(line, header, is_system) of every include."""
    for number, line in enumerate(lines(name), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found:
            yield number, found.group(2), found.group(1) == "<"


def fail_with(findings, rule):
    """Fails with one line a finding; the rule is said first."""
    findings = list(findings)
    if findings:
        pytest.fail(rule + ":\n  " + "\n  ".join(findings), pytrace=False)
