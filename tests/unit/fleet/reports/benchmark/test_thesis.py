"""The published figures, and what was measured here."""

from fleet.reports.benchmark.sections import build
from fleet.reports.benchmark.summary import Results
from fleet.reports.benchmark.thesis import published
from tests.unit.fleet.reports.benchmark.measured import CONFIG, cell, markdown_of, run_of


def test_the_thesis_stands_beside_what_was_measured(document):
    text = markdown_of(document, "The tables of the thesis, re-measured")
    assert "| EasyOCR, CPU, published | 190 | 5.3 | 0.39 % | 18.91 % | 85.51 % | 94.31 % |" in text
    assert "| EasyOCR, CPU, here | 400 | 2.5 | 25.0 % | 20.0 % | 90.0 % | 80.0 % |" in text
    assert "| TrOCR, CPU, here | not run | - | - | - | - | - |" in text
    assert "| EasyOCR, TensorRT FP16 | 59.23 | 173 | 5.8 | 7.45 | 20.29 % | needs a Nano |" in text
    assert "| EasyOCR, detector | 218 | 95 | 2.29 | 300 |" in text


def with_engines(results):
    """The results with EasyOCR read by TensorRT in FP16."""
    run = run_of("easyocr@py36-easyocr", 50.0, 0.25)
    run["reader"].update(engines="tensorrt", precision="fp16", device="cuda")
    return [*results, (cell("easyocr@py36-easyocr tensorrt fp16"), run, "")]


def test_engines_take_the_rows_that_the_thesis_had_with_engines(results):
    made = build(Results.collect(CONFIG, with_engines(results)))
    text = markdown_of(made, "The tables of the thesis, re-measured")
    assert "| EasyOCR, CPU, here | 400 | 2.5 | 25.0 % | 20.0 % | 90.0 % | 80.0 % |" in text
    assert "| EasyOCR, CPU | 1.00 | 10246 | 0.1 | 0.01 | 48.06 % | 400 |" in text
    assert "| EasyOCR, TensorRT FP16 | 59.23 | 173 | 5.8 | 7.45 | 20.29 % | 50 |" in text
    assert "| EasyOCR, TensorRT FP32 | 21.00 | 488 | 2.0 | - | 20.25 % | needs a Nano |" in text
    assert "FPS printed | CER | ms, here |" in text
    assert "| times faster | CPU here, ms | TensorRT FP16 here, ms |" in text
    assert "| EasyOCR, detector | 218 | 95 | 2.29 | 300 | 37.5 |" in text
    assert "| EasyOCR, TensorRT engines, fp16: notebook | 25.0 % |" in text


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
