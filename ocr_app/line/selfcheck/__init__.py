"""The self-check: the image, its host, what is installed, and the bundled samples."""
