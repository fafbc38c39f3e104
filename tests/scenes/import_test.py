"""smon import: a stream of transactions into the service, and what becomes of bad ones."""

import gzip
import json
import os
import pathlib
import pty
import re
import signal
import subprocess

import pytest
from smon import wait_until

PLACE = ["--namespace", "/abc_corp/claim", "--account", "111122223333", "--region", "us-east-1"]
SINCE = "2026-11-20T00:00:00Z"
HOSTILE = "evil\x1b[2J\u202e\x07name"


def line(number, **more):
    return json.dumps({"type": "inference_transaction", "model_name": "docs", "environment": "prod",
                       "deployment_id": 1, "model_version": 1, "server_id": 1, "request_size": 1, "response_size": 1,
                       "start_at": f"2026-11-20T07:{number // 60 % 60:02}:{number % 60:02}.000Z", "elapse": 5,
                       "end_at": f"2026-11-20T07:{number // 60 % 60:02}:{number % 60:02}.005Z", "status": "succeeded", "transaction_id": str(number), **more})


def lines(count, first=1):
    return "".join(line(number) + "\n" for number in range(first, first + count))


def import_file(smon, file, *words, code=0, text=None):
    done = subprocess.run([smon.program(), "import", "inferences", str(file), *map(str, words), *PLACE,
                           "--data", str(smon.data)], input=text, capture_output=True, text=True, timeout=60,
                          env=smon.environ(), check=False)
    assert done.returncode == code, done
    return done


def count(smon):
    summary = smon.get("inferences/summary", **{"from": SINCE})
    return sum(group.count for group in summary.data)


def sums(done):
    told = json.loads(done.stdout)
    return told["lines"], told["accepted"], told["duplicates"], told["refused"]


@pytest.mark.both_engines
def test_a_file_is_taken_whole_and_once(smon, tmp_path):
    file = tmp_path / "day.ndjson"
    file.write_text(lines(5000))
    assert sums(import_file(smon, file, "--json")) == (5000, 5000, 0, 0)
    assert sums(import_file(smon, file, "--json")) == (5000, 0, 5000, 0)
    assert count(smon) == 5000


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_packed_file_and_a_last_line_without_its_newline_are_read_as_well(smon, tmp_path, packed):
    file = tmp_path / "day"
    text = lines(300).rstrip("\n").encode()
    file.write_bytes(gzip.compress(text[:9000]) + gzip.compress(text[9000:]) if packed else text)
    assert sums(import_file(smon, file, "--json")) == (300, 300, 0, 0)


def test_standard_input_is_a_stream(smon):
    assert sums(import_file(smon, "-", "--json", text=lines(10) + "\n\n" + lines(5, first=100))) == (17, 15, 0, 0)


def test_blank_lines_are_counted_and_not_sent(smon):
    assert sums(import_file(smon, "-", "--json", text="\n\n \n")) == (3, 0, 0, 0)


def test_a_slow_stream_does_not_wait_until_a_batch_is_full(smon):
    with subprocess.Popen([smon.program(), "import", "inferences", "-", *PLACE, "--data", str(smon.data)],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=smon.environ()) as importer:
        importer.stdin.write(lines(3))
        importer.stdin.flush()
        wait_until(lambda: count(smon) == 3, 10, "the first lines")
        importer.stdin.close()
        assert importer.wait(20) == 0


def test_refused_lines_are_told_with_their_number_and_reasons(smon, tmp_path):
    bad = line(2, elapse="soon", status=None)
    done = import_file(smon, "-", text=line(1) + "\n" + bad + "\nrubbish\n" + line(4) + "\n", code=1)
    assert "line 2 is refused\n" in done.stderr and "  /elapse: " in done.stderr and "  /status: " in done.stderr
    assert "line 3 is refused" in done.stderr and "2 taken" in done.stdout and "2 refused" in done.stdout


@pytest.mark.parametrize("every", [1, 3], ids=["all of them", "a third"])
def test_every_refused_line_is_named_however_many_there_are(smon, tmp_path, every):
    file, refused = tmp_path / "day", tmp_path / "refused"
    file.write_text("".join(line(n, **({"status": 7} if n % every == 0 else {})) + "\n" for n in range(1, 901)))
    done = import_file(smon, file, "--refused", refused, "--json", code=1)
    told = [json.loads(row) for row in refused.read_text().splitlines()]
    assert [row["line"] for row in told] == list(range(every, 901, every))
    assert all(row["errors"][0]["pointer"] == "/status" for row in told)
    assert json.loads(told[0]["text"])["transaction_id"] == str(every)
    assert sums(done) == (900, 900 - len(told), 0, len(told))

    refused_again = tmp_path / "mended"
    refused_again.write_text("".join(row["text"].replace('"status": 7', '"status": "succeeded"') + "\n"
                                     for row in told))
    assert sums(import_file(smon, refused_again, "--json"))[1] == len(told)
    assert count(smon) == 900


