"""Models, deployments and inferences on the command line, against a running service."""

import json

import events
import pytest

HOSTILE = "evil\x1b[2J\u202e\x07name"
MODEL = "/abc_corp/claim/doc_classification"
PLACE = ["--account", events.ACCOUNT, "--region", "us-east-1"]


def ask(smon, *words, code=0):
    """A verb over the local socket; its output, which must come with this exit code."""
    done = smon.run(*words, "--data", smon.data)
    assert done.returncode == code, done
    return done.stdout


def ask_json(smon, *words):
    return json.loads(ask(smon, *words, "--json"))


def complaint(smon, *words, code=2):
    done = smon.run(*words, "--data", smon.data)
    assert done.returncode == code, done
    return done.stderr


def register(smon, number=1, model=MODEL):
    for n in range(1, number + 1):
        ask(smon, "models", "register", model, "--artifact", f"trained=s3://models/{n}.tar.gz", *PLACE)


def transaction(**more):
    return {"type": "inference_transaction", "namespace": "/abc_corp/claim", "model_name": "doc_classification",
            "environment": "prod", "deployment_id": 1, "model_version": 1, "server_id": 1, "request_size": 10,
            "response_size": 20, "start_at": "2026-11-20T07:00:00.000Z", "end_at": "2026-11-20T07:00:00.350Z",
            "elapse": 350, "status": "succeeded", "confidence": 98.05, **more}


def post_inferences(smon, *transactions):
    answer = smon.client.ask("POST", "/ingest/inferences", json.dumps(transactions),
                             {"Content-Type": "application/json"})
    assert answer.status == 200 and answer.json.refused_count == 0, answer


@pytest.fixture(scope="module")
def registered(common):
    """A service with one version, for questions that change nothing."""
    register(common)
    return common


def test_a_model_is_registered_listed_and_shown_by_its_path_and_by_its_name(smon):
    register(smon, 2)
    assert MODEL in ask(smon, "models")
    assert [row["latest_version"] for row in ask_json(smon, "models")["data"]] == [2]
    by_path, by_name = ask_json(smon, "models", "show", MODEL), ask_json(smon, "models", "show", "doc_classification")
    assert by_path == by_name and by_path["log_group"] == MODEL
    versions = ask_json(smon, "models", "versions", MODEL)["data"]
    assert [version["model_version"] for version in versions] == [2, 1]
    assert "s3://models/2.tar.gz" in ask(smon, "models", "versions", MODEL, "2")


def test_registering_the_same_twice_gives_the_version_that_is_there(smon):
    register(smon)
    again = ask_json(smon, "models", "register", MODEL, "--artifact", "trained=s3://models/1.tar.gz", *PLACE)
    assert again["model_version"] == 1


def test_a_file_registers_what_flags_cannot_say(smon, tmp_path):
    file = tmp_path / "version.json"
    file.write_text(json.dumps({"artifacts": [{"name": "trained", "uri": "s3://m/1", "sha256": "ab" * 32}]}))
    made = ask_json(smon, "models", "register", MODEL, "--file", file, "--tag", "team=risk", *PLACE)
    assert made["artifacts"][0]["sha256"] == "ab" * 32 and made["tags"] == {"team": "risk"}


def test_an_alias_moves_with_weights_and_keeps_its_history(smon):
    register(smon, 2)
    ask(smon, "models", "aliases", MODEL, "champion", "--to", "1")
    ask(smon, "models", "aliases", MODEL, "champion", "--to", "1=90,2=10", "--why", "canary")
    assert "1 (90%), 2 (10%)" in ask(smon, "models", "aliases", MODEL)
    history = ask(smon, "models", "aliases", MODEL, "champion")
    assert "canary" in history and len(history.splitlines()) == 3
    ask(smon, "models", "aliases", MODEL, "champion", "--remove")
    assert ask_json(smon, "models", "aliases", MODEL)["data"] == []


def test_a_version_is_approved(smon):
    register(smon)
    assert "Approved" in ask(smon, "models", "approve", MODEL, "1")
    assert ask_json(smon, "models", "approve", MODEL, "1", "--approval", "Rejected")["approval"] == "Rejected"


def test_lineage_tells_what_a_version_was_made_from(smon):
    job = f"arn:aws:sagemaker:us-east-1:{events.ACCOUNT}:training-job/demo"
    ask(smon, "models", "register", MODEL, "--artifact", "trained=s3://models/1.tar.gz", "--job-arn", job, *PLACE)
    shown = ask(smon, "models", "lineage", MODEL, "1")
    assert "produced" in shown and "version 1 of " + MODEL in shown
    assert {edge["type"] for edge in ask_json(smon, "models", "lineage", MODEL, "1")["edges"]} == {
        "produced", "registered"}
    for start in (job, "s3://models/1.tar.gz"):
        assert sorted(ask(smon, "models", "lineage", start).splitlines()) == sorted(shown.splitlines())


