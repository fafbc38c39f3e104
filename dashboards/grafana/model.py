"""A model: how much it is asked, how fast and how well it answers, whether it drifts, and what is deployed."""

from ask import Column, Metric, Rest, Series, one, several
from draw import (NEUTRAL, Board, ad_hoc, annotation, bars, choice, curve, stat, steps, table, typed)

PLACE = {"namespace": "${namespace:percentencode}", "model": "${model:percentencode}"}
MODEL = "/api/v1/models/${model:percentencode}"
AT = {"namespace": "${namespace:percentencode}"}
SUMMARY = {"p95": "elapse.p95"}  # where REST has what the JSON datasource calls so
NARROWED = (("model_version", "version"), "environment")


def asked(**more):
    return {"namespace": one("namespace"), "model": one("model"), **more}


def narrowed(**more):
    return asked(version=several("version"), environment=several("environment"), **more)


def series(metric, name="all", **query):
    return Series(metric, name, several=NARROWED, **PLACE, **query)


def variables():
    namespaces = Rest("/api/v1/models", [Column("namespace")], limit=1000, sort="name",
                      root="[.data[].namespace] | unique | map({namespace: .})", jq=True)
    models = Rest("/api/v1/models", [Column("model_name")], root='data.#(namespace=="${namespace}")#', limit=1000, **AT)
    versions = Rest("/api/v1/model-versions", [Column("model_version")], limit=1000, **PLACE)
    environments = Rest("/api/v1/inferences/summary", [Column("environment")], ranged=True, group_by="environment",
                        root="[.data[].group.environment | select(. != null)] | map({environment: .})", jq=True, **PLACE)
    return (choice("namespace", "Namespace", ("namespaces", namespaces), False),
            choice("model", "Model", ({"target": "models", "namespace": one("namespace")}, models), False),
            choice("version", "Version", ({"target": "versions", **asked()}, versions), sort=4),
            choice("environment", "Environment", ({"target": "environments", **asked()}, environments)),
            typed("slow_ms", "Slow from (ms)", "3000"), ad_hoc)


def deployments_annotation():
    columns = [Column("time", "time", path="create_at"), Column("title", path="state"),
               Column("text", path="rolling_strategy"), Column("tags", path="environment")]
    rest = Rest("/api/v1/models/${model:percentencode}/deployments", columns, limit=200, **AT)
    return annotation("Deployments", "blue", [Metric("deployment_events", **asked()), rest])


def summary(title, column, kind, about, thresholds, decimals=None):
    rest = Rest("/api/v1/inferences/summary", [Column(column, kind, path=SUMMARY.get(column))], ranged=True,
                several=NARROWED, **PLACE)
    return stat(title, 4, [Metric("inference_summary", **narrowed()), rest], about, kind, thresholds,
                decimals=decimals, field=f"/^{column}$/")


def budget(title, column, about, thresholds):
    rest = Rest(f"{MODEL}/budget", [Column(column, "percent")], root="", **AT)
    return stat(title, 4, [Metric("error_budget", **asked()), rest], about, "percent", thresholds, decimals=1,
                field=f"/^{column}$/")


def now_line():
    drift = Rest(f"{MODEL}/drift", [Column("psi", "number")], root="", **AT)
    return [
        summary("Transactions", "count", "count", "Within the time range. Source: rollups by the minute.", NEUTRAL),
        summary("Failed share", "error_rate", "fraction", "Transactions of the time range that did not succeed. Source: "
                "rollups by the minute.", steps("green", ("orange", 0.001), ("red", 0.01)), 2),
        summary("95th percentile", "p95", "ms", "How long 95 of 100 transactions took at most. Source: exact up to "
                "1,000 of them, else histograms.", NEUTRAL),
        budget("Error budget left", "left_percent", "Of the model's objective over its window; below 0 it is overspent. "
               "Source: rollups.", steps("red", ("orange", 0), ("green", 25))),
        budget("Bad of the window", "bad_percent", "Failed, or slower than the objective allows, over the objective's "
               "window. Source: rollups.", NEUTRAL),
        stat("Confidence drift (PSI)", 4, [Metric("drift", **asked()), drift],
             "The newest version against its reference; 0.1 is the usual warning; nothing below 200 transactions. "
             "Source: confidence histograms.", "number", steps("green", ("orange", 0.1), ("red", 0.25)),
             decimals=3, field="/^psi$/")]


def latency():
    names = ("p50", "p90", "p95", "p99", "max")
    rest = [series(f"inference_elapse_{name}", name) for name in names]
    return curve("How long transactions take", 12,
                 [Metric("latency_percentile", **narrowed(q=["0.5", "0.9", "0.95", "0.99", "1"])), *rest],
                 "Percentiles by bucket from mergeable histograms, never averaged. Source: rollups by the minute.", "ms")


