"""Image files and pixels: load, guard, preprocess, geometry, drawing."""
