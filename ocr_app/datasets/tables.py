"""Label tables as people's programs write them: Excel, Notepad, LibreOffice, a script."""

import csv
from typing import Dict, List, NamedTuple, Tuple

from ocr_app.core.errors import DatasetError

_NEXT = 'save it as "CSV UTF-8" (Excel) or with the encoding UTF-8 (Notepad); docs/reference/metrics.md'
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DELIMITERS = ("\t", ";", ",")


class TableRow(NamedTuple):
    """A row by the columns that it has, and its line in the file, from 1."""

    line: int
    cells: Dict[str, str]


class Table(NamedTuple):
    """The names of the columns in small letters, and the rows that are not empty."""

    columns: List[str]
    rows: List[TableRow]


def read_text(file: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 with a byte order mark. Raises DatasetError that names the encoding."""
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise DatasetError("{}: {}".format(file, error.strerror), "a readable file") from error
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    data = data[len(mark) :]
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = "{}: line {}: byte 0x{:02X} is not {}".format(file, line, data[error.start], encoding.upper())
        likely = "it looks like Windows-1252 (cp1252)" if _is_cp1252(data) else "another encoding"
        raise DatasetError("{}; {}".format(found, likely), "UTF-8, or UTF-16 with a byte order mark", _NEXT) from error


def _is_cp1252(data: bytes) -> bool:
    """Whether the text is printable in the encoding that Windows uses in western Europe."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n" for character in text)


def delimiter_of(head: str, file: str) -> str:
    """What separates the columns of the first line: a tab, a semicolon or a comma."""
    counts = {delimiter: head.count(delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: counts[delimiter])
    if counts[best]:
        return best
    return "\t" if file.endswith((".tsv", ".txt")) else ","


def read_table(file: str) -> Table:
    """A table with a header.

    ``sep=;`` in the first line, as Excel writes it, names the separator. In CSV, cells may be in double quotes. A tab
    leaves quotes as they are, except around a cell whose inner quotes are doubled, as by Excel. Raises DatasetError.
    """
    lines = read_text(file).splitlines()
    first = 1 if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == len("sep=;") else 0
    if len(lines) <= first:
        return Table([], [])
    delimiter = lines[0][-1] if first else delimiter_of(lines[0], file)
    rows = _split(lines[first:], delimiter, first)
    head = [cell.strip().lower() for cell in rows[0][1]]
    filled = [(line, cells) for line, cells in rows[1:] if any(cell.strip() for cell in cells)]
    return Table(head, [TableRow(line, dict(zip(head, cells))) for line, cells in filled])


def _split(lines: List[str], delimiter: str, skipped: int) -> List[Tuple[int, List[str]]]:
    if delimiter == "\t":
        return [(number + skipped, [_unquoted(c) for c in line.split("\t")]) for number, line in enumerate(lines, 1)]
    reader = csv.reader(lines, delimiter=delimiter)
    return [(reader.line_num + skipped, row) for row in reader]


def _unquoted(cell: str) -> str:
    """A cell in quotes whose inner quotes are all doubled, and that needed them."""
    inner = cell[1:-1]
    quoted = len(cell) > 2 and cell[0] == cell[-1] == '"'
    if quoted and inner.replace('""', "").count('"') == 0 and ('""' in inner or "," in inner or ";" in inner):
        return inner.replace('""', '"')
    return cell
