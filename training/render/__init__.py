"""The renderer of printed production codes: print head, package surface, label artwork and camera."""
