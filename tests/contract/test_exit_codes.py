"""An exit code identifies one kind of failure: of `ocr-app`, of the node's agent, and of `./inv`."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RANGES = {"ocr_app": range(1, 20), "node_agent": range(40, 60), "fleet": range(60, 100)}
BASES = {"ocr_app": "OcrError", "node_agent": "AgentError", "fleet": "FleetError"}
INTERRUPTED = 130
PAGE = ROOT / "docs" / "reference" / "exit-codes.md"


@functools.cache
def classes(package):
    """Each class of a package: (name, names of its base classes, attributes that it sets to a constant, its file)."""
    return list(parsed(package))


def parsed(package):
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                yield node.name, bases, constants(node), path.relative_to(ROOT).as_posix()


def constants(node):
    assigned = [line for line in node.body if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)]
    return {target.id: line.value.value for line in assigned for target in line.targets if isinstance(target, ast.Name)}


@functools.cache  # asked for each error; all files of a package are parsed
def errors(package):
    """Name -> (its base class, its attributes, its file), of every error of a package, the base class first."""
    found, left = {}, list(classes(package))
    known = {BASES[package]}
    while True:
        new = [entry for entry in left if entry[0] in known or entry[1] & known]
        if not new:
            return found
        for name, bases, own, path in new:
            known.add(name)
            found[name] = (next(iter(bases & known), None), own, path)
        left = [entry for entry in left if entry not in new]


def code_of(name, package):
    """The exit code of an error: its own, or that of the class that it is derived from."""
    base, own, _ = errors(package)[name]
    return own["exit_code"] if "exit_code" in own else code_of(base, package)


@pytest.mark.parametrize("package", RANGES)
def test_exit_codes_lie_in_the_range_of_their_package(package):
    codes = {name: own["exit_code"] for name, _, own, _ in classes(package) if "exit_code" in own}
    assert len(codes) > 8
    assert {name: code for name, code in codes.items() if code not in RANGES[package]} == {}


def test_the_ranges_are_disjoint():
    taken = [code for numbers in RANGES.values() for code in numbers] + [INTERRUPTED]
    assert len(taken) == len(set(taken))


def test_no_two_kinds_of_failure_share_an_exit_code():
    taken = {}
    for package in RANGES:
        for name, _, own, path in classes(package):
            if "exit_code" in own:
                taken.setdefault(own["exit_code"], []).append(f"{path}: {name}")
    assert len(taken) > 40
    assert {code: owners for code, owners in taken.items() if len(owners) > 1} == {}


def test_every_kind_of_failure_of_the_control_side_has_its_own_exit_code():
    direct = {name: own for name, (base, own, _) in errors("fleet").items() if base == "FleetError"}
    assert len(direct) > 10
    assert [name for name, own in direct.items() if "exit_code" not in own] == []


def test_every_error_of_the_control_side_has_its_own_name_for_programs():
    codes = [own.get("code") for _, own, _ in errors("fleet").values()]
    assert None not in codes
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("package", ["node_agent", "fleet"])
def test_all_errors_are_in_one_module(package):
    assert len({path for _, _, path in errors(package).values()}) == 1


@pytest.mark.parametrize("package", ["node_agent", "fleet"])
def test_the_reference_lists_every_error(package):
    section = PAGE.read_text(encoding="utf-8").partition(f"<!-- {package} -->")[2].partition("<!-- /")[0]
    listed = re.findall(r"^\| (\d+) \| `([a-z-]+)` \|", section, re.M)
    expected = [(str(code_of(name, package)), own["code"]) for name, (_, own, _) in errors(package).items()]
    assert sorted(listed) == sorted(expected)


def test_the_reference_lists_every_exit_code_of_the_application():
    listed = set(re.findall(r"^\| (\d+) \|", PAGE.read_text(encoding="utf-8").partition("<!-- ")[0], re.M))
    own = {str(own["exit_code"]) for _, _, own, _ in classes("ocr_app") if "exit_code" in own}
    assert own <= listed
