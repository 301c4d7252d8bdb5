"""The reader `codes`: a team of independently trained networks that read one frame."""
