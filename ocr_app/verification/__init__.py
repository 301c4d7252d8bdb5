"""Whether a network may become an engine: preflight, precision plan, and parity."""
