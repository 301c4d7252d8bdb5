"""Fixtures of this folder."""

from tests.unit.fleet.reports.benchmark.measured import document, results

__all__ = ["document", "results"]
