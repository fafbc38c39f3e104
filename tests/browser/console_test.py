"""What people do with the console, done by a browser. The stories stand beside this file."""

import json

import events
import feed


def test_somebody_on_call_finds_a_failed_job_in_two_clicks_and_reads_why(story):
    story("on_call", NAME=feed.FAILED, REASON=feed.REASON, LONG=feed.LONG, IDLE=feed.IDLE)


def test_what_happens_is_seen_without_loading_the_page_again(story):
    story("live", EVENT=json.dumps(events.training("just-now", "InProgress")), NAME="just-now")


def test_a_quarantined_post_is_read_and_taken_in_again(story):
    story("quarantine", NAME=feed.REPLAYED)


def test_hostile_names_are_inert_in_every_view_and_export(story):
    story("hostile", NAMES=json.dumps(feed.HOSTILE), ACCOUNT=feed.ACCOUNTS[2])


def test_the_keyboard_is_enough(story):
    story("keyboard", NAME=feed.FAILED)


def test_a_key_is_made_shown_once_and_revoked(story):
    story("keys")


def test_every_view_is_sound_in_light_and_dark_narrow_and_wide(story):
    story("sound", NAME=feed.FAILED)
