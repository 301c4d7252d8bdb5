"""An import only points down: the floors of ocr_app, as pyproject.toml lists them for import-linter."""

import ast
import functools
from pathlib import Path

import pytest

from fleet.reports import architecture

APP = Path(__file__).resolve().parents[2] / "ocr_app"
LAYERS = [[name.strip() for name in layer.split("|")] for layer in reversed(architecture.layers_of())]
FLOORS = {name: floor for floor, names in enumerate(LAYERS) for name in names}
TOP = {"__main__": len(LAYERS)}
FILES = sorted(path for path in APP.rglob("*.py") if path != APP / "__init__.py")
HEAVY = {
    "easyocr", "onnx", "onnxruntime", "paddle", "paddleocr", "rapidfuzz", "rapidocr", "rapidocr_onnxruntime", "torch",
    "transformers",
}  # fmt: skip


def place(path):
    return path.relative_to(APP).parts[0].replace(".py", "")


@functools.cache
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path, top_level=False):
    tree = parsed(path)
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
def test_no_import_points_up_or_sideways(path):
    own, floors = place(path), dict(FLOORS, **TOP)
    for module in imports(path):
        parts = module.split(".")
        if parts[0] == "ocr_app" and len(parts) > 1 and parts[1] in floors and parts[1] != own:
            assert floors[parts[1]] < floors[own], "{} imports {}".format(path.relative_to(APP), module)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_heavy_libraries_are_imported_where_they_are_used(path):
    assert not HEAVY & {module.split(".")[0] for module in imports(path, top_level=True)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_the_application_needs_nothing_of_the_control_side(path):
    assert not {"fleet", "training", "tests", "invoke"} & {module.split(".")[0] for module in imports(path)}


def test_every_module_has_a_floor():
    assert {place(path) for path in FILES} == set(FLOORS) | set(TOP)


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


def test_the_architecture_page_is_drawn_from_the_contract():
    rows = architecture.floors(APP.parent, architecture.layers_of())
    page = (APP.parent / architecture.PAGE).read_text(encoding="utf-8")
    assert architecture.filled(page, rows) == page, "run ./inv docs"
    assert (APP.parent / architecture.PICTURE).read_text(encoding="utf-8") == architecture.picture(rows), (
        "run ./inv docs"
    )
