"""A run as a record, and what a run leaves as it was."""

import os
from pathlib import Path

import pytest

from fleet.core.errors import FleetScaleError
from fleet.scale import runs
from fleet.scale.spending import Spent
from fleet.virtual.settings import Fleet


def test_a_run_is_rounded_and_changes_are_those_of_plays() -> None:
    run = runs.ScaleRun("verify", 4, Spent(1.26, 2.345, 3.21, 99.6))
    assert run.as_record() == {
        "what": "verify", "boards": 4, "wall_s": 1.3, "control_s": 2.35, "boards_s": 3.2, "peak_mib": 100,
    }  # fmt: skip
    assert runs.ScaleRun("again", 4, Spent(), 0).as_record()["changed"] == 0


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> runs.MeasuredFleet:
    """A fleet without boards; a command costs nothing, and ends with the exit code that it returns."""
    monkeypatch.setattr(runs.nodes, "existing", lambda fleet: [])
    monkeypatch.setattr(runs, "measure", lambda work, containers: Spent(code=work()))
    monkeypatch.setattr(runs.playbooks, "tools", lambda say: tmp_path)
    return runs.MeasuredFleet(Fleet("measured", root=tmp_path), lambda text: None)


def test_a_run_that_fails_ends_the_measurement(measured: runs.MeasuredFleet) -> None:
    with pytest.raises(FleetScaleError, match="report ended with exit code 7"):
        measured.run("report", lambda: 7, 4)


def test_what_a_run_prints_is_in_its_log_and_the_environment_is_as_before(
    measured: runs.MeasuredFleet, capfd: pytest.CaptureFixture[str]
) -> None:
    before = dict(os.environ)
    with measured._logged("verify", {"ANSIBLE_FORKS": "7"}):
        assert os.environ["ANSIBLE_FORKS"] == "7"
        os.system("echo from a command")
    print("afterwards", flush=True)
    assert dict(os.environ) == before
    assert (measured.folder / "verify.log").read_text() == "from a command\n"
    assert capfd.readouterr().out == "afterwards\n"


def test_a_run_that_was_measured_is_not_measured_again_after_a_cut(measured: runs.MeasuredFleet) -> None:
    first = measured.run("verify", lambda: 0, 4)
    again = runs.MeasuredFleet(measured.fleet, measured.say, resume=True)
    assert again.run("verify", lambda: 1, 4) == first
    anew = runs.MeasuredFleet(measured.fleet, measured.say)
    assert anew.known("verify", 4) is None
