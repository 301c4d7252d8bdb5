"""Everything in ocr_app and node_agent is Python 3.6: the grammar here, the real interpreter in the envs suite."""

import ast
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP, AGENT = ROOT / "ocr_app", ROOT / "node_agent"
FILES = sorted([*APP.rglob("*.py"), *AGENT.rglob("*.py")])


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_file_parses_with_the_grammar_of_3_6(path):
    ast.parse(path.read_text(encoding="utf-8"), filename=str(path), feature_version=(3, 6))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_newer_is_imported(path):
    """Modules and names that 3.6 lacks; the grammar does not see these."""
    newer_modules = {"dataclasses", "importlib.resources", "importlib.metadata", "graphlib", "zoneinfo", "tomllib"}
    newer_names = {"annotations", "Protocol", "Final", "Literal", "TypedDict", "OrderedDict@typing", "ParamSpec"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not newer_modules & {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.module not in newer_modules
            assert not newer_names & {alias.name for alias in node.names}


def test_newer_keywords_of_subprocess_are_not_used():
    """``capture_output`` and ``text`` came with 3.7."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and "subprocess" in ast.dump(node.func):
                assert not {"capture_output", "text"} & {keyword.arg for keyword in node.keywords}, path


def test_there_are_files_to_look_at():
    assert len(FILES) > 20 and os.path.isdir(str(APP / "readers"))
