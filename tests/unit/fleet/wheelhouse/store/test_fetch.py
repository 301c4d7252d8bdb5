"""The wheelhouse from manifest to plan: recorded once, pinned ever after, chosen by tag, never half filled."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.core.errors import ArtefactError, NotInWheelhouse, WrongFile
from fleet.wheelhouse import commands
from fleet.wheelhouse.store import fetch, index
from fleet.wheelhouse.store.download import RetryPolicy
from fleet.wheelhouse.store.manifest import MANIFEST, RECORD, WheelhouseManifest, read
from tests.unit.fleet.wheelfiles import Shelf, serve, wheel

TORCH = "torch-1.10.0-cp36-cp36m-linux_aarch64.whl"
QUICK = RetryPolicy(silence_s=0.3, attempts=2, pause_s=0.01)


class Project:
    """A repository in small: wheels/, requirements/, a wheelhouse, and a server that has the files."""

    def __init__(self, root: Path, shelf: Shelf) -> None:
        self.root, self.shelf, self.wheelhouse, self.said = root, shelf, root / "wheelhouse", []  # type: ignore[var-annotated]
        (root / "wheels").mkdir()
        (root / "requirements").mkdir()
        self.write()

    def write(self, sha256: str = RECORD, extra: str = "", urls: str = "") -> None:
        (self.root / "wheels" / "manifest.toml").write_text(
            f"""
[target.nano]
python = "3.6.9"
abi = "cp36m"
platforms = ["manylinux2014_aarch64", "linux_aarch64"]
locks = ["small"]

