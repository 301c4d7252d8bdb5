"""Rules of the role python36: the locked packages are installed, and work; shells and services have the variable.

On a later Jetson they are those of its own Python (releases.toml); the name of the role is that of the first board.
"""

from __future__ import annotations

from typing import Any

from . import environments
from .model import Observed, Rule, Settings, as_written

PROOFS = {
    "numpy": "import numpy; numpy.dot(numpy.ones((9, 9)), numpy.ones((9, 9))); print('works')",
    "cv2": "import cv2, numpy; cv2.resize(numpy.zeros((4, 4), 'uint8'), (8, 8)); print('works')",
}
TENSORRT = {"tensorrt": "import tensorrt; print('works' if tensorrt.__version__ else '')"}
ONNXRUNTIME = {
    "onnxruntime": "import onnxruntime as ort; "
    "print('works' if 'CPUExecutionProvider' in ort.get_available_providers() else '')"
}
LINE = {
    "line": "import aiohttp.web, jinja2, paho.mqtt.client, pyModbusTCP.server; print('works')",
}
VARIABLE = "OPENBLAS_CORETYPE="


def plan(settings: Settings) -> dict[str, Any]:
    """The environment, the locks that fill it, and the variable for shells and services."""
    headless, line = settings.text("python36_opencv") == "headless", settings.switch("python36_line")
    onnxruntime, tensorrt = settings.switch("python36_onnxruntime"), settings.switch("python36_tensorrt")
    chosen = ((True, PROOFS), (tensorrt, TENSORRT), (onnxruntime, ONNXRUNTIME), (line, LINE))
    proofs = {name: code for wanted, codes in chosen if wanted for name, code in codes.items()}
    locks = settings.series.locks
    wanted = (("base", True), ("opencv", headless), ("onnxruntime", onnxruntime), ("line", line))
    return {
        "locks": [name for kind, is_wanted in wanted if is_wanted for name in locks[kind]],
        "target": settings.series.target,
        "venv": environments.described(
            settings.text("python36_venv"),
            settings.text("python36_python") or settings.series.interpreter,
            proofs,
            system_site_packages=True,
            forbidden=() if headless else environments.OPENCV_WHEELS,
            environment={"OPENBLAS_CORETYPE": settings.text("python36_openblas_coretype")},
        ),
    }


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    lines = observed.file("shells").text.splitlines()
    pages = "SIGILL: docs/how-to/breakages/numpy-illegal-instruction.md; tensorrt: apt install python3-libnvinfer"
    return [
        *environments.judged("python36", observed, pages),
        Rule(
            "python36.shells",
            next((line for line in lines if line.startswith(VARIABLE)), "no line"),
            VARIABLE + settings.text("python36_openblas_coretype"),
        ),
        as_written("python36.services", observed, "services", settings),
    ]
