"""Renderer of printed production codes: print head, package surface, label artwork and camera."""
