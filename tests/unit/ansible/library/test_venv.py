"""Ansible's module `venv` on a real Python 3.6: made, mended, proved; what is damaged by hand is named."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from fleet.core.errors import InterpreterMissing
from fleet.environments.interpreters import find
from fleet.wheelhouse.store.index import WHEELHOUSE
from tests.conftest import absent
from tests.unit.fleet.wheelfiles import wheel

MODULE = Path(__file__).resolve().parents[4] / "ansible" / "library" / "venv.py"


class Failed(Exception):
    pass


@pytest.fixture(scope="module")
def module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("venv_module", MODULE)
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def python36() -> str:
    try:
        return str(find("3.6").path)
    except InterpreterMissing as error:
        absent("Python 3.6", str(error))
        raise


@pytest.fixture
def wanted(tmp_path: Path, python36: str) -> dict[str, Any]:
    """Options for an environment of pip and two small packages, of which nothing is there."""
    return prepared(tmp_path, python36)


def prepared(tmp_path: Path, python36: str) -> dict[str, Any]:
    pip = sorted(WHEELHOUSE.glob("pip-21*.whl"))
    if not pip:
        absent("pip for Python 3.6", "./inv wheels fetch --only bootstrap-py36")
    folder = tmp_path / "wheels"
    folder.mkdir()
    shutil.copy(pip[0], folder)
    wheel(folder, "alpha", "1.0", "py3-none-any", files={"alpha.py": b"number = 1\n"})
    files = {"beta/__init__.py": b"import alpha\n", "beta/__pycache__/__init__.cpython-36.pyc": b"compiled elsewhere"}
    wheel(folder, "beta-two", "2.0", "cp36-cp36m-linux_x86_64", files=files, unfounded="beta/dict/ab.txt")
    return options(tmp_path, python36, folder)


def options(root: Path, python: str, folder: Path) -> dict[str, Any]:
    lines, listed = [], []
    for path in sorted(folder.glob("*.whl")):
        name, version = path.name.split("-")[:2]
        listed.append({"name": name.replace("_", "-"), "version": version})
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{name.replace('_', '-')}=={version} --hash=sha256:{digest}")
    return {
        "path": str(root / "env"),
        "python": python,
        "system_site_packages": False,
        "wanted": listed,
        "forbidden": [],
        "proofs": {"beta": "import beta, alpha; print(alpha.number)"},
        "environment": {},
        "wheels": str(folder),
        "requirements": "\n".join(lines),
        "from_source": [],
        "timeout_s": 60,
    }


def fail(words: str) -> None:
    raise Failed(words)


@pytest.fixture(scope="module")
def made(module: ModuleType, python36: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An environment that the module made; tests work on copies."""
    wanted = prepared(tmp_path_factory.mktemp("made"), python36)
    module.mend(wanted, module.observe(wanted), fail)
    return wanted


@pytest.fixture
def ready(made: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    shutil.copytree(made["path"], tmp_path / "env", symlinks=True)
    shutil.copytree(made["wheels"], tmp_path / "wheels")
    return {**made, "path": str(tmp_path / "env"), "wheels": str(tmp_path / "wheels")}


def site(wanted: dict[str, Any]) -> Path:
    return Path(wanted["path"]) / "lib" / "python3.6" / "site-packages"


def test_it_is_python_3_6() -> None:
    ast.parse(MODULE.read_text(), feature_version=(3, 6))


def test_it_is_imported_by_python_3_6(python36: str) -> None:
    code = f"import runpy; runpy.run_path({str(MODULE)!r}, run_name='module')"
    assert subprocess.run([python36, "-W", "error", "-c", code], check=False).returncode == 0


def test_two_copies_of_a_package_are_a_problem(module: ModuleType, tmp_path: Path) -> None:
    """pip that was interrupted leaves the old version's metadata beside the new one's."""
    site = tmp_path / "lib" / "python3.6" / "site-packages"
    for version in ("1.0", "1.1"):
        folder = site / f"beta_two-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Name: beta-two\nVersion: {version}\n")
        (folder / "RECORD").write_text(f"{folder.name}/METADATA,,{(folder / 'METADATA').stat().st_size}\n")
    have = module.installed(module.site_packages(str(tmp_path)))
    wanted = {"name": "beta.two", "version": "1.1"}
    assert module.package_problem(have, wanted) == "there are 2 of it: 1.0, 1.1"
    have["beta-two"].pop(0)
    assert module.package_problem(have, wanted) == ""


