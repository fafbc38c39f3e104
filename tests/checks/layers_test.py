"""Which way the arrows point: STYLE.md, "Which way the arrows point"."""

import pathlib
import re

import tree

SERVER = {"base": 0, "wire": 1, "format": 2, "store": 3, "intake": 4, "query": 4, "api": 5, "verbs": 6}
SHARED = ("base", "wire", "format")  # the steps both staircases stand on
COLLECT = {"aws": 0, "cloudwatch": 1, "gcp": 1, "gelf": 1, "emf": 1, "runner": 2, "enrich": 3, "emit": 3,
           "reconcile": 3, "forward": 3, "dispatch": 3, "notify": 3, "tee": 4, "lambda": 4}
SILENT = ("base", "wire", "format", "store", "intake", "query")  # return `why`, never log

STANDARD = re.compile(
    r"(assert|ctype|errno|float|inttypes|limits|locale|math|setjmp|signal|stdalign|stdarg|stdatomic|"
    r"stdbool|stddef|stdint|stdio|stdlib|string|strings|threads|time|wchar|"
    r"dirent|dlfcn|fcntl|fnmatch|ftw|getopt|glob|grp|ifaddrs|netdb|poll|pthread|pwd|sched|semaphore|"
    r"spawn|syslog|termios|unistd|endian|byteswap|sysexits|[a-z]mmintrin|arm_neon|"
    r"(sys|net|netinet|arpa|linux|bits)/\w+)\.h$")

LIBRARY = {"jansson": "jansson", "sqlite3": "SQLite", "libpq-fe": "libpq", "microhttpd": "libmicrohttpd",
           "gnutls": "GnuTLS", "curl": "libcurl", "openssl": "OpenSSL", "zlib": "zlib", "cyaml": "libcyaml", "yaml": "libyaml",
           "fiu": "libfiu", "fiu-local": "libfiu", "fiu-control": "libfiu"}


def place(name):
    """("server"|"collectors", folder) of a source file; the folder is "" for files at the top."""
    parts = pathlib.PurePosixPath(name).parts
    return parts[0], parts[1] if len(parts) > 2 else ""


def may_include(name, header):
    side, folder = place(name)
    target = header.split("/")[0] if "/" in header else ""
    if side == "server":
        if not target:  # config.h, and what its own files share
            return folder == "" or (header == "config.h" and folder in ("api", "verbs"))
        if not folder:  # config*.c
            return target in SHARED
        if target not in SERVER:
            return False
        return target == folder or SERVER[target] < SERVER[folder]
    if target in SHARED:
        return True
    if target not in COLLECT:
        return False
    return not folder or target == folder or COLLECT[target] < COLLECT[folder]


def test_includes_point_down_the_stairs():
    tree.fail_with(
        (f"{name}:{number}: \"{header}\""
         for name in tree.written(".c", ".h", under=("server/", "collectors/"))
         for number, header, is_system in tree.includes(name)
         if not is_system and not may_include(name, header)),
        "a layer may use only the layers below it, named from the root of the layer tree")


def test_every_folder_is_a_known_step():
    tree.fail_with(
        (name for name in tree.written(".c", ".h", under=("server/", "collectors/"))
         if place(name)[1] not in {"": 1, **(SERVER if place(name)[0] == "server" else COLLECT)}),
        "a new folder needs its place in tests/checks/layers_test.py and in ARCHITECTURE.md")


def test_nothing_sees_the_tests():
    tree.fail_with(
        (f"{name}:{number}: {header}"
         for name in tree.written(".c", ".h", under=("server/", "collectors/"))
         for number, header, _ in tree.includes(name)
         if "tests/" in header or header in ("check.h", "cmocka.h")),
        "programs do not include from tests/")


def test_one_foreign_library_is_included_by_one_file_of_wire():
    users, unknown, outside = {}, [], []
    for name in tree.written(".c", ".h", under=("server/", "collectors/")):
        for number, header, is_system in tree.includes(name):
            if not is_system or STANDARD.match(header):
                continue
            library = LIBRARY.get(re.split(r"[/.]", header)[0])
            if not library:
                unknown.append(f"{name}:{number}: <{header}>")
                continue
            users.setdefault(library, set()).add(name)
            if not name.startswith("server/wire/") and library != "libfiu":
                outside.append(f"{name}:{number}: <{header}>")
    tree.fail_with(unknown, "a foreign library that layers_test.py does not know")
    tree.fail_with(outside, "foreign headers are included in server/wire only")
    tree.fail_with((f"{library}: {', '.join(sorted(names))}" for library, names in users.items()
                    if len(names) > 1), "one foreign library, one file")


def test_only_the_edges_log():
    tree.fail_with(
        (f"{name}:{number}" for name in tree.written(".c", ".h", under=("server/",))
         if place(name)[1] in SILENT and not name.startswith("server/base/log")
         for number, header, _ in tree.includes(name) if header == "base/log.h"),
        "these layers return `why`; the edges log")


def test_a_file_includes_its_own_header_first():
    def findings():
        known = set(tree.files())
        for name in tree.written(".c", under=("server/", "collectors/")):
            header = name[:-2] + ".h"
            if header not in known:
                continue
            own = header.split("/", 1)[1]
            first = next((found for _, found, _ in tree.includes(name)), "nothing")
            if not first.startswith(own[:-2]):  # or one that only this file and its sisters share
                yield f"{name}: begins with {first}, not {own}"
    tree.fail_with(findings(), "its own header first, so that the header is known to stand alone")
