"""What Grafana's data sources send, and what they make of an answer: enough of toDataFrame to judge ours.

The rules are those of the contract: an array of elements, each a series, a table or a frame; types are always
given; times are milliseconds; columns are of one length."""

import time

TYPES = {"time": (int,), "number": (int, float), "string": (str,), "boolean": (bool,)}


def stamp(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"


def check_cell(kind, value):
    assert value is None or isinstance(value, TYPES[kind]), (kind, value)
    assert not (kind in ("time", "number") and isinstance(value, bool)), (kind, value)


def check_notices(element):
    for notice in (element.get("meta") or {}).get("notices", []):
        assert notice["severity"] in ("info", "warning", "error") and notice["text"]


def series_frame(element):
    points = element["datapoints"]
    times = [at for _, at in points]
    assert times == sorted(set(times)), "points ascend and no time comes twice"
    for value, at in points:
        check_cell("number", value)
        assert isinstance(at, int)
    for value in element.get("tags", {}).values():
        assert isinstance(value, str)
    return {"name": element["target"], "refId": element.get("refId"), "labels": element.get("tags", {}),
            "fields": {"Time": times, "Value": [value for value, _ in points]}}


def table_frame(element):
    assert isinstance(element["rows"], list)
    titles = [column["text"] for column in element["columns"]]
    assert titles and len(set(titles)) == len(titles) and all(titles)
    for row in element["rows"]:
        assert len(row) == len(titles)
        for column, value in zip(element["columns"], row):
            check_cell(column["type"], value)
    return {"name": element.get("name"), "refId": element.get("refId"),
            "types": {column["text"]: column["type"] for column in element["columns"]},
            "fields": {title: [row[at] for row in element["rows"]] for at, title in enumerate(titles)}}


def fields_frame(element):
    lengths = {len(field["values"]) for field in element["fields"]}
    assert len(lengths) <= 1, "fields are of one length"
    for field in element["fields"]:
        assert field["type"] in TYPES
        for value in field["values"]:
            check_cell(field["type"], value)
    return {"name": element.get("name"), "refId": element.get("refId"),
            "fields": {field["name"]: field["values"] for field in element["fields"]}}


def frames(elements):
    """The frames of an answer to /query."""
    assert isinstance(elements, list)
    made = []
    for element in elements:
        check_notices(element)
        frame = fields_frame(element) if "fields" in element else \
            series_frame(element) if "datapoints" in element else table_frame(element)
        frame["notices"] = [notice["text"] for notice in (element.get("meta") or {}).get("notices", [])]
        made.append(frame)
    return made


def check_problem(answer):
    """An error that panels and the test page can show."""
    body = answer.json
    assert 400 <= answer.status < 500, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert isinstance(body["message"], str) and body["message"] == body["detail"]
    assert body["error"]["code"] == body["type"].rsplit("/", 1)[-1] and body["error"]["message"] == body["message"]
    return body["message"]


class Source:
    """A data source of a dashboard over the day that ends now."""

    def __init__(self, client, now_ms, hours=24):
        self.client = client
        self.range = {"from": stamp(now_ms - hours * 3_600_000), "to": stamp(now_ms)}

    def post(self, path, body=None, **headers):
        return self.client.ask("POST", f"/grafana/{path}", body, {"Content-Type": "application/json", **headers})

    def body(self, *targets, **more):
        return {"range": self.range, "intervalMs": 60_000, "maxDataPoints": 500,
                "targets": [{"refId": chr(ord("A") + at), **target} for at, target in enumerate(targets)], **more}

    def query(self, *targets, **more):
        answer = self.post("query", self.body(*targets, **more))
        assert answer.status == 200, answer
        return frames(answer.json)

    def refused(self, *targets, **more):
        return check_problem(self.post("query", self.body(*targets, **more)))

    def one(self, target, payload=None, **more):
        found = self.query({"target": target, **({} if payload is None else {"payload": payload})}, **more)
        assert len(found) == 1, found
        return found[0]

    def names(self, path, body, member):
        answer = self.post(path, body)
        assert answer.status == 200, answer
        return [row[member] for row in answer.json]
