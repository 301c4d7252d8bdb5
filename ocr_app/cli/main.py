"""The command ``ocr-app``: one verb per sub-command."""

import argparse
import os
import sys
from typing import List, Optional

from ocr_app.cli import (
    bundled,
    completion,
    health,
    line,
    network,
    read,
    readers,
    recipe,
    replay,
    selfcheck,
    serve,
    speed,
)
from ocr_app.cli.benchmark import campaign, cnn, modules
from ocr_app.cli.benchmark import run as benchmarks
from ocr_app.cli.engine import command
from ocr_app.cli.line import command as line_command
from ocr_app.cli.line import history
from ocr_app.cli.verbs import Verb, VerbParser, add_verb, listing, sentence
from ocr_app.core.errors import OcrError
from ocr_app.core.version import VERSION

_RECIPE = "Check, teach and test recipes"
_BENCHMARK = "Measure accuracy and times of a reader on a data set"
_COMPARE = "Compare two runs, image by image"
_SPEED = "Measure recognisers alone, in lines per second, side by side"
_ENGINE = "Judge, build, check and share the engines of a board"
_NETWORK = "Show what a network costs, and what TensorRT and half precision make of it"
GROUPS = (
    (
        "Read",
        (
            Verb("read", "Read images and print one result per image", read.add_arguments, read.run),
            Verb("readers", readers.HELP, readers.add_arguments, readers.run),
        ),
    ),
    ("Recipes", (Verb("recipe", _RECIPE, recipe.add_arguments, recipe.run),)),
    (
        "Measure",
        (
            Verb("benchmark", _BENCHMARK, benchmarks.add_benchmark_arguments, benchmarks.benchmark),
            Verb("compare", _COMPARE, benchmarks.add_compare_arguments, benchmarks.compare_runs),
            Verb("speed", _SPEED, speed.add_arguments, speed.run),
        ),
    ),
    (
        "Engines and networks",
        (
            Verb("engine", _ENGINE, command.add_arguments, command.run),
            Verb("network", _NETWORK, network.add_arguments, network.run),
        ),
    ),
    (
        "Operate",
        (
            Verb("selfcheck", selfcheck.HELP, selfcheck.add_arguments, selfcheck.run),
            Verb("serve", serve.HELP, serve.add_arguments, serve.run),
            Verb("line", line_command.HELP, line.add_arguments, line.run),
            Verb("history", history.HELP, history.add_arguments, history.run),
            Verb("replay", replay.HELP, replay.add_arguments, replay.run),
            Verb("health", health.HELP, health.add_arguments, health.run),
            Verb("bundled", bundled.HELP, bundled.add_arguments, bundled.run),
            Verb("completion", completion.HELP, completion.add_arguments, completion.run),
        ),
    ),
)
"""Every verb, in the groups in which the help and the reference page show them."""
_SUB_VERBS = {
    "benchmark": (
        Verb("campaign", campaign.HELP, campaign.add_arguments, campaign.run),
        Verb("cnn", cnn.HELP, cnn.add_arguments, cnn.run),
        Verb("modules", modules.HELP, modules.add_arguments, modules.run),
    )
}
_EXIT_CODES = """\
exit codes: 0 every image was processed; 2 wrong usage; 3 some images could not be read (each has its own error
result); 4 device, 5 precision, 6 reader, 7 model not available; 8 a reader crashed, hung or gave an invalid answer;
9 data set, 10 result file, 11 recipe, 12 engine, 13 build of an engine, 14 self-check or service;
15 a code does not pass (with --fail-exit); 16 a replay cannot begin or go on; 130 interrupted;
1 a fault of this program."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    main_parser = argparse.ArgumentParser(
        prog="ocr-app",
        usage="ocr-app [-h] [--version] VERB ...",
        description="Reads printed product codes.\n\n{}\n\n`ocr-app VERB --help` explains a verb.".format(_overview()),
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    main_parser.add_argument("--version", action="version", version="ocr-app " + VERSION)
    verbs = main_parser.add_subparsers(
        dest="verb", metavar="VERB", prog="ocr-app", help=argparse.SUPPRESS, parser_class=VerbParser
    )
    for verb in (verb for _, members in GROUPS for verb in members):
        verb_parser = add_verb(verbs, verb)
        for sub_verb in _SUB_VERBS.get(verb.name, ()):
            verb_parser.add_verb(sub_verb)
            older_spelling = sub_verb._replace(name="{}-{}".format(verb.name, sub_verb.name))
            add_verb(verbs, older_spelling, is_shown=False)
    main_parser.set_defaults(command_line=main_parser)
    return main_parser


def _overview() -> str:
    rows = [(title, [(verb.name, sentence(verb.summary)) for verb in members]) for title, members in GROUPS]
    return "\n\n".join("{}:\n{}".format(title, listing(members)) for title, members in rows)


def main(argv: Optional[List[str]] = None) -> int:
    """Runs one command; returns the exit code. Errors are printed as messages, not as traces."""
    arguments = parser().parse_args(argv)
    if arguments.verb is None:
        parser().print_help()
        return 2
    try:
        return int(arguments.run(arguments))
    except OcrError as error:
        print("ocr-app {}: {}".format(arguments.command, error), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("ocr-app {}: interrupted".format(arguments.command), file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
