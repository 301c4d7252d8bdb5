"""Stand-in: what is particular to the version."""

VERSION = "8.5.2.2"
MOST_OPSET = 17
ALWAYS_EXPLICIT = False
CAPABILITY = (8, 7)
