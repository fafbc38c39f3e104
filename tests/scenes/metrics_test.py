"""What monitoring reads about us is well formed, and it adds up."""

import shutil
import subprocess

import events
import pytest


def test_the_metrics_pass_promtool(smon):
    if not shutil.which("promtool"):
        pytest.skip("promtool is not here")
    smon.taken([events.training("demo", "Completed"), "rubbish"])
    smon.get("jobs")
    text = smon.client.raw("GET", "/metrics").body
    judged = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert judged.returncode == 0, judged.stderr.decode()
    assert not judged.stderr.strip(), judged.stderr.decode()


def test_accepted_is_delivered_and_dead_and_waiting_at_every_instant(smon):
    """[I5]"""
    for number in range(20):
        smon.taken(events.training(f"job-{number}", "Completed"))
        assert smon.metric("smon_errands_accepted_total") == smon.waiting() \
            + smon.metric("smon_errands_delivered_total") + smon.metric("smon_errands", state="dead")


def test_answers_to_posts_are_counted_apart_from_those_to_questions(smon):
    def answers(part, code):
        return smon.metric("smon_answers_total", part=part, code=code)

    taken, asked = answers("ingest", "2xx"), answers("rest", "2xx")
    smon.taken(events.training("demo"))
    assert smon.client.raw("POST", "/ingest/eventbridge", "{}", {"X-API-Key": "none"}).status == 401
    assert answers("ingest", "2xx") == taken + 1 and answers("ingest", "4xx") == 1
    assert answers("rest", "2xx") > asked
