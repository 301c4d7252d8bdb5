"""The command ``ocr-app``: one verb per sub-command."""

import argparse
import os
import sys
from typing import Any, Callable, List, Optional

from ocr_app.cli import bundled, health, network, read, readers, recipe, selfcheck, serve, speed
from ocr_app.cli.benchmark import cnn, modules
from ocr_app.cli.benchmark import run as benchmarks
from ocr_app.cli.engine import command
from ocr_app.core.errors import OcrError
from ocr_app.core.version import VERSION

_EPILOG = """\
exit codes: 0 every image was processed; 2 wrong usage; 3 some images could not be read (each has its own error
result); 4 device, 5 precision, 6 reader, 7 model not available; 8 a reader crashed, hung or answered garbage;
9 data set, 10 result file, 11 recipe, 12 engine, 13 build of an engine, 14 self-check or service; 130 interrupted;
1 a fault of this program."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    main_parser = argparse.ArgumentParser(
        prog="ocr-app",
        description="Reads printed product codes.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    main_parser.add_argument("--version", action="version", version="ocr-app " + VERSION)
    verbs = main_parser.add_subparsers(dest="verb", metavar="VERB")
    _verb(verbs, "read", "read images", read.add_arguments, read.run)
    _verb(verbs, "readers", "which readers can run here, and why others cannot", readers.add_arguments, readers.run)
    _verb(verbs, "recipe", "check, teach and test recipes", recipe.add_arguments, recipe.run)
    _verb(
        verbs, "benchmark", "measure a reader on a data set", benchmarks.add_benchmark_arguments, benchmarks.benchmark
    )
    _verb(verbs, "benchmark-cnn", cnn.HELP, cnn.add_arguments, cnn.run)
    _verb(verbs, "benchmark-modules", modules.HELP, modules.add_arguments, modules.run)
    _verb(verbs, "compare", "two runs, image by image", benchmarks.add_compare_arguments, benchmarks.compare_runs)
    _verb(verbs, "speed", "lines a second of recognisers alone, side by side", speed.add_arguments, speed.run)
    _verb(
        verbs,
        "network",
        "what a network costs, and what half precision and TensorRT make of it",
        network.add_arguments,
        network.run,
    )
    _verb(verbs, "engine", "engines for a board: build, keep, check, share", command.add_arguments, command.run)
    _verb(verbs, "selfcheck", selfcheck.HELP, selfcheck.add_arguments, selfcheck.run)
    _verb(verbs, "serve", serve.HELP, serve.add_arguments, serve.run)
    _verb(verbs, "bundled", bundled.HELP, bundled.add_arguments, bundled.run)
    _verb(verbs, "health", health.HELP, health.add_arguments, health.run)
    return main_parser


def _joined(argv: List[str]) -> List[str]:
    """``benchmark cnn`` and ``benchmark modules`` are verbs of their own; a data set of that name is ``./cnn``."""
    own = argv[:1] == ["benchmark"] and argv[1:2] in (["cnn"], ["modules"])
    return ["-".join(argv[:2])] + argv[2:] if own else argv


def _verb(verbs: Any, name: str, help_text: str, add: Callable[..., None], run: Callable[..., int]) -> None:
    own = verbs.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
    add(own)
    own.set_defaults(run=run)


def main(argv: Optional[List[str]] = None) -> int:
    """Run one command; returns the exit code. Errors are printed as words, not as traces."""
    arguments = parser().parse_args(_joined(sys.argv[1:] if argv is None else argv))
    if arguments.verb is None:
        parser().print_help()
        return 2
    try:
        return int(arguments.run(arguments))
    except OcrError as error:
        print("ocr-app {}: {}".format(arguments.verb, error), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("ocr-app {}: interrupted".format(arguments.verb), file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
