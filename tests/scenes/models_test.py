"""The registry of models: versions, aliases, what may change and what never does; packages by their events."""

import concurrent.futures
import json

import events
import pytest
from client import Client
from smon import ADMIN_KEY

pytestmark = pytest.mark.both_engines

PLACE = {"namespace": "/abc_corp/claim"}
DOC = "/api/v1/models/doc_classification"
SHA = "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7"


def artifact(number, **more):
    return {"name": "trained", "uri": f"s3://abc-claim/trained/{number}.tar.gz", "sha256": SHA, **more}


def register(client, number=1, path=DOC, place=PLACE, headers=None, **more):
    body = {"artifacts": [artifact(number)], **more}
    return client.ask("POST", f"{path}/versions", body, headers, **place)


def registered(smon, count=1, path=DOC, place=PLACE):
    for number in range(1, count + 1):
        answer = register(smon.client, number, path, place)
        assert answer.status == 201, answer


def patch(client, path, body, tag, **query):
    return client.ask("PATCH", path, body, {"If-Match": tag}, **{**PLACE, **query})


def pointers(answer):
    return [error.pointer for error in answer.json.errors]


# -- numbers ---------------------------------------------------------------------------------------

def test_a_hundred_registrations_at_once_have_the_numbers_1_to_100(smon):
    def one(number):
        client = Client("127.0.0.1", smon.port, ADMIN_KEY, str(smon.build))
        try:
            return register(client, number)
        finally:
            client.close()

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(100)))
    assert {answer.status for answer in answers} == {201}
    assert sorted(answer.json.model_version for answer in answers) == list(range(1, 101))
    again = [register(smon.client, number) for number in range(100)]
    assert {answer.status for answer in again} == {200}
    assert [answer.json for answer in again] == [answer.json for answer in answers]
    assert smon.get("models/doc_classification", **PLACE).latest_version == 100


def test_a_version_is_made_with_its_address_and_its_tag(smon):
    answer = register(smon.client, description="first", tags={"team": "risk"})
    assert answer.status == 201 and answer.headers["ETag"] == '"v1-1"'
    assert answer.headers["Location"] == f"{DOC}/versions/1?namespace=%2Fabc_corp%2Fclaim"
    shown = smon.client.raw("GET", answer.headers["Location"])
    assert shown.json == answer.json and shown.headers["ETag"] == '"v1-1"'
    assert shown.headers["Cache-Control"] == "private, no-cache"
    assert smon.client.raw("GET", answer.headers["Location"], headers={"If-None-Match": '"v1-1"'}).status == 304
    fixed = smon.client.get(f"{DOC}/versions/1", fields="artifacts,digest", **PLACE)
    assert "immutable" in fixed.headers["Cache-Control"] and set(fixed.json) == {"artifacts", "digest"}


def test_what_contradicts_a_registered_version_is_refused(smon):
    registered(smon, 2)
    for body, found in (
            ({"model_version": 1}, ["/artifacts"]),
            ({"model_version": 1, "artifacts": [artifact(9)]}, ["/artifacts/0/uri"]),
            ({"artifacts": [artifact(1, sha256="0" * 64)]}, ["/artifacts/0/sha256"]),
            ({"artifacts": [artifact(1, size_bytes=7)]}, ["/artifacts/0/size_bytes"]),
            ({"artifacts": [artifact(1)], "job_arn": "arn:aws:sagemaker:job"}, ["/job_arn"]),
            ({"model_version": 4, "artifacts": [artifact(4)]}, ["/model_version"])):
        refused = smon.client.ask("POST", f"{DOC}/versions", body, **PLACE)
        assert refused.status == 409 and refused.json.type == "/problems/version-conflict", body
        assert pointers(refused) == found, body
    assert register(smon.client, 1, model_version=1).status == 200
    assert register(smon.client, 3, model_version=3).status == 201


