"""``ocr-app recipe check`` shows what a recipe accepts."""

import json

from ocr_app.cli.main import main
from ocr_app.cli.recipe.check import describe_recipe
from ocr_app.recipes import loads

RECIPE = """
name: x
spaces: required
lines:
  - {name: top, optional: true, fields: [{optional: EXP}, {either: [[{digits: 8, as: lot}], [A, {letters: 1}]]}]}
  - [{date: MM/YYYY, as: expiry}]
relations: [expiry after today]
"""


def test_check_says_what_a_recipe_accepts(images, capsys):
    assert main(["recipe", "check", str(images / "x.yaml"), "--samples", "3"]) == 0
    out = capsys.readouterr().out
    assert "literal date=expiry" in out and "264 texts" in out
    assert main(["recipe", "check", str(images / "x.yaml"), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)["layouts"][0]["lines"][0]
    assert len(line["samples"]) == 5 and all(text.startswith("EXP") for text in line["samples"])


def test_a_malformed_recipe_ends_with_its_own_code(images, capsys):
    text = (images / "x.yaml").read_text()
    (images / "x.yaml").write_text(text.replace("date:", "data:"))
    assert main(["recipe", "check", str(images / "x.yaml")]) == 11
    assert "x.yaml:4: unknown key 'data'" in capsys.readouterr().err


def test_optional_parts_alternatives_and_relations_are_shown(tmp_path, capsys):
    (tmp_path / "x.yaml").write_text(RECIPE)
    assert main(["recipe", "check", str(tmp_path / "x.yaml")]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("x: 1 layouts, ") and out[2] == "code"
    assert out[3] == "  top (optional): [literal] (digits=lot|literal letters)"
    assert out[4] == "    about 2.0e+08 texts, such as" and out[-1] == "relation: expiry after today"


def test_what_the_type_of_a_field_settles_is_said(tmp_path, capsys):
    (tmp_path / "x.yaml").write_text("name: x\nlines: [[{digits: 2, as: case}, {alphanumeric: 5, as: lot}]]\n")
    assert main(["recipe", "check", str(tmp_path / "x.yaml")]) == 0
    out = capsys.readouterr().out
    assert "alike: O and 0 count as each other; the type of the field decides" in out
    assert "  lot allows both in one place: such a code is refused" in out and "case allows" not in out
    (tmp_path / "x.yaml").write_text("name: x\nlookalikes: none\nlines: [[{alphanumeric: 5, as: lot}]]\n")
    assert main(["recipe", "check", str(tmp_path / "x.yaml")]) == 0 and "alike" not in capsys.readouterr().out


def test_the_record_has_the_tolerances():
    record = describe_recipe(loads(RECIPE + "tolerances: {gap: 2}"), 1)
    assert record["name"] == "x" and record["tolerances"]["gap"] == 2.0
    assert [line["optional"] for line in record["layouts"][0]["lines"]] == [True, False]
