"""Fills the wheelhouse: fetches several files at once, and gives each its name only after it has been checked."""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fleet.core.errors import ArtefactError, DownloadFailed, WrongFile
from fleet.core.files import sha256_of
from fleet.environments import pure_wheels
from fleet.wheelhouse.store import index
from fleet.wheelhouse.store.download import Progress, RetryPolicy, download
from fleet.wheelhouse.store.inspection import inspect
from fleet.wheelhouse.store.manifest import MANIFEST, ArtefactSource, PythonTarget, WheelhouseManifest, record

log = logging.getLogger(__name__)

Say = Callable[[str], None]
AT_ONCE = 4
_EVERY_S = 5.0
_REPLACED = (
    "do not use it: this is not the file that was published or recorded. It is kept as .incoming/NAME.refused. "
    "Get the right file elsewhere, put it into the wheelhouse under its name, and fetch again"
)
_recording = threading.Lock()


def fetch_all(jobs: list[Callable[[], None]], say: Say = log.info, at_once: int = AT_ONCE) -> None:
    """Run all jobs, several at once, and try every one. Raises an ArtefactError that lists all failures."""
    problems: list[ArtefactError] = []
    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(job) for job in jobs]:
            try:
                done.result()
            except ArtefactError as error:
                problems.append(error)
                say(f"failed: {error.found.splitlines()[0]}")
    if len(problems) == 1:
        raise problems[0]
    if problems:
        found = "\n  ".join(error.found for error in problems)
        raise ArtefactError(
            f"{len(problems)} of {len(jobs)} failed\n  {found}", "every file", "run it again: it resumes"
        )


def fetch_source(
    source: ArtefactSource, wheelhouse: Path, manifest: WheelhouseManifest, say: Say, policy: RetryPolicy | None = None
) -> None:
    """Fetch one artefact unless the right file exists. Raises ArtefactError; a wrong file is set aside, not kept."""
    target = wheelhouse / source.file
    if source.via == "build" and not target.is_file():
        say(f"{source.name}: not fetched, but built on a board: {source.command}")
        return
    if target.is_file() and source.pinned:
        index.of_source(wheelhouse, source, manifest)
        return
    wheelhouse.mkdir(parents=True, exist_ok=True)
    incoming = wheelhouse / ".incoming" / source.file
    incoming.parent.mkdir(exist_ok=True)
    if not incoming.is_file() and target.is_file():
        target.replace(incoming)  # added by hand: checked and recorded like a fetched file
        accept(source, incoming, target, manifest, "added by hand", say)
    elif source.via == "sdist":
        accept(source, incoming, target, manifest, _made(source, incoming, say), say)
    elif source.via == "pypi":
        accept(source, incoming, target, manifest, _from_index(source, incoming), say)
    else:
        _from_addresses(source, incoming, target, manifest, say, policy)


def _from_addresses(
    source: ArtefactSource,
    incoming: Path,
    target: Path,
    manifest: WheelhouseManifest,
    say: Say,
    policy: RetryPolicy | None,
) -> None:
    """Take the file from the first address that has the right one; each that has not is reported, also on success.

    Raises DownloadFailed when no address answers. If one of them delivered something else, raises its WrongFile, with
    what every other address said: the file may have been replaced there, and that has to be looked into.
    """
    errors: list[ArtefactError] = []
    for url in source.urls:
        try:
            download((url,), incoming, source.pinned, _progress(source.name, say), policy)
            accept(source, incoming, target, manifest, url, say)
            return
        except ArtefactError as error:
            errors.append(error)
            if url != source.urls[-1]:
                why = error.found.splitlines()[-1].strip()
                say(f"{source.name}: not from the address {len(errors)} of {len(source.urls)}: {why}; trying the next")
    if len(errors) == 1:
        raise errors[0]
    worst = next((error for error in errors if isinstance(error, WrongFile)), errors[0])
    raise type(worst)("\n    ".join(error.found for error in errors), worst.expected, worst.next_step)


