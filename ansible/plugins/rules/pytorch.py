"""Rules of the role pytorch: the locked packages are installed, and work; how those that nobody publishes are built."""

from __future__ import annotations

from typing import Any

from . import environments
from .model import Observed, Rule, Settings

PROOFS = {
    "torch": "import torch; print(torch.__version__)",
    "torchvision": "import torchvision; print(torchvision.__version__)",
}
CUDA = {
    "cuda": "import torch; assert torch.cuda.is_available(), 'torch sees no CUDA device'; print(torch.version.cuda)"
}
TORCH2TRT = {"torch2trt": "import torch2trt"}
MAKE = (
    "TORCH_CUDA_ARCH_LIST=5.3 FORCE_CUDA=1 MAX_JOBS=1 OPENBLAS_CORETYPE=ARMV8 "
    "{}/bin/python setup.py bdist_wheel --dist-dir ../dist"
)
STAGES = {
    "torchvision": "cd vision-* && BUILD_VERSION=$(basename $PWD | cut -d- -f2) ",
    "torch2trt": "cd torch2trt-* && ",
}


def plan(settings: Settings) -> dict[str, Any]:
    """The environment, the locks and artefacts that fill it, and the stages of a build on a board."""
    torch2trt = settings.switch("pytorch_torch2trt")
    proofs = {**PROOFS, **(CUDA if settings.switch("pytorch_gpu") else {}), **(TORCH2TRT if torch2trt else {})}
    make = MAKE.format(settings.text("pytorch_venv"))
    return {
        "locks": ["bootstrap-py36", "nano-torch"],
        "artefacts": ["torch", "torchvision", *(["torch2trt"] if torch2trt else [])],
        "venv": environments.described(
            settings.text("pytorch_venv"),
            settings.text("pytorch_python"),
            proofs,
            system_site_packages=True,
            environment=environments.OF_THE_A57,
        ),
        "stages": [{"name": name, "run": line + make} for name, line in STAGES.items()],
        "unpublished": ["torchvision", *(["torch2trt"] if torch2trt else [])],
        "results": [{"artefact": name, "pattern": f"dist/{name}-*.whl"} for name in STAGES],
    }


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role; none where it is off."""
    if not settings.switch("pytorch_enabled"):
        return []
    pages = "a wheel without CUDA or for another JetPack was recorded? ./inv wheels verify; see docs/how-to/wheels.md"
    return environments.judged("pytorch", observed, pages)
