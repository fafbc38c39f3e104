"""The command line against a running service: what people and their scripts rely on."""

import json
import os
import pty
import re
import signal
import socket
import sqlite3
import subprocess

import events
import pytest
from smon import ADMIN_KEY, wait_until

HOSTILE = "evil\x1b[2J\u202e\x07name"


def ask(smon, *arguments, code=0, **more):
    """A verb over the local socket; its output, which must come with this exit code."""
    done = smon.run(*arguments, "--data", smon.data, **more)
    assert done.returncode == code, done
    return done.stdout


def ask_json(smon, *arguments):
    return json.loads(ask(smon, *arguments, "--json"))


def test_jobs_are_listed_shown_and_filtered_in_words_and_in_json(smon):
    smon.taken(events.life("training", "demo") + [events.training("other", "Failed")])

    rows = ask(smon, "jobs").splitlines()
    assert rows[0].split()[:5] == ["CREATED", "ACCOUNT", "REGION", "KIND", "NAME"]
    assert len(rows) == 3
    listed = ask_json(smon, "jobs", "list", "--status", "Failed")
    assert [job["name"] for job in listed["data"]] == ["other"] and not listed["has_more"]

    job = smon.job("demo")
    assert ask_json(smon, "jobs", "show", job.id)["arn"] == job.arn
    shown = ask(smon, "jobs", "show", job.id)
    assert "Completed" in shown and "EVENT TIME" in shown


def test_all_pages_come_when_they_are_asked_for(smon):
    for start in range(0, 1203, 401):
        smon.taken([events.training(f"many-{n:04}", "Completed") for n in range(start, start + 401)])
    assert len(ask_json(smon, "jobs", "--all")["data"]) == 1203
    some = ask_json(smon, "jobs", "--limit", "7")
    assert len(some["data"]) == 7 and some["has_more"]


def test_a_job_is_shown_with_all_its_events(smon):
    event = events.training("demo", "Completed")
    for start in range(0, 1104, 368):
        smon.taken([events.again(event, n) for n in range(start, start + 368)])
    shown = ask(smon, "jobs", "show", smon.job("demo").id)
    rows = shown[shown.index("EVENT TIME"):].splitlines()
    assert len(rows) == 1105 and len({row.split()[-1] for row in rows[1:]}) == 1104
    few = ask(smon, "jobs", "show", smon.job("demo").id, "--limit", "7")
    assert len(few[few.index("EVENT TIME"):].splitlines()) == 8


def test_accounts_come_in_pages_as_other_lists_do(smon):
    smon.taken([events.training("demo", "Completed", account=f"{100000000000 + n}") for n in range(60)])
    assert len(ask(smon, "accounts").splitlines()) == 51
    assert len(ask(smon, "accounts", "--all").splitlines()) == 61
    some = ask_json(smon, "accounts", "--limit", "7")
    assert len(some["data"]) == 7 and some["has_more"]


def test_what_others_chose_is_inert_on_a_terminal(smon):
    event = events.training("demo", "Failed")
    event["detail"]["FailureReason"] = HOSTILE
    event["detail"]["Tags"] = {HOSTILE: HOSTILE}
    smon.taken(event)
    for words in (["jobs", "show", smon.job("demo").id], ["jobs"], ["events"],
                  ["jobs", "show", smon.job("demo").id, "--json"]):
        shown = ask(smon, *words)
        assert not {"\x1b", "\u202e", "\x07"} & set(shown), shown
    assert ask_json(smon, "jobs", "show", smon.job("demo").id)["failure_reason"] == HOSTILE


def test_a_test_event_goes_all_the_way(smon):
    ask(smon, "send-test-event", "--name", "hello", "--status", "Failed")
    assert smon.job("hello").status == "Failed"
    assert ask_json(smon, "send-test-event", "--name", "hello2")["accepted"] == 1


def test_a_test_event_has_no_status_that_a_training_job_has_not(smon):
    refused = smon.run("send-test-event", "--status", "Bogus", "--data", smon.data)
    assert refused.returncode == 2 and "InProgress, Completed, Failed, Stopped" in refused.stderr
    assert smon.events() == []