def test_a_canary_is_rolled_out_and_taken_back_and_the_past_can_be_asked_for(smon):
    register(smon, 2)
    for version, at in ((1, "2026-11-01T00:00:00Z"), (2, "2026-11-02T00:00:00Z")):
        smon.client.ask("POST", "/api/v1/models/doc_classification/deployments",
                        json.dumps({"model_version": version, "environment": "prod", "endpoint": "docs",
                                    "create_at": at}), {"Content-Type": "application/json"})
    ask(smon, "deployments", "promote", MODEL, "1", "--at", "2026-11-01T01:00:00Z")
    assert "25%" in ask(smon, "deployments", "shift", MODEL, "2", "--percent", "25", "--at", "2026-11-02T01:00:00Z")
    ask(smon, "deployments", "promote", MODEL, "2", "--at", "2026-11-03T00:00:00Z", "--why", "no errors")
    back = ask_json(smon, "deployments", "rollback", MODEL, "2", "--why", "too slow")
    assert (back["rollback_of"], back["model_version"]) == (2, 1)

    rows = {row["deployment_id"]: row["state"] for row in ask_json(smon, "deployments", "list", MODEL)["data"]}
    assert rows == {1: "retired", 2: "rolled_back", 3: "active"}
    assert [len(ask_json(smon, "deployments", "list", "--region", region)["data"]) for region in ("us-east-1", "mars-1")] == [3, 0]
    at_night = ask_json(smon, "deployments", "at", "2026-11-02T02:00:00Z", MODEL)["data"]
    assert {row["deployment_id"]: row["percent"] for row in at_night} == {1: 75, 2: 25}
    assert "no errors" in ask(smon, "deployments", "show", MODEL, "2")


def test_a_long_rollout_is_shown_to_its_end(smon):
    register(smon)
    smon.client.ask("POST", "/api/v1/models/doc_classification/deployments",
                    {"model_version": 1, "environment": "prod", "create_at": "2026-10-31T00:00:00Z"})
    for minute in range(120):
        at = f"2026-11-01T{minute // 60:02d}:{minute % 60:02d}:00Z"
        taken = smon.client.ask("POST", "/api/v1/models/doc_classification/deployments/1/rollout",
                                {"what": "traffic_shift", "percent": 1 + minute % 99, "at": at})
        assert taken.status in (200, 201), taken
    assert ask(smon, "deployments", "show", MODEL, "1").count("traffic_shift") == 120


def test_a_deployment_is_created_and_its_variables_stay_hidden(smon):
    register(smon)
    ask(smon, "deployments", "create", MODEL, "--version", "1", "--environment", "prod", "--method", "AWS SageMaker",
        "--strategy", "canary", "--variables", "TOKEN=hush,WORKERS=4", "--percent", "5")
    shown = ask(smon, "deployments", "show", MODEL, "1")
    assert "hush" not in shown and "TOKEN" in shown and "canary" in shown
    assert "hush" in ask(smon, "deployments", "show", MODEL, "1", "--reveal")
    assert "retired" in ask(smon, "deployments", "retire", MODEL, "1")


def test_inferences_are_listed_slow_ones_found_and_summed_up(smon):
    post_inferences(smon, *(transaction(transaction_id=str(n), elapse=elapse, model_version=1 + n % 2,
                                        end_at=f"2026-11-20T07:00:{elapse / 1000:06.3f}Z")
                            for n, elapse in enumerate((20, 350, 3000, 9000))))
    assert len(ask_json(smon, "inferences", "list", "--model", MODEL, "--from", "2026-11-20T00:00:00Z")["data"]) == 4
    slow = ask_json(smon, "inferences", "slow", "--from", "2026-11-20T00:00:00Z")["data"]
    assert sorted(row["elapse"] for row in slow) == [3000, 9000]
    summary = ask(smon, "inferences", "summary", "--group-by", "version", "--from", "2026-11-20T00:00:00Z")
    assert f"{MODEL}, model_version 2" in summary and "9000" in summary


@pytest.mark.parametrize("language, mark", [("insights", "| sort @timestamp desc"), ("sql", "SELECT"),
                                            ("elasticsearch", '"bool"')])
def test_the_same_question_is_told_in_other_languages(smon, language, mark):
    post_inferences(smon, transaction())
    words = ["inferences", "query", "--as", language, "--model", MODEL, "--min-elapse-ms", "3000", "--limit", "20"]
    assert mark in ask(smon, *words)
    assert mark in ask_json(smon, *words)["text"]


