"""Pages and pictures that are made from records and from the code."""
