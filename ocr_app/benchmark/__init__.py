"""Measured use: data sets, metrics, runs and their comparison."""
