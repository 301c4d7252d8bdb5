"""No page sends a board to ./inv: it needs Python 3.10 and an ONNX Runtime that have no wheel for a board's Ubuntu."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "ansible").rglob("README.md"))]
ON_A_BOARD = re.compile(r"\bon (?:a|the|this|one|each|every) (?:Jetson |blank )?(?:Nano|board|node)s?\b", re.I)
COMMAND = re.compile(r"(?:\./inv|invoke) [a-z][\w-]*(?: [^`|.;:]*)?")
ELSEWHERE = re.compile(
    r"--(?:limit|board|inventory)|control machine|computer|virtual|\bfor\b|bundle|fleet|of the board|of each kind|"
    "wheels fetch"
)


def sentences(text):
    """Sentences, rows of tables and lines of commands; a line of code is one of its own."""
    for block in re.split(r"\n\s*\n", text):
        for line in re.split(r"\n(?=\||    )", block):
            for cell in line.split(" | ") if line.startswith("|") else [line]:
                yield from re.split(r"(?<=[.;]) (?=[A-Z`])", " ".join(cell.split()))


def told(text):
    """What sends a board to ./inv: a sentence with both, which does not say that the command acts on it from afar."""
    return [
        sentence for sentence in sentences(text)
        if COMMAND.search(sentence) and ON_A_BOARD.search(COMMAND.sub("", sentence)) and not ELSEWHERE.search(sentence)
    ]  # fmt: skip


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_sends_a_board_to_inv(path):
    assert told(path.read_text()) == [], "./inv cannot run on a board: use ocr-app, a play, or a container"


@pytest.mark.parametrize(
    "text, found",
    [
        ("Run `./inv images build` on a Nano.", 1),
        ("| base | `./inv images build --bases vendor` on a Nano |", 1),
        ("On the board: `./inv demo`", 1),
        ("`./inv build-engines --limit line_a` builds engines on one board.", 0),
        ("Run `ocr-app selfcheck` on the board.", 0),
    ],
)
def test_the_test_finds_what_it_should(text, found):
    assert len(told(text)) == found