def by_version(title, metric, rest, unit, about, style="line"):
    return curve(title, 12, [Metric(metric, **narrowed(group_by="version")), series(rest, group_by="version")],
                 about, unit, style, stacked=style == "bars")


def burn_table():
    spans = ("5m", "30m", "1h", "6h", "3d")
    columns = [Column(f"burn_{span}", "number", span, f"burn_rates.{at}.burn_rate") for at, span in enumerate(spans)]
    columns += [Column(f"alert_{span}", "status", f"Alert {span}", f"alerts.{at}.state")
                for at, span in enumerate(("1h", "6h", "3d"))]
    return table("How fast the budget goes", 10,
                 [Metric("error_budget", **asked()), Rest(f"{MODEL}/budget", columns, root="", **AT)], columns,
                 "Burn rates by window: 1 uses the budget up in exactly one window. Alerts fire above 14.4 over 1 h, 6 "
                 "over 6 h, 1 over 3 d, each with a shorter window. Source: rollups.")


def confidence():
    columns = [Column("from_percent", "number"), Column("current", "count"), Column("reference", "count")]
    jq = ('(.current.bins // []) as $now | (.reference.bins // []) as $before | [range($now | length) | '
          '{from_percent: (. * 100 / ($now | length)), current: $now[.], reference: $before[.]}]')
    return bars("Confidence: now, and in the reference", 14,
                [Metric("confidence_histogram", **asked()), Rest(f"{MODEL}/drift", columns, root=jq, jq=True, **AT)],
                "Transactions by confidence, from each percentage on, for the newest version. Shapes are to be "
                "compared, not heights: the two spans differ. Source: confidence histograms.", label="from_percent",
                shown=[column.name for column in columns])


def slow_table():
    columns = [Column("Time", "time", "Started", "start_at", 180), Column("elapse_ms", "ms", "Took", "elapse", 90),
               Column("status", "status", width=100), Column("version", "number", path="model_version", width=80),
               Column("deployment_id", "number", "Deployment", width=100), Column("server", path="server_id", width=90),
               Column("environment", width=110), Column("confidence", "percent", width=100),
               Column("request_bytes", "bytes", "Request", "request_size", 90), Column("id")]
    rest = Rest("/api/v1/inferences", columns, several=NARROWED, ranged=True, sort="-start_at", limit=100,
                min_elapse_ms="${slow_ms:percentencode}", **PLACE)
    return table("Slow transactions", 24,
                 [Metric("slow_inferences", **narrowed(min_elapse_ms=one("slow_ms"), limit=100)), rest], columns,
                 "The newest 100 of the time range that took at least as long as the field above says. Source: stored "
                 "transactions.")


def deployments_table():
    columns = [Column("deployment_id", "number", "Deployment", width=100),
               Column("version", "number", path="model_version", width=80), Column("state", "status", width=100),
               Column("percent", "percent", "Traffic", width=80), Column("environment", width=100),
               Column("since", "time", "In this state since", width=165), Column("endpoint"),
               Column("method", title="Runs on", path="deployment_method", width=140),
               Column("strategy", title="Rolled out", path="rolling_strategy", width=100),
               Column("rollback_of", "number", "Rollback of", width=100)]
    return table("Deployments", 14,
                 [Metric("deployments", **asked(limit=200)), Rest(f"{MODEL}/deployments", columns, limit=200, **AT)],
                 columns, "As they stand, the newest first. Source: registered deployments and endpoint events.",
                 "-deployment_id")


def versions_table():
    columns = [Column("version", "number", path="model_version", width=80), Column("approval", "status", width=150),
               Column("Time", "time", "Registered", "create_at", 165), Column("created_by", title="By"),
               Column("description")]
    return table("Versions", 10,
                 [Metric("versions", **asked(limit=200)), Rest(f"{MODEL}/versions", columns, limit=200, **AT)], columns,
                 "The newest first. Source: registered versions and model packages.", "-version")


def board():
    made = Board("model", "Model and deployments", "One model: traffic, latency percentiles, error budget, confidence "
                 "drift, slow transactions, versions and deployments.", variables(), (deployments_annotation(),))
    made.line(4, *now_line())
    made.line(8, by_version("Transactions, by version", "inference_count", "inference_count", "count",
                            "By the bucket. Source: rollups by the minute.", "bars"), latency())
    made.line(8, by_version("Failed share, by version", "error_rate", "inference_error_rate", "fraction",
                            "Transactions that did not succeed, of all. Source: rollups by the minute."),
              by_version("95th percentile, by version", "latency_p95", "inference_elapse_p95", "ms",
                         "A new version beside the one it replaces. Source: rollups by the minute."))
    made.line(8, burn_table(), confidence())
    made.line(8, deployments_table(), versions_table())
    made.line(9, slow_table())
    return made