def test_a_key_for_a_request_gives_its_answer_again_and_no_other(smon, clock):
    key = {"Idempotency-Key": "7d-1"}
    first = register(smon.client, 1, headers=key, description="one")
    again = register(smon.client, 1, headers=key, description="one")
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["Location"] == first.headers["Location"] and again.headers["Idempotency-Replayed"] == "true"
    other = register(smon.client, 2, headers=key)
    assert other.status == 409 and other.json.type == "/problems/key-reused"
    assert register(smon.client, 1, headers={"Idempotency-Key": "a\tb"}).status == 400
    empty = [smon.client.ask("POST", f"{DOC}/versions", {}, key, namespace="/other") for _ in range(2)]
    assert [answer.status for answer in empty] == [409, 409]  # the path is the same, the query is not
    clock.move(25 * 3600_000)
    assert register(smon.client, 2, headers=key).json.model_version == 2


def test_a_deleted_number_is_not_given_again(smon):
    registered(smon, 2)
    path = f"{DOC}/versions/2"
    assert smon.client.ask("DELETE", path, **PLACE).json.type == "/problems/precondition-required"
    assert smon.client.ask("DELETE", path, headers={"If-Match": '"v2-9"'}, **PLACE).status == 412
    assert smon.client.ask("DELETE", path, headers={"If-Match": '"v2-1"'}, **PLACE).status == 204
    assert smon.client.get(path, **PLACE).status == 404
    assert register(smon.client, 2, model_version=2).status == 409
    assert register(smon.client, 2).json.model_version == 3
    assert [row.model_version for row in smon.pages("models/doc_classification/versions", **PLACE)] == [3, 1]


# -- what may change -------------------------------------------------------------------------------

def test_description_tags_and_approval_change_and_nothing_else_does(smon):
    registered(smon)
    path = f"{DOC}/versions/1"
    assert smon.client.ask("PATCH", path, {"description": "x"}, **PLACE).status == 428
    changed = patch(smon.client, path, {"description": "x", "tags": {"a": "1", "b": "2"}}, '"v1-1"')
    assert changed.status == 200 and changed.headers["ETag"] == '"v1-2"'
    assert patch(smon.client, path, {"description": "y"}, '"v1-1"').json.type == "/problems/precondition-failed"
    merged = patch(smon.client, path, {"tags": {"a": None}, "approval": "Approved"}, '"v1-2"').json
    assert (merged.description, merged.tags, merged.approval, merged.stage) == ("x", {"b": "2"}, "Approved", "approved")
    assert patch(smon.client, path, {"approval": "Approved"}, "*").headers["ETag"] == '"v1-3"'
    shown = smon.get("models/doc_classification/versions/1", **PLACE)
    for member in set(shown) - {"description", "tags", "approval"}:
        refused = patch(smon.client, path, {member: shown[member]}, "*")
        assert refused.status == 409 and refused.json.type == "/problems/immutable-field", member
        assert refused.json.errors == [{"pointer": f"/{member}", "code": "immutable-field",
                                        "detail": f"'{member}' of a registered version cannot change"}]
    assert smon.get("models/doc_classification/versions/1", **PLACE) == shown