def test_it_says_where_it_stopped_and_goes_on_from_there(smon, tmp_path):
    file = tmp_path / "day"
    file.write_text(lines(50) + "x" * (1 << 20) + "\n" + lines(20, first=51))
    done = import_file(smon, file, code=2)
    assert "line 51 is longer" in done.stderr and "stopped behind line 50" in done.stderr
    assert sums(import_file(smon, file, "--skip", 51, "--json")) == (20, 20, 0, 0)
    assert count(smon) == 70
    assert "only 71 lines" in import_file(smon, file, "--skip", 100, code=2).stderr


def test_a_signal_stops_it_between_two_batches(smon):
    with subprocess.Popen([smon.program(), "import", "inferences", "-", "--json", *PLACE, "--data", str(smon.data)],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=smon.environ()) as importer:
        importer.stdin.write(lines(7))
        importer.stdin.flush()
        wait_until(lambda: count(smon) == 7, 10, "the first lines")
        importer.send_signal(signal.SIGINT)
        assert importer.wait(20) == 1
        assert json.loads(importer.stdout.read())["stopped_at"] == 7
        assert "--skip 7" in importer.stderr.read()


def test_a_signal_stops_it_also_before_anything_came(smon):
    with subprocess.Popen([smon.program(), "import", "inferences", "-", *PLACE, "--data", str(smon.data)],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=smon.environ()) as importer:
        caught = re.compile(r"SigCgt:\s+[0-9a-f]*[2367abef]\n")  # SIGINT is the second bit
        wait_until(lambda: caught.search(pathlib.Path(f"/proc/{importer.pid}/status").read_text()), 10, "its handler")
        try:
            wait_until(lambda: importer.send_signal(signal.SIGINT) or importer.poll() is not None, 10, "its end")
        finally:
            importer.kill()
        assert importer.returncode == 1
        assert "--skip 0" in importer.stderr.read()


def test_a_service_that_goes_away_is_told_with_the_line(smon):
    with subprocess.Popen([smon.program(), "import", "inferences", "-", *PLACE, "--data", str(smon.data)],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=smon.environ()) as importer:
        importer.stdin.write(lines(7))
        importer.stdin.flush()
        wait_until(lambda: count(smon) == 7, 10, "the first lines")
        smon.stop()
        importer.stdin.write(lines(7, first=8))
        importer.stdin.close()
        assert importer.wait(20) == 69
        said = importer.stderr.read()
    assert "no service answers" in said and "stopped behind line 7" in said


def test_progress_is_one_changing_line_on_a_terminal(smon, tmp_path):
    file = tmp_path / "day"
    file.write_text(lines(60000))
    ours, theirs = pty.openpty()
    with subprocess.Popen([smon.program(), "import", "inferences", str(file), *PLACE, "--data", str(smon.data)],
                          stdout=subprocess.PIPE, stderr=theirs, env=smon.environ()) as importer:
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
        assert importer.wait(30) == 0
    os.close(ours)
    assert b"\n" not in shown
    if shown:  # a fast machine is done before there is anything to show
        assert b"lines, " in shown and b"left" in shown and shown.endswith(b"\r\x1b[K")


@pytest.mark.parametrize("words, sentence", [
    (["/nowhere"], "/nowhere"), ([], "wants a file"), (["-", "--skip", "-1"], "--skip"),
    (["-", "--refused", "/nowhere/refused"], "/nowhere/refused"), (["-", "--account", "12"], "12 digits"),
])
def test_what_is_wrong_is_said_with_what_to_do(common, words, sentence):
    done = subprocess.run([common.program(), "import", "inferences", *words, "--data", str(common.data)], input=lines(1),
                          capture_output=True, text=True, timeout=30, env=common.environ(), check=False)
    assert done.returncode == 2 and sentence in done.stderr, done


def test_a_damaged_gzip_stream_is_told(smon, tmp_path):
    file = tmp_path / "day.gz"
    file.write_bytes(gzip.compress(lines(100).encode())[:-9])
    assert "cut short" in import_file(smon, file, code=2).stderr


def test_what_others_wrote_is_inert_on_a_terminal(smon):
    done = import_file(smon, "-", code=1, text=line(1) + "\n" + line(2, **{HOSTILE: HOSTILE, "status": [HOSTILE]})
                       + "\n" + HOSTILE + "\n")
    assert not {"\x1b", "\u202e", "\x07"} & set(done.stderr + done.stdout)
