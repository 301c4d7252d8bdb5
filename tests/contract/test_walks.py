"""docs/explanation/walks: every module is where the page says, and a traced frame takes the way of its page."""

import re
import sys
from pathlib import Path

import pytest

import ocr_app
from ocr_app.core.types import reading_to_json

ROOT = Path(__file__).resolve().parents[2]
WALKS = ROOT / "docs" / "explanation" / "walks"
PAGES = sorted(path.stem for path in WALKS.glob("*.md"))


def steps(name):
    """(number, shown path, path from the root) of each row of a walk's table."""
    rows = re.findall(
        r"^\| (\d+) \| \[`([^`]+)`\]\(\.\./\.\./\.\./([^)]+)\) \|", (WALKS / (name + ".md")).read_text(), re.M
    )
    return [(int(number), shown, path) for number, shown, path in rows]


def test_there_is_a_walk_for_each_that_the_architecture_page_names():
    text = (WALKS.parent / "architecture.md").read_text()
    assert sorted(re.findall(r"\(walks/(\w+)\.md\)", text)) == PAGES


@pytest.mark.parametrize("name", PAGES)
def test_its_steps_are_numbered_and_exist(name):
    found = steps(name)
    assert [number for number, _, _ in found] == list(range(1, len(found) + 1)) and len(found) > 8
    for _, shown, path in found:
        assert (ROOT / path).exists(), path
        assert path.endswith(shown), (shown, path)


@pytest.mark.parametrize("name", PAGES)
def test_modules_that_are_only_mentioned_exist_too(name):
    text = (WALKS / (name + ".md")).read_text()
    for mentioned in re.findall(r"`((?!nano-ocr/)(?:[\w-]+/)+[\w-]+(?:\.\w+)?)`", text):
        places = [ROOT / mentioned, ROOT / "ocr_app" / mentioned, ROOT / "ansible" / mentioned]
        assert any(place.exists() for place in places), mentioned


def test_a_frame_enters_its_modules_in_the_order_of_the_page(code_models):
    entered = []

    def note(frame, event, argument):
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("ocr_app.") and frame.f_code.co_name != "<module>":
            path = name.replace(".", "/") + ".py"
            if path not in entered:
                entered.append(path)

    with ocr_app.open(recipe=str(ROOT / "recipes" / "nano-codes.yaml"), threads=1) as reader:
        before = sys.getprofile()
        sys.setprofile(note)
        try:
            reading_to_json(reader.read(str(ROOT / "data" / "nano-codes-100" / "images" / "000.jpg")))
        finally:
            sys.setprofile(before)
    listed = [path for _, _, path in steps("frame")]
    assert [path for path in entered if path in listed] == listed
