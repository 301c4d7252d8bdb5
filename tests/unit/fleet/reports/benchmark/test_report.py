"""The report from made-up runs: every table as text, every plot drawn, nothing loaded from elsewhere."""

import json
import re
from types import SimpleNamespace

import pytest

from fleet.reports.benchmark import to_html, write_report
from fleet.reports.benchmark.document import Document, Figure, Section, Table, to_markdown
from fleet.reports.benchmark.sections import build
from fleet.reports.benchmark.summary import Results, summary
from fleet.reports.benchmark.thesis import published
from ocr_app.benchmark.forms import FORMS

CONFIG = {
    "baseline": "easyocr@py36-easyocr",
    "readers": [
        {"name": "easyocr@py36-easyocr", "label": "EasyOCR"},
        {"name": "ppocr", "label": "ppocr"},
        {"name": "trocr"},
    ],
    "datasets": [{"name": "nano-codes-100"}, {"name": "photos"}],
}
MACHINE = {
    "machine": "Box",
    "cpu": "Chip",
    "cores": 2,
    "threads": 2,
    "ram_mb": 4096,
    "system": "Linux",
    "power_mode": None,
}


def run_of(reader, median, exact, doubts=()):
    score = {"images": 20, "exact": exact, "cer": 0.2, "cer_micro": 0.2, "precision": 0.9, "recall": 0.8}
    times = {"median": median, "p95": 2 * median, "p99": None, "mean": median, "std": 1.0, "min": 1.0, "max": 9.0}
    return {
        "created": "2026-01-01T00:00:00Z",
        "session": "s",
        "valid": not doubts,
        "invalid_reasons": [{"code": code, "scope": "times", "found": 1, "limit": 0} for code in doubts],
        "dataset": {"sha256": "0"},
        "reader": {"asked": reader, "engine": reader + " 1", "device": "cpu", "precision": "fp32", "threads": 2},
        "settings": {"preprocess": "raw", "crop": "box"},
        "environment": MACHINE,
        "load": {"own_cores": 1.5, "other_cores": 0.1, "load_before": [0.5, 0.4, 0.3]},
        "memory_mb": {"self": 100.0, "child": None, "reader": 800.0},
        "counts": {"images": 20, "errors": 0},
        "scores": dict.fromkeys(FORMS, score),
        "line_scores": {"images": 20, "images_full": 9, "lines": 30, "lines_read": 21},
        "confusions": [["O", "0", 4], [" ", "", 2]],
        "by_tag": {"print": {"dot": score, "font": score}, "condition": {"clean": score}},
        "latency_ms": {"total": times, "detect": dict(times, median=median * 0.75), "recognise": times},
        "images_per_s": 2.5,
        "images": [{"ms": {"total": [median, median + step]}} for step in range(20)],
    }


def cell(reader, dataset="nano-codes-100", preprocess="raw"):
    return SimpleNamespace(reader=reader, dataset=dataset, variant=preprocess)


@pytest.fixture
def results():
    return [
        (cell("easyocr@py36-easyocr"), run_of("easyocr@py36-easyocr", 400.0, 0.25), ""),
        (cell("ppocr"), run_of("ppocr", 100.0, 0.75, ["machine-busy"]), ""),
        (cell("trocr"), None, "OCR_TROCR_MODEL is not set"),
        (cell("ppocr", preprocess="gray"), run_of("ppocr", 90.0, 0.5), ""),
    ]


@pytest.fixture
def document(results):
    return build(Results.collect(CONFIG, results))


def markdown_of(document, title):
    section = next(section for section in document.sections if section.title == title)
    return to_markdown(Document("x", [], [section]))


def test_the_table_of_a_data_set(document):
    text = markdown_of(document, "Data set nano-codes-100")
    assert text.splitlines()[6:10] == [
        "| reader | times faster | A-Z0-9 | exact | CER | precision | recall | lines read | ms median | p95 | p99 "
        "| spread (std) | img/s | MiB | errors |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        "| ppocr | 4.00 ~ | 75.0 % | 75.0 % | 20.0 % | 90.0 % | 80.0 % "
        "| 21 of 30 (9) | 100 ~ | 200 | - | 1 | 2.50 | 800 | 0 |",
        "| EasyOCR | 1.00 | 25.0 % | 25.0 % | 20.0 % | 90.0 % | 80.0 % "
        "| 21 of 30 (9) | 400 | 800 | - | 1 | 2.50 | 800 | 0 |",
    ]


def test_rows_over_different_images_are_not_passed_off_as_comparable(results):
    results[1][1]["dataset"]["sha256"] = "1"
    text = markdown_of(build(Results.collect(CONFIG, results)), "Data set nano-codes-100")
    assert "must not be compared" in text


