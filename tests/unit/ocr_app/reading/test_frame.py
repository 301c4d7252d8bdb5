"""One image through one reader: phases, verdicts, and what is never swallowed."""

import datetime

import numpy as np
import pytest

from ocr_app import recipes
from ocr_app.core.errors import DeviceUnavailable, ReaderFailed, UsageError
from ocr_app.core.types import LinePosterior, ReaderInfo, TextLine, reading_to_json
from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Reader
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_image

IMAGE = np.zeros((20, 40, 3), np.uint8)


class Scripted(Reader):
    info = ReaderInfo("scripted", "test", "cpu", "fp32")

    def __init__(self, answer):
        self.answer, self.seen = answer, None

    def read(self, image, timer=None):
        self.seen = image
        if isinstance(self.answer, Exception):
            raise self.answer
        with timer.phase("detect"):
            pass
        return self.answer


LINES = [TextLine("PRO: 08/2022", box_quad(0, 0, 9, 9), 0.9), TextLine("L1", box_quad(0, 9, 9, 9), 0.8)]


def test_lines_are_joined_by_one_space():
    reading = read_image(Scripted(LINES), IMAGE, "a.png")
    assert (reading.verdict, reading.text) == ("read", "PRO: 08/2022 L1")


def test_every_phase_has_a_time_and_the_total_holds_them():
    timing = read_image(Scripted(LINES), IMAGE, "a.png").timing_ms
    assert set(timing) == {"preprocess", "detect", "recognise", "decode", "total"}
    assert timing["total"] >= timing["preprocess"] + timing["detect"]


def test_preprocess_reaches_the_reader():
    reader = Scripted(LINES)
    read_image(reader, IMAGE, "a.png", ReadOptions(preprocess="otsu"))
    assert reader.seen.ndim == 2


def test_reader_failure_becomes_a_result():
    reading = read_image(Scripted(ReaderFailed("died", code="hung")), IMAGE, "a.png")
    assert (reading.verdict, reading.reasons, reading.lines) == ("error", ("hung",), ())
    assert reading_to_json(reading)["error"]["found"] == "died"


@pytest.mark.parametrize("error", [DeviceUnavailable("no"), UsageError("no"), ValueError("a bug")])
def test_other_errors_are_raised(error):
    with pytest.raises(type(error)):
        read_image(Scripted(error), IMAGE, "a.png")


def test_unknown_layout():
    with pytest.raises(UsageError, match="page, line"):
        read_image(Scripted(LINES), IMAGE, "a.png", ReadOptions(layout="tree"))


class Sizes(Scripted):
    """Says each line image's size and notes that it was there."""

    def read_line(self, image, timer=None):
        timer.note("too-many-lines")
        return [TextLine("{}x{}".format(image.shape[1], image.shape[0]), box_quad(1, 2, 3, 4), 0.9)]


def test_regions_are_read_as_one_line_each_in_their_order():
    reading = read_image(Sizes([]), IMAGE, "a.png", ReadOptions(regions=((10, 8, 20, 5), (0, 0, 7, 6))))
    assert [line.text for line in reading.lines] == ["20x5", "7x6"]
    np.testing.assert_array_equal(reading.lines[0].quad, box_quad(11, 10, 3, 4))


def test_what_a_reader_notes_is_in_the_reasons_once():
    reading = read_image(
        Sizes([]), IMAGE, "a.png", ReadOptions(regions=((10, 8, 20, 5), (0, 0, 7, 6))), ("exif-rotated",)
    )
    assert (reading.verdict, reading.reasons) == ("read", ("too-many-lines", "exif-rotated"))


@pytest.mark.parametrize("region", [(30, 0, 11, 5), (0, 16, 5, 5), (0, 0, 0, 5), (-1, 0, 5, 5)])
def test_a_region_outside_the_image_is_an_error_of_that_image(region):
    reading = read_image(Sizes([]), IMAGE, "a.png", ReadOptions(regions=(region,)))
    assert (reading.verdict, reading.reasons) == ("error", ("bad-region",))


RECIPE = """
name: lots
witnesses: 1
codes:
  - name: lot
    lines:
      - name: lot
        fields:
          - {choice: [LOT]}
          - {digits: 3, as: number}
"""
SIGNS = ("",) + tuple(" LOT0123456789")
QUAD = box_quad(0, 0, 9, 9)


def posterior(text, doubts=(), quad=QUAD, signs=SIGNS):
    """Sure of each character but for ``doubts``: {place: (other, its share)}."""
    rows = np.full((2 * len(text) + 1, len(signs)), 1e-4)
    rows[:, 0] = 1.0
    for place, sign in enumerate(text):
        row = rows[2 * place + 1]
        row[0] = 1e-4
        row[signs.index(sign)] = 1.0
        for other, share in dict(doubts).get(place, ()):
            row[signs.index(other)], row[signs.index(sign)] = share, 1.0 - share
    return LinePosterior(quad, np.log(rows / rows.sum(axis=1, keepdims=True)).astype(np.float32), signs)


