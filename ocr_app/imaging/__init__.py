"""Image files and pixels: loading with limits, preprocessing, geometry, and drawing."""
