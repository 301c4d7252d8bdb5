"""The verbs of `./inv wheels`. `python -m fleet.wheelhouse.commands plan` shows what a board installs."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from fleet.core import logs
from fleet.core.errors import ArtefactError, FleetError, WheelBuildError
from fleet.wheelhouse import audit
from fleet.wheelhouse.store import index, members
from fleet.wheelhouse.store.fetch import Say, fetch_all, fetch_lock, fetch_source
from fleet.wheelhouse.store.inspection import machine_code
from fleet.wheelhouse.store.manifest import MANIFEST, ArtefactSource, PythonTarget, WheelhouseManifest, read

VERBS = ("fetch", "verify", "mirror", "audit", "build", "plan", "members")


def _tell(line: str) -> None:
    """Write each line in one call, because several fetches report at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: list[str], say: Say = _tell) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./inv wheels", description="the files that boards and images install")
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument(
        "--only", default="", help="artefacts, locks or sets (comma separated); default: all for boards"
    )
    parser.add_argument("--wheelhouse", type=Path, default=index.WHEELHOUSE, help="the folder of files")
    parser.add_argument("--manifest", type=Path, default=MANIFEST)
    parser.add_argument("--to", type=Path, help="mirror: where to")
    parser.add_argument("--image", default="", help="build: in a container of this image")
    parser.add_argument("--board", default="", help="build: on this board of the inventory, by its role")
    parser.add_argument("--say", action="store_true", help="build: only report what would be done")
    parser.add_argument("--osv-url", default="", help="audit: another address of the OSV database")
    parser.add_argument("--target", default="", help="plan: which Python on which board")
    parser.add_argument("--locks", default="", help="plan: locks (comma separated)")
    parser.add_argument("--artefacts", default="", help="plan: artefacts (comma separated)")
    options = parser.parse_args(arguments)
    try:
        return _run(options, read(options.manifest), say)
    except FleetError as error:
        print(f"wheels: {error}", file=sys.stderr)
        return error.exit_code


def _run(options: argparse.Namespace, manifest: WheelhouseManifest, say: Say) -> int:
    wheelhouse: Path = options.wheelhouse.resolve()
    if options.verb in ("plan", "members"):
        say(json.dumps(_answer(options, manifest, wheelhouse)))
        return 0
    if options.verb == "audit":
        return audit.audit(manifest, wheelhouse, say, options.osv_url)
    if options.verb == "build":
        return _build(options, manifest, wheelhouse, say)
    sources, locks = select(manifest, _split_names(options.only))
    if options.verb == "mirror":
        return mirror(manifest, wheelhouse, sources, locks, options.to, say)
    return {"fetch": fetch, "verify": verify}[options.verb](manifest, wheelhouse, sources, locks, say)


def _answer(options: argparse.Namespace, manifest: WheelhouseManifest, wheelhouse: Path) -> dict[str, object]:
    """The answer for Ansible's roles, as JSON."""
    if options.verb == "members":
        return members.unpacked(options.only, wheelhouse, manifest)
    return index.plan(
        wheelhouse, manifest, options.target, _split_names(options.locks), _split_names(options.artefacts)
    )


def _build(options: argparse.Namespace, manifest: WheelhouseManifest, wheelhouse: Path, say: Say) -> int:
    """Run the verb `build`. Its modules need jinja2 and PyYAML, which Ansible's environment has as well."""
    from fleet.wheelhouse.builds import boards, declarations, runs
    from fleet.wheelhouse.builds.machine import BuildPlatform

    if options.image and options.board:
        raise WheelBuildError("--image and --board", "one of them, or neither to build on this machine")
    for spec in declarations.chosen(_split_names(options.only), manifest):
        if options.board:
            boards.build(spec, options.board, manifest, wheelhouse, say, options.say)
        else:
            runs.build(spec, manifest, wheelhouse, say, BuildPlatform(options.image), only_plan=options.say)
    return 0


