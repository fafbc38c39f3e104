#!/usr/bin/python3
"""Writes the dashboards: json/ for the JSON datasource, infinity/ for Infinity and Prometheus.

    make.py            writes them
    make.py --check    says which are not what this would write; ends with 1 when there are any"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import fleet  # noqa: E402  the path above comes first
import job  # noqa: E402
import model  # noqa: E402
import service  # noqa: E402
from ask import FLAVOURS  # noqa: E402


def made():
    """(file, text) of every dashboard."""
    for board in (fleet.board(), job.board(), model.board(), service.board()):
        for flavour in FLAVOURS:
            text = json.dumps(board.draw(flavour), indent=2, ensure_ascii=False) + "\n"
            yield HERE / flavour / f"{board.name}.json", text


def main():
    stale = [(file, text) for file, text in made() if not file.exists() or file.read_text(encoding="utf-8") != text]
    for file, text in stale:
        if "--check" in sys.argv[1:]:
            print(f"{file.relative_to(HERE)} is not what make.py writes")
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
