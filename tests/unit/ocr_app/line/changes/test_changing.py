"""Each change is recorded, kept over a restart, or refused as a whole."""

import json
import threading

import pytest

from ocr_app.core.errors import BuildError, ServiceError, UsageError
from ocr_app.line.changes import changing
from ocr_app.line.changes.changing import ChangeRefused


def refused(code, work, *arguments):
    with pytest.raises(ChangeRefused) as caught:
        work(*arguments)
    assert caught.value.code == code and changing.REFUSALS[code] in str(caught.value)


def test_a_line_begins_with_its_settings_and_says_so_once(desk):
    desk.settings("image: {regions: [[0, 0, 9, 9]]}\n", "file: r.yaml, expected: {number: '1'}")
    setup = desk.start().setup
    assert (setup.product, setup.recipe, setup.expected, setup.regions) == (
        "r",
        "own",
        {"number": "1"},
        ((0, 0, 9, 9),),
    )
    assert len(setup.digest) == 64 and setup.fields == ("number",)
    desk.start()
    assert [action for _, action, _ in desk.actions()] == ["start"]


def test_a_product_is_chosen_recorded_applied_and_kept(desk):
    changes, applied = desk.start(), []
    changes.apply = applied.append
    made = changes.choose(desk.anna, "juice", {"lot": "7"})
    assert applied == [made] and changes.setup is made and made.expected == {"lot": "7"}
    user, action, detail = desk.actions()[-1]
    assert (user, action) == ("anna", "product")
    assert "product: r -> juice" in detail and "expected: any -> lot=7" in detail and made.digest in detail
    assert desk.start().setup == made and len(desk.actions()) == 2, "the same after a restart, and nothing to say"


def test_values_of_fields_that_both_products_have_stay_unless_others_are_given(desk):
    changes = desk.start()
    changes.expect(desk.anna, {"number": "4"})
    assert changes.choose(desk.anna, "tea").expected == {"number": "4"}
    assert changes.choose(desk.anna, "juice").expected == {}
    assert changes.choose(desk.anna, "tea", {"number": ""}).expected == {}


def test_expected_values_are_recorded_from_what_to_what_and_kept(desk):
    changes = desk.start()
    changes.expect(desk.anna, {"number": "4"})
    changes.expect(desk.anna, {"number": "5"})
    assert desk.actions()[-1] == ("anna", "expected", "expected: number=4 -> number=5")
    assert desk.start().setup.expected == {"number": "5"} and desk.changes.expected == {"number": "5"}


def test_where_the_settings_name_a_file_the_values_are_in_it(desk):
    desk.settings("", "file: r.yaml, expected_file: e.json")
    changes = desk.start()
    changes.expect(desk.anna, {"number": "4"})
    assert changes.has_file and json.loads((desk.folder / "e.json").read_text()) == {"number": "4"}
    assert changes.expected == {"number": "4"} and changes.setup.expected == {}
    assert desk.actions()[-1][1:] == ("expected", "expected: any -> number=4")
    changes.between = lambda work: False
    refused("busy", changes.expect, desk.anna, {"number": "5"})
    assert json.loads((desk.folder / "e.json").read_text()) == {"number": "4"}


def test_regions_are_recorded_kept_and_taken_away(desk):
    changes = desk.start()
    changes.regions(desk.anna, ((1, 2, 30, 40),))
    assert desk.actions()[-1][1:] == ("regions", "regions: whole picture -> 1,2,30,40")
    assert desk.start().setup.regions == ((1, 2, 30, 40),)
    assert desk.changes.regions(desk.anna, ()).regions == () and desk.start().setup.regions == ()


def test_a_batch_begins_with_a_product_or_by_itself(desk):
    changes, begun = desk.start(), []
    changes.began_batch = begun.append
    first = changes.batch
    changes.expect(desk.anna, {"number": "4"})
    assert changes.batch == first, "other values are the same batch"
    changes.begin_batch(desk.anna)
    changes.choose(desk.anna, "tea")
    assert [change.kind for change in begun] == ["batch", "product"] and changes.batch == begun[-1]
    assert desk.start().batch == begun[-1]


def test_nothing_changes_while_a_part_is_under_way(desk):
    changes = desk.start()
    before = changes.setup, desk.actions()
    changes.between = lambda work: False
    for work, more in (
        (changes.choose, ("tea",)), (changes.expect, ({"number": "1"},)), (changes.regions, (((0, 0, 1, 1),),)),
        (changes.begin_batch, ()),
    ):  # fmt: skip
        refused("busy", work, desk.anna, *more)
    assert (changes.setup, desk.actions()) == before and desk.start().setup == before[0]


