"""``ocr-app engine list|check|prune|pack|unpack|place``: the engines in the cache, and packs for equal boards."""

import argparse
import json
import os
from typing import Any, Callable, Dict, List, Optional

from ocr_app.core import files
from ocr_app.core.errors import EngineError, OcrError
from ocr_app.core.tables import table
from ocr_app.engines import pack, selection
from ocr_app.engines.building import services
from ocr_app.engines.building.reference import WORK
from ocr_app.engines.cache import ENGINE, MANIFEST, Cache, CacheEntry, default_folder
from ocr_app.engines.key import Platform
from ocr_app.engines.targets import target

Run = Callable[[argparse.Namespace], int]


def add_verbs(kinds: Any) -> None:
    """The verbs of this module, on the sub-parsers of ``engine``."""
    add_verb(kinds, "list", "list the engines of the cache, and why some would not be loaded", run_list)
    help_text = "check that every engine is whole, built from the current models, and for this platform"
    verb = add_verb(kinds, "check", help_text, run_check)
    verb.add_argument("names", nargs="*", metavar="NAME", help="only these (default: all)")
    verb = add_verb(kinds, "prune", "remove engines that would not be loaded, and those that are named", run_prune)
    verb.add_argument("names", nargs="*", metavar="NAME", help="remove these too")
    verb = add_verb(kinds, "pack", "write engines to one file, for boards like this one", run_pack)
    verb.add_argument("names", nargs="*", metavar="NAME", help="(default: all that would be loaded here)")
    verb.add_argument("--out", required=True, metavar="FILE.tar", help="the pack")
    verb = add_verb(kinds, "unpack", "store the engines of a pack, if they are whole and for this platform", run_unpack)
    verb.add_argument("pack", metavar="FILE.tar")
    verb.add_argument("--sha256", metavar="HEX", help="the digest of the pack")
    add_verb(kinds, "place", "print the platform that engines depend on, as JSON", run_place)


def add_verb(
    kinds: Any, name: str, help_text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """A verb with the arguments that all verbs have."""
    verb: argparse.ArgumentParser = kinds.add_parser(
        name, help=help_text, description=help_text[0].upper() + help_text[1:] + "."
    )
    verb.add_argument("--engines", default=default_folder(), metavar="DIR", help="the cache (default: %(default)s)")
    verb.add_argument("--target", choices=target.TARGETS, default="tensorrt", help="(default: %(default)s)")
    verb.add_argument("--json", action="store_true", help="print JSON")
    verb.set_defaults(run_what=run)
    return verb


def _platform(target_name: str) -> Optional[Platform]:
    """This computer's platform for a target, None where the target is not installed."""
    try:
        platform: Platform = target.module_of(target_name).current_platform()
        return platform
    except OcrError:
        return None


def _checked(cache: Cache, names: List[str]) -> List[CacheEntry]:
    """The engines, checked against this platform and the current models. Raises EngineError (missing)."""
    platforms = {name: _platform(name) for name in target.TARGETS}
    entries = [_check(entry, platforms) for entry in cache.entries()]
    unknown = sorted(set(names) - {entry.name for entry in entries})
    if unknown:
        known = ", ".join(entry.name for entry in entries) or "there are none"
        raise EngineError("no engine {}".format(unknown[0]), known, "ocr-app engine list", "missing")
    return [entry for entry in entries if not names or entry.name in names]


def _check(entry: CacheEntry, platforms: Dict[str, Optional[Platform]]) -> CacheEntry:
    if entry.problem is not None or entry.manifest is None:
        return entry
    try:
        selection.check_platform(entry.manifest, platforms[entry.manifest.identity.platform.target])
        selection.check_sources(entry.manifest)
    except EngineError as error:
        return entry._replace(problem=error)
    return entry


def run_list(arguments: argparse.Namespace) -> int:
    """Returns 0."""
    cache = Cache(arguments.engines)
    _show(cache, _checked(cache, []), arguments.json)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Returns 0 when every engine would be loaded, else 12."""
    cache = Cache(arguments.engines)
    entries = _checked(cache, arguments.names)
    _show(cache, entries, arguments.json)
    return next((entry.problem.exit_code for entry in entries if entry.problem is not None), 0)


def _show(cache: Cache, entries: List[CacheEntry], as_json: bool) -> None:
    stopped = services.stopped_before(os.path.join(cache.folder, WORK))
    if as_json:
        rows = [_row(entry) for entry in entries]
        print(json.dumps({"engines": rows, "leftovers": cache.leftovers(), "stopped_services": stopped}, indent=1))
        return
    print(table(["engine", "state", "MB", "built"], [_line(entry) for entry in entries]) if entries else "no engines")
    for entry in entries:
        if entry.problem is not None:
            print(entry.problem)
    for name in cache.leftovers():
        print("{}: left by an interrupted build; run ocr-app engine prune".format(name))
    for name in stopped:
        print("{} was stopped by an interrupted build; build again, or run systemctl start {}".format(name, name))


def _row(entry: CacheEntry) -> Dict[str, Any]:
    problem = entry.problem.to_json() if entry.problem else None
    build_record = entry.manifest.build if entry.manifest else None
    return {"name": entry.name, "state": _state(entry), "problem": problem, "build": build_record}


def _state(entry: CacheEntry) -> str:
    return entry.problem.code if entry.problem is not None else "fits"


def _line(entry: CacheEntry) -> List[str]:
    manifest = entry.manifest
    size, built = ("{:.1f}".format(manifest.size / 1e6), manifest.build["at"]) if manifest else ("-", "-")
    return [entry.name, _state(entry), size, built]


def run_prune(arguments: argparse.Namespace) -> int:
    """Returns 0."""
    cache = Cache(arguments.engines)
    with cache.lock():
        unwanted = [entry.name for entry in _checked(cache, []) if entry.problem is not None]
        unwanted += [entry.name for entry in _checked(cache, arguments.names) if entry.name in arguments.names]
        removed = cache.remove([name + kind for name in unwanted for kind in (MANIFEST, ENGINE)] + cache.leftovers())
    print(json.dumps({"removed": removed}) if arguments.json else "\n".join(removed) or "nothing to remove")
    return 0


def run_pack(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises EngineError for a named engine that would not be loaded here, UsageError without any."""
    cache = Cache(arguments.engines)
    entries = _checked(cache, arguments.names)
    for entry in entries:
        if entry.problem is not None and arguments.names:
            raise entry.problem
    names = [entry.name for entry in entries if entry.problem is None and _of_target(entry, arguments.target)]
    sha256 = pack.pack(cache, names, arguments.out)
    print(json.dumps({"pack": arguments.out, "sha256": sha256, "engines": names}, indent=None if arguments.json else 1))
    return 0


def _of_target(entry: CacheEntry, name: str) -> bool:
    return entry.manifest is not None and entry.manifest.identity.platform.target == name


def run_unpack(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises what :func:`ocr_app.engines.pack.unpack` raises."""
    names = pack.unpack(Cache(arguments.engines), arguments.pack, target.here(), arguments.sha256)
    print(json.dumps({"engines": names}) if arguments.json else "\n".join(names))
    return 0


def run_place(arguments: argparse.Namespace) -> int:
    """Returns 0. ``group`` is equal on boards that can share engines. Raises DeviceUnavailable, BuildError."""
    platform: Platform = target.module_of(arguments.target).current_platform()
    group = files.sha256_of(json.dumps(list(platform)).encode("utf-8"))[:12]
    print(json.dumps(dict(platform._asdict(), group=group), indent=None if arguments.json else 1))
    return 0
