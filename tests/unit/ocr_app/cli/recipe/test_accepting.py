"""`recipe check --text` says by which fields a line is accepted, and else where it breaks."""

import json

from ocr_app.cli.main import main
from ocr_app.cli.recipe.accepting import format_text, judge_text
from ocr_app.recipes import loads

RECIPE = loads(
    "name: x\nyears: 2020-2030\nlines:\n  - [EXP, {date: DD.MM.YYYY, as: expiry}]\n  - [{digits: 3, as: lot}]\n"
)


def rows(text):
    return list(format_text(judge_text(RECIPE, text)))


def test_an_accepted_text_has_its_fields_with_their_values():
    assert rows("exp  31.12.2024") == [
        "'EXP 31.12.2024' is accepted",
        "  code, line 1: literal 'EXP', date expiry '31.12.2024' = 2024-12-31",
    ]
    assert rows("012")[1] == "  code, line 2: digits lot '012' = 12"


def test_a_text_that_is_not_accepted_breaks_somewhere():
    assert rows("EXP 31.13.2024") == [
        "'EXP 31.13.2024' is not accepted",
        "  code, line 1: breaks at character 9: '3' is printed; allowed is '0' or '2'",
        "      EXP 31.13.2024",
        "              ^",
        "      nearest: EXP 31.10.2024",
        "  code, line 2: breaks at character 1: 'E' is printed; "
        "allowed is '0' or '1' or '2' or '3' or '4' or '5' or ...",
        "      EXP 31.13.2024",
        "      ^",
    ]
    assert any("breaks at character 3: the end is printed" in row for row in rows("01"))
    assert any("allowed is the end" in row for row in rows("0123"))


def test_programs_get_json(images, capsys):
    assert main(["recipe", "check", str(images / "x.yaml"), "--text", "EXP 08/2023", "--text", "EXP", "--json"]) == 0
    accepted, broken = json.loads(capsys.readouterr().out)
    assert accepted["accepted"] and accepted["lines"][0]["fields"][1]["value"] == "2023-08"
    assert not broken["accepted"] and broken["lines"][0]["at"] == 3
    assert main(["recipe", "check", str(images / "x.yaml"), "--text", "EXP 08/2023"]) == 0
    assert "is accepted" in capsys.readouterr().out