def test_every_wrong_member_of_a_registration_is_named(smon):
    good = {"name": "a", "uri": "s3://b/c"}
    for body, pointer in (
            ({"model_version": "4"}, "/model_version"), ({"model_version": 0}, "/model_version"),
            ({"description": 4}, "/description"), ({"description": "x" * 4097}, "/description"),
            ({"tags": []}, "/tags"), ({"tags": {"a": 1}}, "/tags/a"), ({"tags": {"x" * 41: "1"}}, f"/tags/{'x' * 41}"),
            ({"tags": {"a/b": 1}}, "/tags/a~1b"), ({"tags": {str(n): "" for n in range(51)}}, "/tags"),
            ({"approval": "yes"}, "/approval"), ({"job_arn": "job"}, "/job_arn"), ({"package_arn": 1}, "/package_arn"),
            ({"created_by": ["me"]}, "/created_by"), ({"create_at": "soon"}, "/create_at"),
            ({"create_at": "2999-01-01T00:00:00Z"}, "/create_at"), ({"artefacts": []}, "/artefacts"),
            ({"namespace": "/other"}, "/namespace"), ({"model_name": "other"}, "/model_name"),
            ({"account": 1}, "/account"), ({"region": {}}, "/region"),
            ({"artifacts": {}}, "/artifacts"), ({"artifacts": ["x"]}, "/artifacts/0"),
            ({"artifacts": [good] * 65}, "/artifacts"), ({"artifacts": [good, good]}, "/artifacts/1/name"),
            ({"artifacts": [{**good, "name": ""}]}, "/artifacts/0/name"),
            ({"artifacts": [{"name": "a"}]}, "/artifacts/0/uri"),
            ({"artifacts": [{**good, "uri": "s3://a b"}]}, "/artifacts/0/uri"),
            ({"artifacts": [{**good, "kind": "zip"}]}, "/artifacts/0/kind"),
            ({"artifacts": [{**good, "size_bytes": -1}]}, "/artifacts/0/size_bytes"),
            ({"artifacts": [{**good, "sha256": "xyz"}]}, "/artifacts/0/sha256"),
            ({"artifacts": [{**good, "etag": 5}]}, "/artifacts/0/etag"),
            ({"artifacts": [{**good, "md5": "x"}]}, "/artifacts/0/md5")):
        refused = smon.client.ask("POST", f"{DOC}/versions", body, **PLACE)
        assert refused.status == 400 and refused.json.type == "/problems/bad-member", (body, refused)
        assert pointers(refused) == [pointer], body
    both = smon.client.ask("POST", f"{DOC}/versions", {"description": 1, "tags": 2}, **PLACE)
    assert pointers(both) == ["/description", "/tags"]
    many = smon.client.ask("POST", f"{DOC}/versions", {f"m{n}": 1 for n in range(40)}, **PLACE)
    assert len(many.json.errors) == 16 and "39 more" in many.json.detail
    assert smon.get("models")["data"] == []


def test_every_wrong_member_of_a_model_is_named(smon):
    registered(smon)
    good = {"max_bytes": 10, "members": ["/request"]}
    for body, pointer in (
            ({"owner": 1}, "/owner"), ({"url": "x y"}, "/url"), ({"data_sources": {}}, "/data_sources"),
            ({"data_sources": [{}]}, "/data_sources/0/name"), ({"data_sources": [{"name": "a", "x": 1}]}, "/data_sources/0/x"),
            ({"inference": {"input": []}}, "/inference/input"), ({"inference": {"in": {}}}, "/inference/in"),
            ({"inference": {"output": {"schema": 1}}}, "/inference/output/schema"), ({"tags": {"a": {}}}, "/tags/a"),
            ({"payload": 1}, "/payload"), ({"payload": {"members": ["/request"]}}, "/payload/max_bytes"),
            ({"payload": {"max_bytes": 10}}, "/payload/members"), ({"payload": {**good, "max_bytes": 0}}, "/payload/max_bytes"),
            ({"payload": {**good, "members": ["/body"]}}, "/payload/members/0"),
            ({"payload": {**good, "members": ["/request", 7]}}, "/payload/members/1"),
            ({"payload": {**good, "retention": "soon"}}, "/payload/retention"),
            ({"payload": {**good, "retention": "400d"}}, "/payload/retention"), ({"payload": {**good, "x": 1}}, "/payload/x"),
            ({"objective": {}}, "/objective/target_percent"), ({"objective": {"target_percent": 100}}, "/objective/target_percent"),
            ({"objective": {"target_percent": 99, "max_elapse_ms": 0}}, "/objective/max_elapse_ms"),
            ({"objective": {"target_percent": 99, "window": 30}}, "/objective/window"),
            ({"drift": {"bins": 11}}, "/drift/bins"), ({"drift": {"threshold": 0}}, "/drift/threshold"),
            ({"drift": {"reference": {"from": "2026-01-01T00:00:00Z"}}}, "/drift/reference/to"),
            ({"drift": {"reference": {"first_hours": 1, "from": 1, "to": 2}}}, "/drift/reference/first_hours"),
            ({"drift": {"reference": {"first_hours": 0}}}, "/drift/reference/first_hours"), ({"odd": 1}, "/odd")):
        refused = patch(smon.client, DOC, body, "*")
        assert refused.status == 400 and pointers(refused) == [pointer], (body, refused)
    refused = patch(smon.client, DOC, {"namespace": "/x", "latest_version": 2}, "*")
    assert refused.status == 409 and sorted(pointers(refused)) == ["/latest_version", "/namespace"]


