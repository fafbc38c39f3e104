"""What ran when: blue/green, canaries and rollbacks, told by people or by the events of endpoints; and secrets."""

import json
import random
import urllib.parse

import events
import pytest

pytestmark = pytest.mark.both_engines

PLACE = {"namespace": "/abc_corp/claim"}
DOC = "/api/v1/models/doc_classification"
LIVE = {"environment": "prod", "endpoint": "https://doc.claim.abc.example/"}
SECRET = "c4n4ry-7b1e-do-not-tell"


def with_versions(smon):
    """A client of a service that knows versions 1 to 3 of a model."""
    for number in (1, 2, 3):
        body = {"artifacts": [{"name": "trained", "uri": f"s3://abc-claim/trained/{number}.tar.gz"}]}
        answer = smon.client.ask("POST", f"{DOC}/versions", body, **PLACE)
        assert answer.status == 201, answer
    return smon.client


@pytest.fixture
def client(smon):
    return with_versions(smon)


@pytest.fixture(scope="module")
def common_client(common):
    return with_versions(common)


def deploy(client, version=None, minutes=0, headers=None, **more):
    body = {"create_at": events.iso(minutes), **({} if "rollback_of" in more else LIVE), **more}
    if version:
        body["model_version"] = version
    return client.ask("POST", f"{DOC}/deployments", body, headers, **PLACE)


def say(client, number, what, minutes, **more):
    body = {"what": what, "at": events.iso(minutes), **more}
    return client.ask("POST", f"{DOC}/deployments/{number}/rollout", body, **PLACE)


def done(answer, status=201):
    assert answer.status == status, answer
    return answer.json


def ran(client, minutes, **more):
    """{version: percent} of what had traffic then."""
    answer = done(client.get(f"{DOC}/deployments", at=events.iso(minutes), **PLACE, **more), 200)
    return {row.model_version: row.percent for row in answer.data}


def pointers(answer):
    return [error.pointer for error in answer.json.errors]


# -- what people tell ------------------------------------------------------------------------------

def test_what_ran_at_any_moment_of_a_blue_green_deployment(client):
    done(deploy(client, 1, 0, percent=100))
    done(deploy(client, 2, 10, rolling_strategy="blue green"))
    done(say(client, 2, "promoted", 20))
    assert ran(client, -1) == {}
    assert ran(client, 0) == ran(client, 10) == ran(client, 19) == {1: 100}
    assert ran(client, 20) == ran(client, 60) == {2: 100}
    assert [(row.deployment_id, row.state) for row in
            client.get(f"{DOC}/deployments", at=events.iso(15), state="active,pending", **PLACE).json.data] == \
        [(2, "pending"), (1, "active")]


def test_what_ran_at_any_moment_of_a_canary(client):
    done(deploy(client, 1, 0, percent=100))
    done(deploy(client, 2, 10, percent=5, rolling_strategy="canory"))
    assert done(say(client, 2, "traffic_shift", 20, percent=25)).percent == 25
    done(say(client, 2, "promoted", 30))
    assert ran(client, 10) == {1: 95, 2: 5}
    assert ran(client, 29) == {1: 75, 2: 25}
    assert ran(client, 30) == {2: 100}
    history = done(client.get(f"{DOC}/deployments/1/rollout", **PLACE), 200).data
    assert [(entry.what, entry.percent, entry.previous_state) for entry in history] == [
        ("created", 0, None), ("promoted", 100, "pending"), ("traffic_shift", 95, "active"),
        ("traffic_shift", 75, "active"), ("retired", 0, "active")]
    assert history[-1].why == "deployment 2 was promoted" and history[-1].who.startswith("key:")


