"""What the benches share: events as wrk posts them, one measured run, and a process's CPU and memory."""

import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "scenes")]

from smon import ADMIN_KEY, Smon  # noqa: E402  found through the path above

EVENT_BYTES = 1266  # what the contract's figures were taken with
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20
FIELD_WIDTHS = {"ID": 12, "JOB": 10, "ACCOUNT": 12, "TIME": 20}


def event(status, secondary, minute):
    """One training event with fields for post.lua; exactly EVENT_BYTES when they are filled."""
    arn = "arn:aws:sagemaker:eu-west-1:@ACCOUNT@:training-job/bench-@JOB@"
    detail = {
        "TrainingJobName": "bench-@JOB@", "TrainingJobArn": arn, "TrainingJobStatus": status,
        "SecondaryStatus": secondary, "HyperParameters": {"epochs": "10", "rate": "0.001"},
        "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
        "RoleArn": "arn:aws:iam::@ACCOUNT@:role/work",
        "OutputDataConfig": {"KmsKeyId": "", "S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
        "CreationTime": "@M0@", "TrainingStartTime": "@M4@", "LastModifiedTime": f"@M{minute}@",
        "Tags": {"team": "risk", "stage": "dev"}, "Environment": {"FILL": ""},
    }
    if status == "Completed":
        detail["TrainingEndTime"] = f"@M{minute}@"
    whole = {"version": "0", "id": "0a15f67d-aa23-4123-8123-@ID@",
             "detail-type": "SageMaker Training Job State Change", "source": "aws.sagemaker",
             "account": "@ACCOUNT@", "time": "@TIME@", "region": "eu-west-1", "resources": [arn],
             "detail": detail}

    def text():  # times are numbers in these events
        return re.sub(r'"(@M\d+@)"', r"\1", json.dumps(whole, separators=(",", ":")))

    detail["Environment"]["FILL"] = "x" * max(0, EVENT_BYTES - filled_size(text()))
    return text()


def filled_size(text):
    return len(re.sub(r"@(\w+)@", lambda found: "x" * FIELD_WIDTHS.get(found.group(1), 13), text))


def requests(port, closes):
    """The five requests of a job's life, headers and all."""
    life = [("InProgress", "Starting", 1), ("InProgress", "Downloading", 3), ("InProgress", "Training", 5),
            ("InProgress", "Uploading", 25), ("Completed", "Completed", 30)]
    for status, secondary, minute in life:
        body = event(status, secondary, minute)
        yield (f"POST /ingest/eventbridge HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
               "User-Agent: Amazon/EventBridge/ApiDestinations\r\n"
               "Content-Type: application/json; charset=utf-8\r\nRange: bytes=0-1048575\r\n"
               f"Accept-Encoding: gzip,deflate\r\nx-api-key: {ADMIN_KEY}\r\n"
               f"Content-Length: {filled_size(body)}\r\n"
               + ("Connection: close\r\n" if closes else "") + "\r\n" + body)


def wrk(url, script, seconds, connections, environment):
    """Runs wrk with one of our scripts; the figures it prints, as numbers."""
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(HERE / script), url],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PACE_PATH": str(HERE), "PACE": "", **environment})
    result = re.search(r"^RESULT (.*)$", done.stdout, re.M)
    if not result:
        sys.exit(f"wrk failed: {done.stdout}{done.stderr}")
    return {name: int(value) for name, value in (pair.split("=") for pair in result.group(1).split())}


class Poster:
    """Posts events that were never posted before to one port, to a service whose clock is that far ahead."""

    def __init__(self, port, ahead_ms=0):
        self.port = port
        self.first = 0
        self.ahead_ms = ahead_ms
        self.base = int(time.time() * 1000) + ahead_ms - 2 * 3600 * 1000
        self.folder = tempfile.TemporaryDirectory()

    def environment(self, closes, rate):
        templates = pathlib.Path(self.folder.name) / f"templates-{closes}"
        templates.write_bytes(b"".join(request.encode() + b"\0" for request in requests(self.port, closes)))
        return {"TEMPLATES": str(templates), "FIRST": str(self.first), "BASE": str(self.base),
                "AHEAD": str(self.ahead_ms // 1000), "PACE": str(rate or "")}

    def run(self, seconds, connections=64, closes=False, rate=None):
        figures = wrk(f"http://127.0.0.1:{self.port}", "post.lua", seconds, connections,
                      self.environment(closes, rate))
        self.first += figures["requests"] + 100_000
        return figures


def processes(pid):
    """A process and everything below it."""
    found = [pid]
    for each in found:
        for task in pathlib.Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                pass
    return found


def cpu_seconds(pid):
    """User and system time so far, of all its processes."""
    total = 0
    for each in processes(pid):
        try:
            fields = pathlib.Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory(pid, field):
    """VmRSS or VmHWM of all its processes, in MiB."""
    total = 0
    for each in processes(pid):
        try:
            status = pathlib.Path(f"/proc/{each}/status").read_text()
        except OSError:
            continue
        total += int(re.search(rf"{field}:\s+(\d+)", status).group(1))
    return total / 1024


def service(folder, build, preload=None, **settings):
    return Smon(folder, {"limits.connections": 1024, "log.level": "warn", **settings}, build=build,
                preload=preload)


def shim(folder):
    """The slow disk, compiled."""
    library = pathlib.Path(folder) / "slow_sync.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(HERE / "slow_sync.c"), "-ldl"],
                   check=True)
    return library


def answers(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.request("GET", "/")
        connection.getresponse().read()
        return True
    except OSError:
        return False


def scratch(build):
    """A folder on the disk that the build stands on: a memory file system would flatter."""
    place = pathlib.Path(build) / "bench-data"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place
