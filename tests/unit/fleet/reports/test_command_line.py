"""The page of commands: each verb with its arguments, the same on every computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.reports import command_line


def test_every_group_and_verb_has_its_section() -> None:
    page = command_line.page()
    assert [line for line in page.splitlines() if line.startswith("## ")][:2] == ["## Tab completion", "## Read"]
    for verb in ("read", "recipe test", "benchmark cnn", "engine build", "serve", "completion"):
        assert f"ocr-app {verb}" in page


def test_settings_of_this_computer_do_not_change_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = command_line.page()
    monkeypatch.setenv("OCR_EXPORTS", "/somewhere/else")
    assert command_line.page() == before


def test_it_is_written_where_the_docs_are(tmp_path: Path) -> None:
    (tmp_path / command_line.PAGE).parent.mkdir(parents=True)
    assert command_line.main(tmp_path) == 0
    assert (tmp_path / command_line.PAGE).read_text() == command_line.page()
