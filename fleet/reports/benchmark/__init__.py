"""The report of a benchmark: summary.json, report.md and a self-contained report.html."""

from fleet.reports.benchmark.report import CellResult, to_html, write_report

__all__ = ["CellResult", "to_html", "write_report"]
