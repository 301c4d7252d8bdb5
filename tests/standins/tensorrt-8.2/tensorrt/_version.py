"""Stand-in: what is particular to the version."""

VERSION = "8.2.1.8"
MOST_OPSET = 13
ALWAYS_EXPLICIT = False  # without EXPLICIT_BATCH, a network has an implicit batch dimension
CAPABILITY = (5, 3)