def test_nothing_changes_without_a_record(desk, monkeypatch):
    changes = desk.start()
    monkeypatch.setattr(desk.beside, "record_change", lambda *values: False)
    refused("failed", changes.choose, desk.anna, "tea")
    assert changes.setup.product == "r" and desk.actions()[-1][1] == "product-failed"
    assert desk.start().setup.product == "r"


def test_a_change_that_cannot_be_kept_is_taken_back_and_that_is_recorded(desk, monkeypatch):
    changes = desk.start()

    def full(kept):
        raise BuildError("no space", "space", code="space")

    monkeypatch.setattr(changes._store, "save", full)
    refused("failed", changes.choose, desk.anna, "tea")
    assert changes.setup.product == "r" and [action for _, action, _ in desk.actions()][-2:] == ["product", "undone"]
    assert desk.start().setup.product == "r" and desk.actions()[-1][1] == "undone", "the journal agrees already"


def test_a_kill_between_the_record_and_the_file_is_seen_at_the_start(desk):
    """The row is there, and the file is not: the line goes on as before, and a row says that."""
    changes = desk.start()
    record = changes.with_product("tea").record()
    desk.beside.record_change(*desk.anna, "product", "product: r -> tea", True, record)
    assert desk.start().setup.product == "r"
    assert desk.actions()[-1][1] == "start" and "product: tea -> r" in desk.actions()[-1][2]


def test_values_that_do_not_fit_are_refused(desk):
    changes = desk.start()
    refused("field", changes.expect, desk.anna, {"nummer": "1"})
    refused("field", changes.choose, desk.anna, "juice", {"number": "1"})
    for text in ("x" * 201, "a\nb"):
        refused("long", changes.expect, desk.anna, {"number": text})
    refused("same", changes.expect, desk.anna, {})
    refused("same", changes.choose, desk.anna, "r")
    for regions in (((0, 0, 0, 1),), ((-1, 0, 1, 1),), ((0, 0, 70000, 1),), ((0, 0, 1, 1),) * 17, ((1, 2, 3),)):
        refused("area", changes.regions, desk.anna, regions)
    with pytest.raises(UsageError, match="no product"):
        changes.choose(desk.anna, "coffee")


def test_a_chosen_recipe_that_was_edited_is_taken_and_said(desk):
    desk.start().choose(desk.anna, "tea")
    desk.recipe(desk.folder / "more" / "tea.yaml", "Green tea")
    assert desk.start().setup.recipe == "Green tea"
    assert desk.actions()[-1][1] == "start" and "recipe digest" in desk.actions()[-1][2]
    assert desk.changes.batch.kind == "start", "parts under another recipe are another batch"


def test_a_chosen_product_that_is_gone_keeps_the_line_from_starting(desk):
    desk.start().choose(desk.anna, "tea")
    (desk.folder / "more" / "tea.yaml").unlink()
    with pytest.raises(ServiceError, match="the product tea was chosen before the start") as caught:
        desk.start()
    assert "setup.json" in caught.value.next_step


def test_a_torn_journal_takes_no_change_away(desk):
    desk.start().choose(desk.anna, "tea")
    desk.end()
    (desk.folder / "j" / "journal.db").write_bytes(b"torn" * 4096)
    assert desk.start().setup.product == "tea"
    assert [action for _, action, _ in desk.actions()] == ["start"]


def test_what_differs_is_told():
    before = {"product": "a", "recipe_digest": "1", "expected": {}, "regions": []}
    after = dict(before, product="b", expected={"lot": "7"}, regions=[[1, 2, 3, 4]])
    told = "product: a -> b; expected: any -> lot=7; regions: whole picture -> 1,2,3,4"
    assert changing.told(before, after) == told and changing.told(before, before) == ""


def test_two_changes_at_once_lose_neither(desk):
    changes = desk.start()
    together = threading.Barrier(2)

    def change(work, *arguments):
        together.wait()
        work(desk.anna, *arguments)

    works = [(changes.regions, ((0, 0, 9, 9),)), (changes.choose, "tea")]
    threads = [threading.Thread(target=change, args=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (changes.setup.product, changes.setup.regions) == ("tea", ((0, 0, 9, 9),))
    assert desk.start().setup == changes.setup
