"""Where the application stands: what its image says of itself in environment variables, and what it finds around it."""

import os
from typing import Mapping, NamedTuple

from ocr_app.core import paths

VARIANTS = {"l4t": "for Jetsons, by TensorRT", "cpu": "for any other computer, by ONNX Runtime"}
RUNTIME = "/run/nano-ocr"

NAMES = {
    "variant": ("NANO_OCR_VARIANT",),
    "l4t": ("NANO_OCR_L4T", "OCR_L4T"),
    "release": ("NANO_OCR_RELEASE",),
    "runtime": ("NANO_OCR_RUNTIME",),
    "root": ("NANO_OCR_ROOT",),
    "samples": ("OCR_SAMPLES",),
    "recipes": ("OCR_RECIPES",),
    "image": ("OCR_IMAGE",),
    "cpu_image": ("OCR_CPU_IMAGE",),
}
"""Environment variables by field; the first that is set counts, and one that is empty is not set."""


class RuntimeContext(NamedTuple):
    """``variant``: "l4t", "cpu", or empty outside an image; ``l4t``: the release that the image was made from.

    ``release``: id of the release that the node's agent runs, empty where a person runs the program. ``runtime``: the
    folder of health.json. ``root``: where the host's /etc, /dev, /proc and /sys are seen. ``samples``: the bundled
    data set; ``recipes``: folder of the bundled recipes. ``image``: this image's name, empty outside one;
    ``cpu_image``: the image for computers without a Jetson's GPU.
    """

    variant: str = ""
    l4t: str = ""
    release: str = ""
    runtime: str = RUNTIME
    root: str = "/"
    samples: str = paths.bundled_samples()
    recipes: str = paths.bundled_recipes()
    image: str = ""
    cpu_image: str = "ocr-app-cpu"

    def below_root(self, path: str) -> str:
        """``path`` (absolute) as it is seen from here."""
        return os.path.join(self.root, path.lstrip("/"))


def runtime_context(environ: Mapping[str, str] = os.environ) -> RuntimeContext:
    """From the environment. An image that names itself but no variant is "l4t" where it names its L4T, else "cpu"."""
    found = {}
    for field, names in NAMES.items():
        values = [environ[name] for name in names if environ.get(name)]
        if values:
            found[field] = values[0]
    if found.get("image") and "variant" not in found:
        found["variant"] = "l4t" if found.get("l4t") else "cpu"
    return RuntimeContext(**found)
