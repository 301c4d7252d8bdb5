"""Pages that are made from records.

benchmark/         summary.json, report.md and report.html of a benchmark
blocks.py          blocks in README and docs; numbers.py: their content; why_zero.py: why codes count as not read
engines.py, exports.py, modules.py    pages of docs/results
"""
