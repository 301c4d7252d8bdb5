"""Numbers in pages come from result files, between marks."""

import pytest

from fleet.core.errors import BlockError
from fleet.reports import blocks

PAGE = "before\n<!-- results: made -->\nold\nolder\n<!-- /results -->\nafter\n"


def test_only_what_stands_between_the_marks_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "MAKERS", {"results": lambda folder, page: f"from {folder.name}"})
    made = blocks.filled(PAGE, tmp_path / "2026-01-01-x", tmp_path / "README.md")
    assert made == "before\n<!-- results: made -->\nfrom 2026-01-01-x\n<!-- /results -->\nafter\n"
    assert blocks.filled(made, tmp_path / "2026-01-01-x", tmp_path / "README.md") == made


def test_a_block_that_nothing_makes_is_an_error(tmp_path):
    with pytest.raises(BlockError, match="nothing makes magic"):
        blocks.filled("<!-- magic: x -->\n<!-- /magic -->\n", tmp_path, tmp_path / "README.md")


def test_the_newest_results_are_those_of_the_latest_date(tmp_path):
    for name in ("2026-01-02-b", "2026-01-10-a", "2025-12-31-c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "summary.json").write_text("{}")
    (tmp_path / "2027-01-01-unfinished").mkdir()
    assert blocks.newest(tmp_path).name == "2026-01-10-a"


def test_no_results_says_what_to_run(tmp_path):
    with pytest.raises(BlockError, match=r"\./inv benchmark"):
        blocks.newest(tmp_path)
