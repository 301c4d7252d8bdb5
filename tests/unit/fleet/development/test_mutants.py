"""Faults in the code: which are drawn, how they are put in and taken out, and what the page says of survivors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tomllib

from fleet.core.errors import MutantsError
from fleet.core.toml import load_toml
from fleet.development import mutants
from fleet.development.mutants import JudgedMutant, Mutant

ITEM = {
    "module_path": "part/one.py",
    "operator_name": "core/NumberReplacer",
    "occurrence": 3,
    "start_pos": [12, 4],
    "end_pos": [12, 5],
    "operator_args": {},
    "definition_name": "half",
}
FAULT = Mutant("part/one.py", "core/NumberReplacer", 0, "half", 2)
# A stand-in for cosmic-ray: it puts a fixed fault in, runs the tests, and leaves the fault where it is.
TOOL = """#!{python}
import json, shlex, subprocess, sys
path, command = sys.argv[2], sys.argv[5]
text = open(path).read()
open(path, "w").write(text.replace("/ 2", "/ {divisor}"))
code = subprocess.run(shlex.split(command), capture_output=True).returncode
outcome = "killed" if code else "survived"
diff = "--- a\\n+++ b\\n-    return value / 2\\n+    return value / {divisor}"
print(json.dumps({{"test_outcome": outcome, "diff": diff}}))
"""


def tree(folder: Path) -> Path:
    module = folder / "part" / "one.py"
    module.parent.mkdir(parents=True)
    module.write_text("def half(value):\n    return value / 2\n")
    test = mutants.tests_of("part/one.py", folder)
    test.parent.mkdir(parents=True)
    test.write_text("from part.one import half\n\ndef test_half():\n    assert half(4) == 2\n")
    return folder


def tool(folder: Path, divisor: str) -> Path:
    path = folder / "cosmic-ray"
    path.write_text(TOOL.format(python=sys.executable, divisor=divisor))
    path.chmod(0o755)
    return path


def test_the_areas_are_there_and_their_modules_have_tests() -> None:
    settings = load_toml(mutants.SETTINGS)
    chosen = mutants.chosen_modules(settings["areas"])
    assert {"node_agent", "ansible", "ocr_app"} == {module.split("/")[0] for module in chosen}
    assert all(mutants.tests_of(module).is_file() for module in chosen)
    assert mutants.chosen_modules(settings["areas"], [chosen[0]]) == [chosen[0]]
    with pytest.raises(MutantsError, match=r"recipes/decoding\.py"):
        mutants.chosen_modules(settings["areas"], ["ocr_app/recipes/decoding.py"])


def test_explained_survivors_name_modules_of_the_areas() -> None:
    settings = load_toml(mutants.SETTINGS)
    chosen = mutants.chosen_modules(settings["areas"])
    for entry in settings.get("survivors", []):
        assert set(entry) == {"module", "after", "why"} and entry["module"] in chosen


def test_all_modules_are_asked_for_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    rows = [[{"job_id": "x", "mutations": [{**ITEM, "module_path": name}]}, None] for name in ("b.py", "a.py")]
    monkeypatch.setattr(mutants, "WORK", tmp_path)
    monkeypatch.setattr(
        mutants, "_called", lambda command, tree: asked.append(command) or "\n".join(json.dumps(row) for row in rows)
    )
    found = mutants.mutants_of(["a.py", "b.py"], tmp_path, Path("cosmic-ray"))
    assert [each.module for each in found] == ["a.py", "b.py"]
    assert [command[1] for command in asked] == ["init", "dump"]
    assert tomllib.loads((tmp_path / "config.toml").read_text())["cosmic-ray"]["module-path"] == ["a.py", "b.py"]


def test_a_dump_becomes_faults_without_those_that_need_arguments() -> None:
    other = {**ITEM, "operator_args": {"a": 1}}
    rows = [[{"job_id": "x", "mutations": [item]}, None] for item in (ITEM, other, {**ITEM, "start_pos": [3, 0]})]
    found = mutants.read_dump("\n".join(json.dumps(row) for row in rows))
    assert [(each.line, each.occurrence, each.function) for each in found] == [(3, 3, "half"), (12, 3, "half")]


@pytest.mark.parametrize("divisor, outcome", [("3", "killed"), ("2.0", "survived")])
def test_a_fault_is_tried_in_the_copy_and_taken_out_again(tmp_path: Path, divisor: str, outcome: str) -> None:
    copy = tree(tmp_path / "tree")
    judged = mutants.judge(FAULT, copy, tool(tmp_path, divisor))
    assert judged.outcome == outcome and judged.after == f"return value / {divisor}"
    assert (copy / "part" / "one.py").read_text().endswith("/ 2\n")


def test_a_fault_that_never_ends_is_late_and_taken_out(tmp_path: Path) -> None:
    copy = tree(tmp_path / "tree")
    mutants.tests_of("part/one.py", copy).write_text("import time\ntime.sleep(60)\n")
    judged = mutants.judge(FAULT, copy, tool(tmp_path, "3"), limit_s=1.0)
    assert judged.outcome == mutants.LATE
    assert (copy / "part" / "one.py").read_text().endswith("/ 2\n")


def test_tests_that_fail_without_a_fault_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tree(tmp_path / "tree")
    mutants._baseline("part/one.py", copy)
    monkeypatch.delenv("CI", raising=False)
    needs_ci = "import os\n\ndef test_it():\n    assert os.environ['CI'] != 'true'\n"
    mutants.tests_of("part/one.py", copy).write_text(needs_ci)
    with pytest.raises(MutantsError, match="fail without any fault"):
        mutants._baseline("part/one.py", copy)


def test_an_answer_of_another_form_is_an_error() -> None:
    with pytest.raises(MutantsError, match="no result"):
        mutants.read_answer(FAULT, "no JSON")
    with pytest.raises(MutantsError, match="no result"):
        mutants.read_answer(FAULT, "{}")


def test_the_copy_holds_what_git_knows(tmp_path: Path) -> None:
    root = tree(tmp_path / "checkout")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "add", "part"], cwd=root, check=True)
    (root / ".models").mkdir()
    copy = mutants.copied_tree(tmp_path / "copy", root)
    assert (copy / ".models").is_symlink() and not (copy / ".envs").exists()
    assert [str(path.relative_to(copy)) for path in copy.rglob("*.py")] == ["part/one.py"]


def test_without_its_environment_it_says_what_to_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mutants, "python_of", lambda name, root: tmp_path / "bin" / "python")
    with pytest.raises(MutantsError, match="no environment for mutants"):
        mutants.run(1, 0)


def test_the_page_counts_and_explains() -> None:
    judged = [
        JudgedMutant(FAULT, mutants.KILLED, "a", "b"),
        JudgedMutant(FAULT, mutants.SURVIVED, "a | b", "a or b"),
        JudgedMutant(FAULT, mutants.SURVIVED, "c", "d"),
        JudgedMutant(FAULT, mutants.LATE, "", ""),
    ]
    record = mutants.record_of(judged, every=90, modules=4, seed=7)
    known = [{"module": "part/one.py", "after": "a or b", "why": "both are the same here"}]
    found = mutants.page(record, known)
    assert record["command"] == "./inv mutants --count 4 --seed 7 --publish"
    assert "| `part` | 4 | 2 | 2 |" in found and "4 of the 90 faults" in found
    assert "| `part/one.py`, `half` | `a \\| b` | `a or b` | both are the same here |" in found
    assert found.count("not explained yet") == 1
