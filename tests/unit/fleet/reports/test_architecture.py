"""The page of floors: what a package is for, what it imports, and a picture that fits."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from fleet.reports import architecture


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name, purpose, code in (
        ("top", "The top: uses the rest.", "from house import x\nfrom ocr_app.low import thing\n"),
        ("left", "Left.", "from ocr_app import low\n"),
        ("right", "R & L < all. " + "word " * 40, ""),
        ("low", "The ground.\n\nMore about it.", "import os\n"),
    ):
        folder = tmp_path / "ocr_app" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(f'"""{purpose}"""\n')
        (folder / "module.py").write_text(code)
    return tmp_path


LAYERS = ["top", "left | right", "low"]


def test_each_package_has_its_purpose_its_modules_and_what_it_imports(house: Path) -> None:
    rows = architecture.floors(house, LAYERS)
    assert [[package.name for package in row] for row in rows] == [["top"], ["left", "right"], ["low"]]
    assert rows[0][0] == architecture.FloorPackage("top", "The top: uses the rest.", 1, ("low",))
    assert rows[1][0].imports == ("low",) and rows[2][0].purpose == "The ground."


def test_the_block_of_the_page_is_made_anew_and_the_rest_stays(house: Path) -> None:
    page = f"before\n{architecture.BEGIN}\nold\n{architecture.END}\nafter\n"
    filled = architecture.filled(page, architecture.floors(house, LAYERS))
    assert filled.startswith("before\n") and filled.endswith("\nafter\n") and "old" not in filled
    assert "| 3 | [`top`](../../ocr_app/top) | The top: uses the rest. | 1 | `low` |" in filled
    assert "| 1 | [`low`](../../ocr_app/low) | The ground. | 1 | nothing of ours |" in filled
    with pytest.raises(ValueError, match="lacks the marks"):
        architecture.filled("no marks", [])


def test_the_picture_is_well_formed_and_cuts_long_purposes(house: Path) -> None:
    drawn = architecture.picture(architecture.floors(house, LAYERS))
    ElementTree.fromstring(drawn)
    assert drawn.count("<rect") == 5 and "R &amp; L &lt; all." in drawn and "..." in drawn


def test_what_has_not_changed_is_not_written(house: Path) -> None:
    page = house / architecture.PAGE
    page.parent.mkdir(parents=True)
    page.write_text(f"{architecture.BEGIN}\n{architecture.END}\n")
    assert len(architecture.write(house, LAYERS)) == 2
    assert architecture.write(house, LAYERS) == []


def test_the_floors_are_those_of_the_contract() -> None:
    assert architecture.layers_of()[0] == "cli" and architecture.layers_of()[-1] == "core"
