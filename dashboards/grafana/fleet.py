"""The fleet: all accounts and kinds on one screen. What runs, what fails and why, who went silent, what idles."""

from ask import Column, Metric, Rest, Series, several
from draw import (NONE_IS_GOOD, SOME_IS_SUSPECT, Board, ad_hoc, annotation, choice, curve, fixed, stat, table)

JOB = ("job", {"job": "id"})
SCOPE = ("account", "region")
FILTERED = ("account", "region", "kind")
RUNNING = "InProgress,Executing,Starting,Pending,Stopping"
JOB_KINDS = ["training", "processing", "transform", "tuning", "labeling", "pipeline_execution", "pipeline_step",
             "compilation", "automl", "human_loop", "lambda_task"]
LINK = [Column("id", "hidden"), Column("account", width=125), Column("region", width=115),
        Column("kind", width=125), Column("name", title="Job", link=JOB)]
MACHINES = [Column("instance_type", title="Instance", width=130), Column("instance_count", "number", "×", width=50)]


def scoped(**more):
    """The payload that every metric about jobs gets."""
    return {"account": several("account"), "region": several("region"), "kind": several("kind"), **more}


def jobs(columns, ranged=True, paged=False, **query):
    """Jobs over REST, with just the members the table shows."""
    members = dict.fromkeys(column.path.split(".")[0] for column in columns)
    return Rest("/api/v1/jobs", columns, several=FILTERED, ranged=ranged, paged=paged, fields=",".join(members),
                **query)


def variables():
    account = Rest("/api/v1/accounts", [Column("account")], limit=1000)
    region = Rest("/api/v1/accounts", [Column("region")], root="[.data[].regions[]] | unique | map({region: .})",
                  jq=True, limit=1000)
    return (choice("account", "Account", ("accounts", account)), choice("region", "Region", ("regions", region)),
            fixed("kind", "Kind", JOB_KINDS, is_several=True), ad_hoc)


def failures():
    columns = [Column("time", "time", path="ended_at"), Column("title", path="name"),
               Column("text", path="failure_reason"), Column("tags", path="kind")]
    rest = Rest("/api/v1/jobs", columns, several=FILTERED, ranged=True, status="Failed", time_field="ended_at",
                sort="-ended_at", limit=200, fields="ended_at,name,failure_reason,kind")
    return annotation("Failures", "red", [Metric("failures", **scoped(limit=200)), rest])


def total(title, metric, about, **more):
    """Of a metric that both know, over the time range."""
    return stat(title, 4, [Metric(metric, **scoped()), Series(metric, several=FILTERED)],
                f"{about}, in whole hours. Source: hourly rollups.", calc="sum", **more)


def now_line():
    running = Rest("/api/v1/jobs", [Column("count", "count", path="total")], root="", several=FILTERED,
                   count="exact", limit=1, status=RUNNING)
    broken = [Column("name"), Column("status")]
    endpoints = Rest("/api/v1/resources", broken, several=SCOPE, kind="endpoint", status="!InService,Deleted",
                     limit=1000, fields="name,status")
    quiet = [Column("account"), Column("is_silent", "yes")]
    return [
        stat("Running now", 4, [Metric("overview", account=several("account"), kind=several("kind"),
                                       status=RUNNING.split(",")), running],
             "Jobs whose newest event says that they have not ended. Source: job rows.", calc="sum", field="/^count$/"),
        total("Ended", "job_ended", "Jobs that ended within the time range"),
        total("Failed", "job_failed", "Jobs that ended as Failed within the time range", thresholds=NONE_IS_GOOD),
        total("Failed before start", "job_unstarted", "Failed before they got any hardware: no capacity, a bad role, "
              "a wrong image", thresholds=NONE_IS_GOOD),
        stat("Endpoints not in service", 4,
             [Metric("endpoints", account=several("account"), region=several("region"),
                     status="!(InService|Deleted)"), endpoints],
             "Endpoints that exist and are in another state than InService. Source: resource rows.",
             thresholds=SOME_IS_SUSPECT, calc="count", field="/^name$/"),
        stat("Silent accounts", 4, [Metric("accounts", account=several("account")),
                                    Rest("/api/v1/accounts", quiet, limit=1000)],
             "Accounts from which nothing came for 24 hours. Source: the accounts' pulse.",
             thresholds=SOME_IS_SUSPECT, calc="count", field="/^account$/", only=("is_silent", True))]


def failed_table():
    columns = [Column("Time", "time", "Ended", "ended_at", 165), *LINK, Column("failure_reason", title="Why"),
               Column("failed_before_start", "yes", "Before start", width=100),
               Column("duration_ms", "ms", "Ran for", width=90), Column("instance_type", title="Instance", width=130)]
    return table("What fails, and why", 24,
                 [Metric("failures", **scoped(limit=200)),
                  jobs(columns, status="Failed", time_field="ended_at", sort="-ended_at", limit=200)], columns,
                 "The newest 200 failed jobs of the time range with the reason SageMaker gave. Source: job rows.")


