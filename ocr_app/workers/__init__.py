"""Readers in another process: protocol and children."""
