"""What the stories look at: a day of a few accounts, with everything that should be seen at a glance.

All of it comes in the way it does in earnest: events are posted, figures are reported by a collector."""

import datetime
import json
import sqlite3
import uuid

import events

ACCOUNTS = [events.ACCOUNT, "444455556666", "777788889999"]
FAILED, IDLE, LONG, STEADY = "ranker-2026-11-21", "embed-2026-11-21", "nightly-train-9", "nightly-train-1"
REASON = "AlgorithmError: CUDA out of memory. Tried to allocate 2.50 GiB"
HOSTILE = ["<img src=x onerror=alert(1)>", "\u202egpj.exe", "esc\u001b[31mred", "=HYPERLINK(\"x\")",
           "</script><script>boom()</script>"]
REPLAYED = "understood-later"
DENIED = "nobody-may-read-it"
DENIAL = "AccessDenied: not authorized to perform cloudwatch:GetMetricData"


def later(event, **span):
    """The event moved in time: all of it, so that it agrees with itself."""
    shift = datetime.timedelta(**span)
    moved = json.loads(json.dumps(event))
    at = datetime.datetime.fromisoformat(moved["time"].replace("Z", "+00:00")) + shift
    moved["time"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    for name, value in moved["detail"].items():
        if name.endswith("Time") and isinstance(value, int):
            moved["detail"][name] = value + int(shift.total_seconds() * 1000)
    moved["id"] = str(uuid.uuid5(uuid.UUID(event["id"]), str(shift)))
    return moved


def figures(busy):
    return {"avg": busy, "max": min(100, busy * 1.6), "p95": busy * 1.4, "normalized": busy, "points": 26}


def course(cpu, gpu, hosts, points=26):
    """How it went: up, steady, and the last of several hosts stops half way."""
    def line(level, host):
        stops = hosts > 1 and host == hosts - 1
        return [level * min(1, (at + 1) / 4) if not stops or at < points / 2 else 1.5 for at in range(points)]
    lines = [{metric: line(level, host) for metric, level in (("cpu", cpu), ("gpu", gpu), ("memory", 41))}
             for host in range(hosts)]
    steps = {metric: list(zip(*(one[metric] for one in lines))) for metric in lines[0]}
    return {"from": events.iso(events.STARTED_AT), "step_s": 60, "points": points, "is_normalized": True,
            "hosts_left_out": 0,
            "job": {metric: {"avg": [sum(at) / hosts for at in all], "low": [min(at) for at in all],
                             "high": [max(at) for at in all], "max": [min(100, max(at) * 1.4) for at in all]}
                    for metric, all in steps.items()},
            "hosts": [{"host": f"algo-{number + 1}", **{metric: {"avg": values} for metric, values in one.items()}}
                      for number, one in enumerate(lines)]}


def used(cpu, gpu, hosts, **more):
    """A utilization document as collectors report it."""
    of = {"cpu": figures(cpu), "memory": figures(41), "gpu": figures(gpu), "gpu_memory": figures(gpu / 2), "disk": None}
    return {"state": "settled", "reason": None, "period_s": 60, "job": of,
            "hosts": [{"host": f"algo-{number + 1}", **of} for number in range(hosts)], **more}


def of_variants(use, *names):
    """The same with other names for its hosts."""
    use = json.loads(json.dumps(use))
    for hosts in (use["hosts"], use["course"]["hosts"]):
        for host, name in zip(hosts, names, strict=True):
            host["host"] = name
    return use


def enrich(smon, figures_of):
    """What a collector does: leases what is due, and reports how well those jobs used their machines."""
    asked = {"worker": "feed", "deeds": ["enrich"], "most": 64, "wait_ms": 0, "lease_ms": 60000}
    errands = smon.client.ask("POST", "/collect/v1/lease", asked).json.errands
    outcomes = [{"id": one.id, "fence": one.fence, **({"result": "dead", "why": DENIAL} if one.job.name == DENIED else
                 {"result": "done", "utilization": figures_of.get(one.job.name, used(71, 64, 1))})} for one in errands]
    answer = smon.client.ask("POST", "/collect/v1/finish", {"worker": "feed", "outcomes": outcomes})
    assert answer.status == 200 and all(one.accepted for one in answer.json.results), answer
    return len(errands)


def life(name, end, account, **more):
    return [events.training(name, status, account=account, **more) for status in ("InProgress", end)]


def day_of_events():
    for place, account in enumerate(ACCOUNTS):
        for number in range(6 + place):
            yield from life(f"report-{number}", "Failed" if number < place else "Completed", account)
            yield events.processing(f"clean-{number}", "Completed", account=account)
    for number in range(4):
        yield from (later(event, hours=-8) for event in life(f"nightly-train-{number}", "Completed", ACCOUNTS[0]))
    yield events.training(LONG, "InProgress", account=ACCOUNTS[0])
    yield from life(IDLE, "Completed", ACCOUNTS[2])
    yield from life(DENIED, "Completed", ACCOUNTS[1])
    for name in HOSTILE:
        yield from life(name, "Failed", ACCOUNTS[2], FailureReason=f"{name} in a reason")
    yield from events.life("pipeline_execution", "nightly")
    yield events.pipeline_step("nightly", "Failed")
    yield from (later(event, minutes=5) for event in life(FAILED, "Failed", ACCOUNTS[1], FailureReason=REASON))


def keep_for_later(smon):
    """A post that was not understood when it came; a newer version, as it were, understands it."""
    smon.post(b"{not yet")
    assert smon.stop() == 0
    with sqlite3.connect(smon.data / "smon.db") as store:
        body = json.dumps(events.training(REPLAYED, "Completed")).encode()
        store.execute("UPDATE quarantine SET body = ?, reason = 'not understood yet'", (body,))
    store.close()
    smon.start()


def fill(smon):
    for event in day_of_events():
        smon.taken(event)
    keep_for_later(smon)
    while enrich(smon, {IDLE: used(12, 4, 2), FAILED: used(88, 93, 2, course=course(88, 93, 2)),
                        STEADY: used(71, 64, 1, course=course(71, 64, 1))}):
        pass
