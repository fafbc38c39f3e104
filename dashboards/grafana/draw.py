"""Grafana's JSON: dashboards, panels, variables, annotations. Classic model, loaded by Grafana 9 to 13."""

import ask
from ask import source, targets

SCHEMA_VERSION = 39
UNITS = {"time": "dateTimeAsIsoNoDateIfToday", "ms": "ms", "s": "s", "usd": "currencyUSD", "percent": "percent",
         "share": "percent", "fraction": "percentunit", "bytes": "bytes", "count": "short", "number": "none"}
STATUS = {"green": ("Completed", "Succeeded", "InService", "succeeded", "active", "Approved", "stable", "quiet"),
          "blue": ("InProgress", "Executing", "Creating", "Updating", "Starting", "pending", "PendingManualApproval"),
          "orange": ("Stopped", "Stopping", "OutOfService", "RollingBack", "timeout", "retired", "warning",
                     "insufficient", "rolled_back"),
          "red": ("Failed", "failed", "Rejected", "UpdateRollbackFailed", "DeleteFailed", "firing")}


def status_mappings():
    return [{"type": "regex", "options": {"pattern": f"^({'|'.join(words)})$",
                                          "result": {"color": colour, "index": at}}}
            for at, (colour, words) in enumerate(STATUS.items())]


def steps(*levels):
    """steps("green", ("orange", 1), ("red", 5)): colours from a value on."""
    return {"mode": "absolute", "steps": [{"color": levels[0], "value": None}]
            + [{"color": colour, "value": value} for colour, value in levels[1:]]}


NEUTRAL = steps("text")
GOOD = steps("green")
NONE_IS_GOOD = steps("green", ("red", 1))
SOME_IS_SUSPECT = steps("green", ("orange", 1))
IDLE = steps("red", ("orange", 20), ("green", 50))


class Panel:
    """`asks` holds both flavours' questions; a panel without one for a flavour is left out there."""

    def __init__(self, title, kind, width, asks, about, defaults=None, options=None, columns=(),
                 transformations=(), since=None):
        self.since = since
        self.title, self.kind, self.width, self.asks, self.about = title, kind, width, asks, about
        self.defaults, self.options = defaults or {}, options or {}
        self.columns, self.transformations = list(columns), list(transformations)

    def asked(self, flavour):
        return [one for one in self.asks if one.flavour == flavour]

    def draw(self, flavour, number, place):
        asked = self.asked(flavour)
        names = asked[0].names()
        made = {"id": number, "type": self.kind, "title": self.title, "description": self.about, "gridPos": place,
                "datasource": targets(asked)[0]["datasource"], "targets": targets(asked),
                "fieldConfig": {"defaults": {**self.defaults, **({"displayName": names} if names else {})},
                                "overrides": [column_override(column, flavour) for column in self.columns]},
                "options": self.options}
        if self.transformations:
            made["transformations"] = self.transformations
        if self.since:
            made.update({"timeFrom": self.since, "hideTimeOverride": True})
        return made


def stat(title, width, asks, about, unit="count", thresholds=NEUTRAL, calc="lastNotNull", decimals=None, field="",
         only=None, text="value"):
    """`only`: a column and the value that its rows must have."""
    chosen = [] if not only else [{"id": "filterByValue", "options": {"type": "include", "match": "all", "filters": [
        {"fieldName": only[0], "config": {"id": "equal", "options": {"value": only[1]}}}]}}]
    return Panel(title, "stat", width, asks, about,
                 {"unit": UNITS.get(unit, unit), "thresholds": thresholds, "noValue": "–",
                  "color": {"mode": "thresholds"}, "mappings": status_mappings() if unit == "status" else [],
                  **({} if decimals is None else {"decimals": decimals})},
                 {"reduceOptions": {"calcs": [calc], "fields": field, "values": False}, "graphMode": "none",
                  "colorMode": "background" if thresholds is not NEUTRAL or unit == "status" else "value",
                  "textMode": text, "justifyMode": "center"}, transformations=chosen)


def curve(title, width, asks, about, unit="count", style="line", stacked=False, thresholds=None, most=None, soft=None):
    """Over time. `style`: line, bars or points. `most`: where the axis ends; `soft`: unless there is more."""
    custom = {"drawStyle": style, "lineWidth": 1, "fillOpacity": 60 if style == "bars" else 8, "showPoints": "never",
              "spanNulls": False, "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
              "thresholdsStyle": {"mode": "dashed" if thresholds else "off"}}
    if style == "points":
        custom.update({"showPoints": "always", "pointSize": 6})
    if soft:
        custom["axisSoftMax"] = soft
    return Panel(title, "timeseries", width, asks, about,
                 {"unit": UNITS.get(unit, unit), "custom": custom, "thresholds": thresholds or GOOD,
                  "color": {"mode": "palette-classic"}, "min": 0, **({} if most is None else {"max": most})},
                 {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
                  "tooltip": {"mode": "multi", "sort": "desc"}})


