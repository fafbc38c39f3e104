"""A demo's made-up events never get among real ones."""

import events


def demo(smon, data):
    return smon.run("demo", "--once", "--listen", "127.0.0.1:0", "--data", data, within=150)


def test_a_demo_leaves_the_data_of_a_service_alone(smon):
    smon.taken(events.life("training", "real"))
    refused = demo(smon, smon.data)
    assert refused.returncode != 0 and "made-up events" in refused.stderr
    assert smon.get("models").data == [] and len(smon.get("jobs").data) == 1


def test_a_demo_leaves_a_demo_that_runs_alone(smon):
    (smon.data / "demo").touch()
    refused = demo(smon, smon.data)
    assert refused.returncode != 0 and f"in use by another smon (process {smon.process.pid})" in refused.stderr
    assert smon.get("models").data == [] and smon.get("jobs").data == []


def test_a_folder_that_is_a_demos_is_used_again(house, tmp_path):
    data = tmp_path / "again"
    for _ in range(2):
        done = demo(house(), data)
        assert done.returncode == 0, done.stderr
