"""Verbs whose first word may be a sub-verb or an argument."""

import argparse

import pytest

from ocr_app.cli.verbs import Verb, VerbParser, add_verb, listing, sentence


def add_dataset(parser):
    parser.add_argument("dataset")
    parser.add_argument("--out")


def add_network(parser):
    parser.add_argument("--network", action="append")


def run(arguments):
    return 0


@pytest.fixture
def parser():
    main = argparse.ArgumentParser(prog="ocr-app")
    verbs = main.add_subparsers(dest="verb", prog="ocr-app", parser_class=VerbParser)
    benchmark = add_verb(verbs, Verb("benchmark", "measure", add_dataset, run))
    benchmark.add_verb(Verb("cnn", "check the board", add_network, run))
    return main


def test_the_first_word_may_be_an_argument(parser):
    arguments = parser.parse_args(["benchmark", "data", "--out", "run.json"])
    assert (arguments.command, arguments.dataset, arguments.out) == ("benchmark", "data", "run.json")


def test_the_first_word_may_be_a_sub_verb_with_arguments_of_its_own(parser):
    arguments = parser.parse_args(["benchmark", "cnn", "--network", "a"])
    assert (arguments.verb, arguments.command, arguments.network) == ("benchmark", "benchmark cnn", ["a"])
    assert not hasattr(arguments, "dataset")


@pytest.mark.parametrize("words", [["./cnn"], ["--out", "run.json", "./cnn"]])
def test_a_path_of_the_same_name_is_an_argument(parser, words):
    assert parser.parse_args(["benchmark"] + words).dataset == "./cnn"


@pytest.mark.parametrize("words", [["benchmark"], ["benchmark", "cnn", "data"], ["benchmark", "cnn", "--out", "a"]])
def test_what_neither_takes_is_wrong_usage(parser, words):
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(words)
    assert caught.value.code == 2


def test_the_help_names_the_sub_verbs_and_how_to_write_a_path(parser, capsys):
    with pytest.raises(SystemExit):
        parser.parse_args(["benchmark", "--help"])
    out = capsys.readouterr().out
    assert "  cnn         Check the board." in out and "./cnn" in out


@pytest.mark.parametrize("text", ["check it", "Check it", "Check it."])
def test_a_sentence_begins_and_ends_as_one(text):
    assert sentence(text) == "Check it."


def test_a_listing_has_two_columns():
    assert listing([("a", "One."), ("bcd", "Two.")]) == "  a           One.\n  bcd         Two."