def test_a_file_is_posted_as_it_is_and_rubbish_is_shown_and_replayed(smon, tmp_path):
    rubbish = tmp_path / "post.json"
    rubbish.write_text('{"event": }')
    posted = smon.run("send-test-event", "--file", rubbish, "--data", smon.data)
    assert posted.returncode == 1 and "Taken" not in posted.stdout
    assert "set aside in quarantine: not JSON" in posted.stderr
    listed = ask_json(smon, "quarantine")["data"]
    assert len(listed) == 1
    assert '{"event": }' in ask(smon, "quarantine", "show", listed[0]["id"])
    replayed = smon.run("quarantine", "replay", listed[0]["id"], "--json", "--data", smon.data)
    assert replayed.returncode == 1 and "set aside in quarantine: not JSON" in replayed.stderr
    assert json.loads(replayed.stdout)["quarantined"] == 1


def test_an_event_that_is_replayed_and_understood_is_no_failure(smon):
    smon.taken(events.training("demo", "Completed"))
    assert ask_json(smon, "events", "replay", smon.events()[0].id)["quarantined"] == 0


def test_a_key_is_made_used_rotated_and_revoked(smon):
    key = ask(smon, "keys", "add", "--roles", "read", "--accounts", events.ACCOUNT).strip()
    url = f"http://127.0.0.1:{smon.port}"
    kid = key.split("_")[1]

    assert smon.run("jobs", "--url", url, SMON_KEY=key).returncode == 0
    assert smon.run("keys", "--url", url, "--key", "env:MINE", MINE=key).returncode == 1  # not an admin
    second = ask(smon, "keys", "rotate", kid).strip()
    assert second != key and smon.run("jobs", "--url", url, "--key", second).returncode == 0
    assert {row["kid"] for row in ask_json(smon, "keys")["data"]} >= {kid, second.split("_")[1]}
    ask(smon, "keys", "revoke", second.split("_")[1])
    refused = smon.run("jobs", "--url", url, SMON_KEY=second)
    assert refused.returncode == 1 and "valid key" in refused.stderr
    assert "--accounts" in smon.run("keys", "add", "--data", smon.data).stderr


def test_a_key_is_taken_whatever_headers_a_service_reads_keys_from(house):
    smon = house(intake__key_headers="X-Team-Key")
    smon.start()
    local = json.loads(ask(smon, "keys", "add", "--accounts", "*", "--roles", "read", "--json"))
    url = f"http://127.0.0.1:{smon.port}"
    assert smon.run("jobs", "--url", url, SMON_KEY=local["key"]).returncode == 0


def test_a_service_with_a_certificate_of_its_own_is_trusted_by_the_file_that_is_named(house, tmp_path):
    key, certificate = tmp_path / "own.key", tmp_path / "own.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                    "-out", certificate], check=True, capture_output=True)
    smon = house(tls__certificate=certificate, tls__key=key)
    smon.spawn()
    wait_until(lambda: smon.run("jobs", "--data", smon.data).returncode == 0, 20, "an answer")
    words = ["jobs", "--url", f"https://127.0.0.1:{smon.port}", "--key", ADMIN_KEY]
    assert smon.run(*words).returncode == 69
    assert smon.run(*words, SSL_CERT_FILE=str(certificate)).returncode == 0


