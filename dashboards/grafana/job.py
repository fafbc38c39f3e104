"""One job: what became of it and why, when it was in which state, how it used its hardware, where it came from."""

from ask import Column, Metric, Rest, one
from draw import Board, bars, curve, gauges, stat, table, typed

JOB = {"job": one("job")}
PATH = "/api/v1/jobs/${job:percentencode}"
METRICS = ("cpu", "memory", "gpu", "gpu_memory", "disk")
COURSE = ('[.course | select(. != null) | {from, step_s, host: .hosts[]}'
          ' | {from, step_s, series: .host.host, point: (.host.METRIC.avg // [] | to_entries[])}'
          ' | {time: (.from + .point.key * .step_s * 1000), series, value: .point.value}] | sort_by(.time)')


def fact(title, member, kind, about, unit="count"):
    rest = Rest(PATH, [Column(member, kind)], root="", fields=member)
    return stat(title, 4, [Metric("job", **JOB), rest], about, unit, field=f"/^{member}$/")


def facts_table():
    columns = [Column("account", width=125), Column("region", width=115), Column("kind", width=110),
               Column("name", title="Job"), Column("failure_reason", title="Why it failed"),
               Column("Time", "time", "Created", "created_at", 165), Column("started_at", "time", "Started", width=165),
               Column("ended_at", "time", "Ended", width=165), Column("id", width=190), Column("arn", title="ARN")]
    return table("The job", 24, [Metric("job", **JOB), Rest(PATH, columns, root="")], columns,
                 "Its row, merged from all its events. Source: the job's row.")


def states_table():
    columns = [Column("status", "status", width=150), Column("from", "time", "From"), Column("to", "time", "To")]
    return table("States", 8, [Metric("job_states", **JOB), Rest(f"{PATH}/timeline", columns, root="states")], columns,
                 "Which status it had when, by the events' own times. Source: its events.")


def phases_table():
    columns = [Column("status", title="Phase", width=150), Column("from", "time", "From", width=165),
               Column("to", "time", "To", width=165), Column("message")]
    return table("Phases", 16, [Metric("job_phases", **JOB), Rest(f"{PATH}/timeline", columns, root="phases")], columns,
                 "What SageMaker did meanwhile: downloading, training, uploading. Source: the secondary status "
                 "transitions of the newest event that has them.")


def hosts_table():
    columns = [Column("host")]
    for name in METRICS:
        title = name.replace("_", " ").upper() if name.startswith(("cpu", "gpu")) else name.capitalize()
        columns += [Column(f"{name}_avg", "percent", f"{title} average", f"{name}.avg", 110),
                    Column(f"{name}_max", "percent", f"{title} most", f"{name}.max", 110)]
    return table("Every host", 24, [Metric("host_utilization", **JOB), Rest(f"{PATH}/utilization", columns, root="hosts")],
                 columns, "As CloudWatch gives it: CPU is 0 to 100 times the cores, GPU 0 to 100 times the GPUs. "
                 "Source: CloudWatch, asked after the job's end.", "host")


def hosts_bars():
    columns = [Column("host"), *(Column(f"{name}_percent", "percent", path=f"{name}.normalized") for name in METRICS)]
    return bars("Hosts against each other", 14,
                [Metric("host_utilization", **JOB), Rest(f"{PATH}/utilization", columns, root="hosts")],
                "Average of each host over its cores and GPUs: one that idles while others work says that the work is "
                "not shared out. Source: CloudWatch, asked after the job's end.", "percent", label="host",
                shown=[column.name for column in columns])


def hosts_course(metric, title):
    columns = [Column("time", "time"), Column("series"), Column("value", "percent")]
    rest = Rest(f"{PATH}/utilization", columns, root=COURSE.replace("METRIC", metric), jq=True, shape="timeseries",
                course="true")
    return curve(f"{title} of every host over time", 12, [Metric("host_utilization_series", **JOB, metric=metric), rest],
                 "0 to 100 over all of a host's units: who idles while others work, and from when on. Of more than 16 "
                 "hosts those are kept that differ most. Drag over the job's time where the range is much wider. "
                 "Source: CloudWatch, asked after the job's end.", "percent", soft=100)


def used_bars():
    columns = [Column(f"{name}_percent", "percent", path=f"utilization.job.{name}.normalized") for name in METRICS]
    return gauges("How much of the machines was used", 10,
                  [Metric("job", **JOB), Rest(PATH, columns, root="", fields="utilization")],
                  "Averages over all hosts, cores and GPUs, 0 to 100. Below 20 the instance was far too large. Source: "
                  "CloudWatch, asked after the job's end.", "/_percent$/")


def events_table():
    columns = [Column("Time", "time", "Told at", "version_at", 180), Column("received_at", "time", "Arrived", width=180),
               Column("detail_type", title="Event"), Column("status", "status", width=120),
               Column("effect", title="What it changed", width=140), Column("id", width=190)]
    rest = Rest(f"{PATH}/events", columns, limit=1000, paged=True)
    return table("Events", 24, [Metric("job_events", **JOB), rest], columns,
                 "Every event about it, by its own time; a repeat changed nothing. Source: stored events.")


def lineage_table():
    columns = [Column("steps", "number", "Steps away", width=100), Column("type", width=110), Column("name"),
               Column("account", width=125), Column("region", width=115), Column("status", "status", width=120),
               Column("key", title="ARN or URI")]
    return table("What it came from, and what came of it", 24,
                 [Metric("lineage", **JOB), Rest(f"{PATH}/lineage", columns, root="nodes", depth=6)], columns,
                 "Data, artifacts, packages, versions, deployments and endpoints up to six steps away. Source: the "
                 "lineage graph.", "steps")


def board():
    made = Board("job", "SageMaker job", "One job: what became of it and why, its states, its hardware, its events and "
                 "its lineage. Opened from the fleet's tables.", (typed("job", "Job id", "-"),), since="now-90d",
                 refresh="")
    made.line(4, fact("Status", "status", "text", "What its newest event says.", "status"),
              fact("Ended", "ended_at", "time", "By its events' own times; nothing while it runs.", "time"),
              fact("Ran for", "duration_ms", "ms", "From start to end; nothing while it runs.", "ms"),
              fact("Instances", "instance_count", "number", "How many it was given."),
              fact("Instance type", "instance_type", "text", "What it ran on.", "string"),
              fact("Cost", "cost_usd", "usd", "Instances × billable time × the price of the price list: an estimate.",
                   "usd"))
    made.line(4, facts_table())
    made.line(7, used_bars(), hosts_bars())
    made.line(8, hosts_course("gpu", "GPU"), hosts_course("cpu", "CPU"))
    made.line(6, hosts_table())
    made.line(7, states_table(), phases_table())
    made.line(8, lineage_table())
    made.line(8, events_table())
    return made
