# ruff: noqa: N999 - the name of the library that it stands in for
"""A stand-in for the library Jetson.GPIO: the calls that the line makes, as its README documents them; no pins."""
