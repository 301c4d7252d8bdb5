"""The numbers that are compared."""

from fleet.campaigns import figures
from tests.unit.fleet.campaigns import made


def test_times_are_milliseconds_by_row():
    assert figures.times("run", made.run(ms=80.0)) == {"image": 80.0}
    assert figures.times("modules", made.modules(ms=20.0)) == {
        "codes-detector onnxruntime": 20.0, "codes-recogniser onnxruntime": 10.0
    }  # fmt: skip
    assert figures.times("cnn", made.cnn(ms=10.0)) == {"resnet18 tensorrt": 10.0}
    assert figures.times("speed", made.speed(lines_per_s=50.0)) == {"codes, 1 at once": 20.0, "codes, 3 at once": 20.0}


def test_rows_that_were_not_run_have_no_time():
    failed = made.run()
    failed["latency_ms"] = {}
    assert figures.times("run", failed) == {} and figures.times("modules", made.modules(error="no export")) == {}


def test_doubts_are_the_reasons_of_the_record():
    assert figures.doubts("run", made.run(doubts=["hot"])) == ["hot"]
    assert figures.doubts("cnn", made.cnn(against=["clocks not locked"])) == ["clocks not locked"]
    assert figures.doubts("speed", made.speed()) == []


def test_the_basis_names_application_images_and_engine():
    board = made.board("nano-1")
    assert figures.basis(board, made.RUN) == {
        "application": "a" * 12, "images": "c" * 12, "engine": "onnxruntime 1.10.0"
    }  # fmt: skip
    assert figures.basis(board, made.SPEED)["images"] == "c" * 12
    assert figures.basis(board, made.MODULES)["engine"] == "onnxruntime 1.10.0"
    assert figures.basis(board, made.CNN) == {"application": "a" * 12}


def test_a_ratio_is_the_median_over_the_shared_rows():
    own, other = {"a": 20.0, "b": 30.0, "c": 400.0, "mine": 1.0}, {"a": 10.0, "b": 10.0, "c": 100.0, "theirs": 1.0}
    assert figures.ratio_of(own, other) == 3.0
    assert figures.ratio_of(own, {}) is None


def test_exact_is_that_with_white_space_ignored():
    assert figures.exact(made.run(exact=0.5)) == 0.5
    assert figures.exact({**made.run(), "scores": {}}) is None
