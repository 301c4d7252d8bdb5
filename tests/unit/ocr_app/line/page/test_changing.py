"""The screens of the product, below the network; tests/line/test_page.py does it with requests."""

import pytest

from ocr_app.line.changes.changing import ChangeAuthor, ChangeRefused
from ocr_app.line.changes.preview import PreviewRow
from ocr_app.line.page.acting import PageActions
from ocr_app.line.page.changing import PageChanges, regions_of
from ocr_app.line.page.screens import PageScreens

ANNA = ChangeAuthor("anna", "operator", "127.0.0.1")


@pytest.fixture
def changes(site):
    return PageChanges(site, PageActions(site, PageScreens(site)))


def test_the_product_of_now_is_shown_with_its_batch(changes, ask):
    text = ask(changes.product, "/product").text
    assert 'value="r" checked' in text and "any value" in text and 'id="batches"' in text


def test_without_users_there_is_nothing_to_change(site, changes):
    assert len(changes.routes()) == 8
    site.gate.users = None
    assert changes.routes() == []


def test_a_product_that_is_none_is_refused(changes, ask):
    answer = ask(changes.choose, "/product/choose?product=%3Cscript%3E")
    assert answer.status == 409 and "cannot be chosen" in answer.text and "<script>" not in answer.text


def test_the_same_product_gets_its_values_and_the_recipe_has_to_be_the_one_that_was_tried(site, changes):
    changes._change(ANNA, {"product": "r", "value.number": "4"})
    assert site.line.changes.expected == {"number": "4"}
    with pytest.raises(ChangeRefused) as caught:
        changes._change(ANNA, {"product": "r", "value.number": "5", "digest": "another"})
    assert caught.value.code == "edited" and site.line.changes.expected == {"number": "4"}


def test_reasons_of_a_preview_are_sentences(changes):
    told = changes.told([PreviewRow(1, "pass", "fail", "A", ("no-text-found",)), PreviewRow(2, "pass", None, "", ())])
    assert [row["why"] for row in told] == ["No text was found in the picture.", ""] and changes.told(None) == []


def test_regions_are_four_numbers_inside_the_picture():
    assert regions_of([("1", "2", "3", "4")], (4, 6)) == ((1, 2, 3, 4),) and regions_of([], (4, 6)) == ()
    for asked in ([("1", "2", "4", "4")], [("a", "2", "3", "4")], [("", "2", "3", "4")], [("1", "2", "3")]):
        with pytest.raises(ChangeRefused):
            regions_of(asked, (4, 6))
    assert regions_of([("1", "2", "999", "4")], None)[0][2] == 999, "without a picture, nobody knows its size"


def test_regions_are_for_engineers(changes, ask):
    from aiohttp import web

    with pytest.raises(web.HTTPForbidden):
        ask(changes.regions_form, "/regions")
