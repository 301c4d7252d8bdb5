"""One row of the self-check: what was checked, what was found, what was expected."""

from typing import Any, Callable, Dict, List, NamedTuple

from ocr_app.core.errors import OcrError

OK, FAILED, UNSEEN = "ok", "FAILED", "not checked"


class Row(NamedTuple):
    """``status``: ok, FAILED, or "not checked" with the reason as ``found``."""

    check: str
    status: str
    found: str
    expected: str = ""
    next_step: str = ""

    def to_json(self) -> Dict[str, str]:
        """The fields by name."""
        return dict(self._asdict())


def compared(check: str, fits: bool, found: str, expected: str, next_step: str = "") -> Row:
    """A row that is ok where ``fits``; the next step is given only where it is not."""
    return Row(check, OK if fits else FAILED, found, expected, "" if fits else next_step)


def attempt(check: str, expected: str, look: Callable[[], Any]) -> Row:
    """A row that is ok with what ``look`` returns, as text; an error of this package makes a row that failed."""
    try:
        return Row(check, OK, str(look()), expected)
    except OcrError as error:
        return Row(check, FAILED, error.found, error.expected or expected, error.next_step)


def failed(rows: List[Row]) -> List[Row]:
    """The rows that failed."""
    return [row for row in rows if row.status == FAILED]
