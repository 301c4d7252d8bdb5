"""docs/reference/command-line.md is made from the parsers, and every command is explained on it."""

from pathlib import Path

import pytest

from fleet.reports import command_line
from ocr_app.cli import main, outline

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [command for command in outline.commands(main.parser()) if command.words]


def test_the_committed_page_is_the_one_that_the_parsers_give(monkeypatch):
    monkeypatch.setenv("OCR_EXPORTS", "/elsewhere")  # a setting of this computer is not a default
    assert (ROOT / command_line.PAGE).read_text(encoding="utf-8") == command_line.page(), "run ./inv docs"


def test_no_path_of_a_machine_is_on_it():
    text = command_line.page()
    assert str(ROOT) not in text and str(Path.home()) not in text


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_a_command_has_one_sentence(command):
    assert command.summary[0].isupper() and command.summary.endswith(".") and not command.summary.endswith("..")


def test_older_spellings_are_not_documented():
    text = command_line.page()
    assert "ocr-app benchmark cnn" in text and "benchmark-cnn" not in text
