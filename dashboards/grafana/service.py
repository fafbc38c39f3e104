"""smon itself: does it take every post, does the store keep up, is the work outside done, what was not understood."""

from ask import Column, Metric, Prom, Rest
from draw import (NEUTRAL, NONE_IS_GOOD, SOME_IS_SUSPECT, Board, annotation, curve, stat, steps, table)

HERE = '{job=~"$scrape", instance=~"$instance"}'


def rate(name, labels="", by="", per="[$__rate_interval]"):
    summed = f"sum by ({by}) " if by else "sum "
    return f"{summed}(rate({name}{where(labels)}{per}))"


def where(labels=""):
    return HERE[:-1] + (f", {labels}" if labels else "") + "}"


def figure(name, labels="", by="instance"):
    return f"max by ({by}) ({name}{where(labels)})"


def total(name, labels="", by="job"):
    return f"sum by ({by}) ({name}{where(labels)})"


def scraped(name, title, query):
    """Variables that only Prometheus has; the JSON datasource speaks for the service that answers."""
    def draw(flavour):
        if flavour == "json":
            return None
        return {"type": "query", "name": name, "label": title, "refresh": 2, "sort": 1, "multi": True,
                "datasource": {"type": "prometheus", "uid": "${prom}"}, "includeAll": True, "allValue": ".+", "hide": 0,
                "query": {"query": query, "refId": "v"}, "definition": query, "options": [],
                "current": {"text": ["All"], "value": ["$__all"]}}
    return draw


def now(title, name, prom, about, unit="count", thresholds=NEUTRAL, text="value"):
    """One of the figures of the metric `smon`; `name` None: only Prometheus has it."""
    asks = [Metric("smon")] if name else []
    return stat(title, 4, [*asks, Prom(prom, "{{version}}" if text == "name" else "", now=True)], about, unit,
                thresholds, field="/^(value|Value|)$/" if name else "", only=("name", name) if name else None, text=text)


def now_line():
    return [
        now("Store takes no writes", "writer_failing", figure("smon_writer_failing", by="job"),
            "0: it does. 1: posts are answered 503 and repeated by their senders.", thresholds=NONE_IS_GOOD),
        now("In quarantine", "quarantine_waiting", figure("smon_quarantine_waiting", by="job"),
            "Posts kept raw because they were not understood, and not replayed yet.", thresholds=SOME_IS_SUSPECT),
        now("Errands given up", "errands_dead", total("smon_errands", 'state="dead"'),
            "Enrichment or EMF that failed for good; the log's `errand-dead` says why.", thresholds=SOME_IS_SUSPECT),
        now("Errands that wait", "errands_waiting", total("smon_errands", 'state="waiting"'),
            "Due, leased, or due later."),
        now("Store on disk", "store_bytes", figure("smon_store_bytes", by="job"), "The database and its log.", "bytes"),
        now("Up for", "uptime_seconds", f"time() - {figure('process_start_time_seconds', by='job')}",
            "Since the last start.", "s")]


def intake():
    return [
        curve("Events taken in, by account", 8,
              [Metric("ingest_rate", group_by=["account"]), Prom(rate("smon_events_total", by="account"), "{{account}}")],
              "Events stored per second.", "cps", stacked=True),
        curve("Posts answered, by class of status", 8,
              [Prom(rate("smon_answers_total", 'part="ingest"', "code"), "{{code}}")],
              "2xx is on disk. 5xx is repeated by the sender; 4xx mostly is not.", "cps"),
        curve("Not the plain case", 8,
              [Metric("ingest_repeats"),
               Prom(rate("smon_event_duplicates_total"), "delivered again"),
               Prom(rate("smon_event_repeats_total"), "said what was known"),
               Prom(rate("smon_events_out_of_order_total"), "out of order"),
               Prom(rate("smon_event_conflicts_total"), "ended in two ways"),
               Prom(rate("smon_events_of_unknown_type_total"), "unknown type"),
               Prom(rate("smon_events_of_unknown_status_total"), "unknown status"),
               Prom(rate("smon_events_with_bad_times_total"), "bad times"),
               Prom(rate("smon_quarantined_posts_total"), "quarantined")],
              "Events that said nothing new, or that were told apart. None of them is lost.")]


def accounts_line():
    return [
        curve("Lag, by account", 12,
              [Metric("ingest_lag", group_by=["account"]),
               Prom(f"1000 * {figure('smon_account_lag_seconds', by='account')}", "{{account}}")],
              "From an event's own time to its arrival.", "ms"),
        curve("Longest lag, by account", 12, [Metric("ingest_lag_max", group_by=["account"])],
              "The slowest event of each bucket, from its own time to its arrival.", "ms"),
        curve("Time since the newest event, by account", 12,
              [Prom(f"time() - {figure('smon_account_last_event_timestamp_seconds', by='account')}", "{{account}}")],
              "A day is silence: idle, or its rule or role is gone.", "s",
              thresholds=steps("green", ("red", 86400)))]


