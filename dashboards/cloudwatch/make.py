#!/usr/bin/python3
"""The CloudWatch dashboard over the EMF metrics that smon-collect writes, as `aws cloudwatch put-dashboard` takes it.

    make.py                                         writes fleet.json beside this file, with the defaults
    make.py --region eu-west-1 --log-group NAME -   prints it for another place

Metrics and log group are where smon-collect writes them: one account, one region, whichever accounts the jobs ran
in. Those are told apart by the dimension `account`, which the searches below split by, so no account is named here.
The first six widgets are the reference solution's, in their places; what differs is said in README.md."""

import argparse
import json
import pathlib
import sys

FILE = pathlib.Path(__file__).parent / "fleet.json"
PERIOD_S = 300

# jobType and prefix of the metrics' names, as server/format/kind.c has them.
KINDS = [("Training", "TRAINING_JOB", "TrainingJob"), ("Processing", "PROCESSING_JOB", "ProcessingJob"),
         ("Transform", "TRANSFORM_JOB", "TransformJob"),
         ("Tuning", "HYPERPARAMETER_TUNING_JOB", "HyperParameterTuningJob"),
         ("Labeling", "LABELING_JOB", "LabelingJob"), ("Compilation", "COMPILATION_JOB", "CompilationJob"),
         ("AutoML", "AUTOML_JOB", "AutoMLJob"), ("Pipelines", "PIPELINE_EXECUTION", "PipelineExecution")]
MEASURED = KINDS[:3]  # the kinds whose hosts CloudWatch measures

# Title, and the metrics of one graph: (name after the prefix, statistic, label before the account).
UTILIZATION = [
    ("CPU, % of all cores", [("CPUUtilizationNormalized_Average", "Average", "")]),
    ("GPU, % of all GPUs", [("GPUUtilizationNormalized_Average", "Average", "")]),
    ("GPU memory, % of all GPUs", [("GPUMemoryUtilizationNormalized_Average", "Average", "")]),
    ("memory, and the fullest disk, %", [("MemoryUtilization_Average", "Average", "memory "),
                                         ("DiskUtilization_Maximum", "Maximum", "disk ")])]

HISTORY = """\
SOURCE '{log_group}'
| fields fromMillis(StartTime) as started, Duration / 60000 as minutes
| filter DashboardQuery = "True" and jobType = "{job_type}"
| stats max(toMillis(@timestamp)) as at, latest(@timestamp) as JobEndTime, latest(started) as JobStartTime,
    latest(Status) as JobStatus, max(minutes) as Minutes, max(InstanceCount) as Instances,
    latest(InstanceType) as Instance, latest(FailureReason) as Reason,
    max({prefix}_CPUUtilizationNormalized_Average) as CPUUtil, max({prefix}_MemoryUtilization_Average) as MemoryUtil,
    max({prefix}_DiskUtilization_Maximum) as DiskUtilMax,
    max({prefix}_GPUUtilizationNormalized_Average) as GPUUtil,
    max({prefix}_GPUMemoryUtilizationNormalized_Average) as GPUMemoryUtil
    by Account, Region, JobName, {prefix}Arn
| sort at desc
| display JobEndTime, JobStartTime, Account, Region, JobName, JobStatus, Minutes, Instances, Instance, Reason, CPUUtil,
    MemoryUtil, DiskUtilMax, GPUUtil, GPUMemoryUtil
| limit 500"""

ABOUT = """\
**SageMaker jobs of all accounts**, as smon counted them: each job once, when it ended, also those that failed before \
they got hardware. Utilization follows minutes later. CPU and GPU are shares of all cores and GPUs, 0 to 100."""


