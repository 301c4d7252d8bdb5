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
    assert "with at most 0 wrong passes: 2 good codes pass" in capsys.readouterr().out


def test_test_needs_posteriors(images, reader, capsys):
    reader.texts_only = True
    assert main(["recipe", "test", str(images / "x.yaml"), str(images)]) == 6
    assert "texts only" in capsys.readouterr().err


def test_only_some_images_may_be_tested(images, reader, capsys):
    assert main(["recipe", "test", str(images / "x.yaml"), str(images), "--json", "--limit", "2"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["images"] == 2 and record["recipe"] == "x" and record["engine"] == "fake 1"