def running_table():
    columns = [Column("Time", "time", "Since", "created_at", 165), *LINK, Column("status", "status", width=110),
               *MACHINES]
    return table("What runs longest", 12,
                 [Metric("jobs", **scoped(status=RUNNING.split(","), limit=1000)),
                  jobs(columns, status=RUNNING, sort="created_at", limit=1000)], columns,
                 "Jobs of the last 30 days that have not ended, the oldest first. Source: job rows.", "Time",
                 since="30d")


def used_table():
    columns = [*LINK, Column("duration_ms", "ms", "Ran for", width=85), *MACHINES,
               Column("cpu_percent", "share", "CPU", "utilization.job.cpu.normalized", 110),
               Column("gpu_percent", "share", "GPU", "utilization.job.gpu.normalized", 110),
               Column("memory_percent", "share", "Memory", "utilization.job.memory.normalized", 110)]
    return table("What jobs made of their hardware", 12,
                 [Metric("job_utilization", **scoped(limit=500)), jobs(columns, limit=500)], columns,
                 "The newest 500 jobs of the time range, the longest first: red bars were paid for and not used. CPU "
                 "and GPU are averages over all cores and GPUs. Source: CloudWatch, asked after each job's end.",
                 "-duration_ms")


def spent_table():
    columns = [Column("account", width=140), Column("id"), Column("duration_ms", "ms"), Column("cost_usd", "usd")]
    grouped = {"account": {"operation": "groupby", "aggregations": []},
               "id": {"operation": "aggregate", "aggregations": ["count"]},
               "duration_ms": {"operation": "aggregate", "aggregations": ["sum"]},
               "cost_usd": {"operation": "aggregate", "aggregations": ["sum"]}}
    shown = [columns[0], Column("id (count)", "count", "Jobs"), Column("duration_ms (sum)", "ms", "Ran for, in all"),
             Column("cost_usd (sum)", "usd", "Cost")]
    return table("What jobs cost, by account", 8,
                 [Metric("jobs", **scoped(limit=1000)), jobs(columns, limit=1000, paged=True)], shown,
                 "Of the newest jobs of the time range: instances × billable time × the price list's price. An "
                 "estimate; nothing without a price list. Source: job rows.", "-cost_usd (sum)",
                 first=[{"id": "groupBy", "options": {"fields": grouped}}])


def endpoints_table():
    columns = [Column("account", width=125), Column("region", width=115), Column("name", title="Endpoint"),
               Column("status", "status", width=120), Column("Time", "time", "Created", "created_at", 165)]
    rest = Rest("/api/v1/resources", columns, several=SCOPE, kind="endpoint", limit=1000, paged=True,
                status="!Deleted", fields="account,region,name,status,created_at")
    return table("Endpoints", 10,
                 [Metric("endpoints", account=several("account"), region=several("region"), status="!Deleted"), rest],
                 columns, "Endpoints that exist now. Source: resource rows.", "status")


def accounts_table():
    columns = [Column("account", width=125), Column("is_silent", "yes", "Silent", width=70),
               Column("last_event_at", "time", "Newest event", width=165), Column("lag_ms", "ms", "Lag", width=80),
               Column("jobs", "count", width=70), Column("failed", "count", width=70), Column("events", "count"),
               Column("duplicates", "count"), Column("out_of_order", "count"), Column("quarantined", "count")]
    rest = Rest("/api/v1/accounts", columns, limit=1000, paged=True)
    return table("Accounts and their pulse", 14, [Metric("accounts", account=several("account")), rest], columns,
                 "What came from each account since it was first heard of. Lag is from the latest event's own time to "
                 "its arrival. Source: the accounts' pulse.", "-lag_ms")


def course(title, metric, rest, by, about, **looks):
    return curve(title, 8, [Metric(metric, **scoped(group_by=[by])), Series(rest, group_by=by, several=FILTERED)],
                 f"{about} Source: hourly rollups.", **looks)


def board():
    made = Board("fleet", "SageMaker fleet", "All accounts, regions and kinds of job: what runs, what fails and why, "
                 "who went silent, what idles, what it costs.", variables(), (failures(),))
    made.line(4, *now_line())
    made.line(8, course("Jobs created, by kind", "job_created", "job_created", "kind",
                        "In hours, or days where the range is long.", style="bars", stacked=True),
              course("Jobs failed, by account", "job_failed", "job_failed", "account", "Jobs that ended as Failed.",
                     style="bars", stacked=True),
              course("How long jobs take, by kind", "job_duration", "job_duration_avg", "kind",
                     "Average from start to end, by the hour of the end.", unit="ms", style="points"))
    made.line(9, failed_table())
    made.line(9, running_table(), used_table())
    made.line(8, accounts_table(), endpoints_table())
    made.line(8, spent_table(), course("Jobs ended, by status", "job_ended", "job_ended", "status",
                                       "Where they ended up.", style="bars", stacked=True),
              course("Failed before they started, by account", "job_unstarted", "job_unstarted", "account",
                     "No capacity, a bad role, a wrong image.", style="bars", stacked=True))
    return made
