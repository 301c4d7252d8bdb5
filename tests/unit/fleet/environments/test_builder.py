"""The life of an environment: absent, built, ready, stale; and nothing half-built is ever taken for finished."""

from __future__ import annotations

import fcntl
import shutil
import sys
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from fleet.core.errors import EnvironmentBuildError, InstallFailed, InterpreterMissing, NotEnoughSpace, ProofFailed
from fleet.environments import builder, steps
from fleet.environments.declarations import environments

MINOR = "{}.{}".format(*sys.version_info)
DATA = f"""
[environment.small]
why = "a test"
python = ["{MINOR}"]
bootstrap = "bootstrap"
imports = ["json"]
readers = []
disk_mb = 10
download_mb = 1
"""


class Workshop:
    """A checkout with one environment, whose packages take no time to install."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.installs = 0
        self.said: list[str] = []
        self.trouble: BaseException | None = None
        self.problems: list[str] = []

    def install(self, environment: Any, interpreter: Any, root: Path, say: Any) -> None:
        """Stands in for pip."""
        self.installs += 1
        python = steps.python_of(environment.name, root)
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        (python.parent.parent / f"build-{self.installs}").touch()
        if self.trouble:
            raise self.trouble

    def build(self, **arguments: Any) -> list[Path]:
        """Build everything there is."""
        return builder.build((), self.root, say=self.said.append, **arguments)

    @property
    def folder(self) -> Path:
        """Where the environment lives."""
        return self.root / ".envs" / "small"

    @property
    def state(self) -> str:
        """How the environment stands."""
        return builder.status(self.root)[0].state

    def write(self, name: str, text: str) -> None:
        """Write a file of the checkout."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A checkout in which nothing is built yet."""
    shop = Workshop(tmp_path)
    shop.write("fleet/environments/environments.toml", DATA)
    shop.write("requirements/small.txt", "# nothing\n")
    shop.write("requirements/bootstrap.txt", "# nothing\n")
    monkeypatch.setattr(steps, "install", shop.install)
    monkeypatch.setattr(builder, "prove", lambda *_: shop.problems)
    return shop


def test_what_was_never_built_is_absent(workshop: Workshop) -> None:
    status = builder.status(workshop.root)[0]
    assert (status.state, status.detail.startswith("can be built with /")) == ("absent", True)


def test_a_missing_python_shows_in_the_status(workshop: Workshop) -> None:
    workshop.write("fleet/environments/environments.toml", DATA.replace(MINOR, "3.1"))
    assert builder.status(workshop.root)[0].detail.startswith("no Python 3.1; checked ")


def test_a_build_ends_ready(workshop: Workshop) -> None:
    assert workshop.build() == [workshop.folder / "bin" / "python"]
    assert workshop.state == "ready"


def test_a_second_build_does_nothing(workshop: Workshop) -> None:
    workshop.build()
    workshop.build()
    assert (workshop.installs, workshop.said[-1]) == (1, "small: ready, nothing to do")


def test_recreate_builds_again(workshop: Workshop) -> None:
    workshop.build()
    workshop.build(recreate=True)
    assert [path.name for path in workshop.folder.glob("build-*")] == ["build-2"]


@pytest.mark.parametrize("lock", ["small", "bootstrap"])
def test_a_changed_lock_makes_it_stale_and_a_build_renews_it(workshop: Workshop, lock: str) -> None:
    workshop.build()
    workshop.write(f"requirements/{lock}.txt", "else==1.0\n")
    assert workshop.state == "stale"
    workshop.build()
    assert (workshop.state, workshop.installs) == ("ready", 2)


def test_a_changed_proof_makes_it_stale_and_a_remark_does_not(workshop: Workshop) -> None:
    workshop.build()
    workshop.write("fleet/environments/environments.toml", DATA.replace("a test", "another reason"))
    assert workshop.state == "ready"
    workshop.write("fleet/environments/environments.toml", DATA.replace('"json"', '"json", "csv"'))
    assert workshop.state == "stale"


def test_a_build_that_fails_its_proof_leaves_nothing(workshop: Workshop) -> None:
    workshop.problems = ["import torch: ImportError: libcudart"]
    with pytest.raises(ProofFailed, match="small does not hold:\n    import torch: ImportError: libcudart"):
        workshop.build()
    assert workshop.state == "absent"


@pytest.mark.parametrize("trouble", [InstallFailed("no"), KeyboardInterrupt()])
def test_a_renewal_that_fails_keeps_the_old_one(workshop: Workshop, trouble: BaseException) -> None:
    workshop.build()
    workshop.write("requirements/small.txt", "else==1.0\n")
    workshop.trouble = trouble
    with pytest.raises(type(trouble)):
        workshop.build()
    assert (workshop.state, [path.name for path in workshop.folder.glob("build-*")]) == ("stale", ["build-1"])


def test_what_a_power_cut_left_is_unfinished_and_built_anew(workshop: Workshop) -> None:
    workshop.build()
    (workshop.folder / builder.MARKER).unlink()
    assert workshop.state == "unfinished"
    workshop.build()
    assert [path.name for path in workshop.folder.glob("build-*")] == ["build-2"]


def test_a_checkout_that_was_moved_is_built_anew(workshop: Workshop, tmp_path: Path) -> None:
    workshop.build()
    moved = shutil.copytree(workshop.root, tmp_path / "moved", symlinks=True)
    assert builder.status(moved)[0].state == "unfinished"


def test_a_python_that_went_away_is_told(workshop: Workshop) -> None:
    workshop.build()
    (workshop.folder / "bin" / "python").unlink()
    assert workshop.state == "broken"


def test_a_full_disk_is_refused_before_anything_is_touched(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 9 * 10**8, 10**8))
    with pytest.raises(NotEnoughSpace, match=r"small: 0\.1 GB free .*\n  expected: 0\.5 GB"):
        workshop.build()
    assert workshop.installs == 0


def test_a_missing_python_is_refused_before_anything_is_touched(workshop: Workshop) -> None:
    workshop.build()
    workshop.write("fleet/environments/environments.toml", DATA.replace(MINOR, "3.1"))
    with pytest.raises(InterpreterMissing):
        workshop.build()
    assert workshop.folder.is_dir()


def test_a_second_build_at_the_same_time_waits(workshop: Workshop) -> None:
    (workshop.root / ".envs").mkdir()
    with (workshop.root / ".envs" / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        def say(line: str) -> None:
            workshop.said.append(line)
            fcntl.flock(held, fcntl.LOCK_UN)

        builder.build((), workshop.root, say=say)
    assert workshop.said[0] == "another build is running here; waiting for it"
    assert workshop.state == "ready"


def test_an_unknown_environment_is_refused_with_the_ones_there_are(workshop: Workshop) -> None:
    with pytest.raises(EnvironmentBuildError, match="no environment called py35\n  expected: small"):
        builder.build(["py35"], workshop.root)


def test_an_unknown_key_is_refused(workshop: Workshop) -> None:
    workshop.write("fleet/environments/environments.toml", DATA + 'pyhton = ["3.6"]\n')
    with pytest.raises(EnvironmentBuildError, match=r"environments\.toml, small: .*pyhton"):
        environments(workshop.root)


def test_readers_name_environments_that_exist() -> None:
    from ocr_app.readers.registry import READERS

    serving = {(reader, name) for name, environment in environments().items() for reader in environment.readers}
    assert {(reader.name, name) for reader in READERS for name in reader.environments} <= serving
