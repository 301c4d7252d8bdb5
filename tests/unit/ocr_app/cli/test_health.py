"""`ocr-app health`: 0 or 1, as a container's health check wants it."""

import threading

import pytest

from ocr_app.cli import main as cli
from ocr_app.line.health import health_file


@pytest.fixture
def beat(tmp_path):
    """Starts a heartbeat with the given live and ready."""
    stop = threading.Event()
    threads = []

    def start(live, ready, degraded=()):
        def run():
            number = 0
            while not stop.wait(0.02):
                number += 1
                health_file.write(
                    str(tmp_path), health_file.document("", number, live, ready, health_file.READING, list(degraded))
                )

        health_file.write(str(tmp_path), health_file.document("", 0, live, ready, health_file.READING, list(degraded)))
        threads.append(threading.Thread(target=run))
        threads[0].start()

    yield start
    stop.set()
    for thread in threads:
        thread.join()


def run(tmp_path, *more):
    return cli.main(["health", "--runtime", str(tmp_path), "--within", "2"] + list(more))


def test_a_live_service_is_healthy(beat, tmp_path, capsys):
    beat(True, True, ["disk_low"])
    assert run(tmp_path) == 0
    assert capsys.readouterr().out.endswith("degraded by disk_low\n")


def test_one_that_warms_up_lives_but_is_not_ready(beat, tmp_path):
    beat(True, False)
    assert run(tmp_path) == 0
    assert run(tmp_path, "--ready") == 1


def test_one_that_says_it_is_not_live_is_not_healthy(beat, tmp_path):
    beat(False, True)
    assert run(tmp_path) == 1


def test_a_heartbeat_that_stands_still_is_not_healthy(tmp_path, capsys):
    health_file.write(str(tmp_path), health_file.document("", 5, True, True, health_file.READING, []))
    assert cli.main(["health", "--runtime", str(tmp_path), "--within", "0.3"]) == 1
    assert "has stayed at 5" in capsys.readouterr().err


def test_no_service_is_not_healthy(tmp_path):
    assert run(tmp_path) == 1
