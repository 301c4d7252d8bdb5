"""How texts are normalised before they are compared."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.scoring.text_forms import form

TRUTH = "PRO: 1/2 L7"
READ = ["PRO: 1/2", "", "l7"]


@pytest.mark.parametrize(
    "name, truth, read",
    [
        ("thesis", "PRO: 1/2 L7", "PRO: 1/2l7"),
        ("notebook", "PRO1/2L7", "PRO:1/2l7"),
        ("nospace", "PRO:1/2L7", "PRO:1/2l7"),
        ("alnum", "PRO12L7", "PRO12L7"),
        ("spaced", "PRO: 1/2 L7", "PRO: 1/2 l7"),
    ],
)
def test_both_sides_of_every_form(name, truth, read):
    assert form(name).sides(TRUTH, READ) == (truth, read)


def test_the_notebook_can_never_match_a_code_whose_colon_was_read():
    truth, read = form("notebook").sides("PRO: 12", ["PRO: 12"])
    assert truth != read


def test_an_unknown_form_is_refused_with_the_names_there_are():
    with pytest.raises(UsageError, match="nospace"):
        form("words")