def test_a_blank_board_lacks_everything(module: ModuleType, wanted: dict[str, Any]) -> None:
    state = module.observe(wanted)
    assert state["problems"] == [f"there is no environment at {wanted['path']}"]
    assert state["needed"] == ["alpha", "beta-two", "pip"] and state["proofs"] == {}


def test_what_a_wheel_lists_and_never_held_is_no_damage(module: ModuleType, ready: dict[str, Any]) -> None:
    """As EasyOCR 1.6.2 is published: with 77 dictionaries in its RECORD that are not in it."""
    assert "beta/dict/ab.txt" not in (site(ready) / "beta_two-2.0.dist-info" / "RECORD").read_text()
    assert module.observe(ready)["problems"] == []
    (site(ready) / "beta" / "__init__.py").unlink()
    assert "beta/__init__.py" in module.observe(ready)["problems"][0]


def test_what_python_compiles_again_is_no_damage(module: ModuleType, ready: dict[str, Any]) -> None:
    """As PaddleOCR 2.7.0.2 is published: with compiled files in its wheel."""
    compiled = site(ready) / "beta" / "__pycache__" / "__init__.cpython-36.pyc"
    compiled.write_bytes(b"compiled here, and of another size")
    assert module.observe(ready)["problems"] == []
    compiled.unlink()
    assert module.observe(ready)["problems"] == []


def test_it_is_made_from_files_and_proved(module: ModuleType, ready: dict[str, Any]) -> None:
    state = module.observe(ready)
    assert (state["problems"], state["needed"]) == ([], [])
    assert state["proofs"] == {"beta": {"ok": True, "found": "1"}}


def test_an_empty_file_may_be_listed_without_its_size(module: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "one").write_bytes(b"1")
    assert module.has_size(str(tmp_path / "empty"), "") and not module.has_size(str(tmp_path / "one"), "")
    assert not module.has_size(str(tmp_path / "none"), "")


def test_the_wheel_of_pip_is_that_of_the_lock_whatever_follows_its_version(module: ModuleType, tmp_path: Path) -> None:
    for name in ("pip-20.0-py3-none-any.whl", "pip-21.3.1-py3-none-any.whl"):
        (tmp_path / name).touch()
    lines = ["pip==21.3.1 --hash=sha256:0123"]
    found = module.pip_of({"wheels": str(tmp_path)}, lines, fail)
    assert found == str(tmp_path / "pip-21.3.1-py3-none-any.whl" / "pip")


def deleted(wanted: dict[str, Any]) -> None:
    (site(wanted) / "alpha.py").unlink()


def truncated(wanted: dict[str, Any]) -> None:
    (site(wanted) / "alpha.py").write_text("num")


def half_installed(wanted: dict[str, Any]) -> None:
    (site(wanted) / "alpha-1.0.dist-info" / "RECORD").unlink()


def emptied_metadata(wanted: dict[str, Any]) -> None:
    (site(wanted) / "alpha-1.0.dist-info" / "METADATA").unlink()


def another_version(wanted: dict[str, Any]) -> None:
    folder = site(wanted) / "alpha-1.0.dist-info"
    (folder / "METADATA").write_text("Name: alpha\nVersion: 0.9\n")


@pytest.mark.parametrize(
    "damage, words",
    [
        (deleted, "alpha: 1 gone or changed (of 7 files: alpha.py)"),
        (truncated, "alpha: 1 gone or changed (of 7 files: alpha.py)"),
        (half_installed, "alpha: its RECORD is gone"),
        (emptied_metadata, "alpha: its METADATA is gone"),
        (another_version, "alpha: 0.9 in place of 1.0"),
    ],
)
def test_damage_is_named_and_mended(
    module: ModuleType, ready: dict[str, Any], damage: Callable[[dict[str, Any]], None], words: str
) -> None:
    damage(ready)
    state = module.observe(ready)
    assert state["problems"] == [words] and state["needed"] == ["alpha"]
    module.mend(ready, state, fail)
    state = module.observe(ready)
    assert state["problems"] == [] and state["proofs"]["beta"]["ok"]


