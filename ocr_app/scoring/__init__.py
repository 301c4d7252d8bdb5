"""How well a text was read: edit distance, metrics, text forms, and scores per line."""
