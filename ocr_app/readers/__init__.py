"""Readers: image in, text lines out."""
