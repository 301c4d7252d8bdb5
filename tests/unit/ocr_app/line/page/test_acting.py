"""What people do, below the network; tests/line/test_page.py does it with requests."""

import pytest

from ocr_app.line.page.acting import PageActions, values_of
from ocr_app.line.page.screens import PageScreens


@pytest.fixture
def actions(site):
    return PageActions(site, PageScreens(site))


def test_only_the_right_secret_is_a_user(actions, ask):
    tries = (("anna", "482915"), ("anna", "1"), ("x", ""), ("anna", "1" * 999))

    async def found(request):
        return [await actions._user(*pair) for pair in tries]

    assert [user.name if user else None for user in ask(found, "/")] == ["anna", None, None, None]


def test_what_was_filled_in_is_taken_for_known_fields_only():
    form = {"value.number": " 4 ", "value.lot": "", "value.other": "x", "csrf": "t"}
    assert values_of(form, ("lot", "number")) == {"number": "4"}
