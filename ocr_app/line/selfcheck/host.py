"""Rows of the self-check about the host: is this the image for it, is its GPU here, does TensorRT load."""

import os
from typing import List

from ocr_app.board.environment import l4t_release, read_text
from ocr_app.board.runtime_context import VARIANTS, RuntimeContext
from ocr_app.engines.targets import target
from ocr_app.line.selfcheck.rows import FAILED, UNSEEN, Row, attempt, judged

DEVICES = ("/dev/nvhost-ctrl", "/dev/nvhost-ctrl-gpu", "/dev/nvhost-gpu", "/dev/nvmap")
"""Device nodes of a Tegra X1's GPU, memory and synchronisation under L4T 32; devices.csv of its container runtime."""

_RUNTIME = "docker run --runtime nvidia {}"


def rows(around: RuntimeContext) -> List[Row]:
    """All rows about the host; outside an image there is only the one that says so."""
    if not around.variant:
        return [Row("image", UNSEEN, "this is no image", "l4t or cpu")]
    if around.variant not in VARIANTS:
        words = "one of " + ", ".join(sorted(VARIANTS))
        return [Row("image", FAILED, "NANO_OCR_VARIANT is " + repr(around.variant), words, "./inv images build")]
    made = "{}, {}".format(around.variant, VARIANTS[around.variant])
    return [Row("image", "ok", made)] + (_jetson(around) if around.variant == "l4t" else [])


def _jetson(around: RuntimeContext) -> List[Row]:
    if not is_jetson(around):
        found = "no device of a Jetson's GPU, and no L4T: {} {}".format(os.uname().machine, _model(around)).strip()
        return [Row("host", FAILED, found, "a Jetson Nano with L4T 32.7", _cpu_image(around))]
    return [_l4t(around), _devices(around), attempt("TensorRT", "TensorRT of the host, CUDA", _tensorrt)]


def is_jetson(around: RuntimeContext) -> bool:
    """Whether anything at all speaks for a Jetson: its L4T, its model, or one device node of its GPU."""
    nodes = [path for path in DEVICES if os.path.exists(around.below_root(path))]
    return bool(nodes or l4t_release(around.root) or "jetson" in _model(around).lower())


def _cpu_image(around: RuntimeContext) -> str:
    return "the image for computers without a Jetson's GPU: docker run {}".format(around.cpu_image)


def _model(around: RuntimeContext) -> str:
    return (read_text(around.root, "proc/device-tree/model") or "").strip("\0\n ")


def _l4t(around: RuntimeContext) -> Row:
    """Images of one minor release fit all its revisions: r32.7.1 runs on 32.7.1 to 32.7.6."""
    host = l4t_release(around.root)
    if host is None:
        found = "the host's /etc/nv_tegra_release is not mounted"
        return Row("L4T", UNSEEN, found, around.l4t, "--volume /etc/nv_tegra_release:/etc/nv_tegra_release:ro")
    fits = bool(around.l4t) and host.split(".")[:2] == around.l4t.split(".")[:2]
    expected = "the image's {} in its first two numbers".format(around.l4t or "(not set)")
    return judged("L4T", fits, host, expected, "an image made for L4T {}".format(".".join(host.split(".")[:2])))


def _devices(around: RuntimeContext) -> Row:
    gone = [path for path in DEVICES if not os.path.exists(around.below_root(path))]
    found = "not there: " + ", ".join(gone) if gone else ", ".join(DEVICES)
    return judged("GPU devices", not gone, found, "all of them", _RUNTIME.format(around.image or "ocr-app"))


def _tensorrt() -> str:
    words: str = target.module_of("tensorrt").current_platform().describe()
    return words
