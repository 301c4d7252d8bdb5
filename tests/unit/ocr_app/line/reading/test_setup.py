"""What codes are judged by, as one value."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.core.files import sha256_of
from ocr_app.line.reading.setup import setup_of

RECIPE = b"name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [X, {digits: 1, as: number}]}]}]\n"


def test_a_setup_is_the_recipe_as_it_was_read():
    setup = setup_of("p", RECIPE, "p.yaml", {"number": "1"}, ((0, 0, 1, 1),))
    assert (setup.recipe, setup.fields, setup.digest) == ("a", ("number",), sha256_of(RECIPE))
    assert setup.record() == {
        "product": "p", "recipe": "a", "recipe_digest": sha256_of(RECIPE), "expected": {"number": "1"},
        "regions": [[0, 0, 1, 1]],
    }  # fmt: skip


def test_a_recipe_that_is_none_names_its_file():
    with pytest.raises(RecipeError, match=r"p\.yaml"):
        setup_of("p", b"name: x\n", "p.yaml", {}, ())