class Thinks(Scripted):
    """Hands out posteriors."""

    def posteriors(self, image, timer=None):
        return self.answer

    def line_posteriors(self, images, timer=None):
        return self.answer[: len(images)]


def decoded(*posteriors):
    options = ReadOptions(verdict_request=VerdictRequest(recipes.loads(RECIPE)))
    return read_image(Thinks(list(posteriors)), IMAGE, "a.png", options)


def test_a_recipe_decodes_what_the_reader_thinks():
    reading = decoded(posterior("TOOL"), posterior("LOT 1O4", {5: [("0", 0.4)]}, box_quad(3, 44, 9, 9)))
    assert (reading.verdict, reading.text, reading.reasons) == ("pass", "LOT 104", ())
    np.testing.assert_array_equal(reading.lines[0].quad, box_quad(3, 44, 9, 9))
    (line,) = reading.code["lines"]
    assert line["free"] == "LOT 1O4" and reading.code["values"] == {"number": "104"}
    assert line["chars"][5]["sign"] == "0" and line["chars"][5]["alternatives"][0][0] == "O"
    assert [other["text"] for other in reading.code["others"]] == ["TOOL"]
    assert reading.timing_ms["decode"] > 0


def test_a_code_that_is_not_there_is_not_read():
    reading = decoded(posterior("TOOL"))
    assert (reading.verdict, reading.lines) == ("no-read", ())
    assert "code-not-found" in reading.reasons and reading_to_json(reading)["code"]["status"] == "not-read"


def test_what_is_expected_and_in_which_time():
    recipe = recipes.loads(RECIPE)

    def judged(**request):
        options = ReadOptions(verdict_request=VerdictRequest(recipe, **request))
        return read_image(Thinks([posterior("LOT 104")]), IMAGE, "a.png", options)

    assert judged(expected={"number": "104"}, deadline_ms=1e6).verdict == "pass"
    other = judged(expected={"number": "105"})
    assert (other.verdict, other.reasons) == ("fail", ("not-expected:number",))
    (reason,) = other.code["reasons"]
    assert reason == {"code": "not-expected", "where": "number", "found": "104", "expected": "105", "detail": ""}
    late = judged(deadline_ms=1e-6)
    assert (late.verdict, late.reasons) == ("fail", ("deadline-missed",))


def test_a_recipe_that_asks_for_today_holds_without_a_clock():
    text = RECIPE.replace("{digits: 3, as: number}", "{date: DD/MM/YYYY, as: made, expect: today}")
    signs = SIGNS + ("/",)
    today = datetime.date.today()
    line = posterior("LOT {:%d/%m/%Y}".format(today), signs=signs)
    reading = read_image(
        Thinks([line]), IMAGE, "a.png", ReadOptions(verdict_request=VerdictRequest(recipes.loads(text)))
    )
    assert (reading.verdict, reading.reasons) == ("hold", ("clock-not-trusted:made",))
    trusted = ReadOptions(verdict_request=VerdictRequest(recipes.loads(text), trust_clock=True))
    assert read_image(Thinks([line]), IMAGE, "a.png", trusted).verdict == "pass"


def test_an_old_picture_is_judged_at_its_own_moment():
    text = RECIPE.replace("{digits: 3, as: number}", "{date: DD/MM/YYYY, as: made, expect: today}")
    line = posterior("LOT 17/03/2026", signs=SIGNS + ("/",))
    for day, verdict in ((17, "pass"), (18, "fail")):
        moment = datetime.datetime(2026, 3, day, 12).timestamp()
        request = VerdictRequest(recipes.loads(text), trust_clock=True, moment=moment)
        assert read_image(Thinks([line]), IMAGE, "a.png", ReadOptions(verdict_request=request)).verdict == verdict


def test_regions_are_decoded_in_place():
    options = ReadOptions(regions=((5, 6, 20, 9),), verdict_request=VerdictRequest(recipes.loads(RECIPE)))
    reading = read_image(Thinks([posterior("LOT 104")]), IMAGE, "a.png", options)
    np.testing.assert_array_equal(reading.lines[0].quad, box_quad(5, 6, 9, 9))


def test_a_reader_of_texts_refuses_a_recipe_in_words():
    with pytest.raises(UsageError, match="texts only"):
        read_image(Scripted(LINES), IMAGE, "a.png", ReadOptions(verdict_request=VerdictRequest(recipes.loads(RECIPE))))
