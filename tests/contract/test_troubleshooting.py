"""The troubleshooting table of the how-to is complete and up to date."""

from fleet.reports.recipes.troubleshooting import PAGE, with_table
from ocr_app.recipes.verdict.reasons import REASONS


def test_the_table_is_what_the_code_says():
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "run ./inv docs"


def test_every_reason_code_has_its_row():
    page = PAGE.read_text(encoding="utf-8")
    assert [code for code in REASONS if f"| `{code}` |" not in page] == []
