"""The history of parts: one row for each, which says that a part passed before any output does; and their pictures."""
