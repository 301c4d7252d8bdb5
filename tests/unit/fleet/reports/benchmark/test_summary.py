"""The numbers of a benchmark, for programs."""

from fleet.reports.benchmark.summary import Results, summary
from tests.unit.fleet.reports.benchmark.measured import CONFIG


def test_the_summary_is_for_programs(results):
    found = summary(Results.collect(CONFIG, results))
    assert [(entry["reader"], entry["speed_up"], entry["valid"]) for entry in found["cells"]] == [
        ("easyocr@py36-easyocr", 1.0, True),
        ("ppocr", 4.0, False),
        ("ppocr", 4.444, True),
    ]
    assert found["cells"][1]["speed_up_doubt"] == "ppocr cpu fp32 raw is not a valid measurement: machine-busy"
    assert found["not_run"][0]["reason"] == "OCR_TROCR_MODEL is not set"


def test_without_the_baseline_ratios_are_against_the_slowest(results):
    collected = Results.collect(CONFIG, results[1:])
    assert collected.base("nano-codes-100").reader == "ppocr"
