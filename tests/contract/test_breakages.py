"""Pages of known breakages: each says why, how it is detected, how to fix it; what they name exists."""

import re
from pathlib import Path

import pytest

from fleet.wheelhouse.store.manifest import read

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "how-to" / "breakages"
PAGES = sorted(path.name for path in FOLDER.glob("*.md") if path.name != "README.md")
ROLES = {path.name for path in (ROOT / "ansible" / "roles").iterdir() if path.is_dir()}


def files_of_roles(*parts):
    for part in parts:
        yield from (ROOT / "ansible" / "roles").glob(f"*/{part}/*.yml")


POLICY = {path.stem: path.read_text() for path in (ROOT / "ansible" / "plugins" / "rules").glob("*.py")}
IDS = {rule for text in POLICY.values() for rule in re.findall(r'"(\w+\.\w+)"', text)}
VENVS = [role for role, text in POLICY.items() if "environments.judged(" in text]
RULES = {rule for rule in IDS if rule.partition(".")[0] in ROLES}
RULES |= {f"{role}.{name}" for role in VENVS for name in ("packages", "proofs")}
VARIABLES = {name for path in files_of_roles("defaults") for name in re.findall(r"^(\w+):", path.read_text(), re.M)}
TAGS = set(re.findall(r"tags: \[?(\w+)", (ROOT / "ansible" / "provision.yml").read_text()))


def test_every_page_is_listed_once():
    listed = re.findall(r"\| \[([\w-]+)\]\(([\w-]+\.md)\) \|", (FOLDER / "README.md").read_text())
    assert sorted(target for _, target in listed) == PAGES
    assert all(name + ".md" == target for name, target in listed)


@pytest.mark.parametrize("name", PAGES)
def test_it_says_why_how_it_is_detected_and_how_to_fix_it(name):
    text = (FOLDER / name).read_text()
    parts = [text.find(word) for word in ("\n**Why.**", "\n**Detection.**", "\n**Fix.**", "\nSource")]
    assert text.startswith("# ") and -1 < parts[0] < parts[1] < parts[2] < parts[3]


@pytest.mark.parametrize("name", PAGES)
def test_rules_tags_variables_and_artefacts_that_it_names_exist(name):
    text = re.sub(r"\s+", " ", (FOLDER / name).read_text())
    named = {rule for rule in re.findall(r"`(\w+\.\w+)`", text) if rule.partition(".")[0] in ROLES}
    assert named <= RULES, named - RULES
    for tags in re.findall(r"--tags ([\w,]+)", text):
        assert set(tags.split(",")) <= TAGS, tags
    given = set(re.findall(r"-e (\w+)=", text))
    assert given <= VARIABLES | {"fleet_bundle"}, given - VARIABLES
    known = {word for source in read().sources for word in (source.name, *source.sets)} | {"opencv", "pytorch"}
    for only in re.findall(r"--only ([\w,-]+)", text):
        assert set(only.split(",")) <= known, only


def test_every_breakage_that_the_runtime_s_role_detects_has_a_page():
    detected = {rule for rule in RULES if rule.startswith("container_runtime.breakage_")}
    pages = "".join((FOLDER / name).read_text() for name in PAGES)
    assert detected and all(f"`{rule}`" in pages for rule in detected)


def test_every_page_that_a_role_names_is_there():
    texts = [*POLICY.values(), *(path.read_text() for path in files_of_roles("vars", "tasks"))]
    pattern = r'(?:docs/how-to/breakages/|\bPAGES \+ "|PAGES})([\w-]+\.md)'
    named = {page for text in texts for page in re.findall(pattern, text)} - {"README.md"}
    assert len(named) > 5 and named <= set(PAGES)
