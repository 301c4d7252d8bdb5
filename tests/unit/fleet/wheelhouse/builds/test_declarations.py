"""What is built: roles, stages, sources and results as data."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.core.errors import (
    WheelBuildError,
)
from fleet.core.files import ROOT
from fleet.wheelhouse.builds import declarations, runs
from fleet.wheelhouse.builds.declarations import BuildMachine
from fleet.wheelhouse.store import index
from fleet.wheelhouse.store.manifest import WheelhouseManifest, read
from tests.unit.fleet.wheelfiles import archive, wheel
from tests.unit.fleet.wheelhouse.builds.workshops import Workshop

NANO = BuildMachine("aarch64", "10.2", "3.6", 30000, 3964, 6144, frozenset(), stranger=False)


@pytest.fixture
def boardhouse(tmp_path: Path) -> tuple[WheelhouseManifest, Path]:
    """The real manifest with small stand-ins for the files that only a vendor has."""
    (tmp_path / "wheels").mkdir()
    (tmp_path / "requirements").symlink_to(ROOT / "requirements")
    text = (ROOT / "wheels" / "manifest.toml").read_text()
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    for name in ("torchvision-source", "torch2trt-source", "opencv-source", "opencv-contrib-source"):
        source = read().source(name)
        path = archive(folder / source.file, {f"{source.version_inside}/setup.py": b"# stand-in\n"})
        pinned = hashlib.sha256(path.read_bytes()).hexdigest()
        before, mark, after = text.partition(f'file = "{source.file}"\n')
        head, key, rest = after.partition('sha256 = "')
        text = before + mark + head + key + pinned + '"' + rest.partition('"')[2]
    (tmp_path / "wheels" / "manifest.toml").write_text(text)
    shutil.copy(ROOT / "wheels" / "builds.toml", tmp_path / "wheels")
    return read(tmp_path / "wheels" / "manifest.toml"), folder


@pytest.mark.parametrize(("memory", "jobs"), [(6144, "-j4"), (0, "-j1")])
def test_the_stages_of_opencv_are_those_of_its_role(
    boardhouse: tuple[WheelhouseManifest, Path], memory: int, jobs: str
) -> None:
    manifest, folder = boardhouse
    board = BuildMachine("aarch64", "10.2", "3.6", 30000, 3964, memory, frozenset(), stranger=False)
    made = declarations.plan(declarations.specs(manifest)["opencv"], manifest, folder, Path("/b"), board)
    stages = {stage["name"]: stage["run"] for stage in made.stages}
    assert list(stages) == ["sources", "unpack", "configure", "summary", "compile", "install", "try", "pack"]
    assert "-D CUDA_ARCH_BIN=5.3" in stages["configure"] and stages["compile"].endswith(jobs)
    assert "cmake" in made.packages and made.environment is None


def test_pytorch_is_built_in_an_environment_of_its_own(
    boardhouse: tuple[WheelhouseManifest, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest, folder = boardhouse
    asked = {}

    def plan(*given: object) -> dict[str, object]:
        asked["locks"], asked["artefacts"] = given[3], given[4]
        return {"requirements": "torch==1 --hash=sha256:0\n", "from_source": []}

    monkeypatch.setattr(index, "plan", plan)
    made = declarations.plan(declarations.specs(manifest)["pytorch"], manifest, folder, Path("/b"), NANO)
    assert asked == {"locks": ["bootstrap-py36", "nano-torch"], "artefacts": ["torch"]}
    assert made.environment is not None and made.environment["path"] == "/b/venv"
    assert [stage["name"] for stage in made.stages] == ["sources", "environment", "unpack", "torchvision", "torch2trt"]
    assert all("/b/venv/bin/python setup.py bdist_wheel" in stage["run"] for stage in made.stages[3:])


def test_the_environment_of_a_build_is_made_by_the_module_of_the_boards(tmp_path: Path) -> None:
    """The stage `environment`, run as it is, with one small wheel."""
    pip = next(iter(sorted(index.WHEELHOUSE.glob("pip-2*-py3-none-any.whl"))), None)
    if pip is None or sys.version_info >= (3, 12):
        pytest.skip("no wheel of pip in .wheelhouse that this Python runs: ./inv wheels fetch --only bootstrap-py37")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    pip = sorted(index.WHEELHOUSE.glob("pip-2*-py3-none-any.whl"))[-1]
    shutil.copy(pip, wheels)
    small = wheel(wheels, "small", "1.0", "py3-none-any")
    names = {"pip": pip.name.split("-")[1], "small": "1.0"}
    digests = {"pip": pip, "small": small}
    lines = [
        f"{name}=={version} --hash=sha256:{hashlib.sha256(digests[name].read_bytes()).hexdigest()}\n"
        for name, version in names.items()
    ]
    options = {
        "path": str(tmp_path / "venv"), "python": sys.executable, "system_site_packages": False, "forbidden": [],
        "wanted": [{"name": name, "version": version} for name, version in names.items()], "proofs": {},
        "environment": {}, "wheels": str(wheels), "requirements": "".join(lines), "from_source": [], "timeout_s": 60,
    }  # fmt: skip
    (tmp_path / "environment.json").write_text(json.dumps(options))
    shutil.copy(runs.LIBRARY, tmp_path / "nano_venv.py")
    stage = declarations._made(sys.executable, options)
    for _ in range(2):
        done = subprocess.run(
            ["/bin/sh", "-ec", stage["run"]], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    ask = [str(tmp_path / "venv" / "bin" / "python"), "-c", "import small; print(small.version)"]
    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout == "1\n"


def test_every_artefact_that_is_built_has_a_build(tmp_path: Path) -> None:
    manifest = read()
    for source in manifest.sources:
        if source.via == "build":
            [spec] = declarations.chosen([source.name], manifest)
            assert source.command == f"./inv wheels build --only {spec.name} --board BOARD"


def test_an_unknown_key_of_a_build_is_refused(shop: Workshop) -> None:
    shop.spec(pyhton="x")
    with pytest.raises(WheelBuildError, match="pyhton"):
        declarations.specs(shop.manifest)
