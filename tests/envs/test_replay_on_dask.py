"""A replay on a real cluster of Dask on this computer: two workers, of which one is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.core.files import ROOT
from fleet.replays import known, measure
from fleet.replays.dask import LoopbackCluster

PICTURES = 24


@pytest.fixture(scope="module")
def python(built: Callable[..., Path]) -> Path:
    return built("cluster")


def test_a_killed_worker_loses_no_picture(python: Path, tmp_path: Path) -> None:
    changes = known.write_pictures(tmp_path / "pictures", PICTURES)
    present, changed = known.write_recipes(tmp_path)
    with LoopbackCluster(tmp_path / "dask", workers=2) as cluster:
        more = "--present", str(present), "--cluster", cluster.address
        words = measure.command(tmp_path, "out", "pictures", changed, *more, python=python)
        process = measure.start(words, tmp_path / "replay.log")
        try:
            until = time.monotonic() + 120
            while not (tmp_path / "out" / "results.jsonl").is_file() or len(measure.rows_whole(tmp_path / "out")) < 3:
                assert process.poll() is None and time.monotonic() < until, (tmp_path / "replay.log").read_text()
                time.sleep(0.1)
            os.kill(cluster.worker_pids()[0], signal.SIGKILL)
            assert process.wait(180) == 0, (tmp_path / "replay.log").read_text()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    measure.check("dask", measure.rows_of(tmp_path / "out"), changes)
    assert measure.report_of(tmp_path / "out")["complete"]


def test_a_cluster_that_does_not_answer_is_named(python: Path) -> None:
    code = "from ocr_app.replay import cluster; cluster.DaskCrew('tcp://127.0.0.1:9', None, 1, wait_s=2.0)"
    done = subprocess.run([str(python), "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert "no scheduler of Dask at tcp://127.0.0.1:9" in done.stderr
