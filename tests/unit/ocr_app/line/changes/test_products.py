"""The products that can be chosen, and those that cannot."""

import pytest

from ocr_app.core.errors import UsageError


@pytest.fixture
def shelf(desk):
    return desk.start().shelf


def test_the_recipe_of_the_settings_and_those_of_the_folder_are_products(desk, shelf):
    (desk.folder / "more" / "notes.txt").write_text("no recipe")
    rows = {row.name: row for row in shelf.rows()}
    assert sorted(rows) == ["juice", "r", "tea"] and shelf.own == "r"
    assert (rows["juice"].recipe, rows["juice"].fields, rows["juice"].problem) == ("Juice", ["lot"], "")


def test_a_recipe_that_cannot_be_used_says_why(desk):
    desk.settings("reader: {team: fast}\n")
    shelf = desk.start().shelf
    (desk.folder / "more" / "broken.yaml").write_text("name: x\n")
    desk.recipe(desk.folder / "more" / "strict.yaml", "strict", witnesses=2)
    rows = {row.name: row.problem for row in shelf.rows()}
    assert "broken.yaml" in rows["broken"] and "2 independent networks" in rows["strict"]
    with pytest.raises(UsageError):
        shelf.load("strict")


@pytest.mark.parametrize("name", ["", "none", "../r", "/etc/passwd", "juice.yaml", "r\0"])
def test_only_a_name_of_the_list_is_a_product(shelf, name):
    with pytest.raises(UsageError, match="no product"):
        shelf.load(name)


def test_what_the_settings_name_comes_before_a_file_of_the_same_name(desk, shelf):
    desk.recipe(desk.folder / "more" / "r.yaml", "another")
    assert shelf.load("r").recipe == "own"


def test_an_approved_recipe_is_a_product_and_replaces_none(desk, shelf):
    text = (desk.folder / "r.yaml").read_text()
    assert shelf.add("new-one", text).recipe == "own"
    assert shelf.load("new-one").text == text
    for name in ("new-one", "juice", "../x", "", ".hidden", "a/b"):
        with pytest.raises(UsageError):
            shelf.add(name, text)
