"""The dashboards as tests read them: their panels, their questions, and variables with sample values put in."""

import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(?!__combineValues)(\w+)")
COMBINE = re.compile(r"\$__combineValues\(([^)]*)\)")


def boards():
    """{"json/fleet": dashboard}"""
    return {f"{file.parent.name}/{file.stem}": json.loads(file.read_text(encoding="utf-8"))
            for flavour in ("json", "infinity") for file in sorted((HERE / flavour).glob("*.json"))}


def questions(board):
    """(who asks, target, names of the columns that are shown) of panels, annotations and variables."""
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target, shown_columns(panel)
    for one in board["annotations"]["list"]:
        yield f"annotation {one['name']}", one["target"], []
    for one in board["templating"]["list"]:
        if one["type"] == "query" and isinstance(one["query"], dict) and "infinityQuery" in one["query"]:
            yield f"variable {one['name']}", one["query"]["infinityQuery"], []


def shown_columns(panel):
    """Of the answer: those that are picked, or that are grouped first."""
    options = {one["id"]: one["options"] for one in panel.get("transformations", [])}
    if "groupBy" in options:
        return list(options["groupBy"]["fields"])
    return options["filterFieldsByName"]["include"]["names"] if "filterFieldsByName" in options else []


def written(value, form):
    """A variable's value as Grafana puts it into a text. `value`: a text, or a list of several."""
    values = value if isinstance(value, list) else [value]
    if form == "doublequote":
        return ",".join('"' + one.replace('"', '\\"') + '"' for one in values)
    if form == "csv":
        return ",".join(values)
    if form == "percentencode":
        return ",".join(re.sub(r"[^\w.~-]", lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()),
                               one) for one in values)
    assert form in (None, ""), form
    return values[0] if len(values) == 1 else "{" + ",".join(values) + "}"


def put_in(text, samples):
    """`samples`: {variable: value}. One that is missing is a mistake."""
    return VARIABLE.sub(lambda found: written(samples[found.group(1) or found.group(3)], found.group(2)), text)


def combined(url):
    """Infinity's macro $__combineValues(before,after,between,value...), after variables were put in."""
    def expand(found):
        before, after, between, *values = found.group(1).split(",")
        return "" if values == ["*"] else between.join(before + value + after for value in values)
    return COMBINE.sub(expand, url)
