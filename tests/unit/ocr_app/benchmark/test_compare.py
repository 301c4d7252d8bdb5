"""What got better, what got worse, and when times may be compared."""

import pytest

from ocr_app.benchmark.compare import compare
from ocr_app.benchmark.runner import RunSettings, run
from ocr_app.benchmark.summaries import comparison_summary
from ocr_app.core.errors import ResultError
from ocr_app.opening import ReaderRequest
from ocr_app.readers.registry import ReaderName

QUICK = RunSettings(warm_up=0, session="one")


@pytest.fixture
def a(dataset, scripted):
    record = run(dataset, scripted([["PR0:1", "EXP:2"], ["LOT 7"], ["3"]]), QUICK)
    return _timed(record, 200.0)


@pytest.fixture
def b(dataset, scripted):
    record = run(
        dataset,
        scripted([["PRO:1", "EXP:2"], ["L0T 7"], ["3"]]),
        QUICK,
        ReaderRequest(ReaderName("scripted", "new", None)),
    )
    return _timed(record, 50.0)


def _timed(record, median):
    """Times are given, not measured, so that the texts below are always the same."""
    record["latency_ms"] = {"total": {"median": median}}
    record["invalid_reasons"] = []
    return record


def test_every_image_has_its_group(a, b):
    result = compare(a, b)
    assert [(image["id"], image["group"]) for image in result["images"]] == [
        ("0", "better"),
        ("1", "worse"),
        ("2", "both wrong"),
    ]
    assert result["groups"] == {"better": 1, "worse": 1, "both wrong": 1, "both right": 0}
    assert result["latency"] == {"ratio": 0.25, "why_not": None, "median_ms": [200.0, 50.0]}


def test_the_printed_comparison(a, b):
    assert (
        comparison_summary(compare(a, b)).replace(compare(a, b)["dataset"], "SET")
        == """\
a  scripted cpu fp32 raw
b  scripted:new cpu fp32 raw
SET, form nospace: 3 images; 1 better, 1 worse, 1 both wrong, 0 both right

                a       b  points
---------  ------  ------  ------
exact      33.3 %  33.3 %    +0.0
cer        36.7 %  41.7 %    +5.0
cer_micro  13.3 %  13.3 %    +0.0
precision  63.3 %  58.3 %    -5.0
recall     63.3 %  58.3 %    -5.0

latency b / a: 0.25 (medians 200 and 50 ms)

better        truth            a            b
------  -----------  -----------  -----------
0       PRO:1 EXP:2  PR0:1 EXP:2  PRO:1 EXP:2

worse  truth      a      b
-----  -----  -----  -----
1      LOT 7  LOT 7  L0T 7"""
    )


def test_times_of_different_machines_are_not_compared(a, b):
    b["session"], b["environment"] = "two", dict(b["environment"], cpu="another")
    assert "different cpu" in compare(a, b)["latency"]["why_not"]
    assert compare(a, b)["latency"]["ratio"] is None


def test_times_of_an_invalid_run_are_not_compared(a, b):
    b["invalid_reasons"] = [{"code": "machine-busy", "scope": "times", "found": 1.0, "limit": 0.25}]
    result = compare(a, b)
    assert result["latency"]["why_not"] == "scripted:new cpu fp32 raw is not a valid measurement: machine-busy"


def test_runs_without_an_image_in_common_are_refused(a, b):
    for image in b["images"]:
        image["id"] += "x"
    with pytest.raises(ResultError, match="no image in common"):
        compare(a, b)


def test_runs_cropped_differently_are_refused(a, b):
    b["settings"] = dict(b["settings"], crop="none")
    with pytest.raises(ResultError, match="crops box and none"):
        compare(a, b)
