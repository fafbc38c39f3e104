"""CloudWatch Logs on loopback: PutLogEvents, CreateLogGroup, CreateLogStream. Judges every batch.

    logs = Logs()
    logs.make("group", "stream")             # otherwise the program must make them
    logs.retention_days = 30                 # of every group
    logs.documents()                         # every message that was taken, parsed, in order
    logs.metrics()                           # {(namespace, metric, dimensions): [values]} as CloudWatch extracts
"""
import json
import re
import sys

from aws_peer import AwsError, AwsPeer, run

GROUP = re.compile(r"[A-Za-z0-9_\-/.#]{1,512}\Z")
STREAM = re.compile(r"[^:*]{1,512}\Z")
HOUR, DAY = 3600 * 1000, 86400 * 1000
UNITS = {"Seconds", "Microseconds", "Milliseconds", "Bytes", "Percent", "Count", "None"}


class LogsDeeds:
    """The actions alone, to be mixed into a peer that is several services at once."""

    retention_days = 3653

    @property
    def groups(self):
        return self.__dict__.setdefault("_groups", {})

    def make(self, group, stream):
        self.groups.setdefault(group, {}).setdefault(stream, [])

    def do_CreateLogGroup(self, call):
        name = call.json["logGroupName"]
        if not GROUP.match(name) or name.startswith("aws/"):
            self.refuse(call, "InvalidParameterException", f"group {name!r}", 400)
        if name in self.groups:
            raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists")
        self.groups[name] = {}
        return {}

    def do_CreateLogStream(self, call):
        group, stream = call.json["logGroupName"], call.json["logStreamName"]
        if not STREAM.match(stream):
            self.refuse(call, "InvalidParameterException", f"stream {stream!r}", 400)
        if group not in self.groups:
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        if stream in self.groups[group]:
            raise AwsError("ResourceAlreadyExistsException", "The specified log stream already exists")
        self.groups[group][stream] = []
        return {}

    def do_PutLogEvents(self, call):
        group, stream, events = (call.json[name] for name in ("logGroupName", "logStreamName", "logEvents"))
        if call.headers.get("content-type") != "application/x-amz-json-1.1":
            self.refuse(call, "SerializationException", "not JSON 1.1", 400)
        self._judge_batch(call, events)
        if stream not in self.groups.get(group, {}):
            raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
        now = int(self.now() * 1000)
        too_old = sum(event["timestamp"] < now - 14 * DAY for event in events)
        expired = sum(event["timestamp"] < now - self.retention_days * DAY for event in events)
        too_new = next((at for at, event in enumerate(events)
                        if event["timestamp"] > now + 2 * HOUR), len(events))
        self.groups[group][stream] += events[max(too_old, expired):too_new]
        told = {}
        if too_old:
            told["tooOldLogEventEndIndex"] = too_old
        if expired:
            told["expiredLogEventEndIndex"] = expired
        if too_new < len(events):
            told["tooNewLogEventStartIndex"] = too_new
        return {"rejectedLogEventsInfo": told} if told else {}

    def _judge_batch(self, call, events):
        times = [event["timestamp"] for event in events]
        size = sum(len(event["message"].encode()) + 26 for event in events)
        if not 1 <= len(events) <= 10000 or size > 1048576:
            self.refuse(call, "InvalidParameterException", f"{len(events)} events, {size} bytes", 400)
        if times != sorted(times):
            self.refuse(call, "InvalidParameterException", "not in chronological order", 400)
        if times[-1] - times[0] >= DAY:
            self.refuse(call, "InvalidParameterException", "spans more than 24 hours", 400)
        if not all(event["message"] for event in events):
            self.refuse(call, "InvalidParameterException", "an empty message", 400)

    def documents(self):
        return [json.loads(event["message"]) for streams in self.groups.values()
                for events in streams.values() for event in events]

    def metrics(self):
        return extract(self.documents())


def extract(documents):
    """What CloudWatch makes of EMF documents; an AssertionError says what it would drop."""
    found = {}
    for document in documents:
        head = document["_aws"]
        assert isinstance(head["Timestamp"], int)
        for directive in head["CloudWatchMetrics"]:
            assert directive["Dimensions"] and len(directive["Metrics"]) <= 100
            for names in directive["Dimensions"]:
                assert len(names) <= 30
                assert all(isinstance(document[name], str) and document[name].strip() for name in names)
                dimensions = tuple((name, document[name]) for name in names)
                for metric in directive["Metrics"]:
                    assert metric.get("Unit", "None") in UNITS
                    value = document[metric["Name"]]
                    values = value if isinstance(value, list) else [value]
                    assert len(values) <= 100 and all(isinstance(one, (int, float)) for one in values)
                    found.setdefault((directive["Namespace"], metric["Name"], dimensions), []).extend(values)
    return found


class Logs(LogsDeeds, AwsPeer):
    services = ("logs",)


if __name__ == "__main__":
    sys.exit(run(Logs()))
