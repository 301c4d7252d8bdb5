"""How well a text was read: edit distance, the thesis's metrics, text forms, and scoring by line."""
