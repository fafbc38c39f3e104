"""smon-collect alone: the real program between a stand-in for the service and stand-ins for AWS."""

import json
import os
import signal
import subprocess
import time

from aws_peer import AwsPeer, movable_clock
from cloudwatch import TRAINING, CloudWatchDeeds
from logs import LogsDeeds
from smon import BUILD
from sts import StsDeeds

ACCOUNT = "111122223333"
MINUTE = 60


class Aws(CloudWatchDeeds, LogsDeeds, StsDeeds, AwsPeer):
    """Metrics, logs and STS under one address, in the time of the programs under test."""

    services = ("monitoring", "logs", "sts")

    def __init__(self, clock):
        super().__init__()
        self.clock = movable_clock(clock.path)


def iso(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def job(clock, name="demo", kind="training", minutes=10, ended_ago=2 * MINUTE, **more):
    """A finished job as the work API shows it; it ended `ended_ago` seconds before now."""
    ended = (time.time() + clock.ahead_ms / 1000 - ended_ago) // MINUTE * MINUTE
    started = ended - minutes * MINUTE
    account = more.get("account", ACCOUNT)
    return {"account": account, "region": "eu-west-1", "kind": kind, "name": name,
            "arn": f"arn:aws:sagemaker:eu-west-1:{account}:{kind}-job/{name}", "status": "Completed",
            "secondary_status": None, "failure_reason": None, "created_at": iso(started - MINUTE),
            "started_at": iso(started), "ended_at": iso(ended), "duration_ms": minutes * MINUTE * 1000,
            "instance_type": "ml.g4dn.xlarge", "instance_count": 1, "_started": int(started), **more}


def put(aws, wanted, minutes=None, namespace=TRAINING, hosts=1, **more):
    """Metrics of that job's hosts."""
    minutes = minutes or wanted["duration_ms"] // 60000
    aws.put_job(wanted["account"], namespace, wanted["name"], wanted["_started"], minutes, hosts, **more)


def quiet(aws):
    """An environment in which the stand-in is all of AWS, whatever this machine is configured for."""
    return {**aws.environment(), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null"}


class Collector:
    def __init__(self, folder, work, aws, clock, **environment):
        self.folder, self.work = folder, work
        self.log_path, self.out_path = folder / "collect.log", folder / "collect.out"
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("SMON_", "AWS_")) and name not in ("http_proxy", "https_proxy")}
        self.environment = {**kept, "SMON_CLOCK_FILE": str(clock.path), **quiet(aws), **environment}
        self.process = None

    def start(self, *arguments):
        with open(self.log_path, "ab") as log, open(self.out_path, "ab") as out:
            self.process = subprocess.Popen(
                [str(BUILD / "bin" / "smon-collect"), *(arguments or self.work.arguments())],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=log, env=self.environment)
        return self

    def stop(self, within=15):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def close(self):
        """A collector that a scene leaves running must end in order, and without a finding."""
        if self.process:
            code = self.stop()
            text = self.log_path.read_text(errors="replace")
            assert code == 0, f"smon-collect ended with {code}:\n{text[-4000:]}"
            assert "Sanitizer" not in text and "runtime error:" not in text, text[-4000:]

    def log(self, event=None):
        lines = [json.loads(line) for line in self.log_path.read_text().splitlines() if line[:1] == "{"]
        return [line for line in lines if event in (None, line["event"])]

    def documents(self):
        """EMF on its standard output."""
        return [json.loads(line) for line in self.out_path.read_text().splitlines()]