def test_a_doubtful_baseline_makes_every_ratio_doubtful(results):
    results[0][1]["invalid_reasons"] = results[1][1]["invalid_reasons"]
    results[1][1]["invalid_reasons"] = []
    rows = markdown_of(build(Results.collect(CONFIG, results)), "Data set nano-codes-100").splitlines()[8:10]
    assert [row.split(" | ")[1] for row in rows] == ["4.00 ~", "1.00 ~"]


def test_what_could_not_run_is_listed_with_its_reason(document):
    assert "| trocr | nano-codes-100 | raw | OCR_TROCR_MODEL is not set |" in markdown_of(document, "Not run")


def test_pre_processing_stands_beside_the_raw_reading(document):
    rows = markdown_of(document, "Pre-processing").splitlines()[-2:]
    assert rows == ["| ppocr | raw | 75.0 % | 20.0 % | 100 ~ |", "| ppocr | gray | 50.0 % | 20.0 % | 90 |"]


def test_another_machine_is_never_taken_for_a_nano(document):
    assert "It is not a Jetson Nano" in document.lead[0] and "Box, Chip, 2 threads" in document.lead[0]


def test_the_thesis_stands_beside_what_was_measured(document):
    text = markdown_of(document, "The tables of the thesis, re-measured")
    assert "| EasyOCR, CPU, published | 190 | 5.3 | 0.39 % | 18.91 % | 85.51 % | 94.31 % |" in text
    assert "| EasyOCR, CPU, here | 400 | 2.5 | 25.0 % | 20.0 % | 90.0 % | 80.0 % |" in text
    assert "| TrOCR, CPU, here | not run | - | - | - | - | - |" in text
    assert "| EasyOCR, TensorRT FP16 | 59.23 | 173 | 5.8 | 7.45 | 20.29 % | needs a Nano |" in text
    assert "| EasyOCR, detector | 218 | 95 | 2.29 | 300 |" in text


def test_every_published_frame_rate_that_disagrees_with_its_time_is_listed():
    figures = published()
    printed = [row for row in figures["engines"] if row.get("printed_fps")]
    wrong = [row for row in printed if abs(row["printed_fps"] * row["ms"] / 1000 - 1) > 0.05]
    listed = " ".join(entry["printed"] for entry in figures["contradictions"])
    assert [row["ms"] for row in wrong] == [10246, 173]
    assert all(f"{row['ms']} ms and {row['printed_fps']} FPS" in listed for row in wrong)


def test_every_published_figure_names_its_source():
    figures = published()
    assert all(row["source"] in figures["sources"] for row in figures["engines"] + figures["modules"])


def test_the_plots_are_drawn(document):
    names = [figure.name for figure in document.figures()]
    assert names == [
        "accuracy-latency-nano-codes-100",
        "latency",
        "by-print",
        "by-condition",
        "confusions",
        "thesis-overview",
    ]
    assert all(figure.svg.startswith("<svg") for figure in document.figures())


def test_the_page_is_whole_and_loads_nothing(document):
    page = to_html(document)
    assert page.count("<section") == len(document.sections)
    assert all(target.startswith(("#", "data:")) for target in re.findall(r'(?:src|href)="([^"]*)"', page))


def test_markdown_keeps_a_bar_inside_its_cell():
    table = Table("c", ["a", "b"], [["x|y", "1"]], "n")
    text = to_markdown(Document("T", ["lead"], [Section("S", [], [table, Figure("f", "cap", "<svg/>")])]))
    assert text == (
        "# T\n\nlead\n\n## S\n\n**c**\n\n| a | b |\n|---|---:|\n| x\\|y | 1 |\n\nn\n\n![cap](plots/f.svg)\n\n*cap*\n"
    )


def test_the_summary_is_for_programs(results):
    found = summary(Results.collect(CONFIG, results))
    assert [(entry["reader"], entry["speed_up"], entry["valid"]) for entry in found["cells"]] == [
        ("easyocr@py36-easyocr", 1.0, True),
        ("ppocr", 4.0, False),
        ("ppocr", 4.444, True),
    ]
    assert found["cells"][1]["speed_up_doubt"] == "ppocr cpu fp32 raw is not a valid measurement: machine-busy"
    assert found["not_run"][0]["reason"] == "OCR_TROCR_MODEL is not set"


def test_the_files_of_a_report(results, tmp_path):
    write_report(tmp_path, CONFIG, results)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plots", "report.html", "report.md", "summary.json"]
    assert json.loads((tmp_path / "summary.json").read_text())["schema"] == "nano-ocr/benchmark-summary/1"


def test_without_the_baseline_ratios_are_against_the_slowest(results):
    collected = Results.collect(CONFIG, results[1:])
    assert collected.base("nano-codes-100").reader == "ppocr"