def test_budget_and_drift_are_told_in_words(smon):
    register(smon)
    smon.client.ask("PATCH", "/api/v1/models/doc_classification",
                    json.dumps({"objective": {"target_percent": 99, "max_elapse_ms": 1000, "window": "30d"}}),
                    {"Content-Type": "application/json", "If-Match": "*"})
    post_inferences(smon, transaction())
    assert "99 % good and within 1000 ms, over 30 days" in ask(smon, "inferences", "budget", MODEL)
    assert "insufficient" in ask(smon, "inferences", "drift", MODEL)
    assert ask_json(smon, "inferences", "drift", MODEL, "--version", "1")["psi"] is None


def test_every_member_that_is_wrong_has_its_line(smon, tmp_path):
    file = tmp_path / "version.json"
    file.write_text(json.dumps({"artifacts": [{"name": "trained"}], "approval": "Perhaps"}))
    said = complaint(smon, "models", "register", MODEL, "--file", file, *PLACE)
    assert "  /artifacts/0/uri: " in said and "  /approval: " in said


@pytest.mark.parametrize("words, code, sentence", [
    (["models", "show"], 2, "wants a model"),
    (["models", "show", "a/b"], 2, "a path begins with a slash"),
    (["models", "show", "/abc_corp/"], 2, "/namespace/name"),
    (["models", "show", "nobody"], 1, "404"),
    (["models", "versions", MODEL, "9"], 1, "404"),
    (["models", "register", MODEL, "--artifact", "trained"], 2, "NAME=VALUE"),
    (["models", "register", MODEL, "--file", "/nowhere.json"], 2, "/nowhere.json"),
    (["models", "aliases", MODEL, "champion", "--to", "one"], 2, "4=90,5=10"),
    (["models", "aliases", MODEL, "champion", "--to", "1,2"], 2, "4=90,5=10"),
    (["models", "approve", MODEL], 2, "a version's number"),
    (["deployments", "shift", MODEL, "1"], 2, "--percent"),
    (["deployments", "at"], 2, "a moment"),
    (["deployments", "create", MODEL, "--version", "7"], 2, "no version 7"),
    (["deployments", "list", "--state", "lively"], 2, "state"),
    (["inferences", "query"], 2, "--as"),
    (["inferences", "budget"], 2, "wants a model"),
    (["inferences", "budget", MODEL], 1, "objective"),
    (["inferences", "list", "--stauts", "failed"], 2, "did you mean --status?"),
])
def test_what_is_wrong_is_said_with_what_to_do(registered, words, code, sentence):
    assert sentence in complaint(registered, *words, code=code)


def test_what_others_chose_is_inert_in_every_table(smon):
    made = smon.client.ask("POST", "/api/v1/models/doc_classification/versions?namespace=/abc_corp/claim",
                           json.dumps({"description": HOSTILE, "artifacts": [{"name": HOSTILE, "uri": "s3://m/1"}],
                                       "tags": {"a": HOSTILE}}), {"Content-Type": "application/json"})
    if made.status != 201:  # then the service itself does not let it in
        register(smon)
    smon.client.ask("POST", "/api/v1/models/doc_classification/deployments",
                    json.dumps({"model_version": 1, "environment": HOSTILE, "description": HOSTILE, "why": HOSTILE}),
                    {"Content-Type": "application/json"})
    smon.client.ask("POST", "/ingest/inferences",
                    json.dumps([transaction(server_id=HOSTILE, status=HOSTILE, endpoint_name=HOSTILE)]),
                    {"Content-Type": "application/json"})
    since = ["--from", "2026-11-20T00:00:00Z"]
    for words in (["models"], ["models", "show", MODEL], ["models", "versions", MODEL], ["models", "lineage", MODEL, "1"],
                  ["models", "versions", MODEL, "1"], ["deployments"], ["deployments", "list", "--json"],
                  ["inferences", *since], ["inferences", "summary", "--group-by", "server", *since],
                  ["inferences", "summary", "--group-by", "status", *since]):
        shown = ask(smon, *words)
        assert not {"\x1b", "\u202e", "\x07"} & set(shown), shown


def test_completion_and_help_know_the_new_verbs(house):
    smon = house()
    for shell in ("bash", "zsh", "fish"):
        script = smon.run("completion", shell).stdout
        for word in ("models", "deployments", "inferences", "import", "rollback", "group-by", "refused"):
            assert word in script
    assert "--percent" in smon.run("deployments", "--help").stdout
