"""What the container image says about itself in environment variables, and the folders that it defines."""

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
"""Environment variables by field. The first one that is set counts; an empty one is not set."""


class RuntimeContext(NamedTuple):
    """``variant``: "l4t", "cpu", or empty outside an image; ``l4t``: the release that the image was made from.

    ``release``: the id of the release that the node's agent runs, empty if a person runs the program. ``runtime``: the
    folder of health.json. ``root``: the folder with the host's /etc, /dev, /proc and /sys. ``samples``: the bundled
    data set. ``recipes``: the folder of the bundled recipes. ``image``: the name of this image, empty outside an image.
    ``cpu_image``: the name of the image for computers without the GPU of a Jetson.
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
        """The absolute ``path`` of the host, as this process sees it."""
        return os.path.join(self.root, path.lstrip("/"))


def runtime_context(environ: Mapping[str, str] = os.environ) -> RuntimeContext:
    """Reads the environment. An image without a variant is "l4t" if it names its L4T release, otherwise "cpu"."""
    fields = {}
    for field, names in NAMES.items():
        values = [environ[name] for name in names if environ.get(name)]
        if values:
            fields[field] = values[0]
    if fields.get("image") and "variant" not in fields:
        fields["variant"] = "l4t" if fields.get("l4t") else "cpu"
    return RuntimeContext(**fields)