def work():
    return [
        curve("Errands that wait, by deed", 8, [Prom(total("smon_errands", 'state="waiting"', "deed"), "{{deed}}")],
              "Due, leased, or due later."),
        curve("Errands done and given up", 8,
              [Prom(rate("smon_errands_delivered_total"), "done"), Prom(rate("smon_errands_dead_total"), "given up")],
              "Per second.", "cps"),
        curve("Overdue, by deed", 8, [Prom(figure("smon_errands_overdue_seconds", by="deed"), "{{deed}}")],
              "How long the oldest errand could have been leased. Grows when no collector works.", "s",
              thresholds=steps("green", ("red", 3600)))]


def store():
    return [
        curve("Commits and pieces of work", 8,
              [Prom(rate("smon_writer_commits_total"), "commits"), Prom(rate("smon_writer_works_total"), "pieces of work"),
               Prom(rate("smon_writer_rollbacks_total"), "rolled back"), Prom(rate("smon_writer_refused_total"), "refused")],
              "Per second. Many pieces share a commit when it is busy.", "cps"),
        curve("How long a commit takes", 8,
              [Prom(f"{rate('smon_writer_commit_seconds_total')} / {rate('smon_writer_commits_total')}", "average")],
              "Until it is on disk.", "s"),
        curve("Queues", 8, [Prom(figure("smon_writer_waiting"), "writer {{instance}}"),
                            Prom(figure("smon_readings_waiting"), "readers {{instance}}")],
              "Pieces of work and questions that wait.")]


def answers():
    return [
        curve("Questions answered", 8,
              [Prom(rate("smon_answers_total", 'part="rest"', "code"), "{{code}}"),
               Prom(rate("smon_readings_refused_total"), "refused: too many")],
              "REST, Grafana and the console, per second by class of status.", "cps"),
        curve("Requests refused before routing", 8,
              [Prom(rate("smon_http_refused_total", by="reason"), "{{reason}}")],
              "Two lengths in one request, too slow, too large, too many from one address.", "cps"),
        curve("Connections and streams", 8,
              [Prom(figure("smon_http_open_connections"), "connections {{instance}}"),
               Prom(figure("smon_streams"), "streams {{instance}}")], "Open now.")]


def process():
    return [
        now("Version", None, f"smon_build_info{HERE}", "What runs.", "string", text="name"),
        curve("Memory", 5, [Prom(figure("process_resident_memory_bytes"), "{{instance}}")], "Resident.", "bytes"),
        curve("CPU", 5, [Prom(rate("process_cpu_seconds_total", by="instance"), "{{instance}}")],
              "Cores in use.", "number"),
        curve("File descriptors", 5, [Prom(f"process_open_fds{HERE} / process_max_fds{HERE}", "{{instance}}")],
              "Of those allowed.", "fraction", most=1),
        curve("Warnings and errors logged", 5,
              [Prom(rate("smon_log_lines_total", 'event=~"refused|quarantined|store-failed|collector-ended|errand-later|'
                         'errand-dead|internal"', "event"), "{{event}}")], "Lines per second by event.", "cps")]


def inferences():
    return [
        curve("Inference transactions", 12,
              [Prom(rate("smon_inferences_total"), "stored"),
               Prom(rate("smon_inference_duplicates_total"), "stored already"),
               Prom(rate("smon_inferences_refused_total"), "refused")], "Per second, of all models.", "cps"),
        curve("How long they took, of all models", 12,
              [Prom(figure("smon_inference_recent_elapse_seconds", by="quantile"), "{{quantile}}")],
              "Quantiles over the last five minutes.", "s")]


def figures_table():
    columns = [Column("name", title="Figure"), Column("value", "count"), Column("meaning")]
    return table("Every figure of this service", 24, [Metric("smon")], columns,
                 "What /metrics says in more detail, of the one service that answers here. Source: the service.")


def quarantine_table():
    columns = [Column("Time", "time", "Arrived", "received_at", 165), Column("account", width=125),
               Column("reason"), Column("size_bytes", "bytes", "Size", width=90), Column("times", "count", width=70),
               Column("id", width=90)]
    rest = Rest("/api/v1/quarantine", columns, replayed="false", limit=200, ranged=True)
    return table("Posts that came in the time range and wait in quarantine", 24,
                 [Metric("quarantine", replayed="false", limit=200), rest], columns,
                 "Why they were not understood. Replay them after an upgrade: `smon quarantine replay ID`.")


def board():
    started = annotation("Starts", "purple", [Prom(f"process_start_time_seconds{HERE} * 1000")])
    made = Board("service", "smon itself", "Whether smon takes every post, keeps up, and gets its work outside done.",
                 (scraped("scrape", "Scrape job", "label_values(smon_build_info, job)"),
                  scraped("instance", "Instance", 'label_values(smon_build_info{job=~"$scrape"}, instance)')),
                 (started,), since="now-6h", refresh="30s")
    made.line(4, *now_line())
    for title, panels in (("Intake", intake()), ("Accounts", accounts_line()), ("Work outside", work()),
                          ("Store", store()), ("Answers", answers()), ("Inferences", inferences()),
                          ("Process", process())):
        made.row(title)
        made.line(7, *panels)
    made.line(7, quarantine_table())
    made.line(12, figures_table())
    return made
