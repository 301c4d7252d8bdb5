"""Pages that are made from records."""
