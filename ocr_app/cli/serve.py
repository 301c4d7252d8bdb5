"""``ocr-app serve``: reads until it is stopped; images come over HTTP on this computer, or into a folder.

The settings come from a file, from flags, or from both. Their classes need attrs, and the metrics prometheus_client, so
both are imported when the service starts: the other verbs work without them.
"""

import argparse
from typing import Any, Dict, Sequence

from ocr_app.board.runtime_context import runtime_context
from ocr_app.cli.arguments import add_limit_arguments, add_reader_arguments, pair, positive, region
from ocr_app.cli.selfcheck import engine_of
from ocr_app.core import logs
from ocr_app.core.errors import ServiceError, UsageError
from ocr_app.imaging import preprocess

HELP = "read until stopped: images over HTTP on this computer, or from a folder"
_EPILOG = (
    "Every flag except --config, --verbose and --quiet overrides a key of the file; see docs/reference/settings.md."
)
_NOT_SETTINGS = ("settings", "config", "verbose", "quiet", "help")


class FromFile:
    """The value of a flag that was not given: the file decides. As text, it is the default for the help page."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        try:
            from ocr_app.line.settings.overrides import default_of_flag
        except ImportError:
            return "see docs/reference/settings.md"
        return str(default_of_flag(self._name))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``serve``."""
    parser.epilog = _EPILOG
    parser.add_argument("settings", nargs="?", metavar="FILE.yaml", help="settings file; flags override it")
    parser.add_argument("--config", metavar="FILE.yaml", help="the same, as a flag")
    _add_log_arguments(parser)
    add_reader_arguments(parser, engine=None)
    packs_help = "engine packs (*.tar) of the release; those for boards like this one are taken before reading"
    parser.add_argument("--packs", metavar="DIR", help=packs_help)
    build_help = "build engines that are missing or stale; takes minutes, and the service is not ready meanwhile"
    parser.add_argument("--build-engines", action="store_true", help=build_help)
    parser.add_argument("--preprocess", choices=preprocess.NAMES, help="(default: %(default)s)")
    parser.add_argument("--region", action="append", type=region, metavar="X,Y,W,H", help="as in read")
    add_limit_arguments(parser)
    _add_recipe_arguments(parser)
    _add_source_arguments(parser)
    _add_bound_arguments(parser)
    parser.set_defaults(**_unset(parser))


def _unset(parser: argparse.ArgumentParser) -> Dict[str, Any]:
    """A marker for each flag that sets a key; repeated flags start from None, because argparse appends to them."""
    actions = [action for action in parser._actions if action.dest not in _NOT_SETTINGS]
    repeated = ("region", "expect")
    return {action.dest: None if action.dest in repeated else FromFile(action.dest) for action in actions}


def _add_log_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--verbose", action="store_true", help="log also what helps to find faults")
    group.add_argument("--quiet", action="store_true", help="log warnings and errors only")


def _add_recipe_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("verdicts")
    group.add_argument("--recipe", metavar="FILE", help="decode and judge under this recipe (the reader codes)")
    group.add_argument("--expect", action="append", type=pair, metavar="NAME=TEXT", help="as in read")
    file_help = "JSON object of expected texts, read again for each image; while missing or too old, nothing passes"
    group.add_argument("--expect-file", metavar="FILE", help=file_help)
    age_help = "greatest age of that file, 0: any age (default: %(default)s)"
    group.add_argument("--expect-age", type=float, metavar="S", help=age_help)
    clock_help = "when the clock counts as right, for recipes that refer to today (default: %(default)s)"
    group.add_argument("--clock", choices=("synced", "always", "never"), help=clock_help)
    group.add_argument("--deadline-ms", type=positive, metavar="MS", help="from an image's arrival; later means fail")
    group.add_argument("--challenge", metavar="DIR", help="challenge set, read before the service is ready")


def _add_source_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("sources")
    listen_help = "HOST:PORT with a loopback host, unix:PATH, or none (default: %(default)s)"
    group.add_argument("--listen", metavar="ADDRESS", help=listen_help)
    group.add_argument("--queue", type=positive, metavar="N", help="images that may wait (%(default)s)")
    group.add_argument("--watch", metavar="DIR", help="folder of new images")
    group.add_argument("--results", metavar="DIR", help="one JSON file per image of --watch")
    group.add_argument("--after", choices=("keep", "delete"), help="what to do with an image once read (%(default)s)")
    every_help = "time without a new image after which camera_lost is reported; 0: never (default: %(default)s)"
    group.add_argument("--frame-every", type=float, metavar="S", help=every_help)


def _add_bound_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("bounds")
    for name, kind, about in (
        ("read-limit", float, "s; a reading that takes longer hangs: the reading process is restarted"),
        ("open-limit", float, "s; loading networks and the first readings"),
        ("answer", float, "s; how long a caller waits when there is no deadline"),
        ("retry", float, "s; pause before a missing GPU, engine or model is looked for again"),
        ("restarts", int, "of the reading process in ten minutes; one more ends the service"),
        ("disk-mb", positive, "less free space: disk_low"),
        ("memory-mb", positive, "less free memory: memory_low"),
    ):
        group.add_argument("--" + name, type=kind, metavar="N", help=about + " (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after SIGTERM or SIGINT, 14 when the reading process failed too often; else as the errors say."""
    try:
        from ocr_app.line.service import LineService
        from ocr_app.line.settings.checks import check, resolve_engine
        from ocr_app.line.settings.overrides import override
        from ocr_app.line.settings.service import ServiceSettings, load
    except ImportError as error:
        found = "the service needs attrs, cattrs and prometheus_client: {}".format(error)
        raise ServiceError(found, "these packages in this Python", "pip install attrs cattrs prometheus-client")
    context = runtime_context()
    path = _settings_path(arguments)
    settings = override(load(path) if path else ServiceSettings(), given(arguments))
    settings = resolve_engine(settings, engine_of(None, context))
    check(settings)
    logs.set_up(logs.level_of(settings.log.level, arguments.verbose, arguments.quiet))
    return LineService(settings, context).run()


def _settings_path(arguments: argparse.Namespace) -> str:
    paths: Sequence[str] = [path for path in (arguments.settings, arguments.config) if path]
    if len(paths) > 1:
        raise UsageError("two settings files: {}".format(" and ".join(paths)), "one", "ocr-app serve FILE.yaml")
    return paths[0] if paths else ""


def given(arguments: argparse.Namespace) -> Dict[str, Any]:
    """The flags that were given, by the names of argparse, in the types of the settings."""
    found = {
        name: value
        for name, value in vars(arguments).items()
        if name not in _NOT_SETTINGS and not isinstance(value, FromFile) and value is not None
    }
    types = {"region": tuple, "expect": dict}
    return {name: types[name](value) if name in types else value for name, value in found.items()}
