"""The arguments that several verbs share."""

import argparse
import json

import pytest

from ocr_app.cli import arguments
from ocr_app.imaging.load import Limits


def parsed(add, *words, **options):
    parser = argparse.ArgumentParser()
    add(parser, **options)
    return parser.parse_args(list(words))


@pytest.mark.parametrize("text, value", [("1", 1), ("40", 40)])
def test_a_positive_number(text, value):
    assert arguments.positive(text) == value


@pytest.mark.parametrize("text", ["0", "-3"])
def test_a_number_that_is_not_positive_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="not above zero"):
        arguments.positive(text)


@pytest.mark.parametrize("text, value", [("0", 0.0), ("1.5", 1.5)])
def test_a_number_that_is_not_negative(text, value):
    assert arguments.not_negative(text) == value


@pytest.mark.parametrize("text", ["-0.1", "inf", "nan"])
def test_a_negative_or_endless_number_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="not 0 or more"):
        arguments.not_negative(text)


def test_a_region():
    assert arguments.region("0,1,20,30") == (0, 1, 20, 30)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "-1,0,5,5", "0,0,0,5", "0,0,5,0"])
def test_a_region_of_another_form_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError):
        arguments.region(text)


@pytest.mark.parametrize("text, value", [("lot=7", ("lot", "7")), ("date=1=2", ("date", "1=2")), ("lot=", ("lot", ""))])
def test_a_pair(text, value):
    assert arguments.pair(text) == value


@pytest.mark.parametrize("text", ["", "lot", "=7"])
def test_a_pair_without_a_name_or_a_sign_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError):
        arguments.pair(text)


def test_a_request_is_what_the_options_say():
    words = ("--reader", "ppocr:v6-tiny", "--engine", "onnxruntime", "--precision", "fp16", "--threads", "3")
    request = arguments.reader_request(parsed(arguments.add_reader_arguments, *words), "a recipe")
    assert (str(request.name), request.engine, request.device) == ("ppocr:v6-tiny", "onnxruntime", "cpu")
    assert (request.precision, request.threads, request.recipe) == ("fp16", 3, "a recipe")


def test_the_image_may_decide_the_engine():
    assert parsed(arguments.add_reader_arguments).engine == "none"
    assert parsed(arguments.add_reader_arguments, engine=None).engine is None


def test_limits_default_to_those_of_the_package():
    assert arguments.limits_of(parsed(arguments.add_limit_arguments)) == Limits()
    changed = parsed(arguments.add_limit_arguments, "--max-pixels", "5", "--max-bytes", "6", "--min-side", "7")
    assert arguments.limits_of(changed) == Limits(5, 6, 7)


def test_a_report_is_written_with_the_folders_above_it(tmp_path):
    path = tmp_path / "a" / "b" / "run.json"
    arguments.write_json({"text": "é"}, str(path))
    assert json.loads(path.read_text(encoding="utf-8")) == {"text": "é"}
    assert [each.name for each in path.parent.iterdir()] == ["run.json"]
