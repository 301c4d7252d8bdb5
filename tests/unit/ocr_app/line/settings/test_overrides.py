"""Flags override the file, key by key; every flag of the command belongs to one key."""

import argparse

import pytest

from ocr_app.cli import serve
from ocr_app.core.errors import UsageError
from ocr_app.line.settings.overrides import default_of_flag, destination, override
from ocr_app.line.settings.reading import ReaderSettings
from ocr_app.line.settings.service import ServiceSettings, keys

FLAGS = {destination(field.metadata["flag"]): field for _, field in keys() if field.metadata["flag"]}


def test_only_what_is_given_changes():
    before = ServiceSettings(reader=ReaderSettings(threads=4, device="cuda"))
    after = override(before, {"threads": 1, "queue": 3})
    assert (after.reader.threads, after.reader.device, after.limits.queue) == (1, "cuda", 3)
    assert override(before, {}) == before and after.http == before.http


@pytest.mark.parametrize("name,value", [("queue", 0), ("read_limit", float("nan")), ("restarts", -1), ("threads", 257)])
def test_flags_have_the_bounds_of_their_keys(name, value):
    with pytest.raises(UsageError, match="--" + name.replace("_", "-")) as caught:
        override(ServiceSettings(), {name: value})
    assert " from " in caught.value.expected


def test_relative_paths_start_at_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(str(tmp_path))
    found = override(ServiceSettings(), {"recipe": "line.yaml", "results": "/data/out"})
    assert (found.recipe.file, found.output.results) == (str(tmp_path / "line.yaml"), "/data/out")


def test_the_command_has_exactly_the_flags_of_the_keys():
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    assert {action.dest for action in parser._actions} - set(serve._NOT_SETTINGS) == set(FLAGS)


def test_flags_accept_the_choices_of_their_keys():
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    for action in parser._actions:
        if action.choices:
            choices = tuple(choice for choice in FLAGS[action.dest].metadata["choices"] if choice != "image")
            assert tuple(action.choices) == choices, action.dest


def test_the_help_page_shows_the_defaults_of_the_classes():
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    text = " ".join(parser.format_help().split())
    assert "images that may wait (8)" in text and "(default: 127.0.0.1:8088)" in text and "restarted (10.0)" in text
    assert default_of_flag("restarts") == 5
