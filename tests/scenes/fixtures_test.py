"""Every recorded event is taken, or refused with a reason that names what is wrong with it."""

import json
import zlib

# name -> (kind, status) as it must come out; None: kept in quarantine with a reason.
EXPECTED = {
    "a2i-completed-docs": None,  # an account of thirteen digits
    "training-completed-docs": ("training", "Completed"),
    "training-inprogress-mlspace": ("training", "InProgress"),
    "processing-failed-docs": ("processing", "Failed"),
    "transform-docs": ("transform", "another status... GO"),
    "transform-inprogress-mlspace": ("transform", "InProgress"),
    "hpo-docs": ("tuning", "status"),
    "hpo-running-mlspace": ("tuning", "Running"),
    "labeling-completed-docs": ("labeling", "Completed"),
    "pipeline-execution-succeeded-docs": ("pipeline_execution", "Succeeded"),
    "pipeline-execution-succeeded-drift": ("pipeline_execution", "Succeeded"),
    "pipeline-step-succeeded-docs": ("pipeline_step", "Succeeded"),
    "endpoint-in-service-docs": ("endpoint", "InService"),
    "endpoint-in-service-mlspace": ("endpoint", "InService"),
    "endpoint-config-created-mlspace": ("endpoint_config", None),
    "model-created-mlspace": ("model", None),
    "modelpackage-approved-drift": ("model_package", "Completed"),
    "modelpackage-rejected-docs": ("model_package", "Completed"),
    "featuregroup-active-docs": ("feature_group", "Created"),
    "image-creating-docs": ("image", "Creating"),
    "notebook-inservice-mlspace": ("notebook", "InService"),
    "modelcard-draft-docs": ("model_card", "Draft"),
}


def test_every_recorded_event_is_taken_or_refused_with_a_named_reason(smon, shared):
    taken = refused = 0
    for path in sorted((shared / "eventbridge").glob("*.json")):
        body = path.read_bytes()  # some samples share their id, which no two real events do
        body = body.replace(json.loads(body)["id"].encode(), path.stem.encode())
        events_before, kept_before = len(smon.events()), len(smon.quarantine())
        assert smon.post(body).status == 200, path.name
        now_events, now_kept = len(smon.events()), len(smon.quarantine())
        assert (now_events - events_before) + (now_kept - kept_before) == 1, path.name
        taken += now_events - events_before
        refused += now_kept - kept_before
        if path.stem in EXPECTED:
            assert (EXPECTED[path.stem] is None) == (now_kept > kept_before), path.name
    assert taken >= 25 and refused == 1
    assert all(row.reason for row in smon.quarantine())


def test_recorded_events_come_out_as_what_they_are(house, shared):
    smon = house()
    smon.start()
    for path in sorted((shared / "eventbridge").glob("*.json")):
        if EXPECTED.get(path.stem) is None:
            continue
        kind, status = EXPECTED[path.stem]
        event = json.loads(path.read_text())
        event["account"] = f"{zlib.crc32(path.stem.encode()):012d}"  # samples share names and ids
        smon.taken(event)
        found = smon.jobs(account=event["account"]) + smon.resources(account=event["account"])
        assert len(found) == 1, path.name
        assert (found[0].kind, found[0].status) == (kind, status), path.name


def test_every_spelling_of_an_instant_is_the_same_instant(smon, shared):
    """Numbers, text of digits, fractions and RFC 3339 of one moment give one created_at."""
    event = json.loads((shared / "eventbridge" / "training-completed-docs.json").read_text())
    spellings = [1583831889050, "1583831889050", 1583831889050.0, "1583831889.050", "2020-03-10T09:18:09.050Z",
                 "2020-03-10T10:18:09.050123456+01:00"]
    for number, spelling in enumerate(spellings):
        event["id"] = f"spelling-{number}"
        event["detail"]["TrainingJobName"] = f"spelling-{number}"
        event["detail"]["CreationTime"] = spelling
        smon.taken(event)
    assert {job.created_at for job in smon.jobs()} == {"2020-03-10T09:18:09.050Z"}
    assert len(smon.jobs()) == len(spellings)


def test_both_forms_of_tags_are_the_same_tags(smon, shared):
    event = json.loads((shared / "eventbridge" / "training-inprogress-mlspace.json").read_text())
    event["detail"]["Tags"] = {"aws:team": "risk/one"}
    smon.taken(event)
    event["detail"] |= {"TrainingJobName": "second", "Tags": [{"Key": "aws:team", "Value": "risk/one"}]}
    smon.taken({**event, "id": "second"})
    assert [job.tags for job in smon.jobs()] == [{"aws:team": "risk/one"}] * 2
