"""What boards and images install: manifest, files, index."""
