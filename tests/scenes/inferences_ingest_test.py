"""Inference transactions are taken in every shape, once, as far as they are good; bodies are not kept."""

import json
import threading

import pytest
from smon import wait_until

CANARY = "canary-sings-7d1f4c"
NDJSON = {"Content-Type": "application/x-ndjson"}
START = 1_790_000_000_000


def transaction(number=0, **more):
    """A transaction like the design's own; members that are None are left out."""
    whole = {
        "type": "inference_transaction", "namespace": "/abc_corp/claim", "model_name": "doc_classification",
        "environment": "prod", "deployment_id": 1, "model_version": 1, "server_id": 1,
        "request": {"text": CANARY}, "response": {"label": CANARY}, "request_size": 4096,
        "response_size": 1024, "start_at": START + number, "end_at": START + number + 350, "elapse": 350,
        "status": "succeeded", "requester": {"principal": "arn:aws:iam::123456789012:role/app", "ip": None},
        "confidence": 98.05, **more}
    return {name: value for name, value in whole.items() if value is not None}


def lines(transactions):
    return "".join(json.dumps(item) + "\n" for item in transactions)


def post(smon, body, headers=None, **query):
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    return smon.client.ask("POST", "/ingest/inferences", body,
                           headers or {"Content-Type": "application/json"}, **query)


def counts(answer):
    assert answer.status == 200, answer
    got = answer.json
    return got.accepted, got.duplicates, got.waiting, got.refused_count


@pytest.mark.both_engines
def test_an_object_an_array_and_lines_are_taken_once_each(smon):
    one, two, three = (transaction(number) for number in range(3))
    assert counts(post(smon, one)) == (1, 0, 0, 0)
    assert counts(post(smon, [one, two])) == (1, 1, 0, 0)
    assert counts(post(smon, lines([one, two, three]), NDJSON)) == (1, 2, 0, 0)
    assert counts(post(smon, lines([three, two, one]))) == (0, 3, 0, 0)  # lines by their looks


@pytest.mark.both_engines
def test_the_good_part_of_a_half_bad_batch_is_kept_and_the_rest_is_named(smon):
    batch = [transaction(0), transaction(1, confidence=980), transaction(2, model_name=None, status=7),
             transaction(3), "nonsense"]
    answer = post(smon, batch)
    assert counts(answer) == (2, 0, 0, 3)
    refused = {item.index: {(error.pointer, error.code) for error in item.errors}
               for item in answer.json.refused}
    assert refused == {1: {("/confidence", "bad-value")},
                       2: {("/model_name", "missing"), ("/status", "wrong-type")},
                       4: {("", "wrong-type")}}
    answer = post(smon, lines(batch) + "{\n", NDJSON)
    assert counts(answer) == (0, 2, 0, 4)
    assert [item.line for item in answer.json.refused] == [2, 3, 5, 6]


@pytest.mark.parametrize("wrong", [
    ("type", "heartbeat"), ("type", None), ("model_name", ""), ("model_name", "a/b"), ("environment", 5),
    ("deployment_id", "1"), ("model_version", 0), ("server_id", 1.5), ("request", []), ("response", "x"),
    ("request_size", -1), ("response_size", "12"), ("start_at", "today"), ("end_at", START - 1),
    ("elapse", "350"), ("status", None), ("requester", "me"), ("confidence", 101), ("account_id", "12"),
    ("region", 1), ("namespace", "no/slash"), ("endpoint_name", {}), ("transaction_id", 5), ("trace_id", 1),
    ("error", "text")], ids=lambda wrong: f"{wrong[0]}={wrong[1]}")
def test_every_field_wrong_in_turn_is_a_400_that_names_it(common, wrong):
    field, value = wrong
    answer = post(common, transaction(**{field: value}))
    assert answer.status == 400, answer
    assert answer.json.type == "/problems/bad-member"
    assert [error.pointer for error in answer.json.errors] == [f"/{field}"]
    assert CANARY not in answer.text


def test_a_body_that_is_nothing_of_the_kind_and_a_parameter_that_is_wrong_are_400(smon):
    for body in ("", "[]", "[{]", "nonsense", "7"):
        assert post(smon, body).status == 400, body
    assert post(smon, transaction(), namespaec="/x").json.errors[0].parameter == "namespaec"
    assert post(smon, transaction(), account="12").json.errors[0].parameter == "account"
    assert post(smon, "x" * ((1 << 20) + (65 << 10))).status == 413