def test_a_rollback_is_a_new_deployment_of_what_ran_before(client):
    done(deploy(client, 1, 0, percent=100))
    done(deploy(client, 3, 10, percent=100))
    back = done(deploy(client, minutes=20, rollback_of=2, why="too many errors"))
    assert (back.deployment_id, back.model_version, back.rollback_of) == (3, 1, 2)
    assert back.endpoint == LIVE["endpoint"] and back.state == "active"
    assert [ran(client, minutes) for minutes in (5, 15, 25)] == [{1: 100}, {3: 100}, {1: 100}]
    old = done(client.get(f"{DOC}/deployments/2", **PLACE), 200)
    assert old.state == "rolled_back" and old.percent == 0
    again = deploy(client, minutes=30, rollback_of=2)
    assert again.status == 409 and "rolled_back" in again.json.detail


def test_environments_and_endpoints_do_not_touch_each_other(client):
    done(deploy(client, 1, 0, percent=100))
    done(deploy(client, 2, 10, percent=100, environment="test"))
    done(deploy(client, 3, 20, percent=100, endpoint="https://other.claim.abc.example/"))
    assert ran(client, 30) == {1: 100, 2: 100, 3: 100}
    assert ran(client, 30, environment="test") == {2: 100}
    assert ran(client, 30, endpoint=LIVE["endpoint"], environment="prod") == {1: 100}
    assert ran(client, 30, version=3) == {3: 100}


def test_what_contradicts_the_history_is_refused_with_a_sentence(client):
    done(deploy(client, 1, 0, percent=100))
    done(say(client, 1, "retired", 10))
    late = say(client, 1, "traffic_shift", 20, percent=50)
    assert late.status == 409 and late.json.detail == \
        "deployment 1: 'traffic_shift' follows 'retired', which is an end"
    early = say(client, 1, "failed", -10)
    assert early.status == 409 and "created" in early.json.detail
    assert ran(client, 20) == {}
    assert say(client, 9, "retired", 20).status == 404
    assert deploy(client, minutes=20, rollback_of=9).status == 409


@pytest.mark.parametrize("wrong, pointer", [
    ({"model_version": 9}, "/model_version"), ({"model_version": "2"}, "/model_version"),
    ({"model_version": None}, "/model_version"), ({"percent": 101}, "/percent"), ({"percent": "5"}, "/percent"),
    ({"deployment_method": "by hand"}, "/deployment_method"), ({"rolling_strategy": "canari"}, "/rolling_strategy"),
    ({"environment": 7}, "/environment"), ({"endpoint": "no blanks"}, "/endpoint"),
    ({"endpoint": f"https://me:{SECRET}@host/"}, "/endpoint"), ({"rollback_of": 0}, "/rollback_of"),
    ({"create_at": "2099-01-01T00:00:00Z"}, "/create_at"), ({"tags": ["a"]}, "/tags"), ({"colour": "blue"}, "/colour"),
    ({"environment_variables": {"A": SECRET}}, "/environment_variables"),
    ({"environment_variables": [{"name": "A"}]}, "/environment_variables/0/value"),
    ({"environment_variables": [{"name": "A B", "value": SECRET}]}, "/environment_variables/0/name"),
    ({"environment_variables": [{"name": "A", "value": SECRET}, {"name": "A", "value": "2"}]},
     "/environment_variables/1/name"),
    ({"environment_variables": [{"name": "A", "value": SECRET, "is": 1}]}, "/environment_variables/0/is"),
])
def test_every_wrong_member_is_named(common_client, wrong, pointer):
    before = common_client.get(f"{DOC}/deployments", **PLACE).text
    answer = common_client.ask("POST", f"{DOC}/deployments", {"model_version": 1, **LIVE, **wrong}, **PLACE)
    assert answer.status == 400 and pointer in pointers(answer), answer
    assert SECRET not in answer.text
    assert common_client.get(f"{DOC}/deployments", **PLACE).text == before


