"""``ocr-app line`` and ``ocr-app history``: make and check the file of a live line, and query what it did."""

from ocr_app.cli.line.command import add_arguments, run

__all__ = ["add_arguments", "run"]
