"""Measured runs: accuracy, times, and their comparison."""
