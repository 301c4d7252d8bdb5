"""The sections of a report."""

from fleet.reports.benchmark.sections import build
from fleet.reports.benchmark.summary import Results
from tests.unit.fleet.reports.benchmark.measured import CONFIG, cell, markdown_of, run_of


def test_the_table_of_a_data_set(document):
    text = markdown_of(document, "Data set nano-codes-100")
    assert text.splitlines()[6:10] == [
        "| reader | times faster | A-Z0-9 | exact | CER | precision | recall | lines found | lines read "
        "| ms median | p95 | p99 | spread (std) | img/s | MiB | errors |",
        "|---|" + "---:|" * 15,
        "| ppocr | 4.00 ~ | 75.0 % | 75.0 % | 20.0 % | 90.0 % | 80.0 % "
        "| - | 21 of 30 (9) | 100 ~ | 200 | - | 1 | 2.50 | 800 | 0 |",
        "| EasyOCR | 1.00 | 25.0 % | 25.0 % | 20.0 % | 90.0 % | 80.0 % "
        "| - | 21 of 30 (9) | 400 | 800 | - | 1 | 2.50 | 800 | 0 |",
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


def test_lines_on_photographs_are_broken_down_by_kind_of_print(results):
    photographs = run_of("ppocr", 90.0, 0.5)
    photographs["dataset"]["format"] = "photos"
    photographs["images"] = [
        {"id": "photos/gb_1.jpg", "line_count": [3, 4], "ms": {"total": [1.0, 1.0]}},
        {"id": "photos/ed_1.jpg", "line_count": [1, 2], "ms": {"total": [1.0, 1.0]}},
        {"id": "photos/ed_2.jpg", "line_count": [1, 1], "ms": {"total": [1.0, 1.0]}},
        {"id": "photos/zz_3.jpg", "line_count": None, "ms": {"total": [1.0, 1.0]}},
    ]
    config = dict(CONFIG, side_by_side={"kinds": {"ed": "shop", "gb": "dots"}})
    document = build(Results.collect(config, [*results, (cell("ppocr", "photos"), photographs, "")]))
    rows = markdown_of(document, "By kind of print").splitlines()[-4:-2]
    assert rows == ["| shop | 2 of 3 (66.7 %) |", "| dots | 3 of 4 (75.0 %) |"]
