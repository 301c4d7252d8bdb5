"""The reader `gvision`: Google Cloud Vision."""
