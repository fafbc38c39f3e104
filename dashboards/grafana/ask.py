"""How panels ask: the same question for the JSON datasource, and for Infinity (REST) or Prometheus (/metrics).

A variable that may hold several values reaches the two in different ways, and either goes wrong silently when it is
written plainly:

- the JSON datasource takes its payload as a text and parses it after variables were put in. `several("account")`
  makes `[${account:doublequote}]`, which is a JSON array for one value, for many, and for the All value `.*`.
- Infinity takes a URL. `$__combineValues(...)` repeats the parameter for each value, and is nothing for `*`."""

import json

TYPES = {"json": "simpod-json-datasource", "infinity": "yesoreyeram-infinity-datasource", "prometheus": "prometheus"}
ALL = {"json": ".*", "infinity": "*"}
FLAVOURS = ("json", "infinity")

# A column's type as Infinity calls it. Times are asked for as epoch milliseconds.
INFINITY_TYPES = {"time": "timestamp_epoch", "text": "string", "status": "string", "hidden": "string", "yes": "boolean"}

SERIES = ('[.data[] | {series: (.labels.LABEL // "NAME" | tostring), point: .points[]}'
          ' | {time: .point[0], series, value: .point[1]}] | sort_by(.time)')


class Raw(str):
    """Text that stands in a payload as it is, because a variable brings its own quotes."""


def several(variable):
    return Raw(f"[${{{variable}:doublequote}}]")


def one(variable):
    return Raw(f"${{{variable}:doublequote}}")


def payload_text(payload):
    members = [f'"{name}": {value if isinstance(value, Raw) else json.dumps(value)}' for name, value in payload.items()]
    return "{" + ", ".join(members) + "}"


def source(kind):
    """Every board has the variable `ds`; those that read /metrics also `prom`."""
    return {"type": TYPES[kind], "uid": "${prom}" if kind == "prometheus" else "${ds}"}


class Metric:
    """A metric of POST /grafana/query."""

    flavour = "json"

    def __init__(self, metric, /, **payload):
        self.metric, self.payload = metric, payload

    def target(self):
        return {"datasource": source("json"), "target": self.metric, "editorMode": "code",
                "payload": payload_text(self.payload)}

    def names(self):
        """How its series are called; None: as the answer says."""
        apart = self.payload.get("group_by")
        apart = apart[0] if isinstance(apart, list) else apart
        apart = "host" if self.metric == "host_utilization_series" else apart
        return f"${{__field.labels.{label_of(apart)}}}" if apart else None


class Rest:
    """GET of a path. `several` are parameters that take a variable with many values: one of the same name, or
    ("parameter", "variable")."""

    flavour = "infinity"

    def __init__(self, path, columns=(), root="data", several=(), ranged=False, paged=False, jq=False, shape="table",
                 **query):
        self.path, self.columns, self.root = path, columns, root
        self.several, self.ranged, self.paged, self.jq, self.shape = several, ranged, paged, jq, shape
        self.query = query

    def url(self):
        words = ["time_format=epoch_ms"] + (["from=${__from}", "to=${__to}"] if self.ranged else [])
        words += [f"{name}={value}" for name, value in self.query.items()]
        pairs = [(name, name) if isinstance(name, str) else name for name in self.several]
        repeated = [f"$__combineValues(&{name}=,,,${{{variable}:csv}})" for name, variable in pairs]
        return f"{self.path}?{'&'.join(words)}{''.join(repeated)}"

    def names(self):
        """Of points the series they belong to: rows of time, series and value."""
        return "${__field.labels.series}" if self.shape == "timeseries" else None

    def target(self):
        made = {"datasource": source("infinity"), "type": "json", "source": "url", "format": self.shape,
                "parser": "jq-backend" if self.jq else "backend", "url": self.url(),
                "url_options": {"method": "GET", "data": ""}, "root_selector": self.root, "filters": [],
                "columns": [{"selector": column.path, "text": column.name,
                             "type": INFINITY_TYPES.get(column.kind, "number")} for column in self.columns]}
        if self.paged:
            made.update({"pagination_mode": "cursor", "pagination_max_pages": 5,
                         "pagination_param_cursor_field_name": "cursor",
                         "pagination_param_cursor_field_type": "query",
                         "pagination_param_cursor_extraction_path": "next_cursor"})
        return made


def label_of(group_by):
    """The label that tells series apart; the others say which model it is."""
    return {"version": "model_version"}.get(group_by, group_by)


class Series(Rest):
    """A metric of /api/v1/series: its nested points as flat rows. `name` is that of an only series."""

    def __init__(self, metric, name="all", **query):
        root = SERIES.replace("LABEL", label_of(query.get("group_by", "none"))).replace("NAME", name)
        super().__init__(f"/api/v1/series/{metric}", [Column("time", "time"), Column("series"),
                                                      Column("value", "count")],
                         root=root, jq=True, ranged=True, shape="timeseries", **{"max_points": 300, **query})


class Prom:
    """An expression over smon's own /metrics."""

    flavour = "infinity"

    def __init__(self, expression, legend="", now=False):
        self.expression, self.legend, self.now = expression, legend, now

    def names(self):
        return None

    def target(self):
        return {"datasource": source("prometheus"), "expr": self.expression, "legendFormat": self.legend or "__auto",
                "editorMode": "code", "instant": self.now, "range": not self.now, "format": "time_series"}


class Column:
    """A column of a table: its name in the answer, what it is, the title people read, and where REST has it.

    Kinds: text time ms s usd percent fraction bytes count number yes status share (percent as a bar) hidden."""

    def __init__(self, name, kind="text", title=None, path=None, width=None, link=None):
        self.name, self.kind, self.path = name, kind, path or name
        self.title = title or name.replace("_", " ").capitalize()
        self.width, self.link = width, link


def targets(asks):
    """With the refIds A, B, ..."""
    return [{"refId": chr(ord("A") + number), **ask.target()} for number, ask in enumerate(asks)]
