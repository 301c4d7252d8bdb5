"""Calibrates the team of readers: the weights of its arbiter, and its thresholds."""