def _split_names(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def select(
    manifest: WheelhouseManifest, names: Iterable[str]
) -> tuple[list[ArtefactSource], list[tuple[PythonTarget, str]]]:
    """The artefacts and locks called ``names``, or in sets called so; without names, all that boards need.

    Raises ArtefactError for an unknown name.
    """
    wanted = set(names)
    locks = [(target, lock) for target in manifest.targets.values() for lock in target.locks]
    if not wanted:
        return [source for source in manifest.sources if not source.member or "nano" in source.sets], locks
    sources = [source for source in manifest.sources if {source.name, *source.sets} & wanted]
    locks = [(target, lock) for target, lock in locks if lock in wanted]
    known = {lock for _, lock in locks} | {word for source in sources for word in (source.name, *source.sets)}
    if unknown := sorted(wanted - known):
        names = sorted({source.name for source in manifest.sources} | {w for s in manifest.sources for w in s.sets})
        raise ArtefactError(f"nothing is called {', '.join(unknown)}", ", ".join(names) + ", or a lock of a target")
    return sources, locks


def fetch(
    manifest: WheelhouseManifest,
    wheelhouse: Path,
    sources: list[ArtefactSource],
    locks: list[tuple[PythonTarget, str]],
    say: Say,
) -> int:
    """Fetch everything, several files at once. Right files are kept. A second fetch of one wheelhouse waits."""
    jobs: list[Callable[[], None]] = [partial(fetch_source, source, wheelhouse, manifest, say) for source in sources]
    jobs += [partial(fetch_lock, lock, target, wheelhouse, manifest, say) for target, lock in locks]
    with index.alone(wheelhouse / ".fetch.lock"):
        fetch_all(jobs, say)
    built = [source.name for source in sources if source.via == "build" and not (wheelhouse / source.file).is_file()]
    to_build = f"; to be built: {', '.join(built)}" if built else ""
    say(f"{wheelhouse.name}/ holds everything that can be fetched{to_build}")
    return 0


def verify(
    manifest: WheelhouseManifest,
    wheelhouse: Path,
    sources: list[ArtefactSource],
    locks: list[tuple[PythonTarget, str]],
    say: Say,
) -> int:
    """Hash and inspect every file again; fetches nothing. Returns 61 if anything is missing or wrong.

    In the wheels of locks, the machine code has to be for the machine and the Python of the target.
    """
    (wheelhouse / ".checked.json").unlink(missing_ok=True)
    problems = []
    jobs: list[Callable[[], object]] = [partial(index.of_source, wheelhouse, s, read(manifest.path)) for s in sources]
    jobs += [partial(_look_into_lock, wheelhouse, manifest, target, lock, say) for target, lock in locks]
    for job in jobs:
        try:
            job()
        except ArtefactError as error:
            problems.append(str(error))
    for problem in problems:
        say(problem)
    say(f"{len(jobs) - len(problems)} of {len(jobs)} artefacts and locks are right")
    return ArtefactError.exit_code if problems else 0


def _look_into_lock(wheelhouse: Path, manifest: WheelhouseManifest, target: PythonTarget, lock: str, say: Say) -> None:
    """Raises NotInWheelhouse for files that are missing, WrongFile for machine code for something else."""
    chosen = [item for item in index.of_lock(wheelhouse, manifest, target, lock) if item.kind == "wheel"]
    count = sum(machine_code(wheelhouse / item.file) for item in chosen)
    machine = target.platforms[-1].removeprefix("linux_")
    code = f"{count} files of machine code for {machine}" if count else "no machine code"
    say(f"{lock}: {len(chosen)} wheels for Python {target.python}, {code}")


def mirror(
    manifest: WheelhouseManifest,
    wheelhouse: Path,
    sources: list[ArtefactSource],
    locks: list[tuple[PythonTarget, str]],
    to: Path | None,
    say: Say,
) -> int:
    """Copy the checked files to ``to`` with SHA256SUMS. The folder works as PIP_FIND_LINKS and as --wheelhouse."""
    if to is None:
        raise ArtefactError("mirror without --to", "a folder", "./inv wheels mirror --to FOLDER")
    chosen = {c.file: c for target, lock in locks for c in index.of_lock(wheelhouse, manifest, target, lock)}
    for source in sources:
        if source.via != "build" or (wheelhouse / source.file).is_file():
            chosen[source.file] = index.of_source(wheelhouse, source, manifest)
    to.mkdir(parents=True, exist_ok=True)
    for name in sorted(chosen):
        if not (to / name).is_file() or (to / name).stat().st_size != chosen[name].size:
            shutil.copy2(wheelhouse / name, to / (name + ".partial"))
            (to / (name + ".partial")).replace(to / name)
    (to / "SHA256SUMS").write_text("".join(f"{chosen[name].sha256}  {name}\n" for name in sorted(chosen)))
    megabytes = sum(item.size for item in chosen.values()) / 1e6
    say(f"{len(chosen)} files, {megabytes:.0f} MB; check there: sha256sum -c SHA256SUMS")
    return 0


if __name__ == "__main__":
    logs.configure()
    sys.exit(main(sys.argv[1:]))
