"""Whatever the order and number of deliveries: the same row, and exactly one completion."""

import itertools
import json
import random

import events
import pytest
from hypothesis import HealthCheck, given, settings, strategies
from ledger import Database, seeds

# Members that name one job or tell when we heard of it.
OWN = {"id", "links", "first_seen_at", "changed_at", "completed_at"}

KINDS = list(events.LIVES)
TELLERS = ("111111111111", "222222222222")


def told(name, kind, rng):
    """A life with every event delivered once more, and one event that says the same under a new id."""
    life = events.life(kind, name)
    return life, life + [rng.choice(life), events.again(rng.choice(life))]


def orders(kind, name_of, rng, most):
    """(job name, deliveries in some order) for every permutation of a kind's events."""
    count = len(events.life(kind, "x"))
    permutations = list(itertools.permutations(range(count)))
    rng.shuffle(permutations)
    for number, permutation in enumerate(permutations[:most]):
        name = name_of(number)
        life, doubled = told(name, kind, rng)
        deliveries = [life[i] for i in permutation]
        for extra in doubled[count:]:
            deliveries.insert(rng.randrange(len(deliveries) + 1), extra)
        yield name, deliveries


def shape_of(job):
    """What must be the same for all that lived the same life, whatever they are called."""
    shape = {name: value for name, value in job.items() if name not in OWN}
    return json.dumps(shape, sort_keys=True).replace(job.name.split("/")[0], "NAME")


def assert_one_completion_each(smon, names, kind):
    """In the rows, in the rollup and in what is to be emitted."""
    jobs = {job.name: job for job in smon.jobs(kind=kind)}
    assert set(jobs) == {events.job_name(kind, name) for name in names}
    database = Database(smon)
    try:
        ids = ",".join(str(job.id).rsplit("-", 1)[1] for job in jobs.values())
        assert database.one(f"SELECT count(*) FROM resource WHERE id IN ({ids}) AND completed_ms IS NOT NULL") \
            == len(names)
        assert database.one(f"SELECT count(*) FROM errand WHERE deed = 2 AND resource_id IN ({ids})") <= len(names)
    finally:
        database.close()


@pytest.mark.both_engines
def test_all_orders_of_every_kind_of_job_across_a_restart_end_in_the_same_row(smon, is_long, is_brief):
    rng = random.Random(seeds())
    most = 10_000 if is_long else 12 if is_brief else 120
    stories = {kind: dict(orders(kind, lambda n, kind=kind: f"{kind.replace('_', '-')}-{n}", rng, most))
               for kind in KINDS}
    parts = [{name: rng.randrange(len(deliveries) + 1) for name, deliveries in told_of.items()}
             for told_of in stories.values()]
    for told_of, cut in zip(stories.values(), parts):
        for name, deliveries in told_of.items():
            smon.taken(deliveries[:cut[name]] or deliveries[:1])
    smon.restart()
    for told_of, cut in zip(stories.values(), parts):
        for name, deliveries in told_of.items():
            smon.taken(deliveries[cut[name]:] or deliveries[:1])

    ended = {}
    for kind, told_of in stories.items():
        assert_one_completion_each(smon, told_of, kind)
        shapes = {shape_of(job) for job in smon.jobs(kind=kind)}
        assert len(shapes) == 1, sorted(shapes)[:2]
        ended[kind] = len(told_of)
        assert all(job.status == events.end_of(kind) for job in smon.jobs(kind=kind))
    assert completions(smon) == ended


def completions(smon):
    """Jobs that ended, by kind, as the series of REST counts them."""
    answer = smon.get("series/job_ended", **{"from": events.iso(-60), "to": events.iso(120),
                                              "step": "1h", "group_by": "kind"})
    found = {}
    for series in answer["data"]:
        found[series["labels"]["kind"]] = sum(value for _, value in series["points"] if value)
    return {kind: int(count) for kind, count in found.items() if count}


def test_a_late_event_fills_what_is_empty_and_clears_nothing(smon):
    smon.taken(events.training("demo", "Completed"))
    before = smon.job("demo")
    smon.taken(events.training("demo", "InProgress", "Starting"))
    after = smon.job("demo")
    assert after.status == before.status == "Completed"
    assert after.ended_at == before.ended_at and after.duration_ms == before.duration_ms