def test_what_is_said_of_a_model_is_merged_and_kept(smon):
    made = smon.client.ask("POST", "/api/v1/models", {**PLACE, "model_name": "doc_classification", "owner": "a@b.c",
                                                      "description": "Sorts claims"})
    assert made.status == 201 and made.headers["Location"] == f"{DOC}?namespace=%2Fabc_corp%2Fclaim"
    same = smon.client.ask("POST", "/api/v1/models", {**PLACE, "model_name": "doc_classification", "owner": "a@b.c"})
    assert (same.status, same.json) == (200, made.json)
    other = smon.client.ask("POST", "/api/v1/models", {**PLACE, "model_name": "doc_classification", "owner": "x@y.z"})
    assert other.status == 409
    tag = made.headers["ETag"]
    registered(smon)  # moves figures, not the record: the tag still stands for it
    changed = patch(smon.client, DOC, {"owner": None, "tags": {"team": "risk"},
                                       "payload": {"max_bytes": 4096, "members": ["request.amount", "/response"]},
                                       "objective": {"target_percent": 99.9, "max_elapse_ms": 3000}, "drift": {}}, tag)
    assert changed.status == 200, changed
    model = changed.json
    assert (model.owner, model.description, model.latest_version) == (None, "Sorts claims", 1)
    assert model.payload == {"max_bytes": 4096, "members": ["/request/amount", "/response"], "retention": "7d"}
    assert model.objective == {"target_percent": 99.9, "max_elapse_ms": 3000, "window": "30d"}
    assert model.drift == {"reference": {"first_hours": 24}, "bins": 10, "threshold": 0.1}
    assert patch(smon.client, DOC, {"owner": "x"}, tag).status == 412
    again = patch(smon.client, DOC, {"objective": {"max_elapse_ms": None}}, changed.headers["ETag"]).json
    assert again.objective == {"target_percent": 99.9, "window": "30d"}
    assert smon.get("models", **{"tag.team": "risk", "q": "CLAIMS"})["data"][0].model_name == "doc_classification"
    assert smon.get("models/doc_classification", expand="versions")["versions"][0].model_version == 1


# -- aliases ---------------------------------------------------------------------------------------

