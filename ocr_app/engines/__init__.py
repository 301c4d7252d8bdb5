"""Engines of the Nano: export, preflight, precision gate, build, cache."""
