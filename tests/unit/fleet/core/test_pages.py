"""Pages from templates."""

import jinja2
import pytest

from fleet.core.pages import render


def test_an_undefined_value_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        render("demo.html")