class Board:
    def __init__(self, options):
        self.region, self.namespace, self.log_group = options.region, options.namespace, options.log_group
        self.widgets = []

    def add(self, kind, place, properties):
        x, y, width, height = place
        self.widgets.append({"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties})

    def search(self, metric, job_type, stat):
        return (f"SEARCH('{{\"{self.namespace}\",account,jobType}} jobType=\"{job_type}\" "
                f"MetricName=\"{metric}\"', '{stat}', {PERIOD_S})")

    def graph(self, title, place, lines, unit=None, **more):
        """`lines`: (expression, label). A label of None lets CloudWatch name the series by what differs."""
        metrics = [[{"expression": expression, "id": f"e{number}", "period": PERIOD_S,
                     **({"label": label} if label else {})}]
                   for number, (expression, label) in enumerate(lines, 1)]
        axis = {"left": {"min": 0, "showUnits": False, **({"label": unit} if unit else {})}}
        self.add("metric", place, {"title": title, "region": self.region, "view": "timeSeries", "stacked": False,
                                   "period": PERIOD_S, "metrics": metrics, "yAxis": axis,
                                   "legend": {"position": "bottom"}, **more})

    def history(self, title, place, job_type, prefix):
        query = HISTORY.format(log_group=self.log_group, job_type=job_type, prefix=prefix)
        self.add("log", place, {"title": title, "region": self.region, "view": "table", "query": query})


def reference(board):
    """The six widgets: totals, failures and history, of processing and of training."""
    by_account = "${PROP('Dim.account')}"
    for y, (name, job_type, prefix) in ((0, KINDS[1]), (12, KINDS[0])):
        for x, title, status in ((0, "Total", "Total"), (12, "Failed", "Failed")):
            line = (board.search(f"{prefix}Count_{status}", job_type, "Sum"), by_account)
            board.graph(f"{title} {name} Job Count", (x, y, 12, 6), [line], "jobs", stacked=True)
        board.history(f"SageMaker {name} Job History", (0, y + 6, 24, 6), job_type, prefix)


def outcome(board, y):
    ended = [(f"SUM({board.search(f'{prefix}Count_Total', job_type, 'Sum')})", name)
             for name, job_type, prefix in KINDS]
    failed = [(f"100 * SUM({board.search(f'{prefix}Count_Failed', job_type, 'Sum')})"
               f" / SUM({board.search(f'{prefix}Count_Total', job_type, 'Sum')})", name)
              for name, job_type, prefix in KINDS]
    lasted = [(f"{board.search(f'{prefix}_Duration', job_type, stat)} / 60000", f"{name} {stat} ${{PROP('Dim.account')}}")
              for name, job_type, prefix in MEASURED[:2] for stat in ("p50", "p90")]
    board.graph("Jobs ended, by kind", (0, y, 8, 6), ended, "jobs", stacked=True)
    board.graph("Failed share of ended jobs, by kind", (8, y, 8, 6), failed, "%")
    board.graph("How long jobs take, by account", (16, y, 8, 6), lasted, "minutes")


def utilization(board, y):
    """A row a kind: how much of what was paid for was used, by account."""
    for row, (name, job_type, prefix) in enumerate(MEASURED):
        for column, (title, metrics) in enumerate(UTILIZATION):
            lines = [(board.search(f"{prefix}_{metric}", job_type, stat), f"{label}${{PROP('Dim.account')}}")
                     for metric, stat, label in metrics]
            board.graph(f"{name}: {title}", (6 * column, y + 6 * row, 6, 6), lines, "%")


def body(options):
    board = Board(options)
    reference(board)
    board.add("text", (0, 24, 24, 2), {"markdown": ABOUT})
    outcome(board, 26)
    utilization(board, 32)
    return {"start": "-PT24H", "periodOverride": "auto", "widgets": board.widgets}


def text(arguments=()):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--region", default="us-east-1", help="where smon-collect writes: emf.region")
    parser.add_argument("--namespace", default="/sample/SageMakerMonitoring", help="emf.namespace")
    parser.add_argument("--log-group", help="where the documents lie; by default the namespace, ':' as '_'")
    parser.add_argument("to", nargs="?", help="a file, or - for standard output")
    options = parser.parse_args(arguments)
    options.log_group = options.log_group or options.namespace.replace(":", "_")
    return options.to, json.dumps(body(options), indent=2) + "\n"


def main():
    to, made = text(sys.argv[1:])
    if to == "-":
        sys.stdout.write(made)
    else:
        pathlib.Path(to or FILE).write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
