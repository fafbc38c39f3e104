#!/usr/bin/python3
"""How many tests ran: reads ctest's logs and pytest's JUnit files, prints `passed failed skipped`."""

import re
import sys
import xml.etree.ElementTree as xml


def of_pytest(path):
    passed = failed = skipped = 0
    for suite in xml.parse(path).getroot().iter("testsuite"):
        count = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        bad = count["failures"] + count["errors"]
        passed += count["tests"] - bad - count["skipped"]
        failed += bad
        skipped += count["skipped"]
    return passed, failed, skipped


def of_ctest(path):
    """Counts cmocka's tests; a program that ends badly without naming one counts as one failure."""
    passed = failed = skipped = 0
    with open(path, encoding="utf-8", errors="replace") as log:
        programs = re.split(r"^\d+/\d+ Testing: ", log.read(), flags=re.M)[1:]
    for program in programs:
        good = len(re.findall(r"\[       OK \]", program))
        bad = sum(int(n) for n in re.findall(r"^ *(\d+) FAILED TEST\(S\)", program, re.M))
        left_out = len(re.findall(r"^\[  SKIPPED \] (?!\S*:)", program, re.M))
        if re.search(r"^Test Passed\.", program, re.M):
            passed += good if good or left_out else 1
        else:
            passed += good
            failed += max(bad, 1)
        skipped += left_out
    return passed, failed, skipped


def main():
    found = [of_pytest(path) if path.endswith(".xml") else of_ctest(path) for path in sys.argv[1:]]
    print(*(sum(column) for column in zip((0, 0, 0), *found)))


if __name__ == "__main__":
    main()