def test_an_alias_moves_only_for_who_has_read_it_and_every_move_is_kept(smon):
    registered(smon, 3)
    path = f"{DOC}/aliases/champion"
    put = lambda body, **headers: smon.client.ask("PUT", path, body, headers, **PLACE)  # noqa: E731
    first = put({"version": 1, "why": "it is the first"})
    assert first.status == 200 and first.json.targets == [{"version": 1, "weight": 100}]
    assert put({"version": 1}).headers["ETag"] == first.headers["ETag"]  # nothing moves
    assert put({"version": 2}).status == 428
    assert put({"version": 2}, **{"If-Match": '"a0-0"'}).status == 412
    canary = [{"version": 3, "weight": 10}, {"version": 1, "weight": 90}]
    second = put({"targets": canary}, **{"If-Match": first.headers["ETag"]})
    assert second.json.targets == canary[::-1]
    in_use = smon.client.ask("DELETE", f"{DOC}/versions/3", headers={"If-Match": "*"}, **PLACE)
    assert in_use.status == 409 and "champion" in in_use.json.detail
    assert smon.get("model-versions", alias="champion", sort="model_version")["data"][1].model_version == 3
    assert smon.client.ask("DELETE", path, headers={"If-Match": second.headers["ETag"]}, **PLACE).status == 204
    shown = smon.get("models/doc_classification/aliases/champion", **PLACE)
    assert shown.targets == [] and [len(move.after) for move in shown.history] == [0, 2, 1]
    assert shown.history[2].why == "it is the first" and shown.history[0].before == canary[::-1]
    page = smon.get("models/doc_classification/aliases/champion", limit=2, **PLACE)
    rest = smon.get("models/doc_classification/aliases/champion", limit=2, cursor=page.next_cursor, **PLACE)
    assert page.history + rest.history == shown.history
    assert smon.get("models/doc_classification/aliases", **PLACE)["data"] == []
    for body, pointer in (({"version": 9}, "/version"), ({}, "/version"), ({"version": 1, "targets": []}, "/version"),
                          ({"targets": []}, "/targets"), ({"targets": [{"version": 1, "weight": 99}]}, "/targets"),
                          ({"targets": [{"version": 1, "weight": 101}]}, "/targets/0/weight"),
                          ({"targets": [{"version": 1, "weight": 50}] * 2}, "/targets/1/version"),
                          ({"version": 1, "why": 1}, "/why"), ({"version": 1, "when": 1}, "/when")):
        refused = put(body)
        assert refused.status == 400 and pointers(refused) == [pointer], (body, refused)
    assert smon.client.ask("PUT", f"{DOC}/aliases/7", {"version": 1}, **PLACE).status == 400


# -- where models stand ----------------------------------------------------------------------------

def test_a_subtree_is_what_stands_below_and_not_what_begins_so(smon):
    for space in ("/abc_corp/claim", "/abc_corp/claims", "/abc_corp/claim/eu", "/abcxcorp/claim"):
        registered(smon, 2, place={"namespace": space})
    spaces = lambda **query: sorted(m.namespace for m in smon.pages("models", **query))  # noqa: E731
    assert spaces(namespace="/abc_corp/claim") == ["/abc_corp/claim", "/abc_corp/claim/eu"]
    assert len(list(smon.pages("model-versions", namespace="/abc_corp/claim", limit=3))) == 4
    assert spaces(namespace="/abc_corp/claim/doc_classification") == ["/abc_corp/claim"]
    assert spaces(sort="name", limit=1) == spaces(limit=2) == spaces()
    nodes = smon.get("namespaces", prefix="/abc_corp")["data"]
    assert [(node.name, node.models, node.versions) for node in nodes] == [("claim", 2, 4), ("claims", 1, 2)]
    assert [node.namespace for node in smon.pages("namespaces", limit=1)] == ["/abc_corp", "/abcxcorp"]
    ambiguous = smon.client.get(DOC)
    assert ambiguous.status == 400 and ambiguous.json.errors[0].parameter == "namespace"
    for bad in ("abc", "/abc/", "/a//b", "/a/../b", "/a b"):
        assert smon.client.get("/api/v1/models", namespace=bad).status == 400, bad
        assert register(smon.client, place={"namespace": bad}).status == 400, bad
    reader = smon.client.with_key(smon.new_key(["read", "write"], namespaces=["/abc_corp/claims"]).key)
    assert [m.namespace for m in reader.get("/api/v1/models").json["data"]] == ["/abc_corp/claims"]
    assert [node.name for node in reader.get("/api/v1/namespaces", prefix="/abc_corp").json["data"]] == ["claims"]
    assert reader.get(f"{DOC}/versions/1", **PLACE).status == 404
    assert register(reader).status == 403
    assert register(reader, 9, place={"namespace": "/abc_corp/claims/x"}).status == 201
    reader.close()


