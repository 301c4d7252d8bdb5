"""The process that reads, its supervisor, and the verdicts of what it read."""
