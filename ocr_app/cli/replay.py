"""``ocr-app replay``: what a recipe or a release would have said of pictures that were judged before."""

import argparse
import os
import sys
import time
from typing import Any, Dict, Optional, Tuple

from ocr_app.cli.arguments import add_limit_arguments, add_reader_arguments, pair, positive, region
from ocr_app.core.errors import ServiceError, UsageError
from ocr_app.imaging import preprocess

HELP = "judge pictures of a line or a folder again, under another recipe or release, and list what changes"
UNREAD = 3
_ATTEMPTS, _CARDS, _READ_S = 3, 300, 120
_EPILOG = """\
A replay that was cut short goes on with the same command; --out holds what was read. The files that it writes there:
report.json (the numbers, for `./inv deploy --replay`), changes.txt, changes.jsonl, report.html with the pictures."""
_READER = ("reader", "team", "budget_ms", "engine", "device", "precision", "threads", "preprocess", "region") + (
    "max_pixels", "max_bytes", "min_side"
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``replay``."""
    parser.epilog = _EPILOG
    source_help = "settings file of a line, folder of its journal, or folder of pictures"
    parser.add_argument("source", metavar="PATH", help=source_help)
    against_help = "a recipe, or the folder that `./inv replay unpack BUNDLE` made of a release"
    parser.add_argument("--against", required=True, metavar="TARGET", help=against_help)
    parser.add_argument("--recipe", default="", metavar="NAME", help="which recipe of the release")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of this replay, kept until it is complete")
    group = parser.add_argument_group("what was said before (a journal knows it)")
    before = group.add_mutually_exclusive_group()
    present_help = "read each picture with this recipe or release, too, and compare with that"
    before.add_argument("--present", metavar="TARGET", help=present_help)
    results_help = "result lines of `ocr-app read --recipe FILE --jsonl` for a folder"
    before.add_argument("--results", metavar="FILE", help=results_help)
    group.add_argument("--present-recipe", default="", metavar="NAME", help="which recipe of the release of --present")
    _add_choice_arguments(parser)
    _add_work_arguments(parser)
    group = parser.add_argument_group("reading (by default as the settings file of the line says)")
    add_reader_arguments(group, engine=None)  # type: ignore[arg-type]
    group.add_argument("--preprocess", choices=preprocess.NAMES, help="what is done to the pixels first")
    group.add_argument("--region", action="append", type=region, metavar="X,Y,W,H", help="as in read")
    group.add_argument("--expect", action="append", type=pair, default=[], metavar="NAME=VALUE", help="as in read")
    dated_help = "a picture of a folder was taken when its file was written, for recipes that ask for today's date"
    group.add_argument("--trust-file-times", action="store_true", help=dated_help)
    add_limit_arguments(group)  # type: ignore[arg-type]
    parser.set_defaults(**dict.fromkeys(_READER))


def _add_choice_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which parts of a journal")
    group.add_argument("--since", metavar="TIME", help="90min, 8h, 2d, or a local time like 2026-03-01T06:00")
    group.add_argument("--until", metavar="TIME", help="likewise; default: now")
    verdicts = ("pass", "fail", "no-read", "hold")
    verdict_help = "only parts with this verdict (may be repeated)"
    group.add_argument("--verdict", action="append", default=[], choices=verdicts, help=verdict_help)


def _add_work_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how it is done")
    processes_help = "reading processes at a time, each with its networks and --threads threads (default: one a core)"
    group.add_argument("--processes", type=positive, metavar="N", help=processes_help)
    cluster_help = "read on a cluster of Dask, like tcp://host:8786 (needs the extra `cluster`)"
    group.add_argument("--cluster", default="", metavar="ADDRESS", help=cluster_help)
    attempts_help = "read a picture at most so often where processes are lost over it (default: %(default)s)"
    group.add_argument("--attempts", type=positive, default=_ATTEMPTS, metavar="N", help=attempts_help)
    limit_help = "time for one picture; a process that takes longer is lost (default: %(default)s)"
    group.add_argument("--read-limit", type=positive, default=_READ_S, metavar="S", help=limit_help)
    cards_help = "pictures in report.html at most, the dangerous changes first (default: %(default)s)"
    group.add_argument("--most-pictures", type=positive, default=_CARDS, metavar="N", help=cards_help)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0; 3 when some pictures could not be read. Raises OcrError as the errors say."""
    try:
        from ocr_app.replay.replaying import Replay
    except ImportError as error:
        found = "a replay needs what a line needs: {}".format(error)
        raise ServiceError(found, "these packages in this Python", "pip install 'ocr-app[line]'") from error
    replay = Replay(_request(arguments))
    try:
        summary = replay.run()
    except KeyboardInterrupt:
        _tell_how_to_go_on(replay.state)
        raise
    if replay.went_on:
        print("went on with the replay in {}".format(arguments.out), file=sys.stderr)
    print(summary.text(), end="")
    print("\n{}".format(os.path.join(arguments.out, "report.html")))
    return UNREAD if summary.kinds["unread"] else 0


def _tell_how_to_go_on(state: Any) -> None:
    note = "{} of {} pictures have their row in {}; the same command goes on with the other {}"
    told = note.format(state.done, state.total, state.folder, state.total - state.done)
    print("ocr-app replay: " + told, file=sys.stderr)


def _request(arguments: argparse.Namespace) -> Any:
    from ocr_app.replay import targets
    from ocr_app.replay.replaying import ReplayRequest
    from ocr_app.replay.seat import SeatOptions

    opening, expected, journal = _settings(arguments)
    against = targets.target_of(arguments.against, arguments.recipe)
    present = targets.target_of(arguments.present, arguments.present_recipe) if arguments.present else None
    source, find = _source(arguments, journal)
    before = present or ("results" if arguments.results else "journal")
    seat = SeatOptions(
        (against,) if present is None else (present, against), opening, expected, float(arguments.read_limit)
    )
    threads = int(opening["threads"])
    processes = arguments.processes or max(1, (os.cpu_count() or 1) // threads)
    return ReplayRequest(
        arguments.out,
        source,
        find,
        against,
        before,
        seat,
        processes,
        arguments.attempts,
        arguments.cluster,
        arguments.most_pictures,
    )


def _settings(arguments: argparse.Namespace) -> Tuple[Dict[str, Any], Dict[str, str], Optional[str]]:
    """(fields of the verb ``open`` without the recipe, expected values, folder of the line's journal or None)."""
    from ocr_app.board.runtime_context import runtime_context
    from ocr_app.cli.selfcheck import engine_of
    from ocr_app.line.reading.process import open_request
    from ocr_app.line.settings.checks import resolve_engine
    from ocr_app.line.settings.overrides import override
    from ocr_app.line.settings.service import ServiceSettings, load

    is_line = os.path.isfile(arguments.source) and arguments.source.endswith((".yaml", ".yml"))
    settings = load(arguments.source) if is_line else ServiceSettings()
    given = {name: getattr(arguments, name) for name in _READER if getattr(arguments, name) is not None}
    if "region" in given:
        given["region"] = tuple(given["region"])
    settings = resolve_engine(override(settings, given), engine_of(None, runtime_context()))
    if is_line and not settings.journal.folder:
        raise UsageError("{} names no journal.folder".format(arguments.source), "the settings file of a live line")
    opening = dict(open_request(settings), packs="", budget_ms=arguments.budget_ms)
    expected = dict(settings.recipe.expected, **dict(arguments.expect))
    return opening, expected, settings.journal.folder if is_line else None


def _source(arguments: argparse.Namespace, journal: Optional[str]) -> Tuple[Dict[str, Any], Any]:
    """What the pictures are, as JSON, and the function that finds them. Raises UsageError."""
    from ocr_app.line.journal import history
    from ocr_app.replay import pictures

    folder = os.path.abspath(journal or arguments.source)
    if journal or pictures.is_journal(folder):
        if arguments.results:
            raise UsageError("--results with a journal", "a folder of pictures; a journal has its own verdicts")
        now = time.time()
        since, until = (history.moment_of(text, now) if text else None for text in (arguments.since, arguments.until))
        query = history.HistoryQuery(since, until, tuple(arguments.verdict))
        about = {"kind": "journal", "path": folder, "since": arguments.since, "until": arguments.until}
        about["verdicts"] = list(arguments.verdict)
        return about, lambda: pictures.JournalPictures(folder, query, bool(arguments.present))
    if arguments.since or arguments.until or arguments.verdict:
        raise UsageError("--since, --until and --verdict with a folder", "a journal")
    if not (arguments.present or arguments.results):
        found = "{} does not say how its pictures were judged".format(arguments.source)
        raise UsageError(found, "--present RECIPE to read them, or --results FILE", "ocr-app replay --help")
    results = pictures.results_of(arguments.results) if arguments.results else None
    about = {"kind": "folder", "path": folder, "dated": arguments.trust_file_times}
    return about, lambda: pictures.FolderPictures(folder, results, arguments.trust_file_times)
