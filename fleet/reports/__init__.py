"""Pages that are made from records.

benchmark/         summary.json, report.md and report.html of a benchmark
identity.py        what a reader is in benchmarks: name, engines and precision
blocks.py          blocks in README and docs
numbers.py, reader_table.py, why_zero.py    their content: numbers, readers, why codes count as not read
engines.py, exports.py, modules.py    pages of docs/results
recipes/           first recipes on real pictures, and the troubleshooting table
"""
