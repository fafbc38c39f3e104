"""What people do with the console, done by a browser. The stories stand beside this file."""

import json

import pytest

import events
import feed
import models_feed


def test_somebody_on_call_finds_a_failed_job_in_two_clicks_and_reads_why(story):
    story("on_call", NAME=feed.FAILED, REASON=feed.REASON, LONG=feed.LONG, IDLE=feed.IDLE)


def test_what_happens_is_seen_without_loading_the_page_again(story):
    story("live", EVENT=json.dumps(events.training("just-now", "InProgress")), NAME="just-now")


def test_a_quarantined_post_is_read_and_taken_in_again(story):
    story("quarantine", NAME=feed.REPLAYED)


def test_what_a_collector_gave_up_is_found_from_the_first_screen_and_tried_again(story):
    story("errands", NAME=feed.DENIED, REASON=feed.DENIAL)


def test_hostile_names_are_inert_in_every_view_and_export(story):
    story("hostile", NAMES=json.dumps(feed.HOSTILE), ACCOUNT=feed.ACCOUNTS[2])


def test_the_keyboard_is_enough(story):
    story("keyboard", NAME=feed.FAILED)


def test_a_key_is_made_shown_once_and_revoked(story):
    story("keys")


def test_the_way_is_followed_from_a_job_to_the_endpoint_and_its_p99(story):
    story("lineage", JOB=models_feed.JOB, ENDPOINT=models_feed.ENDPOINT, FAILED=feed.FAILED)


def test_an_endpoint_is_measured_when_somebody_asks_and_shows_which_variant_is_idle(story):
    busy = feed.used(71, 64, 2, course=feed.course(71, 64, 2, points=60))
    story("endpoint", NAME=models_feed.ENDPOINT, FOUND=json.dumps(feed.of_variants(busy, "blue", "green")))


def test_a_model_tells_what_ran_when_how_it_answered_and_what_it_is_made_of(story):
    story("models", MOMENT=events.iso(20), SECRET=models_feed.SECRET)


@pytest.mark.parametrize("width", [1440, 360])
def test_every_view_is_sound_narrow_and_wide_in_light_and_dark(story, width):
    story("sound", NAME=feed.FAILED, STEADY=feed.STEADY, WIDTH=width)
