"""Rows of the self-check about the host: whether the image is made for it, its GPU is there, and TensorRT loads."""

import os
from typing import List

from ocr_app.board.environment import l4t_release, read_text
from ocr_app.board.runtime_context import VARIANTS, RuntimeContext
from ocr_app.engines.targets import target
from ocr_app.line.selfcheck.rows import FAILED, UNSEEN, Row, attempt, compared

DEVICES = ("/dev/nvhost-ctrl", "/dev/nvhost-ctrl-gpu", "/dev/nvhost-gpu", "/dev/nvmap")
"""Device nodes of a Tegra X1's GPU, memory and synchronisation under L4T 32; devices.csv of its container runtime."""

_RUNTIME = "docker run --runtime nvidia {}"


def rows(context: RuntimeContext) -> List[Row]:
    """All rows about the host; outside an image there is a single row, which says so."""
    if not context.variant:
        return [Row("image", UNSEEN, "this is not an image", "l4t or cpu")]
    if context.variant not in VARIANTS:
        known = "one of " + ", ".join(sorted(VARIANTS))
        return [Row("image", FAILED, "NANO_OCR_VARIANT is " + repr(context.variant), known, "./inv images build")]
    made = "{}, {}".format(context.variant, VARIANTS[context.variant])
    return [Row("image", "ok", made)] + (_jetson(context) if context.variant == "l4t" else [])


def _jetson(context: RuntimeContext) -> List[Row]:
    if not is_jetson(context):
        found = "no device of a Jetson's GPU, and no L4T: {} {}".format(os.uname().machine, _model(context)).strip()
        return [Row("host", FAILED, found, "a Jetson Nano with L4T 32.7", _cpu_image(context))]
    return [_l4t(context), _devices(context), attempt("TensorRT", "TensorRT of the host, CUDA", _tensorrt)]


def is_jetson(context: RuntimeContext) -> bool:
    """Whether there is any sign of a Jetson: its L4T, its model, or one device node of its GPU."""
    nodes = [path for path in DEVICES if os.path.exists(context.below_root(path))]
    return bool(nodes or l4t_release(context.root) or "jetson" in _model(context).lower())


def _cpu_image(context: RuntimeContext) -> str:
    return "the image for computers without a Jetson's GPU: docker run {}".format(context.cpu_image)


def _model(context: RuntimeContext) -> str:
    return (read_text(context.root, "proc/device-tree/model") or "").strip("\0\n ")


def _l4t(context: RuntimeContext) -> Row:
    """Images of one minor release fit all its revisions: r32.7.1 runs on 32.7.1 to 32.7.6."""
    host = l4t_release(context.root)
    if host is None:
        found = "the host's /etc/nv_tegra_release is not mounted"
        return Row("L4T", UNSEEN, found, context.l4t, "--volume /etc/nv_tegra_release:/etc/nv_tegra_release:ro")
    fits = bool(context.l4t) and host.split(".")[:2] == context.l4t.split(".")[:2]
    expected = "the image's {} in its first two numbers".format(context.l4t or "(not set)")
    return compared("L4T", fits, host, expected, "an image made for L4T {}".format(".".join(host.split(".")[:2])))


def _devices(context: RuntimeContext) -> Row:
    missing = [path for path in DEVICES if not os.path.exists(context.below_root(path))]
    found = "missing: " + ", ".join(missing) if missing else ", ".join(DEVICES)
    return compared("GPU devices", not missing, found, "all of them", _RUNTIME.format(context.image or "ocr-app"))


def _tensorrt() -> str:
    platform: str = target.module_of("tensorrt").current_platform().describe()
    return platform
