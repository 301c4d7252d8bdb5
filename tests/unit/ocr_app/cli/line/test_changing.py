"""``ocr-app line set``: what it asks a running line for, and what it prints."""

import pytest

from ocr_app.cli import main
from ocr_app.line.changes import control

STATE = {
    "product": "juice", "recipe": "Juice", "recipe_digest": "0123456789abcdef", "expected": {"lot": "7"},
    "regions": [[0, 0, 9, 9]], "batch": {"first_part": 8, "since": 1.0},
    "products": [{"name": "juice", "problem": ""}, {"name": "tea", "problem": "no recipe"}],
}  # fmt: skip


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """(arguments) -> exit code, what the line was asked for and how long it may wait, what was printed."""
    (tmp_path / "line.yaml").write_text("journal: {folder: j}\n")
    asked = []
    monkeypatch.setattr(control, "ask", lambda *request: asked.append(request) or STATE)

    def call(*arguments):
        asked.clear()
        code = main.main(["line", "set", str(tmp_path / "line.yaml"), *arguments])
        told = capsys.readouterr()
        return code, asked[0][1:] if asked else None, told.out + told.err

    return call


@pytest.mark.parametrize("arguments, message", [
    ((), {"verb": "state"}),
    (("--product", "tea"), {"verb": "product", "product": "tea", "expected": None}),
    (("--product", "tea", "--expect", "lot=A=1"), {"verb": "product", "product": "tea", "expected": {"lot": "A=1"}}),
    (("--expect", "lot=7", "--expect", "expiry=2026-12-24"),
     {"verb": "expected", "expected": {"lot": "7", "expiry": "2026-12-24"}}),
    (("--expect-any",), {"verb": "expected", "expected": {}}),
    (("--region", "1,2,3,4", "--region", "5,6,7,8"), {"verb": "regions", "regions": [[1, 2, 3, 4], [5, 6, 7, 8]]}),
    (("--no-region",), {"verb": "regions", "regions": []}),
    (("--batch",), {"verb": "batch"}),
])  # fmt: skip
def test_each_change_is_one_request(run, arguments, message):
    assert run(*arguments)[:2] == (0, (message, 0.0))


def test_it_says_what_the_line_judges_by(run):
    _, (_, wait_s), told = run("--batch", "--wait", "3")
    assert wait_s == 3.0
    for words in ("juice (recipe Juice, 0123456789ab)", "lot=7", "0,0,9,9", "from part 8", "tea: no recipe"):
        assert words in told
    assert '"product": "juice"' in run("--json")[2]


@pytest.mark.parametrize("arguments", [
    ("--product", "tea", "--batch"), ("--expect", "a=1", "--expect-any"), ("--region", "1,2,3,4", "--no-region"),
])  # fmt: skip
def test_one_change_at_a_time(run, arguments):
    code, asked, _ = run(*arguments)
    assert code == 2 and asked is None
