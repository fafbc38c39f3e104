"""From the data a job read to the endpoint that serves what it made, and back; in whatever order it was told."""

import itertools
import json
import random
import time

import events
import pytest

pytestmark = pytest.mark.both_engines

OTHER = "444455556666"
ARTIFACT = "s3://bucket/out/Fit/output/model.tar.gz"


def story(account=events.ACCOUNT):
    """Of each thing on the way its own event."""
    return [
        events.training("Fit", "Completed", account=account, InputDataConfig=[
            {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://bucket/in/"}}}]),
        events.model_package("Churn", 4, account=account,
                             InferenceSpecification=events.containers(ModelDataUrl=ARTIFACT)),
        events.model("Churn-v4", account=account,
                     ModelPackageName=events.arn("model-package/Churn/4", account)),
        events.endpoint_config("Live-config", account=account, blue="Churn-v4"),
        events.endpoint("Live", account=account),
    ]


def told_order(number):
    return random.Random(number).sample(range(5), 5)


def edges(graph):
    names = {node.id: node.name for node in graph.nodes}
    return {(names[edge["from"]], edge["type"], names[edge["to"]]) for edge in graph.edges}


def node(graph, name):
    found = [node for node in graph.nodes if node.name == name]
    assert len(found) == 1, (name, [node.name for node in graph.nodes])
    return found[0]


def names(graph):
    return {node.name for node in graph.nodes}


WAY = {
    ("bucket/in/", "read", "Fit"),
    ("Fit", "produced", "bucket/out/Fit/output/model.tar.gz"),
    ("bucket/out/Fit/output/model.tar.gz", "packaged", "Churn/4"),
    ("Churn/4", "modelled", "Churn-v4"),
    ("Churn-v4", "configured", "Live-config"),
    ("Live-config", "served_by", "Live"),
}


@pytest.mark.parametrize("order", [[4, 3, 2, 1, 0], told_order(1), *(
    pytest.param(order, marks=pytest.mark.long) for order in (list(range(5)), told_order(2), told_order(3)))])
def test_events_in_any_order_are_one_lineage_from_the_job_to_the_endpoint_and_back(smon, order):
    told = story()
    for at in order:
        smon.taken(told[at])
    job = smon.job("Fit")
    down = smon.get(f"jobs/{job.id}/lineage", depth=10)
    assert WAY <= edges(down)
    assert node(down, "Fit").id == down.root and not down.is_cut
    endpoint = smon.resources(kind="endpoint")[0]
    up = smon.get(f"resources/{endpoint.id}/lineage", depth=10, direction="up")
    assert WAY <= edges(up)
    assert node(up, "Fit").resource.href == f"/api/v1/jobs/{job.id}"
    assert node(up, "Live").steps == 0 and node(up, "Fit").steps < node(up, "Churn-v4").steps < 0
    for name in ("Fit", "Churn/4", "Churn-v4", "Live-config", "Live"):
        found = node(down, name)
        assert not found.is_stub and found.account == events.ACCOUNT and found.region == events.REGION, found
        assert smon.client.get(found.resource.href).json.name == name
    assert node(down, "Live").status == "InService" and node(down, "Fit").status == "Completed"
    assert [edge.detail for edge in down.edges if edge["type"] == "configured"] == ["blue"]


def test_every_order_gives_the_same_graph(smon, is_long):
    """Each order in an account of its own, with data of its own, so that they are not one lineage."""
    shapes = []
    orders = list(itertools.islice(itertools.permutations(range(5)), 0, 120, 1 if is_long else 17))
    for number, order in enumerate(orders):
        account = f"222233334{number:03}"
        told = json.loads(json.dumps(story(account)).replace("s3://bucket", f"s3://{account}"))
        for at in order:
            smon.taken(told[at])
        graph = smon.get("lineage", arn=events.arn("endpoint/live", account), direction="up", depth=6)
        nodes = sorted((node.type, node.name, node.is_stub, node.steps) for node in graph.nodes
                       if node.type != "image")
        shapes.append(json.dumps([nodes, sorted(edges(graph))]).replace(account, "bucket"))
    assert len(shapes) == len(orders) and len(set(shapes)) == 1
    assert all(json.dumps(edge) in shapes[0] for edge in WAY)


def test_what_others_name_is_a_stub_until_its_own_event_comes(smon):
    told = story()
    smon.taken(told[3])
    smon.taken(told[4])
    arn = events.arn("endpoint/LIVE")
    graph = smon.get("lineage", arn=arn, depth=10)
    stub = node(graph, "Churn-v4")
    assert stub.is_stub and stub.resource is None and stub.status is None
    assert stub.account == events.ACCOUNT and stub.region == events.REGION
    assert "Fit" not in names(graph)
    smon.taken(told[2])
    smon.taken(told[0])
    assert not node(smon.get("lineage", arn=arn, depth=10), "Churn-v4").is_stub
    assert node(smon.get("lineage", arn=arn, depth=10), "churn/4").is_stub
    assert "Fit" not in names(smon.get("lineage", arn=arn, depth=10))
    smon.taken(told[1])
    whole = smon.get("lineage", arn=arn, depth=10)
    assert not node(whole, "Churn/4").is_stub and WAY <= edges(whole)
    again = smon.get("lineage", node=whole.root, depth=10)
    assert edges(again) == edges(whole)
    assert WAY <= edges(smon.get("lineage", uri=ARTIFACT, depth=10))


def test_depth_and_direction_bound_the_walk_and_mistakes_are_told(smon):
    smon.taken(story())
    job = smon.job("Fit")
    path = f"jobs/{job.id}/lineage"
    assert names(smon.get(path, depth=0)) == {"Fit"}
    assert names(smon.get(path, depth=1, direction="down")) == {"Fit", "bucket/out/Fit/output/model.tar.gz"}
    assert {"bucket/in/", "image"} <= names(smon.get(path, depth=1, direction="up"))
    for wrong in ({"depth": 11}, {"depth": -1}, {"direction": "sideways"}, {"deep": 1}):
        assert smon.client.get(f"/api/v1/{path}", **wrong).status == 400, wrong
    for wrong in ({}, {"arn": "a", "uri": "b"}, {"node": "x"}):
        assert smon.client.get("/api/v1/lineage", **wrong).status == 400, wrong
    for absent in ({"arn": events.arn("endpoint/none")}, {"uri": "s3://none"}, {"node": 999999}):
        assert smon.client.get("/api/v1/lineage", **absent).status == 404, absent
    assert smon.client.get(f"/api/v1/resources/{job.id}/lineage").status == 404
    assert smon.client.get(f"/api/v1/jobs/{events.ACCOUNT}-999999/lineage").status == 404


def test_a_job_that_runs_has_no_lineage_yet(smon):
    smon.taken(events.training("Fit", "InProgress"))
    graph = smon.get(f"jobs/{smon.job('Fit').id}/lineage")
    assert graph.root is None and graph.nodes == [] and graph.edges == []


def test_a_key_of_another_account_sees_nothing_of_it(smon):
    smon.taken(story())
    smon.taken(story(OTHER))
    reader = smon.client.with_key(smon.new_key(["read"], accounts=[OTHER]).key)
    job = smon.job("Fit", account=events.ACCOUNT)
    assert reader.get(f"/api/v1/jobs/{job.id}/lineage").status == 404
    assert reader.get("/api/v1/lineage", arn=events.arn("endpoint/live")).status == 404
    mine = reader.get("/api/v1/lineage", uri=ARTIFACT, depth=10).json
    assert {node.account for node in mine.nodes} == {OTHER}
    whole = smon.get("lineage", uri=ARTIFACT, depth=10)
    assert {node.account for node in whole.nodes} == {OTHER, events.ACCOUNT}
    reader.close()


def test_a_package_used_from_another_account_leads_to_its_endpoints(smon):
    told = story()
    package = events.arn("model-package/Churn/4")
    smon.taken([told[0], told[1], events.model("Theirs", account=OTHER, ModelPackageName=package),
                events.endpoint_config("Their-config", account=OTHER, blue="Theirs")])
    graph = smon.get(f"jobs/{smon.job('Fit').id}/lineage", depth=10, direction="down")
    assert {("Churn/4", "modelled", "Theirs"), ("Theirs", "configured", "Their-config")} <= edges(graph)
    assert node(graph, "Theirs").account == OTHER and not node(graph, "Churn/4").is_stub


def test_versions_and_deployments_stand_on_the_way(smon):
    told = story()
    random.Random(7).shuffle(told)
    for event in told:
        smon.taken(event)
    of_version = smon.get("models/Churn/versions/4/lineage", depth=10)
    assert {("Churn/4", "registered", "Churn version 4"), ("Churn version 4", "deployed", "Churn deployment 1"),
            ("Churn deployment 1", "serves", "Live")} <= edges(of_version)
    assert "Fit" in names(of_version)
    version = node(of_version, "Churn version 4").version
    assert version.log_group == "/sagemaker/Churn" and version.model_version == 4
    assert version.approval == "PendingManualApproval" and version.account == events.ACCOUNT
    assert smon.client.raw("GET", version.href).status == 200
    of_deployment = smon.get("models/Churn/deployments/1/lineage", namespace="/sagemaker", direction="up", depth=10)
    deployment = node(of_deployment, "Churn deployment 1").deployment
    assert deployment.state == "active" and deployment.traffic_percent == 100
    assert smon.client.raw("GET", deployment.href).status == 200
    assert "Fit" in names(of_deployment) and "Live" not in names(of_deployment)
    for absent in ("versions/5", "deployments/2", "versions/x"):
        assert smon.client.get(f"/api/v1/models/Churn/{absent}/lineage").status == 404, absent


def answered(number, elapse, status="succeeded", **more):
    """A transaction of the model, served by its endpoint within the last hour."""
    at = 1000 * (int(time.time()) - 600 + number)
    return {"type": "inference_transaction", "namespace": "/sagemaker", "model_name": "Churn", "model_version": 4,
            "account_id": events.ACCOUNT, "region": events.REGION, "deployment_id": 1, "environment": "prod",
            "endpoint_name": "Live", "server_id": 1, "request_size": 1, "response_size": 1, "start_at": at,
            "end_at": at + elapse, "elapse": elapse, "status": status, **more}


def test_a_training_jobs_completion_its_package_its_endpoint_and_its_inferences_are_one_lineage(smon):
    smon.taken(story())
    told = [answered(number, 100 + number, "failed" if number == 50 else "succeeded") for number in range(1, 101)]
    taken = smon.client.ask("POST", "/ingest/inferences", [*told, answered(0, 90_000, deployment_id=7)])
    assert taken.status == 200 and taken.json.accepted == 101, taken
    job = smon.job("Fit")
    graph = smon.get(f"jobs/{job.id}/lineage", direction="down", depth=10)
    assert node(graph, "Fit").status == "Completed" and node(graph, "Live").status == "InService"
    assert (WAY - {("bucket/in/", "read", "Fit")}) | {("Churn/4", "registered", "Churn version 4"), (
        "Churn version 4", "deployed", "Churn deployment 1"), ("Churn deployment 1", "serves", "Live")} <= edges(graph)
    figures = node(graph, "Churn deployment 1").deployment.inferences
    assert (figures.count, figures.failed, figures.error_rate, figures.method) == (100, 1, 0.01, "exact")
    assert figures.elapse == {"p50": 150, "p99": 199}
    whole = smon.get("inferences/summary", model="Churn", deployment_id=1).data[0]
    assert (whole.count, whole.elapse.p99) == (figures.count, figures.elapse.p99)


def test_of_very_many_deployments_the_first_have_figures(smon):
    smon.taken(story())
    for number in range(40):
        made = smon.client.ask("POST", "/api/v1/models/Churn/deployments", {
            "model_version": 4, "environment": f"e{number}", "endpoint": f"https://other/{number}"}, namespace="/sagemaker")
        assert made.status == 201, made
    graph = smon.get("models/Churn/versions/4/lineage", depth=2, direction="down")
    shown = [found.deployment.inferences for found in graph.nodes if found.deployment]
    assert len(shown) == 41 and sum(figures is not None for figures in shown) == 32
    assert {figures.count for figures in shown if figures} == {0} and shown[0].elapse is shown[0].error_rate is None


def test_a_key_of_another_namespace_sees_no_versions_and_deployments(smon):
    smon.taken(story())
    reader = smon.client.with_key(smon.new_key(["read"], namespaces=["/abc"]).key)
    seen = reader.get("/api/v1/lineage", arn=events.arn("endpoint/live"), depth=10).json
    assert WAY <= edges(seen) and not {"version", "deployment"} & {node.type for node in seen.nodes}
    assert reader.get("/api/v1/models/Churn/versions/4/lineage").status == 404
    reader.close()
