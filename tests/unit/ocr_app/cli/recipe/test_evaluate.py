"""``ocr-app recipe test`` counts accuracy, verdicts and the rejection curve."""

import json

from ocr_app.cli.main import main


def test_test_counts_accuracy_verdicts_and_the_rejection_curve(images, reader, capsys):
    assert main(["recipe", "test", str(images / "x.yaml"), str(images), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["images"] == 3 and record["exact"]["spaced"] == 2
    assert record["verdicts"]["pass"] == {"right": 2, "wrong": 0}
    assert record["verdicts"]["no-read"] == {"right": 0, "wrong": 1}
    assert record["rejection"]["passed"][0]["good"] == 2
    assert main(["recipe", "test", str(images / "x.yaml"), str(images)]) == 0
    out = capsys.readouterr().out
    assert "with at most 0 wrong passes: 2 good codes pass" in out and "rejected" not in out


def test_wrong_passes_and_rejected_good_codes_are_named_and_shown(images, reader, capsys):
    reader.texts = {10: "EXP 08/2024", 20: "EXP 09/2024 B", 30: "EXP 01/2024"}
    page = images / "report.html"
    assert main(["recipe", "test", str(images / "x.yaml"), str(images), "--report", str(page)]) == 0
    out = capsys.readouterr().out
    assert "wrong passes: 10" in out and "good codes rejected: 20" in out
    shown = page.read_text()
    assert shown.index("wrong pass<") < shown.index("good code rejected<") and "&#x27;B&#x27; is printed" in shown


def test_a_set_whose_single_lines_are_labelled_can_be_tested(images, reader, capsys):
    quad = [[0, 0], [200, 0], [200, 20], [0, 20]]
    line = {"text": "EXP 08/2023", "ignore": False, "quad": quad}
    photos = {"10.png": {"width": 200, "height": 40, "lines": [line]}}
    (images / "photos.json").write_text(json.dumps(photos))
    assert main(["recipe", "test", str(images / "x.yaml"), str(images / "photos.json"), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["verdicts"]["pass"] == {"right": 1, "wrong": 0} and record["exact"] == {}


def test_test_needs_posteriors(images, reader, capsys):
    reader.texts_only = True
    assert main(["recipe", "test", str(images / "x.yaml"), str(images)]) == 6
    assert "texts only" in capsys.readouterr().err


def test_only_some_images_may_be_tested(images, reader, capsys):
    assert main(["recipe", "test", str(images / "x.yaml"), str(images), "--json", "--limit", "2"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["images"] == 2 and record["recipe"] == "x" and record["engine"] == "fake 1"
