"""Data sets: the file formats, their samples, and the line crops that recognisers are measured on."""
