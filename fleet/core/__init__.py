"""What every part of the control side uses.

errors.py    every error, with its exit code
files.py     root of the repository, whole-file writes, digests
logs.py      logging: level, form, destination
pages.py     HTML templates, Markdown tables, records with their page
toml.py      TOML on every Python
"""