def test_a_broken_interpreter_is_named_and_all_is_made_anew(module: ModuleType, ready: dict[str, Any]) -> None:
    own = Path(ready["path"]) / "bin" / "python"
    own.unlink()
    own.symlink_to("/nonexistent/python3.6")
    state = module.observe(ready)
    assert "its Python does not run" in state["problems"][0]
    module.mend(ready, state, fail)
    assert module.observe(ready)["problems"] == []


def test_system_packages_have_to_be_as_wanted(module: ModuleType, ready: dict[str, Any]) -> None:
    ready["system_site_packages"] = True
    state = module.observe(ready)
    assert state["broken"] == "it does not see the system's packages"
    module.mend(ready, state, fail)
    assert module.observe(ready)["problems"] == []


def test_what_must_not_be_there_is_taken_away(module: ModuleType, ready: dict[str, Any]) -> None:
    ready["wanted"] = [entry for entry in ready["wanted"] if entry["name"] != "alpha"]
    ready["forbidden"] = ["Alpha"]
    state = module.observe(ready)
    assert state["problems"] == ["Alpha: must not be here"]
    module.mend(ready, state, fail)
    assert not (site(ready) / "alpha.py").exists() and module.observe(ready)["problems"] == []


def test_a_wheel_that_was_changed_on_the_way_is_not_installed(module: ModuleType, wanted: dict[str, Any]) -> None:
    wheel(Path(wanted["wheels"]), "alpha", "1.0", "py3-none-any", files={"alpha.py": b"number = 666\n"})
    with pytest.raises(Failed, match="pip cannot install"):
        module.mend(wanted, module.observe(wanted), fail)


def test_a_missing_wheel_is_an_error_never_a_build(module: ModuleType, wanted: dict[str, Any]) -> None:
    next(Path(wanted["wheels"]).glob("alpha*")).unlink()
    with pytest.raises(Failed, match="pip cannot install"):
        module.mend(wanted, module.observe(wanted), fail)


def test_a_missing_pip_is_named(module: ModuleType, wanted: dict[str, Any]) -> None:
    wanted["wheels"] = "/nonexistent"
    with pytest.raises(Failed, match=r"no wheel of pip 21\.3\.1"):
        module.mend(wanted, module.observe(wanted), fail)


@pytest.mark.parametrize(
    "code, found",
    [
        ("import nothing_like_this", "ModuleNotFoundError: No module named 'nothing_like_this'"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "killed by SIGILL"),
        ("import time; time.sleep(9)", "no answer within 1 s"),
    ],
)
def test_a_proof_says_why_it_died(module: ModuleType, ready: dict[str, Any], code: str, found: str) -> None:
    ready.update(proofs={"it": code}, timeout_s=1)
    assert module.observe(ready)["proofs"] == {"it": {"ok": False, "found": found}}


def test_a_run_that_still_installs_there_is_waited_for_and_then_named(module: ModuleType, tmp_path: Path) -> None:
    """What a cut connection has left at work holds the lock until it ends."""
    wanted = {"path": str(tmp_path / "venvs" / "app"), "wait_s": 0}
    named = pytest.raises(Failed, match="another run has been installing there for 0 s")
    with module.alone(wanted, fail), named, module.alone(wanted, fail):
        pytest.fail("two at once")
    with module.alone(wanted, fail):
        assert (tmp_path / "venvs" / "app.lock").exists()


def test_a_failure_names_some_packages_and_counts_the_others(module: ModuleType) -> None:
    packages = [f"package-{number}==1" for number in range(7)]
    assert module.named(packages[:5]) == ", ".join(packages[:5])
    assert module.named(packages) == ", ".join(packages[:5]) + " and 2 more"


def test_several_environments_are_observed_in_turn(module: ModuleType, tmp_path: Path) -> None:
    wanted = {"path": str(tmp_path / "gone"), "python": sys.executable, "wanted": [{"name": "alpha", "version": "1"}]}
    found = module.several({"one": wanted, "two": {**wanted, "path": str(tmp_path / "other")}})
    assert found["one"]["problems"] == [f"there is no environment at {tmp_path}/gone"]
    assert found["two"]["needed"] == ["alpha"] and found["two"]["seconds"] >= 0
