"""Data sets: file formats, samples, and line crops."""
