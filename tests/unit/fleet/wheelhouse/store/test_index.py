"""Which files of the wheelhouse a board installs."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.core.errors import NotInWheelhouse
from fleet.wheelhouse.store import index
from tests.unit.fleet.wheelfiles import wheel
from tests.unit.fleet.wheelhouse.projects import TORCH, Project, digest


def test_a_plan_takes_the_wheels_that_fit_the_board(project: Project, tmp_path: Path) -> None:
    project.wheelhouse.mkdir()
    right = wheel(project.wheelhouse, "numpy", "1.19.5", "cp36-cp36m-manylinux2014_aarch64")
    wrong = wheel(project.wheelhouse, "numpy", "1.19.5", "cp36-cp36m-manylinux2014_x86_64")
    pure = wheel(project.wheelhouse, "tqdm", "4.64.1", "py2.py3-none-any")
    project.lock(right, pure)
    lock = project.root / "requirements" / "small.txt"
    lock.write_text(lock.read_text().replace("numpy==1.19.5", f"numpy==1.19.5 --hash=sha256:{digest(wrong)}"))
    project.fetch()
    plan = index.plan(project.wheelhouse, project.manifest, "nano", ["small"], ["torch"])
    assert [entry["file"] for entry in plan["files"]] == [right.name, pure.name, TORCH]  # type: ignore[index,attr-defined]
    assert plan["requirements"] == "".join(
        f"{name}=={version} --hash=sha256:{digest(path)}\n"
        for name, version, path in [
            ("numpy", "1.19.5", right),
            ("torch", "1.10.0", project.wheelhouse / TORCH),
            ("tqdm", "4.64.1", pure),
        ]
    )


def test_a_plan_without_its_files_names_them_and_the_command(project: Project) -> None:
    (project.root / "requirements" / "small.txt").write_text("numpy==1.19.5 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(NotInWheelhouse) as caught:
        index.plan(project.wheelhouse, project.manifest, "nano", ["small"], [])
    assert "numpy 1.19.5" in caught.value.found and caught.value.next_step == "./inv wheels fetch --only small"
    with pytest.raises(NotInWheelhouse, match=r"\./inv wheels fetch --only torch"):
        index.plan(project.wheelhouse, project.manifest, "nano", [], ["torch"])
