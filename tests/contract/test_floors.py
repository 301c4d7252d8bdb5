"""An import only points down: the floors of ocr_app."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "ocr_app"
FLOORS = {
    "types": 1, "errors": 1, "models": 1,
    "imaging": 2,
    "networks": 3, "recipes": 3,
    "readers": 4, "patches": 4,
    "decoded": 5, "reading": 5,
    "benchmark": 6, "engines": 6, "service": 6,
    "cli": 7, "__main__": 7,
}  # fmt: skip
FILES = sorted(path for path in APP.rglob("*.py") if path != APP / "__init__.py")
HEAVY = {"torch", "easyocr", "paddle", "paddleocr", "rapidocr", "rapidocr_onnxruntime", "transformers", "onnxruntime"}


def place(path):
    return path.relative_to(APP).parts[0].replace(".py", "")


def imports(path, top_level=False):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        if isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            yield node.module
            if node.module == "ocr_app":
                for name in names:
                    yield "ocr_app." + name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_no_import_points_up(path):
    for module in imports(path):
        parts = module.split(".")
        if parts[0] == "ocr_app" and len(parts) > 1 and parts[1] in FLOORS:
            assert FLOORS[parts[1]] <= FLOORS[place(path)], "{} imports {}".format(path.name, module)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_heavy_libraries_are_imported_where_they_are_used(path):
    assert not HEAVY & {module.split(".")[0] for module in imports(path, top_level=True)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_the_application_needs_nothing_of_the_control_side(path):
    assert not {"fleet", "training", "tests", "invoke"} & {module.split(".")[0] for module in imports(path)}


def test_every_module_has_a_floor():
    assert {place(path) for path in FILES} <= set(FLOORS)


AGENT = APP.parent / "node_agent"
STANDARD = {
    "argparse", "ast", "base64", "binascii", "contextlib", "ctypes", "errno", "fcntl", "functools", "hashlib", "hmac",
    "io", "json", "logging", "os", "re", "shlex", "shutil", "signal", "socket", "subprocess", "sys",
    "tarfile", "time", "typing",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(AGENT.rglob("*.py")), ids=lambda path: str(path.relative_to(AGENT)))
def test_the_agent_needs_the_standard_library_alone(path):
    """Not even the application: it has to work when that cannot (docs/adr/0024-agent-on-the-node.md)."""
    assert {module.split(".")[0] for module in imports(path)} <= STANDARD | {"node_agent"}
