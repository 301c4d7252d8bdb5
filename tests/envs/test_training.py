"""Training for real, a few steps of it, in its own environment."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.core.files import ROOT
from training.recogniser.texts import CASED


@pytest.fixture(scope="module")
def facts(built: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What ``training_steps.py`` found."""
    folder = tmp_path_factory.mktemp("training")
    command = [str(built("train")), "tests/envs/training_steps.py", str(folder)]
    variables = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_a_training_that_is_cut_off_and_resumed_gives_the_same_weights(facts: dict[str, object]) -> None:
    assert facts["difference"] == 0.0
    assert facts["steps"] == [2, 4, 6]


def test_branches_and_normalisation_fold_away(facts: dict[str, object]) -> None:
    assert facts["folded"] < 1e-4
    assert facts["exported"] < 1e-3


def test_an_exported_network_is_what_the_reader_expects(facts: dict[str, object]) -> None:
    assert facts["posterior"] == [40, len(CASED) + 1]


def test_the_shipped_network_stays_small(facts: dict[str, object]) -> None:
    assert facts["parameters"] < 1_000_000


def test_the_unit_tests_of_training_are_green_with_torch(
    run_in: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """Outside this environment the tests of modules that need torch are skipped; the others ran there."""
    folder = ROOT / "tests" / "unit" / "training"
    files = [str(path) for path in folder.rglob("test_*.py") if 'importorskip("torch"' in path.read_text()]
    assert len(files) > 10
    done = run_in("train", "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *files, timeout=600)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "no torch here" not in done.stdout
