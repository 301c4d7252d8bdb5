"""The readers: an image in, lines of text or posteriors out."""
