"""``ocr-app readers``: which readers can run here, and why the others cannot."""

import argparse
import json
import textwrap
from typing import Any, Dict, List

from ocr_app.opening.named import probe_all
from ocr_app.readers.contract import Probe
from ocr_app.readers.registry import DEFAULT_READER, ReaderName, spec

HELP = "list the readers, which of them can run here, and why the others cannot"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``readers``."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0; 6 when the default reader cannot run."""
    probes = probe_all()
    if arguments.json:
        print(json.dumps([_as_json(name, probe) for name, probe in probes], indent=2))
    else:
        print("\n".join(line for name, probe in probes for line in describe(name, probe)))
    default = [probe for name, probe in probes if str(name) == DEFAULT_READER]
    return 0 if default and default[0].problem is None else 6


def describe(name: ReaderName, probe: Probe) -> List[str]:
    """Returns a paragraph about one reader, as lines."""
    mark = "no " if probe.problem else "yes"
    default = "  (default)" if str(name) == DEFAULT_READER else ""
    lines = ["{}  {:<22} {}{}".format(mark, str(name), spec(name.name).summary, default)]
    facts = ["{} {}".format(library, version) for library, version in probe.versions]
    if probe.problem:
        lines += _wrapped("why: " + probe.problem)
        lines += _wrapped("next: " + probe.next_step) if probe.next_step else []
    else:
        lines += _wrapped("with {}; on {}; in {}".format(", ".join(facts), *_lists(probe)))
        lines += _wrapped("models: " + ", ".join(probe.models)) if probe.models else []
    return lines


def _lists(probe: Probe) -> List[str]:
    return [", ".join(probe.devices) or "-", ", ".join(probe.precisions) or "-"]


def _wrapped(text: str) -> List[str]:
    return textwrap.wrap(text, 100, initial_indent=" " * 5, subsequent_indent=" " * 10)


def _as_json(name: ReaderName, probe: Probe) -> Dict[str, Any]:
    record = dict(probe._asdict())
    record["versions"] = dict(probe.versions)
    return dict(record, reader=str(name), measured=spec(name.name).measured, can_run=probe.problem is None)
