"""What a code has to be: from the start, or from a file that grows old."""

import attr
import pytest

from ocr_app.line.reading import expected_values
from ocr_app.line.settings.reading import RecipeSettings


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": 1}', "{"])
def test_expected_values_that_are_none(tmp_path, text):
    (tmp_path / "e.json").write_text(text)
    found = expected_values.current(RecipeSettings(expected={"b": "2"}, expected_file=str(tmp_path / "e.json")))
    assert found.problem and found.values == {"b": "2"}


def test_expected_values_grow_old(tmp_path):
    path = tmp_path / "e.json"
    path.write_text('{"a": "1"}')
    wanted = RecipeSettings(expected_file=str(path), expected_age_s=60.0)
    written = path.stat().st_mtime
    assert expected_values.current(wanted, lambda: written + 59) == expected_values.ExpectedValues({"a": "1"})
    assert "61 s old" in expected_values.current(wanted, lambda: written + 61).problem
    assert expected_values.current(wanted, lambda: written - 3600).problem
    assert not expected_values.current(attr.evolve(wanted, expected_age_s=0.0), lambda: written + 9999).problem
