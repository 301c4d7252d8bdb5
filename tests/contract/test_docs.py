"""README and docs: numbers are those of the committed results, links lead somewhere, commands exist."""

import re
from pathlib import Path

import pytest

from fleet.reports import blocks
from ocr_app.benchmark.record import load_run
from ocr_app.cli.main import parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("training/*.md"), *ROOT.glob("data/*/*.md")]
)


@pytest.mark.parametrize("name", blocks.PAGES)
def test_numbers_are_those_of_the_newest_results(name):
    page = ROOT / name
    assert blocks.filled(page.read_text(), blocks.newest(), page) == page.read_text(), "run ./inv docs"


@pytest.mark.parametrize("name", PAGES)
def test_links_to_files_lead_somewhere(name):
    text = (ROOT / name).read_text()
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert ((ROOT / name).parent / target).exists(), target


@pytest.mark.parametrize("name", PAGES)
def test_every_task_that_is_named_exists(name):
    tasks = set(re.findall(r"^def (\w+)\(", (ROOT / "tasks.py").read_text(), re.M))
    for task in re.findall(r"(?:^|[`\s])\./inv ([a-z][\w-]*)", (ROOT / name).read_text()):
        assert task.replace("-", "_") in tasks, task


def test_every_verb_of_the_readme_exists():
    verbs = set(re.findall(r"ocr-app (\w+)", (ROOT / "README.md").read_text()))
    known = parser()._subparsers._group_actions[0].choices
    assert verbs and verbs <= set(known)


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/results/*/runs/*.json")), ids=lambda path: path.stem)
def test_every_committed_run_is_a_run_record(path):
    assert load_run(str(path))["counts"]["images"] > 0


def test_committed_results_hold_no_text_of_the_real_pictures():
    for path in ROOT.glob("docs/results/*/runs/real-*.json"):
        run = load_run(str(path))
        assert all(image["truth"] is None and image["lines"] is None for image in run["images"]), path.name
