"""Images: load, preprocess, measure, and draw them."""
