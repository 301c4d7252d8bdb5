"""A file is what it says inside, not what it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.core.errors import WrongFile
from fleet.wheelhouse.store.inspection import inspect, machine_code
from fleet.wheelhouse.store.manifest import ArtefactSource
from tests.unit.fleet.wheelfiles import archive, deb, elf, wheel


def source(path: Path, name: str = "torch", version: str = "1.10.0", **more: str) -> ArtefactSource:
    return ArtefactSource(name=name, version=version, file=path.name, sha256="0" * 64, licence="-", why="-", **more)  # type: ignore[arg-type]


EXTENSION = "torch/_C.cpython-36m-aarch64-linux-gnu.so"


def test_a_right_wheel(tmp_path: Path) -> None:
    files = {EXTENSION: elf("aarch64"), "torch/lib/libtorch.so.1": elf("aarch64"), "torch/x.so": b"not ELF"}
    inspect(wheel(tmp_path, files=files), path_source := source(tmp_path / "torch-1.10.0-cp36-cp36m-linux_aarch64.whl"))
    assert path_source.version == "1.10.0"


def test_a_wheel_with_several_platforms_in_its_name(tmp_path: Path) -> None:
    path = wheel(tmp_path, tag="cp36-cp36m-manylinux_2_17_aarch64.manylinux2014_aarch64")
    inspect(path, source(path))


@pytest.mark.parametrize(
    "options, found, expected",
    [
        ({"inside": "1.8.0"}, "version 1.8.0 inside", "1.10.0"),
        (
            {"tag_inside": "cp38-cp38-linux_aarch64"},
            "tagged cp38-cp38-linux_aarch64 inside",
            "cp36-cp36m-linux_aarch64",
        ),
        ({"files": {EXTENSION: elf("x86_64")}}, "for machine 62", "183"),
        ({"files": {"torch/_C.cpython-38-aarch64-linux-gnu.so": elf("aarch64")}}, "for cp38", "cp36m"),
        (
            {"files": {"torch/a.py": b"a"}, "spoil": "torch/a.py"},
            "a.py that differs from its RECORD",
            "unchanged",
        ),
    ],
)
def test_a_wheel_that_lies(tmp_path: Path, options: dict[str, object], found: str, expected: str) -> None:
    path = wheel(tmp_path, **options)  # type: ignore[arg-type]
    with pytest.raises(WrongFile) as caught:
        inspect(path, source(path))
    assert found in caught.value.found and expected in caught.value.expected
    assert "do not install it" in caught.value.next_step


def test_another_project(tmp_path: Path) -> None:
    path = wheel(tmp_path, name="torch")
    with pytest.raises(WrongFile, match="is torch inside"):
        inspect(path, source(path, name="torchvision"))


def test_what_the_manifest_knows_of_a_misnamed_wheel_is_accepted(tmp_path: Path) -> None:
    path = wheel(tmp_path, inside="1.10.0+nv", tag_inside="cp36-cp36m-manylinux2014_aarch64")
    inspect(path, source(path, version_inside="1.10.0+nv", tag="cp36-cp36m-manylinux2014_aarch64"))


def test_a_truncated_wheel(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(WrongFile, match="is damaged"):
        inspect(path, source(path))


def test_a_page_in_place_of_a_wheel(tmp_path: Path) -> None:
    path = tmp_path / "torch-1.10.0-cp36-cp36m-linux_aarch64.whl"
    path.write_text("<html>this link has expired</html>")
    with pytest.raises(WrongFile, match="is damaged: File is not a zip file"):
        inspect(path, source(path))


def test_archives(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar.gz", {"opencv-4.5.5/CMakeLists.txt": b"project()"})
    inspect(path, source(path, name="opencv", kind="archive", version_inside="opencv-4.5.5"))
    with pytest.raises(WrongFile, match=r"holds opencv-4\.5\.5"):
        inspect(path, source(path, name="opencv", kind="archive", version_inside="opencv-4.5.4"))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(WrongFile, match="is damaged"):
        inspect(path, source(path, name="opencv", kind="archive"))


def test_source_distributions(tmp_path: Path) -> None:
    info = b"Metadata-Version: 2.1\nName: jetson-stats\nVersion: 4.3.1\n"
    path = archive(tmp_path / "j.tar.gz", {"jetson-stats-4.3.1/PKG-INFO": info})
    inspect(path, source(path, "jetson-stats", "4.3.1", kind="sdist"))
    with pytest.raises(WrongFile, match=r"version 4\.3\.1 inside"):
        inspect(path, source(path, "jetson-stats", "4.3.2", kind="sdist"))


def test_packages_of_debian(tmp_path: Path) -> None:
    path = deb(tmp_path / "t.deb", "nvidia-container-toolkit", "1.7.0-1", "arm64")
    inspect(path, source(path, "nvidia-container-toolkit", "1.7.0-1", kind="deb", tag="arm64"))
    with pytest.raises(WrongFile, match=r"1\.7\.0-1 arm64 inside"):
        inspect(path, source(path, "nvidia-container-toolkit", "1.9.0-1", kind="deb"))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(WrongFile, match="ends early"):
        inspect(path, source(path, "nvidia-container-toolkit", "1.7.0-1", kind="deb"))


def test_machine_code_is_counted_and_has_to_be_for_the_machine_and_the_python_of_the_name(tmp_path: Path) -> None:
    tag = "cp36-cp36m-manylinux2014_aarch64"
    files = {EXTENSION: elf("aarch64"), "torch/lib/libtorch.so.1": elf("aarch64"), "torch/x.so": b"not ELF"}
    assert machine_code(wheel(tmp_path, tag=tag, files=files)) == 2
    assert machine_code(wheel(tmp_path, "pure", tag="py3-none-any")) == 0
    with pytest.raises(WrongFile, match=r"holds torch/lib.so for machine 62"):
        machine_code(wheel(tmp_path, tag=tag, files={"torch/lib.so": elf("x86_64")}))
    with pytest.raises(WrongFile, match="for cp37m"):
        machine_code(wheel(tmp_path, tag=tag, files={EXTENSION.replace("36m", "37m"): elf("aarch64")}))
    path = tmp_path / f"cut-1-{tag}.whl"
    path.write_bytes(b"PK")
    with pytest.raises(WrongFile, match="is damaged"):
        machine_code(path)
