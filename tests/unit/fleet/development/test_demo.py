"""The demonstration: which samples, what the table says, and a page that needs nothing else."""

import numpy as np
import pytest

from fleet.development import demo
from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Reader
from ocr_app.reading.frame import read_image


class Says(Reader):
    info = ReaderInfo("says", "test 1", "cpu", "fp32")

    def __init__(self, *texts):
        self.texts = texts

    def read(self, image, timer=None):
        return [TextLine(text, box_quad(0, 0, 9, 9), 0.9) for text in self.texts]


def outcome(truth, *texts):
    picture = np.zeros((20, 60, 3), np.uint8)
    sample = demo.DemoSample("007", truth, {"print": "dot-5x7"}, picture)
    reading = read_image(Says(*texts), picture, "007")
    return demo.DemoReading(sample, reading._replace(timing_ms=dict(reading.timing_ms, total=12.3)))


@pytest.mark.parametrize(
    "texts, right",
    [(("EXP 08/23", "L1"), True), (("EXP  08/23 L1",), True), (("EXP08/23", "L1"), False), ((), False)],
)
def test_right_means_every_character_and_space(texts, right):
    assert outcome("EXP 08/23 L1", *texts).right is right


def test_table_shows_the_truth_where_it_differs():
    rows = demo.table([outcome("A 1", "A 1"), outcome("PRO", "PR0"), outcome("X")])
    assert [row.split() for row in rows] == [
        ["image", "ms", "text", "read", "/", "truth"],
        ["007", "right", "12", "A", "1"],
        ["007", "wrong", "12", "PR0"],
        ["PRO"],
        ["007", "wrong", "12", "-"],
        ["X"],
    ]


def test_totals():
    text = demo.totals([outcome("A 1", "A 1"), outcome("PRO", "PR0"), outcome("A 1", "A1")], seconds=1.5)
    assert text == (
        "\n1 of 3 codes exactly right (33 %; 2 when spaces are ignored), CER 22.2 %, 2.0 images per second\n"
        "reader says (test 1) on cpu"
    )


def test_report_is_one_page_with_everything_in_it(tmp_path):
    path = tmp_path / "deep" / "report.html"
    demo.write_report([outcome("<b>PRO</b>", "PR0")], 1.0, "without a recipe", path)
    page = path.read_text()
    assert "data:image/jpeg;base64," in page
    assert "&lt;b&gt;PRO&lt;/b&gt;" in page and "<b>PRO</b>" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_code_that_does_not_pass_has_its_reasons_in_words(tmp_path):
    wrong = {"code": "unsure", "where": "line 1[2]", "found": "6", "expected": "8", "detail": ""}
    given = outcome("PRO", "PRO")
    judged = given.reading._replace(verdict="no-read", code={"reasons": [wrong], "others": []})
    failed = demo.DemoReading(given.sample, judged)
    assert any("Character 3 of line 1 may be '8' or '6'." in row for row in demo.table([failed]))
    demo.write_report([failed], 1.0, "decoded", tmp_path / "report.html")
    assert "no-read<br>Character 3 of line 1 may be" in (tmp_path / "report.html").read_text()


def test_samples_meet_every_print_type_and_are_cut_to_their_box():
    samples = demo.load_samples(20)
    assert len({sample.name for sample in samples}) == 20
    assert {sample.tags["print"] for sample in samples} >= {"dot-5x7", "dot-7x9", "dot-5x5", "font"}
    assert all(sample.picture.shape[0] < 500 for sample in samples)
    assert len(demo.load_samples(1000)) == 100


def test_the_default_reader_decodes_under_the_sets_own_recipe(code_models, monkeypatch, capsys):
    monkeypatch.setattr(demo, "REPORT", demo.ROOT / "build" / "test-demo" / "report.html")
    demo.run(1)
    assert capsys.readouterr().out.splitlines()[-3].endswith("decoded under recipes/nano-codes.yaml")
    assert "<dt>verdict</dt><dd>pass" in demo.REPORT.read_text()
    demo.run(1, recipe="none")
    assert "without a recipe" in capsys.readouterr().out
    assert "<dt>verdict</dt><dd>read" in demo.REPORT.read_text()
