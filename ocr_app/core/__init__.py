"""What every package uses: errors, paths, files, and the types of results."""
