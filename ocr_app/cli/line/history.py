"""``ocr-app history``: what a live line did, as a table, as JSON lines, or as a zip of pictures."""

import argparse
import os
import sys
import time

from ocr_app.core.errors import ServiceError, UsageError

HELP = "what a live line did: parts with verdicts, as CSV or JSON, and their pictures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``history``."""
    parser.add_argument("line", metavar="LINE", help="the settings file of the line, or the folder of its journal")
    parser.add_argument("--since", metavar="TIME", help="90min, 8h, 2d, or a local time like 2026-03-01T06:00")
    parser.add_argument("--until", metavar="TIME", help="likewise; default: now")
    verdict_help = "only these verdicts: pass, fail, no-read or hold (may be repeated)"
    parser.add_argument(
        "--verdict", action="append", default=[], choices=("pass", "fail", "no-read", "hold"), help=verdict_help
    )
    parser.add_argument("--id", action="append", default=[], metavar="ID", help="only this part (may be repeated)")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--csv", action="store_true", help="a table with a header (the default)")
    group.add_argument("--json", action="store_true", help="one JSON object a line, as MQTT carries it")
    group.add_argument("--zip", metavar="FILE", help="a new zip of the pictures, with parts.jsonl")


def run(arguments: argparse.Namespace) -> int:
    """Raises UsageError: no journal, a time that is none, a zip that exists."""
    try:
        from ocr_app.line.journal import history
        from ocr_app.line.settings.service import load
    except ImportError as error:
        found = "the history needs attrs, cattrs and prometheus_client: {}".format(error)
        raise ServiceError(found, "these packages in this Python", "pip install 'ocr-app[line]'")
    folder = arguments.line if os.path.isdir(arguments.line) else load(arguments.line).journal.folder
    if not folder:
        raise UsageError("{} names no journal.folder".format(arguments.line), "the settings file of a live line")
    now = time.time()
    since, until = (history.moment_of(text, now) if text else None for text in (arguments.since, arguments.until))
    found_rows = history.find(folder, history.HistoryQuery(since, until, tuple(arguments.verdict), tuple(arguments.id)))
    if arguments.zip:
        counts = history.write_zip(found_rows, folder, arguments.zip)
        print("{}: {parts} parts, {pictures} pictures".format(arguments.zip, **counts))
    elif arguments.json:
        history.write_json_lines(found_rows, sys.stdout)
    else:
        history.write_csv(found_rows, sys.stdout)
    return 0
