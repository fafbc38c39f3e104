"""Models for the stories: one that events tell of, from its job to its endpoint, and one that people
registered and rolled out over an hour. Both have answered for a while; something of each is hostile."""

import json
import time

import events

HOSTILE = ["<img src=x onerror=alert(1)>", "\u202egpj.exe", "=HYPERLINK(\"x\")", "</script><script>boom()</script>"]
JOB, GROUP, ENDPOINT = "scorer-fit-7", "scorer-models", "scorer-live"
SCORING, LIMITS = "/lending/scoring", "/lending/limits"
SECRET = "canary-of-the-variables"
SLOW_MS, USUAL_MS, EACH = 4100, 120, 240


def from_job_to_endpoint():
    """The package says where its people want it."""
    artifact = f"s3://bucket/out/{JOB}/output/model.tar.gz"
    return [
        events.training(JOB, "Completed"),
        events.model_package(GROUP, 1, approval="Approved", InferenceSpecification=events.containers(ModelDataUrl=artifact),
                             CustomerMetadataProperties={"namespace": SCORING, "model_name": "scorer"}),
        events.model("scorer-v1", ModelPackageName=events.arn(f"model-package/{GROUP}/1")),
        events.endpoint_config(f"{ENDPOINT}-config", blue="scorer-v1"),
        events.endpoint(ENDPOINT, minutes=14),
    ]


def told(smon, method, path, body, **query):
    answer = smon.client.ask(method, f"/api/v1/models/limits{path}", body, namespace=LIMITS, **query)
    assert answer.status in (200, 201), answer
    return answer.json


def version(smon, number):
    return told(smon, "POST", "/versions", {
        "description": HOSTILE[number % len(HOSTILE)], "tags": {"team": HOSTILE[0]},
        "artifacts": [{"name": HOSTILE[2], "uri": f"s3://bucket/limits/{number}.tar.gz", "sha256": f"{number}a" * 32, "size_bytes": 1 << 20}]})


def rollout(smon, number, what, minutes, **more):
    told(smon, "POST", f"/deployments/{number}/rollout", {"what": what, "at": events.iso(minutes), **more})


def canary(smon):
    """Version 1 serves all; 2 gets a quarter half an hour later."""
    for number in (1, 2):
        version(smon, number)
        told(smon, "POST", "/deployments", {
            "model_version": number, "environment": "prod", "endpoint": "https://limits.example/v1", "deployment_method": "self hosted EKS",
            "rolling_strategy": "canary", "create_at": events.iso(1 + 30 * (number - 1)), "environment_variables": [{"name": "TOKEN", "value": SECRET}]})
    rollout(smon, 1, "promoted", 5)
    rollout(smon, 2, "traffic_shift", 40, percent=25, why=HOSTILE[3])
    told(smon, "PUT", "/aliases/champion", {"targets": [{"version": 1, "weight": 75}, {"version": 2, "weight": 25}], "why": HOSTILE[0]})


def stamp(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"


def answers(model, namespace, endpoint, **more):
    """Of the last hour; every sixtieth is slow and fails, for a reason nobody would print."""
    now = int(time.time() * 1000)
    for number in range(EACH):
        is_bad = number % 60 == 7
        start, elapse = now - (EACH - number) * 14_000, SLOW_MS if is_bad else USUAL_MS + number % 50
        yield {"type": "inference_transaction", "transaction_id": f"{model}-{number}", "namespace": namespace, "model_name": model,
               "model_version": 1, "deployment_id": 1, "server_id": "1", "environment": "prod", "endpoint_name": endpoint,
               "start_at": stamp(start), "end_at": stamp(start + elapse), "elapse": elapse, "request_size": 900, "response_size": 60,
               "status": "failed" if is_bad else "succeeded", "confidence": 80 + number % 20,
               **({"error": {"type": "ModelError", "message": HOSTILE[number % len(HOSTILE)]}} if is_bad else {}), **more}


def fill(smon):
    for event in from_job_to_endpoint():
        smon.taken(event)
    canary(smon)
    said = [*answers("scorer", SCORING, ENDPOINT, account_id=events.ACCOUNT, region=events.REGION),
            *answers("limits", LIMITS, "https://limits.example/v1")]
    body = "\n".join(json.dumps(one) for one in said)
    answer = smon.client.ask("POST", "/ingest/inferences", body, {"Content-Type": "application/x-ndjson"})
    assert answer.status == 200 and answer.json.accepted == len(said), answer
