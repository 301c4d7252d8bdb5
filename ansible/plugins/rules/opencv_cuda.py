"""Rules of the role opencv_cuda: the cv2 of the system is the one that was built with CUDA; how it is built."""

from __future__ import annotations

from typing import Any

from .model import Observed, Rule, Settings

ASK = "import cv2; print(cv2.__version__, cv2.cuda.getCudaEnabledDeviceCount())"
# An OpenCV wheel of pip in the system's folders hides the one that was built.
SHADOWS = """ls -d /usr/local/lib/python3.6/dist-packages/opencv_*python*.dist-info
 ~root/.local/lib/python3.6/site-packages/opencv_*.dist-info
 /home/*/.local/lib/python3.6/site-packages/opencv_*.dist-info 2>/dev/null; true""".replace("\n", "")
FLAGS = (
    *("CMAKE_BUILD_TYPE=RELEASE", "CMAKE_INSTALL_PREFIX=/usr/local"),
    *("WITH_CUDA=ON", "WITH_CUDNN=ON", "OPENCV_DNN_CUDA=ON", "WITH_CUBLAS=ON", "CUDA_FAST_MATH=ON", "ENABLE_NEON=ON"),
    *("CUDA_ARCH_BIN=5.3", "CUDA_ARCH_PTX=", "CUDNN_VERSION=8.0", "CUDNN_INCLUDE_DIR=/usr/include/aarch64-linux-gnu"),
    *("WITH_GSTREAMER=ON", "WITH_LIBV4L=ON", "WITH_OPENCL=OFF", "BUILD_opencv_python2=OFF", "BUILD_opencv_python3=ON"),
    *("PYTHON3_EXECUTABLE={python}", "OPENCV_PYTHON3_INSTALL_PATH=/usr/local/lib/python3.6/dist-packages"),
    *("BUILD_TESTS=OFF", "BUILD_PERF_TESTS=OFF", "BUILD_EXAMPLES=OFF"),
    "OPENCV_EXTRA_MODULES_PATH=$(echo $PWD/../opencv_contrib-*/modules)",
)
STAGES = {
    "configure": "mkdir -p build && cd build && PATH=/usr/local/cuda/bin:$PATH cmake {flags} ../opencv-[0-9]*/",
    # cmake that found the wrong Python or no numpy makes no Python binding: stop now, not after three hours
    "summary": "cd build && grep '^BUILD_opencv_python3:BOOL=ON' CMakeCache.txt && "
    "grep '^WITH_CUDA:BOOL=ON' CMakeCache.txt && ls -d modules/python3 modules/cudaarithm",
    "compile": "cd build && PATH=/usr/local/cuda/bin:$PATH make -j{jobs}",
    "install": "rm -rf stage && mkdir stage && cd build && make install DESTDIR=$PWD/../stage",
    "try": "cd stage/usr/local/lib && LD_LIBRARY_PATH=$PWD PYTHONPATH=$PWD/python3.6/dist-packages "
    "{python} -c 'import cv2; assert cv2.cuda.getCudaEnabledDeviceCount() > 0'",
    "pack": "mkdir -p dist && tar czf dist/opencv-cuda.part -C stage usr && "
    "mv dist/opencv-cuda.part dist/opencv-cuda.tar.gz",
}


def plan(settings: Settings) -> dict[str, Any]:
    """The commands that show which cv2 there is."""
    python = settings.text("opencv_cuda_python")
    return {"commands": {"cv2": [python, "-c", ASK], "shadows": ["sh", "-c", SHADOWS]}}


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role; none where it is off."""
    if not settings.switch("opencv_cuda_enabled"):
        return []
    words = observed.command("cv2").out.split()
    shadows = ", ".join(observed.command("shadows").out.split())
    return [
        Rule(
            "opencv_cuda.version",
            words[0] if words else observed.command("cv2").last_error("no cv2"),
            settings.given["version"],
        ),
        _devices(words[1] if len(words) > 1 else "0", settings.switch("opencv_cuda_gpu")),
        Rule(
            "opencv_cuda.whole",
            "unpacked" if observed.file("mark").exists else "not unpacked to its end",
            "unpacked",
        ),
        Rule(
            "opencv_cuda.shadow",
            shadows or "no wheel in front of it",
            "no wheel in front of it",
            next="sudo python3 -m pip uninstall opencv-python-headless opencv-python on the board",
        ),
    ]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """The stages of a build on this board: four jobs at once where the memory suffices, else one."""
    if not settings.switch("opencv_cuda_enabled"):
        return {}
    memory_mb = observed.memory_mb("total") + observed.memory_mb("swap_total")
    jobs = 4 if memory_mb >= settings.number("opencv_cuda_build_memory_mb") else 1
    python = settings.text("opencv_cuda_python")
    flags = " ".join("-D " + flag for flag in FLAGS).replace("{python}", python)
    fill = {"{flags}": flags, "{jobs}": str(jobs), "{python}": python}
    return {"stages": [{"name": name, "run": _filled(line, fill)} for name, line in STAGES.items()]}


def _filled(line: str, fill: dict[str, str]) -> str:
    for name, value in fill.items():
        line = line.replace(name, value)
    return line


def _devices(found: str, gpu: bool) -> Rule:
    return Rule(
        "opencv_cuda.devices",
        f"{found} CUDA devices seen by cv2",
        f"{'at least 1' if gpu else 'any number of'} CUDA devices",
        holds=int(found) >= (1 if gpu else 0),
        next="docs/how-to/breakages/opencv-headless-shadows-cuda.md; JetPack's own OpenCV has no CUDA",
    )
