"""A setting checks its type and its bounds, wherever it is set."""

from typing import Dict, Optional

import attr
import pytest

from ocr_app.line.settings import fields
from ocr_app.line.settings.fields import setting


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class Sample:
    """One field of each kind."""

    count: int = setting(3, "A count.", "images", 1, 9)
    share: float = setting(0.5, "A share.", least=0.0, most=1.0)
    name: str = setting("a", "A name.", choices=("a", "b"))
    active: bool = setting(False, "Whether it is active.")
    limit: Optional[int] = setting(None, "A limit.", "s", 1, 60)
    texts: Dict[str, str] = setting(  # noqa: RUF009 - a declaration
        dict, "Texts.", form="texts by name", fits=lambda value: "bad" not in value
    )


def field(name):
    return getattr(attr.fields(Sample), name)


@pytest.mark.parametrize(
    "name,value",
    [("count", 1), ("count", 9), ("share", 0.0), ("share", 1), ("name", "b"), ("active", True), ("limit", None)]
    + [("limit", 60), ("texts", {"a": "b"})],
)
def test_values_that_fit(name, value):
    assert getattr(Sample(**{name: value}), name) == value


@pytest.mark.parametrize(
    "name,value",
    [("count", 0), ("count", 10), ("count", 2.0), ("count", "2"), ("count", True), ("count", None)]
    + [("share", 1.01), ("share", float("nan")), ("share", "0.5"), ("share", True), ("name", "c"), ("name", 1)]
    + [("active", 1), ("active", "true"), ("limit", 0), ("limit", 61), ("texts", {"bad": ""})],
)
def test_values_that_do_not(name, value):
    with pytest.raises(ValueError, match="expected: ") as caught:
        Sample(**{name: value})
    assert str(caught.value).startswith(name + " is ")


def test_settings_cannot_be_changed():
    with pytest.raises(attr.exceptions.FrozenInstanceError):
        Sample().count = 4


def test_a_default_that_is_made_is_made_for_each():
    assert Sample().texts == {} and Sample().texts is not Sample().texts


@pytest.mark.parametrize(
    "name,words",
    [
        ("count", "a whole number from 1 to 9 images"),
        ("share", "a number from 0 to 1"),
        ("name", "a or b"),
        ("active", "true or false"),
        ("limit", "a whole number from 1 to 60 s, or nothing"),
        ("texts", "texts by name"),
    ],
)
def test_what_is_expected(name, words):
    assert fields.expected(field(name)) == words


@pytest.mark.parametrize("value,text", [(1.0, "1"), (0.1, "0.1"), (31536000.0, "31536000"), (7, "7")])
def test_numbers_are_written_without_exponents(value, text):
    assert fields.number(value) == text