def gauges(title, width, asks, about, field):
    """A bar a column whose name fits `field`, 0 to 100."""
    return Panel(title, "bargauge", width, asks, about,
                 {"unit": "percent", "min": 0, "max": 100, "thresholds": IDLE, "color": {"mode": "thresholds"}},
                 {"reduceOptions": {"calcs": ["lastNotNull"], "fields": field, "values": False},
                  "orientation": "horizontal", "displayMode": "basic", "showUnfilled": True})


def bars(title, width, asks, about, unit="count", label="", shown=()):
    """A bar a row and column that is shown, the column `label` beside it."""
    return Panel(title, "barchart", width, asks, about,
                 {"unit": UNITS.get(unit, unit), "thresholds": GOOD, "min": 0, "color": {"mode": "palette-classic"}},
                 {"orientation": "auto", "xField": label, "showValue": "auto", "stacking": "none",
                  "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
                  "tooltip": {"mode": "multi", "sort": "none"}},
                 transformations=[{"id": "filterFieldsByName", "options": {"include": {"names": list(shown)}}}])


def column_override(column, flavour):
    properties = [{"id": "displayName", "value": column.title}]
    if column.kind in UNITS:
        properties.append({"id": "unit", "value": UNITS[column.kind]})
    if column.kind == "hidden":
        properties = [{"id": "custom.hidden", "value": True}]
    if column.kind == "status":
        properties += [{"id": "mappings", "value": status_mappings()},
                       {"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}}]
    if column.kind == "share":
        properties += [{"id": "min", "value": 0}, {"id": "max", "value": 100}, {"id": "thresholds", "value": IDLE},
                       {"id": "custom.cellOptions", "value": {"type": "gauge", "mode": "basic"}}]
    if column.width:
        properties.append({"id": "custom.width", "value": column.width})
    if column.link:
        properties.append({"id": "links", "value": [board_link(column.link, flavour)]})
    return {"matcher": {"id": "byName", "options": column.name}, "properties": properties}


def board_link(link, flavour):
    """`link`: a board, and which of its variables takes which column's value."""
    board, variables = link
    words = [f"var-{variable}=${{__data.fields.{field}:percentencode}}" for variable, field in variables.items()]
    return {"title": f"Open the {board}", "targetBlank": False,
            "url": f"/d/{uid(board, flavour)}?{'&'.join(words)}&var-ds=${{ds}}"}


def table(title, width, asks, columns, about, sort=None, since=None, first=()):
    """The columns in this order and no others. `sort`: a column's name, '-' before it for the highest first.
    `since`: a range of its own. `first`: transformations before the choice of columns."""
    order = {column.name: at for at, column in enumerate(columns)}
    by = [{"displayName": next(one.title for one in columns if one.name == sort.lstrip("-")),
           "desc": sort.startswith("-")}] if sort else []
    return Panel(title, "table", width, asks, about,
                 {"custom": {"align": "auto", "filterable": True, "inspect": True}, "thresholds": NEUTRAL,
                  "noValue": ""},
                 {"showHeader": True, "cellHeight": "sm", "footer": {"show": False}, "sortBy": by},
                 columns,
                 [*first, {"id": "filterFieldsByName", "options": {"include": {"names": list(order)}}},
                  {"id": "organize", "options": {"indexByName": order, "excludeByName": {}, "renameByName": {}}}], since)


def annotation(name, colour, asks, on=True):
    def draw(flavour):
        asked = [one for one in asks if one.flavour == flavour]
        return [{"name": name, "enable": on, "hide": False, "iconColor": colour, "datasource": one.target()["datasource"],
                 "target": {"refId": "Anno", **one.target()}} for one in asked[:1]]
    return draw


# --- variables: each a function of the flavour that gives Grafana's JSON, or nothing ---

def datasource(name, title, kind):
    return {"type": "datasource", "name": name, "label": title, "query": ask.TYPES[kind], "refresh": 1, "regex": "",
            "hide": 0, "multi": False, "includeAll": False, "current": {}, "options": []}


def choice(name, title, asked, is_several=True, sort=1):
    """A query variable. `asked`: the JSON datasource's word, or payload with a `target`, and the REST question."""
    word, rest = asked

    def draw(flavour):
        is_plain = isinstance(word, str)
        query = {"query": word if is_plain else ask.payload_text(word), "format": "string" if is_plain else "json",
                 "refId": "v"} if flavour == "json" else {
            "queryType": "infinity", "query": "", "infinityQuery": {"refId": "v", **rest.target()}}
        current = {"text": ["All"], "value": ["$__all"]} if is_several else {}
        return {"type": "query", "name": name, "label": title, "datasource": source(flavour), "query": query,
                "definition": query["query"], "refresh": 2, "sort": sort, "multi": is_several, "includeAll": is_several,
                "allValue": ask.ALL[flavour] if is_several else None, "current": current, "options": [], "hide": 0}
    return draw


def fixed(name, title, values, is_several=False):
    def draw(flavour):
        options = [{"text": value, "value": value, "selected": at == 0} for at, value in enumerate(values)]
        return {"type": "custom", "name": name, "label": title, "query": ",".join(values), "options": options,
                "current": {"text": ["All"], "value": ["$__all"]} if is_several else dict(options[0]),
                "multi": is_several, "includeAll": is_several,
                "allValue": ask.ALL[flavour] if is_several else None, "hide": 0}
    return draw


def typed(name, title, otherwise=""):
    def draw(_flavour):
        return {"type": "textbox", "name": name, "label": title, "query": otherwise, "hide": 0,
                "current": {"text": otherwise, "value": otherwise},
                "options": [{"text": otherwise, "value": otherwise, "selected": True}]}
    return draw


def ad_hoc(flavour):
    """Filters typed by the reader; only the JSON datasource knows them."""
    if flavour == "json":
        return {"type": "adhoc", "name": "filters", "label": "Filters", "datasource": source("json"), "hide": 0}
    return None


class Board:
    def __init__(self, name, title, about, variables=(), annotations=(), since="now-24h", refresh="1m"):
        self.name, self.title, self.about = name, title, about
        self.variables, self.annotations = variables, annotations
        self.since, self.refresh = since, refresh
        self.lines = []

    def row(self, title):
        self.lines.append((1, title))

    def line(self, height, *panels):
        self.lines.append((height, panels))

    def panels(self, flavour):
        y, made = 0, []
        for height, content in self.lines:
            if isinstance(content, str):
                made.append({"id": len(made) + 1, "type": "row", "title": content, "collapsed": False, "panels": [],
                             "gridPos": {"h": 1, "w": 24, "x": 0, "y": y}})
                y += 1
                continue
            x = 0
            shown = [panel for panel in content if panel.asked(flavour)]
            for panel in shown:
                made.append(panel.draw(flavour, len(made) + 1, {"h": height, "w": panel.width, "x": x, "y": y}))
                x += panel.width
            y += height if shown else 0
        return [one for at, one in enumerate(made)
                if one["type"] != "row" or (at + 1 < len(made) and made[at + 1]["type"] != "row")]

    def draw(self, flavour):
        panels = self.panels(flavour)
        needs_prom = any(one.get("datasource", {}).get("type") == "prometheus" for one in panels)
        variables = [datasource("ds", "smon", flavour)]
        variables += [datasource("prom", "Prometheus", "prometheus")] if needs_prom else []
        variables += [made for made in (variable(flavour) for variable in self.variables) if made]
        return {"id": None, "uid": uid(self.name, flavour), "title": self.title + TITLES[flavour],
                "description": self.about, "tags": ["smon", flavour], "schemaVersion": SCHEMA_VERSION, "version": 1,
                "editable": True, "graphTooltip": 1, "timezone": "utc", "refresh": self.refresh,
                "time": {"from": self.since, "to": "now"}, "timepicker": {}, "weekStart": "", "fiscalYearStartMonth": 0,
                "liveNow": False, "links": [others(flavour)], "templating": {"list": variables},
                "annotations": {"list": [made for one in self.annotations for made in one(flavour)]},
                "panels": panels}


TITLES = {"json": "", "infinity": " (Infinity)"}


def uid(name, flavour):
    return f"smon-{name}" if flavour == "json" else f"smon-{name}-{flavour}"


def others(flavour):
    return {"type": "dashboards", "title": "smon", "tags": ["smon", flavour], "asDropdown": False, "icon": "dashboard",
            "includeVars": True, "keepTime": True, "targetBlank": False, "tooltip": "", "url": ""}
