"""Training side of nano-ocr: synthetic data and the recogniser trained on it."""
