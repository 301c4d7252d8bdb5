"""The packages of node_agent: an import only points down, and each package shows a small face."""

import ast
from pathlib import Path

import pytest

AGENT = Path(__file__).resolve().parents[2] / "node_agent"
# package or module -> what it may import from node_agent, besides itself
ALLOWED = {
    "errors": set(),
    "logs": set(),
    "store": {"errors"},
    "trust": {"errors"},
    "host": {"errors", "logs", "store"},
    "release": {"errors", "logs", "store", "trust", "host"},
    "verbs": {"errors", "host", "release"},
    "cli": {"errors", "logs", "store", "trust", "host", "release", "verbs"},
    "__main__": {"cli"},
    "__init__": set(),
}
PACKAGES = sorted(path.parent.name for path in AGENT.glob("*/__init__.py"))
FILES = sorted(AGENT.rglob("*.py"))


def name_of(path):
    return str(path.relative_to(AGENT))


def imported(path):
    """The top-level parts of node_agent that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "node_agent":
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("node_agent."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("node_agent."):
                    yield alias.name.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_an_import_only_points_down(path):
    own = path.relative_to(AGENT).parts[0].replace(".py", "")
    assert set(imported(path)) - {own} <= ALLOWED[own]


def test_there_is_no_cycle_between_packages():
    floors = list(ALLOWED)
    for own, allowed in ALLOWED.items():
        assert all(floors.index(other) < floors.index(own) for other in allowed), own


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_shows_at_most_ten_names_and_holds_a_dozen_modules(name):
    tree = ast.parse((AGENT / name / "__init__.py").read_text(encoding="utf-8"))
    faces = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"]
    assert len(faces) == 1 and len(faces[0].elts) <= 10
    assert len(list((AGENT / name).glob("*.py"))) - 1 <= 12


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.name not in ("__init__.py", "__main__.py")], ids=name_of
)
def test_every_module_has_a_test_that_mirrors_it(path):
    mirror = path.relative_to(AGENT).with_name("test_" + path.name)
    assert (AGENT.parent / "tests" / "unit" / "node_agent" / mirror).is_file()