def _from_index(source: ArtefactSource, incoming: Path) -> str:
    """Run `pip download` for one file. pip checks the hash first, because it runs the code of a source archive."""
    if not source.pinned:
        raise ArtefactError(f"{source.name}: via pypi without a sha256", "the sha256, which the index states")
    with tempfile.TemporaryDirectory(prefix="nano-ocr-", dir=incoming.parent) as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(f"{source.name}=={source.version} --hash=sha256:{source.sha256}\n")
        form = "--no-binary=:all:" if source.kind == "sdist" else "--only-binary=:all:"
        run_pip(["--no-deps", form, *source.pip, "--require-hashes", "-r", str(wanted)], Path(folder))
        found = Path(folder) / source.file
        if not found.is_file():
            names = ", ".join(path.name for path in Path(folder).iterdir())
            raise DownloadFailed(f"{source.name}: pip brought {names}", source.file, "correct `file` or `pip`")
        found.replace(incoming)
    return "the package index"


def _made(source: ArtefactSource, incoming: Path, say: Say) -> str:
    """Make a pure Python wheel from its source archive."""
    item = pure_wheels.PureWheel(source.name, source.version, source.file, source.sha256, source.sdist_sha256)
    pure_wheels.ensure(item, incoming.parent, say)
    return "its source archive"


def accept(
    source: ArtefactSource, incoming: Path, target: Path, manifest: WheelhouseManifest, came_from: str, say: Say
) -> None:
    """Move ``incoming`` into the wheelhouse and record it if it is new. Raises WrongFile, and sets the file aside."""
    digest, size = sha256_of(incoming), incoming.stat().st_size
    try:
        if source.pinned and digest != source.sha256:
            raise WrongFile(f"{source.file} from {came_from} has sha256 {digest}", source.sha256, _REPLACED)
        if source.size and size != source.size:
            raise WrongFile(f"{source.file} from {came_from} has {size} bytes", str(source.size), _REPLACED)
        inspect(incoming, source)
    except ArtefactError:
        incoming.replace(incoming.with_name(incoming.name + ".refused"))
        raise
    if not source.pinned:
        with _recording:
            record(manifest.recorded, source.file, digest, size, came_from)
        say(f"{source.name}: new file; sha256 {digest} recorded in wheels/{manifest.recorded.name}; commit it")
    incoming.replace(target)
    say(f"{source.name} {source.version}: {size / 1e6:.1f} MB from {came_from}")


def fetch_lock(lock: str, target: PythonTarget, wheelhouse: Path, manifest: WheelhouseManifest, say: Say) -> None:
    """Fetch the wheels of a lock for the target. Raises ArtefactError.

    Nothing is built from source but the pure Python wheels of the manifest (``via = "sdist"``).
    """
    if not index.missing_of_lock(wheelhouse, manifest, target, lock):
        return
    say(f"{lock}: wheels for {target.name}")
    wheelhouse.mkdir(parents=True, exist_ok=True)
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--implementation=cp"]
    options += [f"--python-version={target.python}", *(f"--platform={name}" for name in target.platforms)]
    options += [f"--abi={target.abi}", "--abi=abi3", "--abi=none", "-r", str(index.lock_path(lock, manifest))]
    hashes = {digest for line in index.read_lock(index.lock_path(lock, manifest)) for digest in line.hashes}
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=wheelhouse) as folder:
        for item in pure_wheels.of_hashes(hashes, MANIFEST):
            options += ["--find-links", str(pure_wheels.ensure(item, wheelhouse, say))]
        run_pip(options, Path(folder))
        files = list(Path(folder).iterdir())
        for path in files:
            path.replace(wheelhouse / path.name)
    say(f"{lock}: {len(files)} files")
    index.of_lock(wheelhouse, manifest, target, lock)


def run_pip(options: list[str], folder: Path) -> None:
    """Run `pip download` into ``folder``. Raises DownloadFailed with pip's last error lines."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*command, "--dest", str(folder), *options], capture_output=True, text=True, check=False)
    if done.returncode:
        last = [line for line in done.stderr.strip().splitlines() if line.startswith("ERROR")][-3:]
        raise DownloadFailed(
            f"pip cannot fetch {options[-1]}: " + " / ".join(last or ["no reason given"]),
            "a package index that pip can reach, or a folder of wheels (PIP_FIND_LINKS)",
            "pip download " + " ".join(options),
        )


def _progress(name: str, say: Say) -> Progress:
    """Report every few seconds while a file arrives."""
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY_S:
            last = time.monotonic()
            say(f"{name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB" if total else f"{name}: {done / 1e6:.0f} MB")

    return report
