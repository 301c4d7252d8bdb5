"""``ocr-app engine list|check|prune|pack|unpack|place``: the engines that are kept, and carried to equal boards."""

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
from ocr_app.engines.cache import ENGINE, MANIFEST, Cache, Entry, default_folder
from ocr_app.engines.key import Platform
from ocr_app.engines.targets import target

Run = Callable[[argparse.Namespace], int]


def add_verbs(kinds: Any) -> None:
    """The verbs of this module, on the sub-parsers of ``engine``."""
    add_verb(kinds, "list", "every engine that is kept, and why some would not be loaded", run_list)
    own = add_verb(
        kinds, "check", "whether every engine is whole, made from the models of now, and for this place", run_check
    )
    own.add_argument("names", nargs="*", metavar="NAME", help="only these (default: all)")
    own = add_verb(kinds, "prune", "remove what would not be loaded, and the engines that are named", run_prune)
    own.add_argument("names", nargs="*", metavar="NAME", help="remove these as well")
    own = add_verb(kinds, "pack", "engines as one file, for boards like this one", run_pack)
    own.add_argument("names", nargs="*", metavar="NAME", help="(default: all that are whole and for this place)")
    own.add_argument("--out", required=True, metavar="FILE.tar", help="the pack")
    own = add_verb(kinds, "unpack", "take engines from a pack, when they are whole and for this place", run_unpack)
    own.add_argument("pack", metavar="FILE.tar")
    own.add_argument("--sha256", metavar="HEX", help="what the pack must have")
    add_verb(kinds, "place", "what engines depend on here, as JSON", run_place)


def add_verb(
    kinds: Any, name: str, help_text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """A verb with the arguments that all of them have."""
    own: argparse.ArgumentParser = kinds.add_parser(
        name, help=help_text, description=help_text[0].upper() + help_text[1:] + "."
    )
    own.add_argument("--engines", default=default_folder(), metavar="DIR", help="the cache (default: %(default)s)")
    own.add_argument("--target", choices=target.TARGETS, default="tensorrt", help="(default: %(default)s)")
    own.add_argument("--json", action="store_true", help="print JSON")
    own.set_defaults(run_what=run)
    return own


def _place(name: str) -> Optional[Platform]:
    """This place for a target, None where the target is not here."""
    try:
        place: Platform = target.module_of(name).place()
        return place
    except OcrError:
        return None


def _judged(cache: Cache, names: List[str]) -> List[Entry]:
    """Every engine against this place and the models of now. Raises EngineError (missing) for an unknown name."""
    places = {name: _place(name) for name in target.TARGETS}
    entries = [_judge(entry, places) for entry in cache.entries()]
    unknown = sorted(set(names) - {entry.name for entry in entries})
    if unknown:
        known = ", ".join(entry.name for entry in entries) or "there are none"
        raise EngineError("no engine {}".format(unknown[0]), known, "ocr-app engine list", "missing")
    return [entry for entry in entries if not names or entry.name in names]


def _judge(entry: Entry, places: Dict[str, Optional[Platform]]) -> Entry:
    if entry.problem is not None or entry.manifest is None:
        return entry
    try:
        selection.check_place(entry.manifest, places[entry.manifest.parts.place.target])
        selection.check_sources(entry.manifest)
    except EngineError as error:
        return entry._replace(problem=error)
    return entry


def run_list(arguments: argparse.Namespace) -> int:
    """Returns 0."""
    cache = Cache(arguments.engines)
    _show(cache, _judged(cache, []), arguments.json)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Returns 0 when every engine would be loaded, else 12."""
    cache = Cache(arguments.engines)
    entries = _judged(cache, arguments.names)
    _show(cache, entries, arguments.json)
    return next((entry.problem.exit_code for entry in entries if entry.problem is not None), 0)


def _show(cache: Cache, entries: List[Entry], as_json: bool) -> None:
    waiting = services.noted(os.path.join(cache.folder, WORK))
    if as_json:
        rows = [_row(entry) for entry in entries]
        print(json.dumps({"engines": rows, "leftovers": cache.leftovers(), "stopped_services": waiting}, indent=1))
        return
    print(table(["engine", "state", "MB", "built"], [_line(entry) for entry in entries]) if entries else "no engines")
    for entry in entries:
        if entry.problem is not None:
            print(entry.problem)
    for name in cache.leftovers():
        print("{}: left by a build that was cut off; ocr-app engine prune".format(name))
    for name in waiting:
        print("{} was stopped by a build that was cut off; build again, or systemctl start {}".format(name, name))


def _row(entry: Entry) -> Dict[str, Any]:
    problem = entry.problem.to_json() if entry.problem else None
    build_record = entry.manifest.build if entry.manifest else None
    return {"name": entry.name, "state": _state(entry), "problem": problem, "build": build_record}


def _state(entry: Entry) -> str:
    return entry.problem.code if entry.problem is not None else "fits"


def _line(entry: Entry) -> List[str]:
    own = entry.manifest
    return [entry.name, _state(entry), "{:.1f}".format(own.size / 1e6) if own else "-", own.build["at"] if own else "-"]


def run_prune(arguments: argparse.Namespace) -> int:
    """Returns 0."""
    cache = Cache(arguments.engines)
    with cache.lock():
        doomed = [entry.name for entry in _judged(cache, []) if entry.problem is not None]
        doomed += [entry.name for entry in _judged(cache, arguments.names) if entry.name in arguments.names]
        removed = cache.remove([name + kind for name in doomed for kind in (MANIFEST, ENGINE)] + cache.leftovers())
    print(json.dumps({"removed": removed}) if arguments.json else "\n".join(removed) or "nothing to remove")
    return 0


def run_pack(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises EngineError for an engine that would not be loaded here, and when there is none to pack."""
    cache = Cache(arguments.engines)
    entries = _judged(cache, arguments.names)
    for entry in entries:
        if entry.problem is not None and arguments.names:
            raise entry.problem
    names = [entry.name for entry in entries if entry.problem is None and _of_target(entry, arguments.target)]
    sha256 = pack.pack(cache, names, arguments.out)
    print(json.dumps({"pack": arguments.out, "sha256": sha256, "engines": names}, indent=None if arguments.json else 1))
    return 0


def _of_target(entry: Entry, name: str) -> bool:
    return entry.manifest is not None and entry.manifest.parts.place.target == name


def run_unpack(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises what :func:`ocr_app.engines.pack.unpack` raises."""
    names = pack.unpack(Cache(arguments.engines), arguments.pack, target.here(), arguments.sha256)
    print(json.dumps({"engines": names}) if arguments.json else "\n".join(names))
    return 0


def run_place(arguments: argparse.Namespace) -> int:
    """Returns 0. ``group`` is the same on boards whose engines are the same. Raises DeviceUnavailable, BuildError."""
    place: Platform = target.module_of(arguments.target).place()
    group = files.sha256_of(json.dumps(list(place)).encode("utf-8"))[:12]
    print(json.dumps(dict(place._asdict(), group=group), indent=None if arguments.json else 1))
    return 0
