"""The self-check: the image and its host, what is installed, and the bundled samples, which are really read."""

from typing import Callable, List

from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core.errors import OcrError
from ocr_app.line.selfcheck import host, parts, samples
from ocr_app.line.selfcheck.rows import FAILED, OK, Row, failed
from ocr_app.readers.contract import Reader

Show = Callable[[Row], None]
Open = Callable[[], Reader]


def run(context: RuntimeContext, engines: str, open_reader: Open, plain: Open, show: Show) -> List[Row]:
    """Every row, each shown as soon as it is there. ``engines``: folder of the engines that are used, empty for none.

    On the wrong host nothing else is checked, because everything after that would fail for the same reason. When there
    is no engine yet, that row fails, and the samples are read by ``plain``, without engines; the row of the reader
    names what reads.
    """
    rows: List[Row] = []

    def show_all(new: List[Row]) -> None:
        for row in new:
            show(row)
        rows.extend(new)

    show_all(host.rows(context))
    if failed(rows):
        return rows
    show_all(parts.model_rows())
    if engines:
        show_all([parts.engine_row(engines, context)])
    show_all(parts.recipe_rows(context))
    show_all(_read(context, plain if engines and not parts.any_engine(engines) else open_reader))
    return rows


def _read(context: RuntimeContext, open_reader: Open) -> List[Row]:
    try:
        with open_reader() as reader:
            info = reader.info
            row = Row("reader", OK, "{} on {} in {}: {}".format(info.reader, info.device, info.precision, info.engine))
            return [row] + samples.rows(reader, context)
    except OcrError as error:
        return [Row("reader", FAILED, error.found, error.expected, error.next_step)]