def structured(kind, time, **more):
    return {"specversion": "1.0", "id": "36d2-1", "source": "http://localhost:9081/",
            "type": f"org.kubeflow.serving.inference.{kind}", "time": time, "datacontenttype": "application/json",
            "inferenceservicename": "sklearn-iris", "namespace": "default", "endpoint": "",
            "component": "predictor", "data": {"canary": CANARY}, **more}


@pytest.mark.both_engines
def test_request_and_response_of_kserves_logger_become_one_transaction(smon):
    request = structured("request", "2026-09-21T14:13:20.000Z")
    response = structured("response", "2026-09-21T14:13:20.250Z")
    headers = {"Content-Type": "application/cloudevents+json"}
    assert counts(post(smon, request, headers)) == (0, 0, 1, 0)
    assert counts(post(smon, response, headers)) == (1, 0, 0, 0)
    batch = {"Content-Type": "application/cloudevents-batch+json"}
    pair = [{**request, "id": "b"}, {**response, "id": "b"}]
    assert counts(post(smon, pair, batch, namespace="/abc_corp", model_version=3)) == (1, 0, 1, 0)


def test_a_logger_that_sends_attributes_as_headers_is_understood(smon):
    def half(kind, time):
        return post(smon, json.dumps({"instances": [[6.8, 2.8]]}), {
            "Content-Type": "application/json", "ce-specversion": "1.0", "ce-id": "e1", "ce-source": "x",
            "ce-type": f"org.kubeflow.serving.inference.{kind}", "ce-time": time,
            "ce-inferenceservicename": "iris", "ce-namespace": "team-a", "ce-component": "predictor"})
    assert counts(half("response", "2026-09-21T14:13:21Z")) == (0, 0, 1, 0)
    assert counts(half("request", "2026-09-21T14:13:20Z")) == (1, 0, 0, 0)
    answer = half("else", "2026-09-21T14:13:20Z")
    assert answer.status == 400 and answer.json.errors[0].pointer == "/type"


def test_a_key_writes_only_into_its_accounts_and_namespaces(smon):
    key = smon.new_key(["ingest"], accounts=["111122223333"], namespaces=["/abc_corp/claim"])["key"]
    with_key = {"Content-Type": "application/json", "X-API-Key": key}
    assert counts(post(smon, transaction(1), with_key)) == (1, 0, 0, 0)
    answer = post(smon, [transaction(2), transaction(3, account_id="444455556666"),
                         transaction(4, namespace="/abc_corp/claims")], with_key)
    assert counts(answer) == (1, 0, 0, 2)
    assert [item.errors[0].pointer for item in answer.json.refused] == ["/account_id", "/namespace"]
    assert post(smon, transaction(5, namespace="/else"), with_key).status == 403
    read = {**with_key, "X-API-Key": smon.new_key(["read"])["key"]}
    assert post(smon, transaction(6), read).status == 403


def everything_written(smon):
    files = [*smon.data.iterdir(), smon.log_path, smon.out_path]
    return b"".join(file.read_bytes() for file in files if file.is_file())


def test_payloads_stand_nowhere_unless_the_model_wants_them(smon):
    assert counts(post(smon, [transaction(0), transaction(1, confidence=98.05)])) == (2, 0, 0, 0)
    assert counts(post(smon, structured("request", "2026-09-21T14:13:20.000Z"))) == (0, 0, 1, 0)
    assert post(smon, transaction(2, confidence=CANARY)).status == 400
    assert post(smon, transaction(2, status=[CANARY])).status == 400
    assert CANARY not in smon.client.raw("GET", "/metrics").text
    smon.stop()
    assert CANARY.encode() not in everything_written(smon)


def test_what_was_acknowledged_survives_a_kill(house):
    smon = house()
    smon.start()
    acknowledged, is_over = [], threading.Event()

    def send():
        client = smon.client.with_key(smon.client.key)
        number = 0
        while not is_over.is_set():
            batch = [transaction(number + i, transaction_id=f"t{number + i}") for i in range(50)]
            try:
                answer = client.raw("POST", "/ingest/inferences", lines(batch), NDJSON)
            except OSError:
                return
            if answer.status == 200:
                acknowledged.extend(batch)
            number += 50
    sender = threading.Thread(target=send)
    sender.start()
    wait_until(lambda: len(acknowledged) >= 500, what="acknowledgements")
    smon.kill9()
    is_over.set()
    sender.join()
    smon.start()
    for at in range(0, len(acknowledged), 1000):
        batch = acknowledged[at:at + 1000]
        assert counts(post(smon, lines(batch), NDJSON)) == (0, len(batch), 0, 0)
