"""The control side runs on Python 3.10: its grammar, and no unconditional import of a module that 3.10 lacks."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    [*(ROOT / "fleet").rglob("*.py"), *(ROOT / "training").rglob("*.py"), ROOT / "tasks.py", ROOT / "setup.py"]
)
NEWER_MODULES = {"tomllib"}
NEWER_NAMES = {
    "datetime": {"UTC"},
    "enum": {"StrEnum"},
    "typing": {"Self", "assert_never", "LiteralString", "override"},
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_runs_on_3_10(path):
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path), feature_version=(3, 10))
    for node in tree.body:  # an import inside `if sys.version_info` is not looked at
        if isinstance(node, ast.Import):
            assert not NEWER_MODULES & {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.module not in NEWER_MODULES
            assert not NEWER_NAMES.get(str(node.module), set()) & {alias.name for alias in node.names}
