"""`./inv app --limit HOSTS -- WORDS`: runs the application on boards, and brings back what it printed and wrote."""

from __future__ import annotations

import json
import shlex
import shutil
import tarfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath

from fleet.core.errors import BoardAppError
from fleet.core.files import ROOT, write_whole
from fleet.release import deployment
from fleet.rollout.request import DeployRequest

OUT = ROOT / "build" / "app"
ON_BOARD = "/var/lib/nano-ocr/app-runs"
WRITES = ("--draw", "--out")  # options whose value is a path that is written to
ENDLESS = ("serve", "completion")
THROUGH = ("release", "command")
OWN = ("stdout.txt", "stderr.txt", "exit_code", "through")  # what the play keeps beside what the application wrote
_SHOWN = 40
Say = Callable[[str], None]
Play = Callable[[str, Path, DeployRequest], int]


@dataclass(frozen=True)
class BoardCommand:
    """The words for the boards, and the files that go with them: name on the board, below in/ -> path here."""

    words: tuple[str, ...]
    files: dict[str, Path] = field(default_factory=dict)


def main(
    limit: str,
    inventory: str,
    text: str,
    through: str = "",
    out: Path = OUT,
    say: Say = print,
    play: Play = deployment.play,
) -> int:
    """Run ``text``, the words after --, on every chosen board. Returns 0.

    ``through``: release (the container of what runs), command (of the role app), or empty: the release where one
    runs. Raises BoardAppError if a board did not run it, or the application failed there.
    """
    if not (limit or inventory):
        raise BoardAppError("no boards named", "--limit HOSTS; all of them: --limit nanos", _usage())
    if through not in ("", *THROUGH):
        raise BoardAppError(f"--through {through}", " or ".join(THROUGH), _usage())
    command = command_of(shlex.split(text))
    run = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    folder = out / run
    settings = _prepare(command, through, folder, run)
    code = play("app", settings, DeployRequest(inventory, limit))
    archives = sorted(folder.glob("*.tar"))
    failed = [archive.stem for archive in archives if _show(unpack(archive), say)]
    say(f"\nresults: {folder}")
    if failed or code or not archives:
        what = f"it failed on {', '.join(failed)}" if failed else f"not every board ran it (exit code {code})"
        raise BoardAppError(what, "exit code 0 on every board", "see above; stderr.txt is beside each result")
    return 0


def _usage() -> str:
    return "./inv app --limit HOSTS -- read photo.jpg --draw out"


def command_of(words: Sequence[str]) -> BoardCommand:
    """The words for a board: what exists here is carried there, and what is written goes to a folder that comes back.

    Raises BoardAppError for no words, and for a verb that never ends.
    """
    if not words or words[0] in ENDLESS or words[0].startswith("-"):
        raise BoardAppError(f"ocr-app {' '.join(words)}".rstrip(), "a verb that ends, such as read", _usage())
    told: list[str] = [words[0]]
    files: dict[str, Path] = {}
    for before, word in pairwise(words):
        path = Path(word)
        if before in WRITES:
            told.append(f"out/{path.name}")
        elif not word.startswith("-") and path.exists():
            told.append(f"in/{_carried(path, files)}")
        else:
            told.append(word)
    return BoardCommand(tuple(told), files)


def _carried(path: Path, files: dict[str, Path]) -> str:
    """The name of a file or folder on the board: its own, with a number where two have the same name."""
    whole = path.absolute()
    for name, known in files.items():
        if known == whole:
            return name
    number, name = 1, whole.name
    while name in files:
        number += 1
        name = f"{whole.stem}-{number}{whole.suffix}"
    files[name] = whole
    return name


def _prepare(command: BoardCommand, through: str, folder: Path, run: str) -> Path:
    """The archive of the files, and the settings of the playbook."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "files.tar.gz"
    with tarfile.open(archive, "w:gz") as stream:
        stream.addfile(_folder("in"))
        for name, path in command.files.items():
            stream.add(path, f"in/{name}", filter=_readable)
    settings = {"app_words": list(command.words), "app_through": through, "app_folder": f"{ON_BOARD}/{run}"}
    settings.update(app_files=str(archive.absolute()), app_results=str(folder.absolute()))
    path = folder / "settings.json"
    write_whole(path, json.dumps(settings, indent=1) + "\n")
    return path


def _folder(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, 0o755
    return entry


def _readable(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Everyone may read it on the board: the container has a user of its own."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755 if entry.isdir() else 0o644
    return entry


def unpack(archive: Path) -> Path:
    """Unpack what a board brought beside its archive, which is removed; only plain files, below the folder."""
    target = archive.with_suffix("")
    shutil.rmtree(target, ignore_errors=True)
    with tarfile.open(archive) as stream:
        for entry in stream:
            name = PurePosixPath(entry.name)
            source = stream.extractfile(entry) if entry.isfile() else None
            if source is not None and ".." not in name.parts and not name.is_absolute():
                write_whole(target / name, source.read())
    archive.unlink()
    return target


def _show(folder: Path, say: Say) -> bool:
    """Print what a board printed, and name the files that it wrote; whether the application failed there."""
    texts = {name: _text(folder / name) for name in OWN}
    code, through = (texts[name].strip() or "?" for name in ("exit_code", "through"))
    say(f"\n== {folder.name}: exit code {code}, through the {through}")
    say(texts["stdout.txt"].rstrip())
    if code != "0":
        say("\n".join(texts["stderr.txt"].splitlines()[-_SHOWN:]))
    written = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in OWN]
    for path in written[:_SHOWN]:
        say(f"   {path.relative_to(folder.parent)}")
    if len(written) > _SHOWN:
        say(f"   and {len(written) - _SHOWN} more files")
    return code != "0"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
