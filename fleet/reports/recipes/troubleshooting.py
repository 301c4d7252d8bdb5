"""The troubleshooting table of docs/how-to/write-a-recipe.md: every reason with its sentence, cause and remedy."""

from __future__ import annotations

from fleet.core.files import ROOT, write_whole
from fleet.core.pages import markdown_table
from ocr_app.recipes.verdict.sentences import EXAMPLES, EXPLANATIONS, sentence

PAGE = ROOT / "docs" / "how-to" / "write-a-recipe.md"
BEGIN = "<!-- reasons: made by `./inv docs`; do not edit between these marks -->"
END = "<!-- /reasons -->"
HEAD = ("reason", "what you are told", "usual cause", "remedy")


def main() -> None:
    """Rewrite the table of the page."""
    write_whole(PAGE, with_table(PAGE.read_text(encoding="utf-8")))
    print(f"written: {PAGE.relative_to(ROOT)}")


def table() -> str:
    """The table in Markdown, one row per reason, with an example of each sentence."""
    rows = []
    for example in EXAMPLES:
        known = EXPLANATIONS[example.code]
        remedy = known.remedy.format(text=example.found or "...")
        rows.append([f"`{example.code}`", _cell(sentence(example.to_json())), _cell(known.cause), _cell(remedy)])
    return markdown_table(HEAD, rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def with_table(page: str) -> str:
    """The page with its table made anew. Raises ValueError where the marks are missing."""
    if BEGIN not in page or END not in page:
        raise ValueError(f"{PAGE} lacks the marks {BEGIN} and {END}")
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"
