"""Tables and numbers as plain text for a terminal."""

from typing import Optional, Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, the first flush left, the others flush right."""
    every = [list(head)] + [list(row) for row in rows]
    widths = [max(len(row[column]) for row in every) for column in range(len(head))]
    lines = []
    for row in every:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines[:1] + ["  ".join("-" * width for width in widths)] + lines[1:])


def percent(share: Optional[float]) -> str:
    """ "12.3 %" of 0.123; "-" for None."""
    return "-" if share is None else "{:.1f} %".format(100.0 * share)


def milliseconds(value: Optional[float]) -> str:
    """Three significant figures at most below 100, whole above; "-" for None."""
    if value is None:
        return "-"
    return "{:.0f}".format(value) if value >= 100 else "{:.3g}".format(value)
