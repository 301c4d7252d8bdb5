"""The training side of nano-ocr: synthetic data, and the networks that are trained on it."""
