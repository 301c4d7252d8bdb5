"""The published figures, and what was measured here."""

from fleet.reports.benchmark.thesis import published
from tests.unit.fleet.reports.benchmark.measured import markdown_of


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