@pytest.mark.parametrize("words, code, sentence", [
    (["jbos"], 2, 'did you mean "jobs"?'),
    (["jobs", "shwo"], 2, 'did you mean "jobs show"?'),
    (["jobs", "--stauts", "Failed"], 2, "did you mean --status?"),
    (["jobs", "show"], 2, "wants a job's id"),
    (["jobs", "list", "demo"], 2, '"demo" is one word too many'),
    (["events", "list", "demo"], 2, '"demo" is one word too many'),
    (["quarantine", "list", "demo"], 2, '"demo" is one word too many'),
    (["errands", "list", "demo"], 2, '"demo" is one word too many'),
    (["models", "list", "demo"], 2, '"demo" is one word too many'),
    (["keys", "list", "demo"], 2, '"demo" is one word too many'),
    (["inferences", "list", "demo"], 2, '"demo" is one word too many'),
    (["jobs", "--sort", "colour"], 2, "created_at"),
    (["jobs", "show", "111122223333-999"], 1, "404"),
    (["jobs", "--socket", "/nowhere/smon.sock"], 69, "no service answers"),
    (["jobs", "--config", "/nowhere.yaml"], 78, "/nowhere.yaml"),
    (["serve", "--listen", "0.0.0.0:0"], 78, "listen.behind_proxy"),
    (["serve", "--enrich-setle", "1s"], 2, "did you mean --enrich-settle?"),
    (["config", "check", "--enrich-settle", "soon"], 78, "no time"),
    (["jobs", "--url", "http://127.0.0.1:1", "--key", "file:/nowhere.key"], 78, "/nowhere.key: No such file"),
    (["jobs", "--url", "http://127.0.0.1:1", "--key", "env:NOPE"], 78, "env:NOPE: there is no such variable"),
    (["jobs", "--url", "http://127.0.0.1:1", "--key", "env:"], 78, "env:: there is no such variable"),
    ([], 2, ""),
])
def test_what_is_wrong_has_its_exit_code_and_its_sentence(smon, words, code, sentence):
    done = smon.run(*words, SMON_DATA=str(smon.data))
    assert (done.returncode, sentence in done.stderr) == (code, True), done


