"""The printed run."""

import pytest

from ocr_app.benchmark.runner import RunSettings, run
from ocr_app.benchmark.summaries import run_summary
from ocr_app.core.tables import milliseconds, percent, table

MACHINE = {"machine": "Box", "cpu": "Chip", "python": "3.6.9"}


def test_a_table_is_as_wide_as_its_cells():
    assert table(("name", "n"), [["a", "10"]]) == "name   n\n----  --\na     10"


@pytest.mark.parametrize("value, text", [(None, "-"), (0.05, "0.05"), (12.345, "12.3"), (1234.5, "1234")])
def test_milliseconds_have_three_figures(value, text):
    assert milliseconds(value) == text


def test_percent():
    assert (percent(0.12345), percent(None)) == ("12.3 %", "-")


def test_the_printed_run(dataset, bad_reader):
    record = run(dataset, bad_reader, RunSettings(warm_up=0))
    record["environment"].update(MACHINE)
    record["dataset"]["name"] = "three"
    record["latency_ms"] = {"total": dict.fromkeys(("median", "p95", "p99", "mean", "std", "min", "max"), 1.0)}
    record["images_per_s"], record["memory_mb"] = 1000.0, {"self": 64.0, "child": None, "reader": None}
    record["invalid_reasons"] = [entry for entry in record["invalid_reasons"] if entry["code"] == "errors"]
    assert (
        run_summary(record)
        == """\
scripted on three: 3 images, 1 error
scripted 1 (cpu, fp32, 2 threads)
Box, Chip, Python 3.6.9

text form   exact     CER  precision  recall
---------  ------  ------  ---------  ------
thesis     33.3 %  39.4 %     63.3 %  60.6 %
notebook   33.3 %  45.8 %     56.7 %  62.5 %
nospace    33.3 %  36.7 %     63.3 %  63.3 %
alnum      33.3 %  37.5 %     62.5 %  62.5 %
spaced     33.3 %  36.4 %     63.6 %  63.6 %

ms     median  p95  p99  mean  std  min  max
-----  ------  ---  ---  ----  ---  ---  ---
total       1    1    1     1    1    1    1
1000.00 images/s, peak memory 64 MiB

NOT VALID
  errors (all): 1, limit 0"""
    )
