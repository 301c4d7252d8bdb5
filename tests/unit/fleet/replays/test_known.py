"""Drawn pictures whose changes are known beforehand."""

from fleet.replays import known
from ocr_app import recipes


def test_the_changes_go_both_ways_and_are_named(tmp_path):
    changes = known.write_pictures(tmp_path / "p", 30)
    assert sorted(changes) == sorted(path.name for path in (tmp_path / "p").iterdir())
    assert set(changes.values()) == {"new-pass", "lost-pass", "same"}
    assert changes["0000.jpg"] == "new-pass", "an old expiry with an allowed lot"
    assert changes["0001.jpg"] == "same" and changes["0016.jpg"] == "lost-pass"
    assert changes["0018.jpg"] == "same", "an old expiry with a lot that is not allowed stays a reject"


def test_the_recipes_differ_in_the_years_and_in_the_lots(tmp_path):
    present, changed = known.write_recipes(tmp_path)
    assert recipes.load(str(present)).name == recipes.load(str(changed)).name == "demo-line"
    assert "2025" in present.read_text() and "A[7-8]999" in changed.read_text() and "2020" in changed.read_text()
