"""An exit code tells one failure from all others: those of `./inv` and of `ocr-app`."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def classes(*places):
    """(class, its bases' names, its own exit code or None, where), of every class in these files and folders."""
    files = [path for place in places for path in (sorted(place.rglob("*.py")) if place.is_dir() else [place])]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                yield node.name, bases, own_code(node), path.relative_to(ROOT)


def own_code(node):
    for line in node.body:
        if isinstance(line, ast.Assign) and [getattr(name, "id", "") for name in line.targets] == ["exit_code"]:
            return ast.literal_eval(line.value)
    return None


def test_no_two_kinds_of_failure_share_an_exit_code():
    taken = {}
    for name, _, code, path in classes(ROOT / "fleet", ROOT / "ocr_app"):
        if code is not None:
            taken.setdefault(code, []).append(f"{path}: {name}")
    assert len(taken) > 20
    assert {code: owners for code, owners in taken.items() if len(owners) > 1} == {}


def test_every_kind_of_failure_of_the_control_side_has_its_own():
    direct = [(name, code) for name, bases, code, _ in classes(ROOT / "fleet") if "FleetError" in bases]
    assert len(direct) > 10
    assert [name for name, code in direct if code is None] == []
    assert [name for name, code in direct if code is not None and not 20 <= code < 64] == []
