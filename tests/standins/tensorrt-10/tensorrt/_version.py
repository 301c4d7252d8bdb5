"""Stand-in: what is particular to the version."""

VERSION = "10.3.0"
MOST_OPSET = 20
ALWAYS_EXPLICIT = True  # implicit batch dimensions were removed with 10.0
CAPABILITY = (8, 7)
