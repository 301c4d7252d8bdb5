"""The tutorial: every step says how far it was tried, and its commands are ones that exist."""

import re
import shlex
from pathlib import Path

import pytest

from fleet.wheelhouse.store.manifest import read
from ocr_app.cli.main import parser

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial" / "README.md"
HEAD, *PARTS = re.split(r"^## ", PAGE.read_text(), flags=re.M)
STEPS = {part.splitlines()[0]: part for part in PARTS}
MARKS = ("Checked here", "Rehearsed on virtual boards", "Only a Nano can prove")
LINES = [line.strip() for part in PARTS for line in part.splitlines() if line.startswith("    ")]


@pytest.mark.parametrize("step", [step for step, part in STEPS.items() if "\n    " in part])
def test_each_step_says_how_far_it_was_tried(step):
    assert any(f"*{mark}" in STEPS[step] for mark in MARKS), step


def test_each_mark_is_explained():
    assert all(f"**{mark.lower().replace('nano', 'Nano')}**" in HEAD for mark in MARKS)


def test_steps_are_numbered():
    assert [step.split(".")[0] for step in STEPS] == [str(number) for number in range(1, len(STEPS) + 1)]


def test_what_is_read_on_a_computer_or_a_board_is_a_command_of_the_application():
    called = r"(?:-m ocr_app|(?:bin/|'|sudo |&& )ocr-app) ([^']+)"
    commands = [part for line in LINES for part in re.findall(called, line)]
    assert len(commands) >= 4
    for command in commands:
        parser().parse_args(shlex.split(command))


def test_playbooks_tags_and_locks_exist():
    for line in LINES:
        for book in re.findall(r"ansible-playbook .*?([\w-]+\.yml)", line):
            assert (ROOT / "ansible" / book).is_file(), book
    known = {lock for target in read().targets.values() for lock in target.locks}
    wanted = {
        name
        for line in LINES
        for only in re.findall(r"wheels fetch --only ([\w,-]+)", line)
        for name in only.split(",")
    }
    assert wanted and wanted <= known


def test_the_readme_and_the_docs_lead_to_it():
    assert "docs/tutorial/README.md" in (ROOT / "README.md").read_text()
    assert "(tutorial/README.md)" in (ROOT / "docs" / "README.md").read_text()