def test_versions_are_found_by_what_is_known_of_them(smon):
    registered(smon, 5)
    patch(smon.client, f"{DOC}/versions/3", {"description": "with 100% of the pages"}, "*")
    found = lambda **query: [v.model_version for v in smon.pages("model-versions", sort="model_version", **query)]  # noqa: E731
    assert found(version_gte=2, version_lt=4) == [2, 3]
    assert found(q="100% OF") == [3] and found(q="100_ of") == []
    assert found(artifact_uri_prefix="s3://abc-claim/trained/4") == [4]
    assert found(model="doc_classification", created_by="key:admin") == [1, 2, 3, 4, 5] and found(model="doc") == []
    assert found(to="now-1h") == [] and len(found(since="1h", limit=2)) == 5
    assert smon.client.get("/api/v1/model-versions", artifact="x").json.type == "/problems/unknown-parameter"


# -- what events tell ------------------------------------------------------------------------------

GROUP = {"namespace": "/sagemaker", "account": events.ACCOUNT}


def package(approval="PendingManualApproval", version=31, minutes=10, **more):
    return events.model_package("orchard", version, approval=approval, minutes=minutes, **more)


def shown_package(smon, version=31):
    return smon.get(f"models/orchard/versions/{version}", **GROUP)


def test_an_approval_event_moves_approval_only(smon):
    smon.taken(package())
    before = shown_package(smon)
    assert (before.source, before.approval, before.stage) == ("model_package", "PendingManualApproval", "pending")
    smon.taken(package("Approved", minutes=20))
    after = shown_package(smon)
    moved = {member for member in before if before[member] != after[member]}
    assert after.approval == "Approved" and moved <= {"approval", "approval_at", "stage", "changed_at"}
    smon.taken(events.again(package("Approved", minutes=20)))
    smon.taken(package())  # the older one once more
    assert shown_package(smon) == after
    refused = smon.client.ask("PATCH", "/api/v1/models/orchard/versions/31", {"approval": "Rejected"},
                              {"If-Match": "*"}, **GROUP)
    assert refused.status == 409 and pointers(refused) == ["/approval"]


def test_packages_are_versions_with_their_own_numbers_in_any_order(smon):
    told = [package(version=2, minutes=12), package(version=1, minutes=10), package("Approved", 1, 20),
            package("Rejected", 2, 22)]
    smon.taken(told[::-1])
    smon.taken(told)
    rows = list(smon.pages("models/orchard/versions", sort="model_version", **GROUP))
    assert [(row.model_version, row.approval) for row in rows] == [(1, "Approved"), (2, "Rejected")]
    assert register(smon.client, 9, "/api/v1/models/orchard", {**GROUP, "region": events.REGION}).json.model_version == 3


def test_a_package_stands_where_its_metadata_say(smon):
    event = json.loads(json.dumps(package()))
    event["detail"]["CustomerMetadataProperties"] = {"namespace": "/abc_corp/claim", "model_name": "fruit", "team": "x"}
    event["detail"]["InferenceSpecification"] = {"Containers": [
        {"Image": "1.dkr.ecr/x:1", "ImageDigest": "sha256:" + SHA, "ModelDataUrl": "s3://b/model.tar.gz"}]}
    smon.taken(event)
    version = smon.get("models/fruit/versions/31", **PLACE)
    assert version.artifacts == [{"name": "model", "uri": "s3://b/model.tar.gz", "kind": "file"},
                                 {"name": "image", "uri": "1.dkr.ecr/x:1", "kind": "container_image", "sha256": SHA}]
    assert version.tags.team == "x" and version.account == events.ACCOUNT and version.region == events.REGION
    assert smon.get("model-versions", artifact_uri_prefix="s3://b/", **{"tag.team": "x"})["data"] == [version]
