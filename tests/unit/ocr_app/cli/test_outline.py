"""The command line as data: what completion and the reference page are made from."""

import argparse

import pytest

from ocr_app.cli.main import parser
from ocr_app.cli.outline import Argument, commands


@pytest.fixture(scope="module")
def by_words():
    return {command.words: command for command in commands(parser())}


def test_every_level_of_verbs_is_there(by_words):
    assert by_words[()].verbs[:2] == ("read", "readers")
    assert by_words[("benchmark",)].verbs == ("campaign", "cnn", "modules")
    assert {("benchmark", "cnn"), ("engine", "build"), ("network", "count"), ("recipe", "test")} <= set(by_words)
    assert ("benchmark-cnn",) not in by_words


def test_an_argument_is_described_as_argparse_shows_it():
    plain = argparse.ArgumentParser()
    plain.add_argument("paths", nargs="+", metavar="PATH", help="an image")
    plain.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="one of %(choices)s (%(default)s)")
    plain.add_argument("-q", "--quiet", action="store_true", help="say nothing")
    plain.add_argument("--region", action="append", help="a part")
    plain.add_argument("--hidden", help=argparse.SUPPRESS)
    (command,) = commands(plain)
    assert command.arguments[1:] == (
        Argument((), "PATH", (), "+", False, "an image"),
        Argument(("--device",), "DEVICE", ("cpu", "cuda"), "", False, "one of cpu, cuda (cpu)"),
        Argument(("-q", "--quiet"), "", (), "", False, "say nothing"),
        Argument(("--region",), "REGION", (), "", True, "a part"),
    )
