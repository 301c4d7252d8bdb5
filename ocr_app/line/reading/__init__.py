"""The queue, the process that reads, its supervisor, and the final verdicts."""
