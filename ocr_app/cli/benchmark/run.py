"""The sub-commands ``benchmark`` and ``compare``: arguments, and what is printed."""

import argparse
import json
import sys
from typing import Any, Dict

from tqdm import tqdm

from ocr_app.benchmark.compare import compare
from ocr_app.benchmark.observe import Progress
from ocr_app.benchmark.record import load_run, save_run
from ocr_app.benchmark.runner import WARM_UP, RunSettings, no_progress, run
from ocr_app.benchmark.summaries import comparison_summary, run_summary
from ocr_app.cli.arguments import add_reader_arguments, reader_request
from ocr_app.datasets.loading import open_dataset
from ocr_app.datasets.sample import CROPS
from ocr_app.imaging.preprocess import NAMES
from ocr_app.opening import open_reader
from ocr_app.scoring.text_forms import DEFAULT_FORM, FORMS


def add_benchmark_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``benchmark``."""
    parser.add_argument("dataset", help="folder or file: manifest.json, dataset.json, photos.json, labels.tsv[:split]")
    add_reader_arguments(parser)
    parser.add_argument("--out", metavar="RUN.json", help="where to write the run record")
    parser.add_argument("--preprocess", default="raw", choices=NAMES)
    parser.add_argument("--layout", choices=("page", "line"), help="(default: the layout that the data set states)")
    parser.add_argument(
        "--crop", default="box", choices=CROPS, help="the part of the image to read (default: the annotated box)"
    )
    parser.add_argument("--recipe", metavar="FILE", help="decode under this recipe (the reader codes)")
    _add_amounts(parser)


def _add_amounts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--split", help="rows of a table with this split")
    parser.add_argument("--limit", type=int, metavar="N", help="read only N images, evenly spread over the set")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="measure every image N times")
    parser.add_argument(
        "--warm-up", type=int, default=WARM_UP, metavar="N", help="inferences before the measurement (default: 30)"
    )
    parser.add_argument("--session", help="a name that runs made in succession share")
    parser.add_argument("--no-texts", action="store_true", help="leave truths and texts out of the record")
    parser.add_argument("--json", action="store_true", help="print the record's head as JSON instead of tables")


def benchmark(arguments: argparse.Namespace) -> int:
    """Runs, writes ``--out``, prints a summary. Returns 0; raises any OcrError."""
    dataset = open_dataset(arguments.dataset, arguments.split, arguments.limit)
    request = reader_request(arguments)
    with open_reader(request) as reader, _Bar(dataset.name) as progress:
        record = run(dataset, reader, _settings(arguments), request, progress)
    if arguments.out:
        save_run(record, arguments.out)
    _print(record, arguments.json)
    return 0


def _settings(arguments: argparse.Namespace) -> RunSettings:
    return RunSettings(
        preprocess=arguments.preprocess,
        crop=arguments.crop,
        layout=arguments.layout,
        warm_up=arguments.warm_up,
        repeat=arguments.repeat,
        texts=not arguments.no_texts,
        session=arguments.session,
        recipe=arguments.recipe,
    )


def _print(record: Dict[str, Any], as_json: bool) -> None:
    if as_json:
        head = {key: value for key, value in record.items() if key != "images"}
        print(json.dumps(head, ensure_ascii=False, indent=1, sort_keys=True))
    else:
        print(run_summary(record))


class _Bar:
    """A progress bar on a terminal; nothing elsewhere."""

    def __init__(self, title: str) -> None:
        self._bar: Any = tqdm(desc=title, unit="image", leave=False) if sys.stderr.isatty() else None

    def __enter__(self) -> Progress:
        return no_progress if self._bar is None else self._step

    def _step(self, done: int, total: int, name: str) -> None:
        self._bar.total = total
        self._bar.set_postfix_str(name, refresh=False)
        self._bar.update(done - self._bar.n)

    def __exit__(self, *exc: Any) -> None:
        if self._bar is not None:
            self._bar.close()


def add_compare_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``compare``."""
    parser.add_argument("a", metavar="A.json", help="the run to start from")
    parser.add_argument("b", metavar="B.json", help="the run to compare with it")
    parser.add_argument("--form", default=DEFAULT_FORM, choices=list(FORMS), help="text form (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")


def compare_runs(arguments: argparse.Namespace) -> int:
    """Prints the comparison. Returns 0; raises any OcrError."""
    result = compare(load_run(arguments.a), load_run(arguments.b), arguments.form)
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else comparison_summary(result))
    return 0