def test_of_two_different_ends_the_later_one_stands_and_it_is_counted(smon):
    later = events.training("demo", "Failed", LastModifiedTime=events.epoch_ms(31))
    smon.taken(later)
    smon.taken(events.training("demo", "Completed"))
    assert smon.job("demo").status == "Failed"
    assert smon.metric("smon_event_conflicts_total") == 1


def test_a_spot_interruption_goes_back_without_going_wrong(smon):
    story = [events.training("demo", "InProgress", secondary)
             for secondary in ("Starting", "Training", "Interrupted", "Restarting")]
    story.append(events.training("demo", "Completed"))
    for event in reversed(story):
        smon.taken(event)
    assert smon.job("demo").status == "Completed"
    smon.taken([events.training("other", "InProgress", "Training"),
                events.training("other", "InProgress", "Interrupted")])
    assert smon.job("other").secondary_status == "Interrupted"


def test_a_job_that_ran_out_of_time_is_told_from_one_that_was_stopped(smon):
    smon.taken(events.training("long", "Stopped", "MaxRuntimeExceeded"))
    smon.taken(events.training("halted", "Stopped", "Stopped"))
    assert smon.job("long").secondary_status == "MaxRuntimeExceeded"
    assert smon.job("halted").secondary_status == "Stopped"


def test_an_endpoint_that_is_gone_is_not_raised_by_a_late_event_but_by_a_new_one(smon):
    for status, minutes in (("CREATING", 1), ("IN_SERVICE", 5), ("DELETING", 9), ("DELETED", 10)):
        smon.taken(events.endpoint("demo", status, minutes))
    smon.taken(events.again(events.endpoint("demo", "DELETING", 9)))
    rows = smon.resources(kind="endpoint")
    assert [row.status for row in rows] == ["Deleted"]
    reborn = events.endpoint("demo", "IN_SERVICE", 50)
    reborn["detail"]["CreationTime"] = float(events.epoch_ms(40))
    smon.taken({**reborn, "id": "reborn"})
    assert sorted(row.status for row in smon.resources(kind="endpoint")) == ["Deleted", "InService"]


def test_approval_of_a_model_package_moves_apart_from_its_status(smon):
    for approval, minutes in (("Approved", 30), ("PendingManualApproval", 10), ("Rejected", 20)):
        smon.taken(events.model_package("group", 1, approval=approval, minutes=minutes))
    row = smon.resources(kind="model_package")[0]
    assert row.status == "Completed"
    assert row.approval == "Approved"


def test_any_random_story_told_in_any_order_converges(smon, is_long, is_brief):
    """Hypothesis chooses the events; the judge is the same story told in its own order."""
    statuses = strategies.sampled_from([("InProgress", "Starting"), ("InProgress", "Training"),
                                        ("InProgress", "Interrupted"), ("Stopping", "Stopping"),
                                        ("Stopped", "Stopped"), ("Failed", "Failed"),
                                        ("Completed", "Completed")])
    moments = strategies.integers(min_value=0, max_value=6)
    stories = strategies.lists(strategies.tuples(statuses, moments), min_size=1, max_size=8)
    counter = itertools.count()

    @settings(max_examples=400 if is_long else 15 if is_brief else 60, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))
    @given(stories, strategies.randoms(use_true_random=False))
    def converges(story, rng):
        name = f"story-{next(counter)}"
        told_by = [[events.training(name, status, secondary, account,
                                    LastModifiedTime=events.epoch_ms(moment))
                    for (status, secondary), moment in story] for account in TELLERS]
        for straight, other in zip(*told_by):
            other["id"] = straight["id"]  # or a tie would fall differently
        rng.shuffle(told_by[1])
        told_by[1] += told_by[1][:2]
        for deliveries in told_by:
            smon.taken(deliveries)
        shapes = {shape_of(smon.job(name, account=account)).replace(account, "ACCOUNT")
                  for account in TELLERS}
        assert len(shapes) == 1, shapes

    converges()