@pytest.mark.parametrize("wrong, pointer", [
    ({"what": "shifted"}, "/what"), ({}, "/what"), ({"what": "created"}, "/what"),
    ({"what": "traffic_shift"}, "/percent"), ({"what": "traffic_shift", "percent": -1}, "/percent"),
    ({"what": "promoted", "percent": 5}, "/percent"), ({"what": "retired", "at": "2099-01-01T00:00:00Z"}, "/at"),
])
def test_every_wrong_member_of_an_entry_is_named(common_client, wrong, pointer):
    made = done(deploy(common_client, 1, 0))
    answer = common_client.ask("POST", f"{DOC}/deployments/{made.deployment_id}/rollout", wrong, **PLACE)
    assert answer.status == 400 and pointers(answer) == [pointer], answer


def test_only_description_and_tags_change_and_only_with_if_match(client):
    made = deploy(client, 1, 0)
    tag = made.headers["ETag"]
    path = f"{DOC}/deployments/1"
    assert client.ask("PATCH", path, {"description": "x"}, **PLACE).status == 428
    assert client.ask("PATCH", path, {"description": "x"}, {"If-Match": '"d1-99"'}, **PLACE).status == 412
    for name in ("model_version", "endpoint", "environment_variables", "percent", "create_at"):
        answer = client.ask("PATCH", path, {name: None}, {"If-Match": tag}, **PLACE)
        assert answer.status == 409 and pointers(answer) == [f"/{name}"], answer
    changed = client.ask("PATCH", path, {"description": "the first", "tags": {"team": "risk"}}, {"If-Match": tag},
                         **PLACE)
    assert done(changed, 200).description == "the first" and changed.headers["ETag"] != tag
    merged = client.ask("PATCH", path, {"tags": {"team": None, "site": "a"}}, {"If-Match": changed.headers["ETag"]},
                        **PLACE)
    assert done(merged, 200).tags == {"site": "a"} and merged.json.description == "the first"
    assert client.raw("GET", f"{path}?namespace=%2Fabc_corp%2Fclaim", None,
                      {"If-None-Match": merged.headers["ETag"]}).status == 304


def test_the_same_idempotency_key_registers_once(client):
    first = deploy(client, 1, 0, {"Idempotency-Key": "once"})
    again = deploy(client, 1, 0, {"Idempotency-Key": "once"})
    assert (first.status, again.status) == (201, 201) and first.json == again.json
    assert deploy(client, 2, 0, {"Idempotency-Key": "once"}).status == 409
    assert len(client.get(f"{DOC}/deployments", **PLACE).json.data) == 1


def test_deployments_of_all_models_are_found_by_namespace_and_state(client):
    done(deploy(client, 1, 0, percent=100, deployment_method="ecs"))
    done(deploy(client, 2, 10, deployment_method="AWS Lambda"))

    def found(**query):
        answer = client.raw("GET", f"/api/v1/deployments?{urllib.parse.urlencode(query)}")
        return [row.deployment_id for row in done(answer, 200).data]
    assert found() == found(namespace="/abc_corp") == [2, 1]
    assert found(namespace="/abc") == []
    assert found(state="active") == found(method="self hosted ECS") == [1]
    assert found(state="!active") == [2]
    page = client.get("/api/v1/deployments", limit=1).json
    assert page.has_more and found(cursor=page.next_cursor) == [1]
    assert client.get("/api/v1/deployments", state="asleep").status == 400


def test_a_deployment_stands_between_its_version_and_its_endpoint_in_lineage(client):
    done(deploy(client, 1, 0, percent=100))
    graph = done(client.get(f"{DOC}/versions/1/lineage", **PLACE), 200)
    assert {"deployed", "serves"} <= {edge.type for edge in graph.edges}


# -- who may see what -------------------------------------------------------------------------------

