"""``ocr-app line gate``: moves the reject gate of a line, and asks whether it did what it has to."""

import argparse
import sys
from typing import TYPE_CHECKING

from ocr_app.core.errors import ServiceError, UsageError

if TYPE_CHECKING:
    from ocr_app.line.outputs.self_test import GateStep
    from ocr_app.line.settings.service import ServiceSettings

HELP = "move the reject gate once, step by step, and say whether it did what it has to"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file of the line, and whether anybody is asked."""
    parser.add_argument("file", metavar="FILE.yaml")
    parser.add_argument(
        "--move", action="store_true", help="move it; without this, the steps are only shown, and no pin is touched"
    )
    parser.add_argument("--unattended", action="store_true", help="ask nobody whether each step was seen")
    parser.set_defaults(line_run=_run)


def _run(arguments: argparse.Namespace) -> int:
    """Returns 0, or 14 where a step was not seen. Raises UsageError, ServiceError: no pins, or the line runs."""
    from ocr_app.line.outputs.self_test import steps_of
    from ocr_app.line.settings.checks import check
    from ocr_app.line.settings.service import load

    settings = load(arguments.file)
    check(settings)
    if not settings.reject.enabled:
        raise UsageError("{} has no gate".format(arguments.file), "reject.gpio, and reject.pin or reject.watchdog_pin")
    if not arguments.move:
        for number, step in enumerate(steps_of(settings.reject), 1):
            print("{}. {}".format(number, step.words))
        print("no pin was touched; --move does these steps. Nobody may have a hand at the gate then.")
        return 0
    if not arguments.unattended and not sys.stdin.isatty():
        raise UsageError("no terminal to ask at", "--unattended")
    return _move(settings, not arguments.unattended)


def _move(settings: "ServiceSettings", asks: bool) -> int:
    from ocr_app.line.health.status import ServiceStatus
    from ocr_app.line.journal.holding import JournalHold
    from ocr_app.line.outputs.gpio import JetsonPins
    from ocr_app.line.outputs.reject import RejectGate
    from ocr_app.line.outputs.self_test import GateSelfTest

    hold = JournalHold(settings.journal.folder)  # while the line runs, its gate is its own
    try:
        pins, status = JetsonPins(), ServiceStatus()
        test = GateSelfTest(settings.reject, lambda is_alive: RejectGate(settings.reject, pins, status, is_alive))
        seen = test.run(_was_seen if asks else lambda _: True, lambda step: print(step.words, flush=True))
    finally:
        hold.release()
    if not asks:
        print("{} steps done; nobody was asked what the gate did".format(len(seen)))
        return 0
    missed = seen.count(False)
    print("{} of {} steps were seen".format(len(seen) - missed, len(seen)))
    return ServiceError.exit_code if missed else 0


def _was_seen(step: "GateStep") -> bool:
    return input("  was that so? [y/N] ").strip().lower() in ("y", "yes")