[[artefact]]
name = "torch"
version = "1.10.0"
via = "url"
urls = {urls or json.dumps([self.shelf.url(TORCH)])}
file = "{TORCH}"
sha256 = "{sha256}"
reason = "its maker publishes none"
licence = "BSD"
why = "a test"
sets = ["nano"]
{extra}
"""
        )

    @property
    def manifest(self) -> WheelhouseManifest:
        return read(self.root / "wheels" / "manifest.toml")

    def fetch(self, name: str = "torch") -> None:
        fetch.fetch_source(self.manifest.source(name), self.wheelhouse, self.manifest, self.said.append, QUICK)

    def command(self, *arguments: str) -> int:
        where = ["--wheelhouse", str(self.wheelhouse), "--manifest", str(self.manifest.path)]
        return commands.main([*arguments, *where], self.said.append)

    def lock(self, *wheels: Path) -> None:
        lines = []
        for path in wheels:
            name, version = path.name.split("-")[:2]
            lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest(path)}\n")
        (self.root / "requirements" / "small.txt").write_text("".join(lines))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    served = tmp_path / "served"
    served.mkdir()
    wheel(served)
    with serve(served) as shelf:
        yield Project(tmp_path, shelf)


def test_a_file_without_a_hash_is_recorded_once_and_pinned_then(project: Project) -> None:
    project.fetch()
    seen = digest(project.shelf.folder / TORCH)
    assert f"sha256 {seen} recorded" in project.said[0]
    source = project.manifest.source("torch")
    assert (source.sha256, source.size) == (seen, (project.wheelhouse / TORCH).stat().st_size)
    (project.wheelhouse / TORCH).unlink()
    wheel(project.shelf.folder, files={"torch/__init__.py": b"another build\n"})
    with pytest.raises(WrongFile) as caught:
        project.fetch()
    assert caught.value.expected == seen
    assert not (project.wheelhouse / TORCH).exists()
    assert (project.wheelhouse / ".incoming" / (TORCH + ".refused")).is_file()


def test_what_is_not_the_version_is_neither_recorded_nor_kept(project: Project) -> None:
    wheel(project.shelf.folder, inside="1.8.0")
    with pytest.raises(WrongFile, match=r"version 1\.8\.0 inside"):
        project.fetch()
    assert not project.manifest.recorded.exists() and not (project.wheelhouse / TORCH).exists()


def test_a_truncated_file_is_continued_not_kept(project: Project) -> None:
    project.shelf.cut_after = [50]
    project.fetch()
    assert project.shelf.asked[1][1] == "bytes=50-"
    assert (project.wheelhouse / TORCH).read_bytes() == (project.shelf.folder / TORCH).read_bytes()


def test_a_file_put_there_by_hand_is_looked_into_and_recorded(project: Project) -> None:
    project.wheelhouse.mkdir()
    wheel(project.wheelhouse)
    project.fetch()
    assert project.shelf.asked == [] and "put there by hand" in project.manifest.recorded.read_text()


def test_a_file_that_is_there_is_not_fetched_again_but_read(project: Project) -> None:
    project.fetch()
    project.fetch()
    assert len(project.shelf.asked) == 1
    (project.wheelhouse / TORCH).write_bytes(b"damaged")
    with pytest.raises(NotInWheelhouse, match="has sha256"):
        project.fetch()


def test_all_jobs_are_tried_and_all_failures_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    missing = json.dumps([project.shelf.url("gone.whl")])
    other = '[[artefact]]\nname = "b"\nversion = "1"\nvia = "url"\nlicence = "-"\nwhy = "-"\nreason = "-"\n'
    other += f'sha256 = "{RECORD}"\nfile = "b-1-py3-none-any.whl"\nurls = {missing}\nsets = ["nano"]\n'
    project.write(extra=other, urls=json.dumps([project.shelf.url("gone.whl")]))
    assert project.command("fetch", "--only", "nano") == ArtefactError.exit_code
    told = capsys.readouterr().err
    assert "2 of 2 failed" in told and "b-1-py3-none-any.whl" in told and TORCH in told and "it resumes" in told


def test_what_is_built_is_never_fetched_and_names_the_command(project: Project) -> None:
    built = '[[artefact]]\nname = "made"\nversion = "1"\nvia = "build"\nlicence = "-"\nwhy = "-"\nreason = "-"\n'
    built += f'sha256 = "{RECORD}"\nfile = "made-1-py3-none-any.whl"\ncommand = "make it"\n'
    project.write(extra=built)
    project.fetch("made")
    assert project.said == ["made: not fetched but built, on a board: make it"]
    with pytest.raises(NotInWheelhouse, match="make it"):
        index.plan(project.wheelhouse, project.manifest, "nano", [], ["made"])
    project.wheelhouse.mkdir()
    wheel(project.wheelhouse, name="made", version="1", tag="py3-none-any")
    project.fetch("made")
    assert index.plan(project.wheelhouse, project.manifest, "nano", [], ["made"])["requirements"]


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


def test_verify_reads_everything_again(project: Project) -> None:
    (project.root / "requirements" / "small.txt").write_text("")
    project.fetch()
    assert project.command("verify") == 0
    state = (project.wheelhouse / TORCH).stat()
    data = bytearray((project.wheelhouse / TORCH).read_bytes())
    data[60] ^= 1
    (project.wheelhouse / TORCH).write_bytes(bytes(data))
    os.utime(project.wheelhouse / TORCH, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert project.command("verify") == ArtefactError.exit_code
    assert "1 of 2 artefacts and locks are right" in project.said[-1]


def test_a_mirror_is_a_house_and_a_folder_for_pip(project: Project, tmp_path: Path) -> None:
    (project.root / "requirements" / "small.txt").write_text("")
    project.fetch()
    assert project.command("mirror", "--to", str(tmp_path / "stick")) == 0
    assert (tmp_path / "stick" / "SHA256SUMS").read_text() == f"{digest(project.wheelhouse / TORCH)}  {TORCH}\n"
    assert digest(tmp_path / "stick" / TORCH) == digest(project.wheelhouse / TORCH)


@pytest.mark.parametrize(
    "old, new, problem",
    [
        ('via = "url"', 'via = "ftp"', "via 'ftp'"),
        ('reason = "its maker publishes none"', "", "without a reason"),
        ('sha256 = "record-on-first-fetch"', 'sha256 = "abc"', "sha256 'abc'"),
        ('why = "a test"', 'why = "a test"\ncolour = "red"', "unknown keys colour"),
        ('why = "a test"', "", "missing 1 required positional argument: 'why'"),
    ],
)
def test_a_manifest_with_a_fault_is_refused(project: Project, old: str, new: str, problem: str) -> None:
    path = project.root / "wheels" / "manifest.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ArtefactError, match=problem):
        read(path)


def test_unknown_names_are_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.command("fetch", "--only", "nothing") == ArtefactError.exit_code
    assert "nothing is called nothing" in capsys.readouterr().err


def test_the_committed_manifest_is_whole() -> None:
    manifest = read(MANIFEST)
    for source in manifest.sources:
        assert source.licence and source.why and (source.pinned or source.reason), source.name
        assert all(url.startswith("https://") for url in source.urls), source.name
        assert source.kind != "wheel" or source.file.endswith(".whl"), source.name
    for target in manifest.targets.values():
        for lock in target.locks:
            assert index.read_lock(index.lock_path(lock, manifest)), lock
