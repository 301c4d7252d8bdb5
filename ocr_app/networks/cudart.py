"""The few calls of the CUDA run-time library that running an engine needs, through ctypes.

pycuda has no wheel for the boards' Python 3.6 on aarch64, and torch would add 1 GB for its allocator alone.
Names and signatures: the CUDA Runtime API reference of CUDA 10.2, modules "Memory Management", "Stream Management",
"Device Management"; those of 11.4, 12.6 and 13 have the same. A board has the library of its JetPack
(data/boards.json), and only that.
"""

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_size_t, c_void_p
from typing import Any, List

from ocr_app.core.errors import DeviceUnavailable
from ocr_app.core.paths import load_data

HOST_TO_DEVICE, DEVICE_TO_HOST = 1, 2  # cudaMemcpyKind
_CAPABILITY = (75, 76)  # cudaDevAttrComputeCapabilityMajor, ...Minor
_SIGNATURES = {
    "cudaGetErrorString": ([c_int], c_char_p),
    "cudaDeviceGetAttribute": ([POINTER(c_int), c_int, c_int], c_int),
    "cudaMalloc": ([POINTER(c_void_p), c_size_t], c_int),
    "cudaFree": ([c_void_p], c_int),
    "cudaMemcpyAsync": ([c_void_p, c_void_p, c_size_t, c_int, c_void_p], c_int),
    "cudaStreamCreate": ([POINTER(c_void_p)], c_int),
    "cudaStreamSynchronize": ([c_void_p], c_int),
    "cudaStreamDestroy": ([c_void_p], c_int),
}


def libraries() -> List[str]:
    """Names of the library by release, the oldest first."""
    return list(load_data("boards.json")["cudart"])


def open_library() -> Any:
    """The library, with typed functions. Raises DeviceUnavailable if none of the known ones loads."""
    reasons = []
    for name in libraries():
        try:
            return typed(ctypes.CDLL(name))
        except OSError as error:
            reasons.append(str(error))
    found = "the CUDA run-time library does not load: {}".format("; ".join(reasons))
    raise DeviceUnavailable(found, "that of JetPack: one of them", "apt list --installed 'cuda-cudart*'")


def typed(library: Any) -> Any:
    """The same library, with argument and result types set on the functions used here."""
    for name, (arguments, result) in _SIGNATURES.items():
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, result
    return library


class Cuda:
    """One stream of GPU 0. Every call that fails raises DeviceUnavailable with CUDA's own message."""

    def __init__(self) -> None:
        self._library = open_library()
        self.stream = c_void_p()
        self._call("cudaStreamCreate", ctypes.byref(self.stream))

    def _call(self, name: str, *arguments: Any) -> None:
        code = getattr(self._library, name)(*arguments)
        if code != 0:
            message = self._library.cudaGetErrorString(code).decode("utf-8", "replace")
            found = "{} failed: {} (CUDA error {})".format(name, message, code)
            raise DeviceUnavailable(found, "a working GPU with free memory", "tegrastats; dmesg | tail")

    def capability(self) -> str:
        """The GPU's compute capability: "5.3" on a Nano, "8.7" on an Orin."""
        return ".".join(str(self._attribute(number)) for number in _CAPABILITY)

    def _attribute(self, number: int) -> int:
        value = c_int()
        self._call("cudaDeviceGetAttribute", ctypes.byref(value), number, 0)
        return value.value

    def allocate(self, size: int) -> int:
        """The address of ``size`` new bytes on the device."""
        address = c_void_p()
        self._call("cudaMalloc", ctypes.byref(address), size)
        return int(address.value or 0)

    def free(self, address: int) -> None:
        """Free memory on the device."""
        self._call("cudaFree", address)

    def copy(self, target: int, source: int, size: int, direction: int) -> None:
        """Queue a copy of ``size`` bytes; ``direction`` is HOST_TO_DEVICE or DEVICE_TO_HOST."""
        self._call("cudaMemcpyAsync", target, source, size, direction, self.stream)

    def synchronise(self) -> None:
        """Wait until everything queued is done."""
        self._call("cudaStreamSynchronize", self.stream)

    def close(self) -> None:
        """Destroy the stream; may be called twice."""
        if self.stream.value:
            self._call("cudaStreamDestroy", self.stream)
            self.stream = c_void_p()
