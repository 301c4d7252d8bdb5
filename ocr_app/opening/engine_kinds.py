"""The kinds of engines that a reader can read with. A reader without engines loads nothing of what builds them."""

NO_ENGINE = "none"
DEVICES = {"tensorrt": "cuda", "onnxruntime": "cpu"}
"""The device on which the engines of a target run."""
ENGINES = (NO_ENGINE,) + tuple(DEVICES)
"""What a reader can read with: its own networks, or the engines of a target."""
