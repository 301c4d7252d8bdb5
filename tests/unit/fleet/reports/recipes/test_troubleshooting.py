"""The troubleshooting table has every reason, and stands between marks."""

import re

import pytest

from fleet.reports.recipes.troubleshooting import BEGIN, END, table, with_table
from ocr_app.recipes.verdict.reasons import REASONS


def test_every_reason_has_one_row_with_four_cells():
    rows = table().splitlines()[2:]
    codes = [re.match(r"\| `([a-z-]+)` \|", row).group(1) for row in rows]
    assert sorted(codes) == sorted([*REASONS, "no-text-found"])
    assert all(len(re.split(r"(?<!\\) \| ", row.strip("| "))) == 4 for row in rows)


def test_only_what_is_between_the_marks_is_rewritten():
    page = with_table(f"before\n{BEGIN}\nobsolete\n{END}\nafter\n")
    assert page.startswith("before\n") and page.endswith(f"{END}\nafter\n") and "obsolete" not in page
    with pytest.raises(ValueError, match="lacks the marks"):
        with_table("no marks")
