"""The packages of the control side import only what is below them; the layers are data, in fleet/layers.toml."""

import ast
from pathlib import Path

import pytest

from fleet.core.toml import load_toml

ROOT = Path(__file__).resolve().parents[2]
DATA = load_toml(ROOT / "fleet" / "layers.toml")
LAYERS = DATA["layers"]


def folder_of(room):
    return ROOT / "fleet" if room == "fleet" else ROOT / "fleet" / room


def prefix_of(room):
    return "fleet" if room == "fleet" else f"fleet.{room}"


def imported(path):
    """Every module that a file imports, and every name that it imports from one, in functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def members(room):
    """Name of a package or module in a room -> its files."""
    found = {}
    for path in sorted(folder_of(room).rglob("*.py")):
        name = path.relative_to(folder_of(room)).parts[0]
        if name != "__init__.py":
            found.setdefault(name.removesuffix(".py"), []).append(path)
    return found


@pytest.mark.parametrize("room", LAYERS)
def test_every_package_has_a_layer(room):
    assert sorted(members(room)) == sorted(LAYERS[room])


@pytest.mark.parametrize("room", LAYERS)
def test_imports_point_down(room):
    wrong = []
    for name, files in members(room).items():
        above = set(LAYERS[room][LAYERS[room].index(name) + 1 :])
        for path in files:
            for module in imported(path):
                parts = module.removeprefix(prefix_of(room) + ".").split(".")
                if module.startswith(prefix_of(room) + ".") and parts[0] in above:
                    wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert wrong == []


def test_modules_of_one_package_do_not_import_each_other_in_a_circle():
    files = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "fleet").rglob("*.py")}
    names = set(files.values())
    arrows = {}
    for path, name in files.items():
        targets = {target for module in imported(path) for target in (module, module.rpartition(".")[0])}
        arrows[name] = (targets & names) - {name}
    while arrows:
        free = [name for name, targets in arrows.items() if not targets & set(arrows)]
        assert free, f"a circle among {sorted(arrows)}"
        for name in free:
            del arrows[name]


@pytest.mark.parametrize("package", ["ocr_app", "node_agent", "training"])
def test_nothing_below_the_control_side_imports_it(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    assert [path for path in files for module in imported(path) if module.split(".")[0] == "fleet"] == []


def rooms():
    return sorted({path.parent for path in (ROOT / "fleet").rglob("*.py")} - {ROOT / "fleet"})


@pytest.mark.parametrize("room", rooms(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_is_small_and_names_have_no_common_prefix(room):
    modules = [path.stem for path in room.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= DATA["max_modules"]
    prefixes = [name.partition("_")[0] for name in modules if "_" in name]
    assert sorted(prefixes) == sorted(set(prefixes))
