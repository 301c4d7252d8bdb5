"""One request, one open reader, or an error that says what is missing."""

import pytest

from ocr_app import recipes
from ocr_app.core.errors import ReaderUnavailable, UsageError
from ocr_app.core.types import ReaderInfo
from ocr_app.opening import request
from ocr_app.opening.request import ReaderRequest, check_posteriors, open_reader
from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.registry import DEFAULT_READER, parse_name


class TextsOnly(Reader):
    info = ReaderInfo("texts", "texts 1", "cpu", "fp32")
    closed = False

    def close(self):
        self.closed = True


class WithPosteriors(TextsOnly):
    def line_posteriors(self, images, timer=None):
        return []


def recipe_for(witnesses):
    return recipes.loads("name: a\nwitnesses: {}\nlines: [[{{digits: 2}}]]".format(witnesses))


@pytest.fixture
def opened(monkeypatch):
    """What ``open_named`` got; it returns ``opened.reader``."""

    class Opened:
        reader = WithPosteriors()
        arguments = None

    def open_named(*arguments):
        Opened.arguments = arguments
        return Opened.reader

    monkeypatch.setattr(request, "open_named", open_named)
    return Opened


def test_the_default_is_the_default_reader_with_its_own_networks(opened):
    assert open_reader(ReaderRequest()) is opened.reader
    name, options, _, engine = opened.arguments
    assert (str(name), options, engine) == (DEFAULT_READER, ReaderOptions(), "none")


def test_a_request_is_passed_on_whole(opened):
    open_reader(ReaderRequest(parse_name("ppocr:v6-tiny"), "onnxruntime", "cpu", "fp16", 4, None, 9.0))
    assert opened.arguments == (
        parse_name("ppocr:v6-tiny"), ReaderOptions("cpu", "fp16", 4, "v6-tiny"), 9.0, "onnxruntime",
    )  # fmt: skip


def test_an_unknown_engine_is_refused_before_anything_is_opened(opened):
    with pytest.raises(UsageError, match="unknown engine: 'openvino'"):
        open_reader(ReaderRequest(engine="openvino"))
    assert opened.arguments is None


def test_a_recipe_needs_posteriors_and_the_reader_is_closed_again(opened):
    assert open_reader(ReaderRequest(recipe=recipe_for(1))) is opened.reader
    opened.reader = TextsOnly()
    with pytest.raises(ReaderUnavailable, match="texts only"):
        open_reader(ReaderRequest(recipe=recipe_for(1)))
    assert opened.reader.closed


def test_a_recipe_that_asks_for_more_networks_than_there_are_closes_the_reader_again(opened):
    with pytest.raises(ReaderUnavailable, match="asks for 2 independent networks, the reader texts has 1") as caught:
        open_reader(ReaderRequest(recipe=recipe_for(2)))
    assert opened.reader.closed and "witnesses: 1" in caught.value.expected


def test_the_check_says_which_reader_can():
    check_posteriors(WithPosteriors())
    with pytest.raises(ReaderUnavailable) as caught:
        check_posteriors(TextsOnly())
    assert caught.value.next_step == "--reader codes"
