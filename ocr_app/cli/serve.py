"""``ocr-app serve``: reads until it is told to stop; images come over HTTP on this computer, or into a folder."""

import argparse
import importlib.util
import os
import sys

from ocr_app import recipes
from ocr_app.board.runtime_context import runtime_context
from ocr_app.cli.arguments import add_limit_arguments, add_reader_arguments, pair, positive, region
from ocr_app.cli.selfcheck import engine_of
from ocr_app.core.errors import UsageError
from ocr_app.engines.targets import target
from ocr_app.imaging import preprocess
from ocr_app.line.service import LineService, words
from ocr_app.line.settings import AFTER, CLOCKS, ReadingSettings, Serving
from ocr_app.readers.registry import parse_name

HELP = "read until told to stop: images over HTTP on this computer, or from a folder"
_DEFAULT = Serving(ReadingSettings())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``serve``."""
    add_reader_arguments(parser, engine=None)
    packs_help = "engine packs (*.tar) of the release; those for boards like this one are taken before reading"
    parser.add_argument("--packs", default="", metavar="DIR", help=packs_help)
    build_help = "build engines that are missing or stale; minutes, and not ready meanwhile"
    parser.add_argument("--build-engines", action="store_true", help=build_help)
    parser.add_argument("--preprocess", choices=preprocess.NAMES, default="raw", help="(default: %(default)s)")
    parser.add_argument("--region", action="append", type=region, default=[], metavar="X,Y,W,H", help="as in read")
    add_limit_arguments(parser)
    _add_recipe_arguments(parser)
    _add_source_arguments(parser)
    _add_bound_arguments(parser)


def _add_recipe_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("verdicts")
    group.add_argument("--recipe", metavar="FILE", help="decode and judge under this recipe (the reader codes)")
    group.add_argument("--expect", action="append", type=pair, default=[], metavar="NAME=TEXT", help="as in read")
    file_help = "JSON object of expected texts, read anew for each image; missing or too old: what would pass holds"
    group.add_argument("--expect-file", metavar="FILE", help=file_help)
    age_help = "how old that file may be, 0: any age (default: %(default)s)"
    group.add_argument("--expect-age", type=float, default=0.0, metavar="S", help=age_help)
    clock_help = "when the clock counts as right, for recipes that ask for today (default: %(default)s)"
    group.add_argument("--clock", choices=CLOCKS, default="synced", help=clock_help)
    deadline_help = "from an image's arrival; later means fail"
    group.add_argument("--deadline-ms", type=positive, metavar="MS", help=deadline_help)
    group.add_argument("--challenge", metavar="DIR", help="challenge set, read before the service is ready")


def _add_source_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("sources")
    listen_help = "HOST:PORT of this computer, unix:PATH, or none (default: %(default)s)"
    group.add_argument("--listen", default=_DEFAULT.listen, metavar="ADDRESS", help=listen_help)
    group.add_argument(
        "--queue", type=positive, default=_DEFAULT.queue, metavar="N", help="images that may wait (%(default)s)"
    )
    group.add_argument("--watch", metavar="DIR", help="folder of new images")
    group.add_argument("--results", metavar="DIR", help="one JSON file for each image of --watch")
    group.add_argument("--after", choices=AFTER, default="keep", help="of a watched image that was read (%(default)s)")
    every_help = "a watched folder without a new image for so long: camera_lost; 0: never (default: %(default)s)"
    group.add_argument("--frame-every", type=float, default=0.0, metavar="S", help=every_help)


def _add_bound_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("bounds")
    for name, kind, about in (
        ("read-limit", float, "s; a longer reading hangs: the reading process is started again"),
        ("open-limit", float, "s; loading networks and the first readings"),
        ("answer", float, "s; a caller without deadline waits no longer"),
        ("retry", float, "s; pause before a missing GPU, engine or model is looked for again"),
        ("restarts", int, "of the reading process in ten minutes; one more ends the service"),
        ("disk-mb", positive, "less free space: disk_low"),
        ("memory-mb", positive, "less free memory: memory_low"),
    ):
        field = {"read-limit": "read_limit_s", "open-limit": "open_limit_s", "answer": "answer_s", "retry": "retry_s"}
        default = getattr(_DEFAULT, field.get(name, name.replace("-", "_")))
        group.add_argument("--" + name, type=kind, default=default, metavar="N", help=about + " (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after SIGTERM or SIGINT, 14 when the reading process failed too often; else as the errors say."""
    around = runtime_context()
    settings = settings_of(arguments, engine_of(arguments.engine, around))
    service = LineService(settings, around)
    for line in words(settings, service.port):
        print("ocr-app serve: " + line, file=sys.stderr, flush=True)
    return service.run()


def settings_of(arguments: argparse.Namespace, engine: str) -> Serving:
    """Checked as far as that goes without a reader. Raises UsageError, RecipeError."""
    parse_name(arguments.reader)
    _check_recipe(arguments)
    if bool(arguments.watch) != bool(arguments.results):
        raise UsageError("--watch and --results belong together", "both", "--watch DIR --results DIR")
    if arguments.build_engines:
        _check_building(engine)
    return Serving(
        _reading_of(arguments, engine),
        "" if arguments.listen == "none" else arguments.listen,
        arguments.queue,
        arguments.watch or "",
        arguments.results or "",
        arguments.after,
        arguments.frame_every,
        arguments.challenge or "",
        arguments.build_engines,
        read_limit_s=arguments.read_limit,
        open_limit_s=arguments.open_limit,
        answer_s=arguments.answer,
        retry_s=arguments.retry,
        restarts=arguments.restarts,
        disk_mb=arguments.disk_mb,
        memory_mb=arguments.memory_mb,
    )


def _check_building(engine: str) -> None:
    """A build is judged by what the model itself reads, by ONNX Runtime; the image for Jetsons has none."""
    if engine == "none":
        raise UsageError("--build-engines without engines", "--engine " + " or ".join(target.TARGETS))
    if importlib.util.find_spec("onnxruntime") is None:
        found = "--build-engines where ONNX Runtime, which judges a build, is not installed"
        raise UsageError(found, "engines that were built before", "./inv build-engines")


def _reading_of(arguments: argparse.Namespace, engine: str) -> ReadingSettings:
    return ReadingSettings(
        arguments.reader,
        arguments.device,
        arguments.precision,
        arguments.threads,
        engine,
        os.path.abspath(arguments.packs) if arguments.packs else "",
        os.path.abspath(arguments.recipe) if arguments.recipe else None,
        arguments.preprocess,
        tuple(arguments.region),
        tuple(arguments.expect),
        arguments.expect_file,
        arguments.expect_age,
        arguments.clock,
        arguments.deadline_ms,
        arguments.max_pixels,
        arguments.max_bytes,
        arguments.min_side,
    )


def _check_recipe(arguments: argparse.Namespace) -> None:
    if arguments.recipe is None:
        if arguments.expect or arguments.expect_file or arguments.deadline_ms:
            raise UsageError("--expect, --expect-file or --deadline-ms without a recipe", "--recipe FILE")
        return
    names = sorted({field.name for field in recipes.load(arguments.recipe).fields if field.name})
    for name, _ in arguments.expect:
        if name not in names:
            raise UsageError("the recipe has no field {!r}".format(name), ", ".join(names) or "no field has a name")
