"""Container images: rendered, built, tested, measured and saved (docs/how-to/containers.md)."""