def test_values_of_environment_variables_are_for_admins_who_ask_and_stand_nowhere_else(smon, client):
    variables = [{"name": "TOKEN", "value": SECRET}, {"name": "WORKERS", "value": "4"}, {"name": "EMPTY", "value": ""}]
    made = deploy(client, 1, 0, {"Idempotency-Key": "s"}, environment_variables=variables)
    assert [item.name for item in done(made).environment_variables] == ["TOKEN", "WORKERS", "EMPTY"]
    deploy(client, 1, 0, {"Idempotency-Key": "s"}, environment_variables=variables)
    reader = smon.client.with_key(smon.new_key(["read"]).key)
    writer = smon.client.with_key(smon.new_key(["write", "read"]).key)
    paths = [f"{DOC}/deployments", f"{DOC}/deployments/1", "/api/v1/deployments"]
    answers = [made, say(client, 1, "promoted", 10)]
    for who in (reader, writer, client):
        answers += [who.get(path, **PLACE) for path in paths]
    answers += [who.get(path, reveal="environment_variables", **PLACE) for who in (reader, writer) for path in paths]
    assert [answer.status for answer in answers[-6:]] == [403] * 6
    for broken in (f'{{"environment_variables":[{{"name":"A","value":"{SECRET}" "x"}}]}}',
                   f'{{"model_version":1 "{SECRET}"}}', f'{{"model_version":1,"{SECRET}'):
        answers.append(client.raw("POST", f"{DOC}/deployments?namespace=/abc_corp/claim", broken.encode(),
                                  {"Content-Type": "application/json"}))
        assert answers[-1].status == 400
    answers += [client.raw("GET", path) for path in ("/metrics", "/", "/api/v1/overview")]
    for answer in answers:
        assert SECRET not in answer.text, answer
    for path in paths:
        shown = client.get(path, reveal="environment_variables", **PLACE)
        assert SECRET in shown.text and shown.headers["Cache-Control"] == "no-store"
    assert client.get(paths[1], reveal="environment_variables", **PLACE).json.environment_variables == variables
    assert all(SECRET not in json.dumps(line) for line in smon.log())


def test_a_key_of_another_namespace_sees_and_changes_nothing(smon, client):
    done(deploy(client, 1, 0))
    other = smon.client.with_key(smon.new_key(["read", "write"], namespaces=["/abc_corp/claims"]).key)
    assert other.get(f"{DOC}/deployments/1", **PLACE).status == 404
    assert other.get("/api/v1/deployments").json.data == []
    assert say(other, 1, "promoted", 10).status == 404
    assert deploy(other, 1, 0).status == 404


@pytest.mark.both_engines
def test_who_names_somebody_elses_files_learns_nothing_of_their_endpoints(smon):
    """A version of ours claims the file that an endpoint of another account serves."""
    mine, place = "444455556666", {"namespace": "/mine", "account": "444455556666"}
    key = smon.client.with_key(smon.new_key(["read", "write"], accounts=[mine]).key)
    claimed = key.ask("POST", "/api/v1/models/spy/versions", {"artifacts": [{"name": "a", "uri": "s3://theirs/1"}]}, **place)
    assert claimed.status == 201, claimed
    for event in (events.model("M1", ModelDataUrl="s3://theirs/1"),
                  events.endpoint_config("C1", A="M1"), endpoint(15, "IN_SERVICE", "C1")):
        smon.taken(event)
    path = "/api/v1/models/spy/deployments"
    assert [row.endpoint for row in smon.client.get(path, **place).json.data] == ["Doc"]
    assert key.get(path, **place).json.data == key.get("/api/v1/deployments").json.data == []
    assert key.get("/api/v1/rollouts").json.data == []
    answers = [key.get(f"{path}/1{tail}", **place) for tail in ("", "/rollout", "/lineage")]
    answers.append(key.ask("PATCH", f"{path}/1", {"description": "?"}, {"If-Match": "*"}, **place))
    answers.append(key.ask("POST", f"{path}/1/rollout", {"what": "failed"}, **place))
    assert [answer.status for answer in answers] == [404] * 5


# -- what events tell -------------------------------------------------------------------------------

