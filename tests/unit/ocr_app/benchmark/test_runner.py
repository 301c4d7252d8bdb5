"""A run over three images with readers that answer from a list."""

import pytest

from ocr_app.benchmark.runner import RunSettings, run
from ocr_app.core.errors import ReaderFailed, UsageError

QUICK = RunSettings(warm_up=2)


def test_a_good_run_is_scored_in_every_form(dataset, good_reader):
    record = run(dataset, good_reader, QUICK)
    exact = {name: round(score["exact"], 3) for name, score in record["scores"].items()}
    assert exact == {"thesis": 0.667, "notebook": 0.667, "nospace": 1.0, "alnum": 1.0, "spaced": 1.0}
    assert [[line["text"] for line in image["lines"]] for image in record["images"]] == [
        ["PRO:1", "EXP:2"],
        ["LOT 7"],
        ["8"],
    ]


def test_warm_up_comes_first_and_is_not_counted(dataset, good_reader):
    record = run(dataset, good_reader, RunSettings(warm_up=5, repeat=2))
    assert good_reader.calls == 5 + 2 * 3
    assert record["counts"] == {"images": 3, "errors": 0, "inferences": 6, "unstable": 0}
    assert record["latency_ms"]["total"]["n"] == 6
    assert [len(image["ms"]["total"]) for image in record["images"]] == [2, 2, 2]


def test_a_failed_image_counts_as_wrong_and_keeps_its_reason(dataset, bad_reader):
    record = run(dataset, bad_reader, QUICK)
    assert record["counts"]["errors"] == 1 and record["counts"]["inferences"] == 2
    assert [image["error"] and image["error"]["found"] for image in record["images"]] == [None, "it crashed", None]
    assert record["scores"]["nospace"]["images"] == 3
    assert record["images"][1]["scores"]["nospace"] == [0, 1.0, 0.0, 0.0]
    assert "errors" in [reason["code"] for reason in record["invalid_reasons"]] and not record["valid"]


def test_a_bug_in_a_reader_is_that_images_error(dataset, scripted):
    record = run(dataset, scripted([ValueError("odd shape"), ["LOT 7"], ["8"]]), QUICK)
    assert record["images"][0]["error"] == {"type": "ValueError", "code": "exception", "found": "odd shape"}


def test_a_reader_that_changes_its_mind_is_noted(dataset, scripted):
    reader = scripted([["a"], ["b"], ["c"]])
    plain = reader.read
    reader.read = lambda image, timer=None: plain(image, timer) if reader.calls < 4 else []
    assert run(dataset, reader, RunSettings(warm_up=0, repeat=2))["counts"]["unstable"] > 0


def test_a_reader_that_fails_in_the_warm_up_is_not_run(dataset, scripted):
    reader = scripted([])
    reader.read = lambda image, timer=None: (_ for _ in ()).throw(ReaderFailed("no model"))
    with pytest.raises(ReaderFailed, match="no model"):
        run(dataset, reader, QUICK)


def test_tags_break_the_score_down(dataset, bad_reader):
    by_print = run(dataset, bad_reader, QUICK)["by_tag"]["print"]
    assert {value: (row["images"], row["exact"]) for value, row in by_print.items()} == {
        "dot": (2, 0.5),
        "font": (1, 0.0),
    }


def test_a_crop_is_read_instead_of_the_picture(dataset, good_reader):
    seen = []
    plain = good_reader.read
    good_reader.read = lambda image, timer=None: seen.append(image.shape) or plain(image, timer)
    boxed = dataset._replace(samples=(dataset.samples[0]._replace(box=(0, 0, 30, 20)),))
    run(boxed, good_reader, RunSettings(warm_up=0))
    run(boxed, good_reader, RunSettings(warm_up=0, crop="none"))
    assert seen == [(20, 30), (40, 60)]


def test_texts_can_be_left_out(dataset, good_reader):
    record = run(dataset, good_reader, RunSettings(warm_up=0, texts=False))
    assert [(image["truth"], image["lines"]) for image in record["images"]] == [(None, None)] * 3
    assert record["scores"]["nospace"]["exact"] == 1.0


def test_no_repeat_makes_no_sense(dataset, good_reader):
    with pytest.raises(UsageError, match="repeat 0"):
        run(dataset, good_reader, RunSettings(repeat=0))
