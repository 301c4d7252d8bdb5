"""The service of a production line, and its self-check."""
