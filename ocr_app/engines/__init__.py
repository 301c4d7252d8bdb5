"""Engines built from networks: build, key, cache, check, and pack them for other boards."""
