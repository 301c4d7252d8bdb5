"""Every example recipe loads, accepts what it is meant for, refuses what it is not, and reads it back."""

import textwrap
from datetime import date
from pathlib import Path

import pytest
from posteriors import CHARACTERS, frame_of

from ocr_app.recipes import decode, load, loads, verify
from ocr_app.recipes.decoding.result import STATUSES
from ocr_app.recipes.language.recipe import Tolerances, accepts
from ocr_app.recipes.teaching import count_texts, sample_texts
from ocr_app.recipes.verdict import REASONS

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "recipes").glob("*.yaml"))
ALLOWED = {
    "thesis": ["PRO: 08/2022 EXP: 08/2023", "L22150295 20 H02:05"],
    "dates": [
        "06-11-21", "06/11/2022", "APR-28-2023", "18 07 2021", "2021.03.18", "23/06/21", "20/07/01", "01.30",
        "25|11|21", "07.2021", "10/2021", "NOV 05 2022", "23 APR 2020", "19-JUN-2020", "2020OCT28", "09 2020",
        "2022.01", "04SEP20", "29.02.2024", "31 DEZ 2024", "15 AOUT 2023", "01AGO24",
    ],
    "lots": [
        "L 157828", "13:05", "2022.01.18A", "03 11 2020", "222A3", "2021.06.14/F-2", "21.01.13(11:08)", "22.01.12(B)",
        "EXP: 08/2023", "BEST BEFORE 04 SEP 20", "LOT A1234-7",
    ],
    "retail-lines": [
        "PROD 19 03 2024", "EXPIRY 19-03-2025", "CODE NO. 12345 20:48", "2022/06/30", "2022.01.18B", "2021.06.14/K-3",
        "21.01.13(11:08)", "22.01.12(C)", "03 11 2020", "BEST BY FEB/21/21 19:18 ABC4D", "11 APR 2021", "L 123456",
        "L 123 E 28 10 21", "F8 1756", "2 22 A3", "13:05", "12-3-45678-9-0123",
    ],
    "packs": [
        "BEST BEFORE", "PROD 19 03 2024", "2022.01.18A", "21.01.13(11:08)", "13/03/22 L19520",
        "BEST BY FEB/21/21 19:18 ABC4D", "L 157828", "CODE NO. 12345 20:48", "GVE39A 01:10", "F8 1756",
        "BATCH : 3751", "13:05",
    ],
    "keyword-labels": [
        "(01)09521234543213", "(17)251231", "(10)A1-7", "LOT:AB0012", "EXP: 12/2011", "MFD: 21.11.08", "SER 876107",
        "CIP: 34000102349987", "VERWENDBAR BIS: 15.06.2017", "MFR KA435", "B.NO:2130214", "2020.01.29",
    ],
    "serial-labels": [
        "005-3379497200006", "005-3379 4972", "REF 646/695", "18 JUN 2008", "FGGQ6D1", "EF224A4", "EF224-60001",
        "15182881", "0829 PG 22-08-75", "EI 611912",
    ],
    "batch-price": ["K0011", "B527012N", "04/22", "20/11/21", "RS.199.00", "260.00"],
    "marked-parts": [
        "4B9U5", "36037", "2022-12-06", "5M3C87037680007", "3309400680", "002-85390", "N142JTZ4", "12-06-2023",
    ],
    "gs1": ["(01)09521234543213(17)251200(10)ABC123", "(17)251231", "(10)A1-7"],
    "nano-codes": ["PRO: 08/2022 EXP: 08/2023", "L22150295 20 H02:05", "EXP 03.02.24 10:09 K23150295", "04 SEP 2023"],
}  # fmt: skip
REFUSED = {
    "thesis": ["PRO: 13/2022 EXP: 08/2023", "PRO: 08/2022 EXP: 00/2023", "L22150295 20 H24:05", "L2215O295 20 H02:05"],
    "dates": [
        "31.02.2021",
        "29.02.2023",
        "30 FEB 2024",
        "2021.13.01",
        "52.01.21",
        "00.01.2021",
        "31 APR 2021",
        "06-11/21",
    ],
    "lots": ["31.02.2021", "25:00"],
    "retail-lines": ["PROD 31 02 2024", "EXPIRY 19.03-2025", "22.13.12(C)", "24:60", "12-3-45678-9-012"],
    "packs": ["PROD 31 02 2024", "24:60", "BATCH : 1", "2022.13.18A"],
    "keyword-labels": ["(01)09521234543214", "EXP: 13/2011", "LOT:", "MFD: 31.11.08", "34000102349987"],
    "serial-labels": ["005-33794972", "31 JUN 2008", "REF 646-695", "EF22A4"],
    "batch-price": ["K00", "13/22", "31/11/21", "RS.199"],
    "marked-parts": ["4B9U", "2022-13-06", "002-8539", "N142JTZ"],
    "gs1": ["(01)09521234543214(17)251200(10)ABC123", "(17)251301", "(17)250230"],
    "nano-codes": ["L22366295 20 H02:05", "EXP 31.02.24 10:09 K23150295", "PRO: 08/2022"],
}


def lines_that_accept(recipe, text):
    return [line.name for line in recipe.lines if accepts(recipe, line, text)]


def test_every_example_is_tested():
    assert {path.stem for path in FILES} == set(ALLOWED) == set(REFUSED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_accepts_what_it_is_for(path):
    recipe = load(str(path), date(2026, 1, 1))
    for text in ALLOWED[path.stem]:
        assert lines_that_accept(recipe, text), text
    for text in REFUSED[path.stem]:
        assert not lines_that_accept(recipe, text), text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_of_an_example_is_read_back(path):
    """Texts that a recipe generates decode to themselves, all lines of a layout at once, and pass."""
    recipe = load(str(path))
    for layout in recipe.layouts:
        for seed in range(3):
            wanted = [sample_texts(recipe.registry, line.root, 1, seed)[0] for line in layout.lines]
            assert all(count_texts(recipe.registry, line.root) > 1 for line in layout.lines)
            decoding = decode(frame_of(*wanted), recipe)
            assert [line.text for line in decoding.lines] == wanted
            verdict = verify(decoding, recipe._replace(relations=()))
            assert verdict.verdict == "pass", (wanted, verdict)


def test_the_drawn_codes_are_those_of_the_recipe():
    """The renderer's grammar and the recipe say the same."""
    np = pytest.importorskip("numpy")
    text = pytest.importorskip("training.render.text")
    recipe = load(str(ROOT / "recipes" / "nano-codes.yaml"))
    for seed in range(150):
        rng = np.random.default_rng(seed)
        for layout in text.LAYOUTS:
            for line in text.code_lines(rng, layout):
                assert lines_that_accept(recipe, line), line


def test_all_characters_of_the_examples_can_be_said():
    for path in FILES:
        recipe = load(str(path))
        used = {character for arcs in recipe.registry.arcs for character in arcs}
        assert used - set(CHARACTERS) <= set('"'), path.name


def test_the_recipe_of_the_how_to_loads():
    page = (ROOT / "docs" / "how-to" / "write-a-recipe.md").read_text()
    block = page.split("```yaml\n")[1].split("```")[0]
    recipe = loads(textwrap.dedent(block), "write-a-recipe.md", date(2023, 1, 1))
    assert lines_that_accept(recipe, "L22150295 20 H02:05")


def test_the_reference_names_every_reason_and_every_status():
    page = (ROOT / "docs" / "reference" / "recipes.md").read_text()
    assert not [name for name in (*REASONS, *STATUSES, *Tolerances._fields) if "`{}`".format(name) not in page]
