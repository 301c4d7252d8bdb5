"""Made-up run records and the report that they make."""

from types import SimpleNamespace

import pytest

from fleet.reports.benchmark.document import Document, to_markdown
from fleet.reports.benchmark.sections import build
from fleet.reports.benchmark.summary import Results
from ocr_app.scoring.text_forms import FORMS

CONFIG = {
    "baseline": "easyocr@py36-easyocr",
    "readers": [
        {"name": "easyocr@py36-easyocr", "label": "EasyOCR"},
        {"name": "ppocr", "label": "ppocr"},
        {"name": "trocr"},
        {"name": "easyocr@py36-easyocr", "label": "EasyOCR", "engine": "tensorrt", "precision": "fp16"},
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
    return SimpleNamespace(identity=reader, dataset=dataset, variant=preprocess)


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
