"""Measures the parts of a plan on this board, one after the other, and keeps what happened in ``board.json``.

The services that would disturb are stopped, and start again whatever happens: at the end, after an error, on SIGTERM,
and by ``restart`` after a kill. Finished parts are kept, so a benchmark that was cut off continues where it was. A
part that cannot be measured here stops no other.
"""

import json
import os
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional

from ocr_app.benchmark.campaign import watching
from ocr_app.benchmark.campaign.plan import CampaignPart, CampaignPlan
from ocr_app.benchmark.campaign.process import PartProcess, run_part
from ocr_app.board.state import board_state, identity, now
from ocr_app.core import files
from ocr_app.core.errors import BuildError, ServiceError
from ocr_app.engines.building import services
from ocr_app.engines.building.build import sigterm_raises

SCHEMA = "nano-ocr/board-campaign/1"
RECORD = "board.json"
DONE, CANNOT, FAILED = "done", "cannot", "failed"
"""``done``: there is a record; ``cannot``: the application says why not; ``failed``: it crashed or was ended."""
LOCK = "benchmark"

Report = Callable[[str], None]
Run = Callable[[List[str], float], PartProcess]


class BoardTools(NamedTuple):
    """What is replaced in tests: how a command is run, what units run, and how the board is looked at."""

    run: Run = run_part
    is_active: Callable[[str], bool] = services.is_active
    state: Callable[[], Dict[str, Any]] = board_state
    identity: Callable[[], Dict[str, Any]] = identity
    watch: Callable[[], Any] = watching.watch


TOOLS = BoardTools()


def measure(plan: CampaignPlan, folder: str, report: Report, tools: BoardTools = TOOLS) -> Dict[str, Any]:
    """The record (schema ``nano-ocr/board-campaign/1``), which is also in ``folder`` with those of the parts.

    Raises ServiceError while the production line or a deployment runs; BuildError for a service that does not stop or
    start.
    """
    os.makedirs(folder, exist_ok=True)
    _refuse(plan, tools)
    record = _begun(plan, folder, tools)
    with sigterm_raises(), _locked(plan.locks), services.stopped(plan.services, folder, report):
        record["stopped"] = services.stopped_before(folder)
        _save(record, folder)
        for part in plan.parts:
            _measured(record, part, plan, folder, report, tools)
    record["ended"] = now()
    record["after"] = tools.state()
    _save(record, folder)
    return record


def restart(folder: str, locks: str, report: Report) -> None:
    """Starts what a killed benchmark has left stopped, and gives the lock back. Raises BuildError."""
    _remove(os.path.join(locks, LOCK))
    if os.path.isdir(folder):
        with services.stopped((), folder, report):
            pass


def _refuse(plan: CampaignPlan, tools: BoardTools) -> None:
    holders = sorted(set(os.listdir(plan.locks)) - {LOCK}) if os.path.isdir(plan.locks) else []
    found = ["{}: {}".format(name, _text(os.path.join(plan.locks, name))) for name in holders]
    found += ["{} runs".format(unit) for unit in plan.units if tools.is_active(unit)]
    if found:
        raise ServiceError("; ".join(found), "a board that nothing else needs", "run the benchmark again later")


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return " ".join(stream.read(400).split())
    except OSError as error:
        return str(error)


@contextmanager
def _locked(folder: str) -> Iterator[None]:
    """No release is tried on the board meanwhile: the agent waits for this file."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, LOCK)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("a benchmark runs\n")
    try:
        yield
    finally:
        _remove(path)


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except FileNotFoundError:
        pass


def _begun(plan: CampaignPlan, folder: str, tools: BoardTools) -> Dict[str, Any]:
    """A record with the finished parts of an earlier run of the same plan, if any."""
    board = tools.identity()
    earlier = {} if plan.again else {entry["name"]: entry for entry in _earlier(folder)}
    wanted = {part.name: part.key(board["app"]["sha256"]) for part in plan.parts}
    kept = [entry for name, entry in earlier.items() if _is_kept(entry, wanted.get(name), folder)]
    return {
        "schema": SCHEMA,
        "campaign": plan.campaign,
        "host": plan.host,
        "began": now(),
        "ended": None,
        "board": board,
        "stopped": [],
        "before": tools.state(),
        "after": None,
        "planned": [part.name for part in plan.parts],
        "parts": [dict(entry, kept=True) for entry in kept],
    }


def _earlier(folder: str) -> List[Dict[str, Any]]:
    """The parts of the earlier record; none where it is missing or damaged: then everything is measured again."""
    try:
        with open(os.path.join(folder, RECORD), encoding="utf-8") as stream:
            found = json.load(stream)
        return [entry for entry in found["parts"] if {"name", "key", "status"} <= set(entry)]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _is_kept(entry: Dict[str, Any], key: Optional[str], folder: str) -> bool:
    if entry["status"] != DONE or entry["key"] != key:
        return False
    return _sha256(_path(folder, entry["name"])) == entry.get("sha256")


def _path(folder: str, name: str) -> str:
    return os.path.join(folder, name + ".json")


def _sha256(path: str) -> Optional[str]:
    try:
        with open(path, "rb") as stream:
            return files.sha256_of(stream.read())
    except OSError:
        return None


def _measured(
    record: Dict[str, Any], part: CampaignPart, plan: CampaignPlan, folder: str, report: Report, tools: BoardTools
) -> None:
    """Adds the entry of a part, unless there is one."""
    if any(entry["name"] == part.name for entry in record["parts"]):
        report("{}: kept".format(part.name))
        return
    report("{} ...".format(part.name))
    out, start = _path(folder, part.name), time.monotonic()
    _remove(out)
    entry: Dict[str, Any] = {"name": part.name, "kind": part.kind, "command": list(part.command), "kept": False}
    entry.update(key=part.key(record["board"]["app"]["sha256"]), began=now(), before=tools.state())
    with tools.watch() as watched:
        done = tools.run(list(part.command) + ["--out", out], plan.timeout_s)
    entry.update(during=watched.summary(), after=tools.state(), seconds=round(time.monotonic() - start, 1))
    entry.update(sha256=_sha256(out), exit_code=done.code)
    entry["status"] = DONE if entry["sha256"] else CANNOT if done.is_refusal else FAILED
    entry["found"] = None if entry["status"] == DONE else done.last_words
    report("{}: {}{}".format(part.name, entry["status"], ", " + entry["found"] if entry["found"] else ""))
    record["parts"].append(entry)
    _save(record, folder)


def _save(record: Dict[str, Any], folder: str) -> None:
    try:
        files.write_json(os.path.join(folder, RECORD), record)
    except BuildError as error:
        raise ServiceError(error.found, error.expected, error.next_step) from error
