"""Pages that are made from records.

benchmark/         summary.json, report.md and report.html of a benchmark
blocks.py          numbers in README and docs; why_zero.py: the anatomy of codes that count as not read
engines.py, exports.py, modules.py    pages of docs/results
"""
