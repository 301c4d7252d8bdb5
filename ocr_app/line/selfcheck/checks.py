"""The self-check: the image against its host, what is installed, and the bundled samples read for real."""

from typing import Callable, List

from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core.errors import OcrError
from ocr_app.line.selfcheck import host, parts, samples
from ocr_app.line.selfcheck.rows import FAILED, OK, Row, failed
from ocr_app.readers.contract import Reader

Show = Callable[[Row], None]
Open = Callable[[], Reader]


def run(around: RuntimeContext, engines: str, open_reader: Open, plain: Open, show: Show) -> List[Row]:
    """Every row, each shown as it comes. ``engines``: folder of the engines that are used, empty for none.

    On the wrong host nothing else is looked at: what follows would fail for that reason alone. Where no engine is there
    yet, that row has failed, and the samples are read by ``plain``, without engines, which its row says.
    """
    rows: List[Row] = []

    def take(new: List[Row]) -> None:
        for row in new:
            show(row)
        rows.extend(new)

    take(host.rows(around))
    if failed(rows):
        return rows
    take(parts.model_rows())
    if engines:
        take([parts.engine_row(engines, around)])
    take(parts.recipe_rows(around))
    take(_read(around, plain if engines and not parts.any_engine(engines) else open_reader))
    return rows


def _read(around: RuntimeContext, open_reader: Open) -> List[Row]:
    try:
        with open_reader() as reader:
            info = reader.info
            row = Row("reader", OK, "{} on {} in {}: {}".format(info.reader, info.device, info.precision, info.engine))
            return [row] + samples.rows(reader, around)
    except OcrError as error:
        return [Row("reader", FAILED, error.found, error.expected, error.next_step)]