def endpoint(minutes, status, config, pending=None):
    """`pending`: configuration, phase, instances it has of four."""
    name = "Doc"
    resource = events.arn("endpoint/doc")
    detail = {"EndpointName": name, "EndpointArn": resource, "EndpointStatus": status, "EndpointConfigName": config,
              "ProductionVariants": [{"VariantName": "A", "CurrentWeight": 1, "CurrentInstanceCount": 4,
                                      "DesiredInstanceCount": 4}],
              "CreationTime": events.epoch_ms(0), "LastModifiedTime": events.epoch_ms(minutes), "Tags": {}}
    if pending:
        detail["PendingDeploymentSummary"] = {
            "EndpointConfigName": pending[0], "StartTime": events.epoch_ms(minutes), "ProductionVariants": [
                {"VariantName": "A", "CurrentWeight": 1, "CurrentInstanceCount": pending[2], "DesiredInstanceCount": 4,
                 "VariantStatus": [{"Status": pending[1], "StartTime": events.epoch_ms(minutes)}]}]}
    kind = "Endpoint Deployment State Change" if pending else "Endpoint State Change"
    return events.envelope(kind, detail, [resource], minutes)


def story():
    """Version 1; version 2 as a canary that is rolled back; version 3 blue/green; the end."""
    told = [endpoint(10, "CREATING", "C1"), endpoint(15, "IN_SERVICE", "C1"),
            endpoint(20, "UPDATING", "C1", ("C2", "Creating", 0)), endpoint(25, "UPDATING", "C1", ("C2", "Baking", 1)),
            endpoint(30, "ROLLING_BACK", "C1"), endpoint(35, "IN_SERVICE", "C1"),
            endpoint(40, "UPDATING", "C1", ("C3", "Creating", 0)), endpoint(45, "UPDATING", "C1", ("C3", "Baking", 4)),
            endpoint(50, "IN_SERVICE", "C3"), endpoint(60, "DELETING", "C3"), endpoint(61, "DELETED", "C3")]
    for number in (1, 2, 3):
        told += [events.model_package("doc", number,
                                      InferenceSpecification=events.containers(ModelDataUrl=f"s3://m/{number}")),
                 events.model(f"M{number}", ModelPackageName=events.arn(f"model-package/doc/{number}")),
                 events.endpoint_config(f"C{number}", A=f"M{number}")]
    return told


RAN = {9: {}, 12: {}, 15: {1: 100}, 22: {1: 100}, 25: {1: 75, 2: 25}, 30: {1: 100}, 42: {1: 100}, 45: {3: 100},
       55: {3: 100}, 60: {}}


@pytest.mark.parametrize("seed", [None, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 8))])
def test_events_of_an_endpoint_tell_what_ran_in_whatever_order_they_come(smon, seed):
    told = story()
    if seed:
        random.Random(seed).shuffle(told)
    for event in told:
        smon.taken(event)
    smon.taken(told)
    place = {"namespace": "/sagemaker", "account": events.ACCOUNT, "region": events.REGION}
    for minutes, expected in RAN.items():
        rows = smon.get("models/doc/deployments", at=events.iso(minutes), **place).data
        assert {row.model_version: row.percent for row in rows} == expected, minutes
    rows = smon.get("models/doc/deployments", **place).data
    assert sorted((row.model_version, row.state, row.endpoint_config, row.source) for row in rows) == [
        (1, "retired", "C1", "events"), (2, "rolled_back", "C2", "events"), (3, "retired", "C3", "events")]
    found = [len(smon.get("deployments", region=region).data) for region in (events.REGION, f"!{events.REGION}", "mars-1")]
    assert found == [3, 0, 0]
    answer = smon.client.ask("POST", f"/api/v1/models/doc/deployments/{rows[0].deployment_id}/rollout",
                             {"what": "promoted"}, **place)
    assert answer.status == 409 and "events" in answer.json.detail
