"""Tables and numbers as plain text for a terminal."""

from typing import Optional, Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is aligned left and whose other columns are aligned right."""
    all_rows = [list(head)] + [list(row) for row in rows]
    widths = [max(len(row[column]) for row in all_rows) for column in range(len(head))]
    lines = []
    for row in all_rows:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines[:1] + ["  ".join("-" * width for width in widths)] + lines[1:])


def percent(share: Optional[float]) -> str:
    """Formats 0.123 as "12.3 %", and None as "-"."""
    return "-" if share is None else "{:.1f} %".format(100.0 * share)


def milliseconds(value: Optional[float]) -> str:
    """At most three significant digits below 100, whole milliseconds from 100 on, and "-" for None."""
    if value is None:
        return "-"
    return "{:.0f}".format(value) if value >= 100 else "{:.3g}".format(value)
