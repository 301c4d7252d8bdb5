"""docs/reference/settings.md is what the classes of the settings generate."""

from pathlib import Path

from ocr_app.line.settings import reference

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_page_is_the_generated_one():
    assert (ROOT / reference.PAGE).read_text(encoding="utf-8") == reference.page(), "run ./inv docs"


def test_the_command_finds_the_page_that_its_errors_name():
    from ocr_app.core.yaml_tree import SETTINGS

    assert SETTINGS.guide == reference.PAGE and (ROOT / SETTINGS.guide).exists()