def test_a_start_that_fails_says_what_to_do_and_spends_no_first_keys(house, tmp_path):
    smon = house()
    free = {"SMON_ADMIN_KEY": ""}
    place = ["serve", "--data", smon.data, "--listen"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = smon.run(*place, f"127.0.0.1:{taken.getsockname()[1]}", **free)
    assert refused.returncode == 78 and "choose another port" in refused.stderr and not refused.stdout
    for name in ("one", "two"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=localhost", "-keyout", tmp_path / f"{name}.key", "-out", tmp_path / f"{name}.pem"],
                       check=True, capture_output=True)
    with_tls = [*place, "127.0.0.1:0", "--tls-certificate", tmp_path / "one.pem", "--tls-key"]
    refused = smon.run(*with_tls, tmp_path / "two.key", **free)
    assert refused.returncode == 78 and "belong to the certificate" in refused.stderr and not refused.stdout
    refused = smon.run(*with_tls, tmp_path / "one.pem", **free)
    assert refused.returncode == 78 and "not a PEM private key" in refused.stderr and not refused.stdout
    refused = smon.run(*place, "127.0.0.1:0", "--store-url", "env:URL", URL="postgres://u:top/secret@localhost/x")
    assert refused.returncode == 78 and "%2F" in refused.stderr and not re.search("top|secret@", refused.stderr)
    with sqlite3.connect(smon.data / "smon.db") as database:
        assert database.execute("SELECT COUNT(*) FROM api_key").fetchone() == (0,)


def test_a_result_that_cannot_be_written_is_a_failure_that_is_told_but_to_a_closed_pipe(smon):
    smon.taken([events.training(f"demo-{n}", "Completed") for n in range(400)])
    for words in (["version"], ["jobs", "--all", "--data", str(smon.data)]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([smon.program(), *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                  env=smon.environ(), check=False)
        assert done.returncode == 1 and "could not be written" in done.stderr
        ours, theirs = os.pipe()
        os.close(ours)
        done = subprocess.run([smon.program(), *words], stdout=theirs, stderr=subprocess.PIPE, env=smon.environ(),
                              check=False)
        os.close(theirs)
        assert (done.returncode, done.stderr) == (1, b"")


def test_every_verb_explains_itself(house):
    smon = house()
    everything = smon.run("--help")
    verbs = [line.split()[1] for line in everything.stdout.splitlines() if line.startswith("  smon ")]
    assert len(verbs) == 18
    for verb in verbs:
        told = smon.run(verb, "--help")
        assert told.returncode == 0 and told.stdout.startswith(f"smon {verb}")
        assert "--json" in told.stdout and not told.stderr
    assert json.loads(smon.run("version", "--json").stdout)["name"] == "smon"


@pytest.mark.parametrize("verb", ["jobs", "models", "deployments", "inferences"])
def test_every_order_that_help_names_is_one_the_service_has(smon, verb):
    told = re.search(r"--sort MEMBER +(.*)", smon.run(verb, "--help").stdout).group(1)
    for order in told.split(";")[0].split(", "):
        ask(smon, verb, "--sort", order)


def test_a_template_of_settings_is_itself_right_and_show_tells_where_values_come_from(house, tmp_path):
    smon = house()
    file = tmp_path / "smon.yaml"
    file.write_text(smon.run("config", "init").stdout + "\nenrich.settle: 7s\n")
    assert smon.run("config", "check", "--config", file).returncode == 0
    shown = json.loads(smon.run("config", "show", "--config", file, "--data", "/elsewhere", "--json").stdout)
    origins = {row["name"]: (row["value"], row["origin"]) for row in shown}
    assert origins["enrich.settle"] == ("7s", "file")
    assert origins["data"] == ("/elsewhere", "flag")
    assert origins["admin_key"] == ("(set)", "environment")
    assert origins["shutdown.drain"] == ("20s", "default")


def test_colour_is_for_terminals_without_no_color(smon):
    smon.taken(events.training("demo", "Failed"))
    words = [smon.program(), "jobs", "--data", str(smon.data)]

    def on_a_terminal(**more):
        ours, theirs = pty.openpty()
        with subprocess.Popen(words, stdout=theirs, env={**smon.environ(), "TERM": "xterm", **more}) as done:
            os.close(theirs)
            shown = b""
            while True:
                try:
                    piece = os.read(ours, 4096)
                except OSError:  # the terminal closes with its last writer
                    piece = b""
                if not piece:
                    break
                shown += piece
        os.close(ours)
        assert done.returncode == 0
        return shown

    assert b"\x1b[31mFailed" in on_a_terminal()
    assert b"\x1b" not in on_a_terminal(NO_COLOR="1")
    assert "\x1b" not in ask(smon, "jobs")


@pytest.mark.parametrize("words", [["tail", "--limit", "0"], ["jobs", "watch"]])
def test_a_follower_shows_news_once(smon, tmp_path, words):
    smon.taken(events.training("old", "Completed"))
    shown = tmp_path / "shown"
    with open(shown, "w") as out, subprocess.Popen(
            [smon.program(), *words, "--json", "--data", str(smon.data)],
            stdout=out, env=smon.environ()) as follower:
        try:
            wait_until(lambda: smon.taken(events.training(f"new-{len(smon.jobs())}", "Completed"))
                       and shown.stat().st_size > 0, 15, "the first line")
            count = len(smon.jobs())
            wait_until(lambda: len(shown.read_text().splitlines()) >= min(2, count - 1), 15, "more lines")
        finally:
            follower.send_signal(signal.SIGTERM)
    ids = [json.loads(line)["id"] for line in shown.read_text().splitlines()]
    assert ids and len(ids) == len(set(ids))


def small(number):
    """An event of a few hundred bytes."""
    return events.envelope("Test Happening", {"number": number}, [], 1)


def test_tail_shows_all_that_came_between_two_looks_or_says_how_many_it_left_out(smon, tmp_path):
    smon.taken(small(-1))
    shown, told = tmp_path / "shown", tmp_path / "told"
    with open(shown, "w") as out, open(told, "w") as err, subprocess.Popen(
            [smon.program(), "tail", "--data", str(smon.data)], stdout=out, stderr=err,
            env=smon.environ()) as follower:
        def come(count, start):
            """All at once, for a follower that did not look meanwhile."""
            follower.send_signal(signal.SIGSTOP)
            for first in range(start, start + count, 1000):
                smon.taken([small(n) for n in range(first, min(first + 1000, start + count))])
            follower.send_signal(signal.SIGCONT)

        def lines(count):
            wait_until(lambda: shown.read_bytes().count(b"\n") >= count, 30, f"{count} lines")
            return [line.split() for line in shown.read_text().splitlines()]

        try:
            lines(1)
            come(3600, 0)
            ids = [line[-1] for line in lines(3601)]
            assert ids == [event.id for event in reversed(smon.events())] and told.read_text() == ""
            assert "Test Happening" in ask(smon, "events", "show", ids[-1])
            come(21500, 3600)
            rows = lines(3601 + 20000)
            assert len(rows) == 3601 + 20000 and "1500 events came at once" in told.read_text()
        finally:
            follower.send_signal(signal.SIGTERM)


def test_one_thing_wrong_is_told_once_and_several_each_for_itself(smon):
    once = smon.run("keys", "add", "--accounts", "*", "--roles", "king", "--data", smon.data)
    assert once.returncode == 2 and once.stderr.count("a role is") == 1, once
    several = smon.run("keys", "add", "--accounts", "12", "--roles", "king", "--data", smon.data)
    assert several.returncode == 2 and "/roles/0" in several.stderr and "/accounts/0" in several.stderr, several


def test_a_flag_that_names_the_socket_comes_before_the_variable_that_names_an_url(smon, tmp_path):
    file = tmp_path / "smon.yaml"
    file.write_text(f"data: {smon.data}\n")
    nobody = {"SMON_URL": "http://127.0.0.1:1"}
    assert smon.run("accounts", **nobody).returncode == 69
    for flag, value in (("--data", smon.data), ("--socket", smon.data / "smon.sock"), ("--config", file)):
        assert smon.run("accounts", flag, value, **nobody).returncode == 0, flag
        assert smon.run("accounts", flag, value, "--url", "http://127.0.0.1:1").returncode == 69, flag


def test_watching_one_job_ends_with_it(smon):
    smon.taken([events.training("good", "Completed"), events.training("bad", "Failed")])
    assert "Completed" in ask(smon, "jobs", "watch", smon.job("good").id)
    assert "Failed" in ask(smon, "jobs", "watch", smon.job("bad").id, code=1)
    for number, status in enumerate(("Deleting", "DeleteFailed", "Deleted")):  # the only thing that was ever heard
        smon.taken(events.training(f"late-{number}", "Completed", TrainingJobStatus=status))
        assert status in ask(smon, "jobs", "watch", smon.job(f"late-{number}").id, code=1)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_verb(house, shell):
    script = house().run("completion", shell).stdout
    for word in ("quarantine", "send-test-event", "failed-before-start", "enrich-settle"):
        assert word in script


def test_bash_completes_verbs_words_and_flags(house, tmp_path):
    smon = house()
    script = tmp_path / "completion"
    script.write_text(smon.run("completion", "bash").stdout)

    def offered(*words):
        typed = " ".join(f"'{word}'" for word in words)
        done = subprocess.run(
            ["bash", "-c", f". '{script}'; COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; _smon;"
                           ' printf "%s\\n" "${COMPREPLY[@]}"'],
            capture_output=True, text=True, check=True)
        return done.stdout.split()

    assert offered("smon", "quar") == ["quarantine"]
    assert offered("smon", "jobs", "w") == ["watch"]
    assert offered("smon", "jobs", "list", "--sta") == ["--status"]
    assert offered("smon", "serve", "--log-level", "") == ["error", "warn", "info", "debug"]


def test_the_demo_shows_the_main_job_done_and_leaves_nothing_behind(house, tmp_path):
    done = house().run("demo", "--once", "--json", "--listen", "127.0.0.1:0", within=150, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done
    report = json.loads(done.stdout)
    ended = sum(row["count"] for row in report["jobs"]
                if row["status"] in ("Completed", "Succeeded", "Failed", "Stopped"))
    assert report["duplicates"] > 0 and report["quarantined"] == 1
    assert report["failed_before_start"] == 4
    assert report["errands_waiting"] == report["errands_dead"] == 0
    assert report["utilization"]["settled"] > 20 and report["utilization"]["pending"] == 0
    assert report["emf_lines"] >= ended
    assert report["models"] >= 3 and report["deployments"] == 9
    assert report["inferences"] > 20000 and report["refused_inferences"] == 0
    assert list(tmp_path.glob("smon-demo-*")) == []


def test_the_demo_goes_on_until_it_is_asked_to_stop(house, tmp_path):
    smon = house()
    data = tmp_path / "demo"
    with subprocess.Popen([smon.program(), "demo", "--listen", "127.0.0.1:0", "--data", str(data)],
                          stdout=subprocess.PIPE, text=True, env=smon.environ()) as demo:
        said = []
        for line in demo.stdout:
            said.append(line)
            if "keep coming" in line:
                break
        listed = smon.run("jobs", "--data", data)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
    assert "stand-in" in "".join(said)
    assert listed.returncode == 0 and "llm-lora" in listed.stdout
    assert not (data / "smon.sock").exists()
    assert b'"stopped"' in (data / "smon.log").read_bytes()
