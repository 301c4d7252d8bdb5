"""Root file systems: made of Debian packages, and loaded into Docker as images."""
