"""What people do, below the network; tests/line/test_page.py does it with requests."""

import json
import os

import pytest

pytest.importorskip("aiohttp", reason="not in the environments of the device side")

from ocr_app.line.page.access.gate import PagePerson
from ocr_app.line.page.acting import PageActions
from ocr_app.line.page.screens import PageScreens

ANNA = PagePerson("anna", "operator", "t", "i")


@pytest.fixture
def actions(site):
    return PageActions(site, PageScreens(site))


def test_only_the_right_secret_is_a_user(actions, ask):
    tries = (("anna", "482915"), ("anna", "1"), ("x", ""), ("anna", "1" * 999))

    async def found(request):
        return [await actions._user(*pair) for pair in tries]

    assert [user.name if user else None for user in ask(found, "/")] == ["anna", None, None, None]


def test_expected_values_are_written_with_who_and_when(site, actions):
    assert actions._change(ANNA, "127.0.0.1", {"number": "4"}) == ""
    with open(site.line.settings.recipe.expected_file) as stream:
        assert json.load(stream) == {"number": "4"}
    action = site.records.actions(1)[0]
    assert (action.user, action.action, action.detail) == ("anna", "expected", "number=4")


def test_nothing_changes_while_a_part_is_under_way(site, actions):
    site.line = site.line._replace(between_parts=lambda work: False)
    assert actions._change(ANNA, "", {"number": "4"}) == "expected.busy"
    assert not os.path.exists(site.line.settings.recipe.expected_file) and site.records.actions(1) == []


def test_nothing_changes_without_a_record(site, actions):
    class Deaf:
        def record_action(self, *values):
            return False

    site.line = site.line._replace(beside=Deaf())
    assert actions._change(ANNA, "", {"number": "4"}) == "expected.failed"
    assert not os.path.exists(site.line.settings.recipe.expected_file)


def test_the_fields_of_the_recipe_are_offered(actions):
    assert actions._names() == ["number"]


def test_without_a_file_of_values_there_is_no_form(site, actions):
    assert len(actions.routes()) == 6
    site.gate.users = None
    assert len(actions.routes()) == 4
