"""`./inv app`: words for boards, files that go along, results that come back."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from fleet.core.errors import BoardAppError
from fleet.release import board_app
from fleet.rollout.request import DeployRequest


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with images and a recipe."""
    for name in ("a.jpg", "other/a.jpg", "folder/b.png", "recipe.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_exists_here_is_carried_and_what_is_written_comes_back(here: Path) -> None:
    words = ["read", "a.jpg", "folder", "--recipe", "recipe.yaml", "--draw", "../pictures", "--region", "1,2,3,4"]
    found = board_app.command_of(words)
    assert found.words == (
        "read", "in/a.jpg", "in/folder", "--recipe", "in/recipe.yaml", "--draw", "out/pictures", "--region", "1,2,3,4"
    )  # fmt: skip
    assert found.files == {name: here / name for name in ("a.jpg", "folder", "recipe.yaml")}


def test_two_files_of_one_name_stay_apart_and_one_file_is_carried_once(here: Path) -> None:
    found = board_app.command_of(["read", "a.jpg", "other/a.jpg", "a.jpg"])
    assert found.words == ("read", "in/a.jpg", "in/a-2.jpg", "in/a.jpg")
    assert found.files == {"a.jpg": here / "a.jpg", "a-2.jpg": here / "other" / "a.jpg"}


def test_a_path_that_is_written_to_is_not_carried(here: Path) -> None:
    assert board_app.command_of(["benchmark", "folder", "--out", "recipe.yaml"]).files == {"folder": here / "folder"}


@pytest.mark.parametrize("words", [[], ["serve"], ["--version"], ["completion", "bash"]])
def test_what_never_ends_or_is_no_verb_is_refused(words: list[str]) -> None:
    with pytest.raises(BoardAppError, match="ocr-app"):
        board_app.command_of(words)


def brought(files: dict[str, str], **links: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
        for name, target in links.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
    return stream.getvalue()


def test_only_plain_files_below_the_folder_are_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "results" / "nano-1.tar"
    archive.parent.mkdir()
    archive.write_bytes(brought({"./stdout.txt": "x", "../outside": "x", "/absolute": "x"}, link="/etc/passwd"))
    folder = board_app.unpack(archive)
    assert [path.name for path in folder.rglob("*")] == ["stdout.txt"] and not archive.exists()
    assert not (tmp_path / "results" / "outside").exists()


def run(out: Path, told: list[Any], words: str = "read a.jpg", code: int = 0, exits: str = "0", **more: Any) -> str:
    def play(name: str, settings: Path, hosts: DeployRequest) -> int:
        found = json.loads(settings.read_text())
        with tarfile.open(found["app_files"]) as archive:
            carried = {entry.name: entry.mode for entry in archive}
        told.append((name, hosts.limit, found["app_words"], carried))
        for host in more.get("hosts", ("nano-1",)):
            files = {"stdout.txt": f"read by {host}\n", "stderr.txt": "no lens\n", "exit_code": exits + "\n",
                     "through": "command ocr-app\n", "drawn/1.png": "x"}  # fmt: skip
            (Path(found["app_results"]) / f"{host}.tar").write_bytes(brought(files))
        return code

    said: list[str] = []
    try:
        board_app.main("nanos", "", words, out=out, say=said.append, play=play)
    finally:
        told.append("\n".join(said))
    return "\n".join(said)


def test_every_board_shows_what_it_printed_and_wrote(here: Path) -> None:
    told: list[Any] = []
    said = run(here / "out", told, hosts=("nano-1", "nano-2"))
    assert told[0] == ("app", "nanos", ["read", "in/a.jpg"], {"in": 0o755, "in/a.jpg": 0o644})
    assert "== nano-2: exit code 0, through the command ocr-app\nread by nano-2" in said
    assert "nano-1/drawn/1.png" in said and "no lens" not in said
    assert (next((here / "out").glob("*/nano-1/drawn/1.png"))).read_text() == "x"


def test_an_application_that_failed_is_an_error_with_its_message(here: Path) -> None:
    told: list[Any] = []
    with pytest.raises(BoardAppError, match="it failed on nano-1"):
        run(here / "out", told, exits="3")
    assert "no lens" in told[-1]


@pytest.mark.parametrize(("code", "hosts"), [(4, ("nano-1",)), (0, ())])
def test_a_board_that_did_not_run_it_is_an_error(here: Path, code: int, hosts: tuple[str, ...]) -> None:
    with pytest.raises(BoardAppError, match=f"exit code {code}"):
        run(here / "out", [], code=code, hosts=hosts)


def test_boards_and_way_have_to_be_named() -> None:
    with pytest.raises(BoardAppError, match="no boards named"):
        board_app.main("", "", "read a.jpg")
    with pytest.raises(BoardAppError, match="--through ssh"):
        board_app.main("nanos", "", "read a.jpg", "ssh")
