"""The calls into the CUDA run-time library: their types, their failures, and what is given back."""

import sys

import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable
from ocr_app.networks import cudart

ORIGINAL = cudart.open_library


@pytest.fixture
def memory(trt):
    """The stand-in for the library's memory."""
    return sys.modules["tensorrt._memory"]


def test_libraries_that_are_not_there_are_named(monkeypatch):
    monkeypatch.setattr(cudart, "libraries", lambda: ["libcudart.so.nowhere", "libcudart.so.neither"])
    with pytest.raises(DeviceUnavailable, match=r"does not load: libcudart\.so\.nowhere.*; libcudart\.so\.neither"):
        cudart.open_library()


def test_the_library_of_every_release_is_tried():
    assert cudart.libraries() == ["libcudart.so.10.2", "libcudart.so.11.0", "libcudart.so.12", "libcudart.so.13"]


def test_the_first_library_that_loads_is_taken(monkeypatch, memory):
    tried = []

    def load(name):
        tried.append(name)
        if name != "libcudart.so.12":
            raise OSError(name + ": cannot open shared object file")
        return memory.Cudart()

    monkeypatch.setattr(cudart, "open_library", ORIGINAL)
    monkeypatch.setattr(cudart.ctypes, "CDLL", load)
    assert cudart.open_library().cudaMalloc.restype is not None
    assert tried == ["libcudart.so.10.2", "libcudart.so.11.0", "libcudart.so.12"]


def test_every_function_has_its_types(memory):
    library = cudart.typed(memory.Cudart())
    assert library.cudaMalloc.argtypes == [cudart.POINTER(cudart.c_void_p), cudart.c_size_t]
    assert library.cudaGetErrorString.restype is cudart.c_char_p


def test_a_copy_there_and_back_is_the_same(memory):
    cuda = cudart.Cuda()
    sent, received = np.arange(6, dtype=np.float32), np.zeros(6, np.float32)
    address = cuda.allocate(sent.nbytes)
    cuda.copy(address, sent.ctypes.data, sent.nbytes, cudart.HOST_TO_DEVICE)
    cuda.copy(received.ctypes.data, address, sent.nbytes, cudart.DEVICE_TO_HOST)
    cuda.synchronise()
    np.testing.assert_array_equal(received, sent)
    cuda.free(address)
    assert address not in memory.held


def test_a_call_that_fails_says_why(memory):
    with pytest.raises(DeviceUnavailable, match=r"cudaFree failed: invalid argument .* \(CUDA error 1\)"):
        cudart.Cuda().free(12345)


def test_the_capability_is_the_gpus(memory):
    assert cudart.Cuda().capability() == "5.3"


def test_a_stream_is_destroyed_once(memory, monkeypatch):
    cuda, calls = cudart.Cuda(), []
    call = cuda._call
    monkeypatch.setattr(cuda, "_call", lambda name, *arguments: calls.append(name) or call(name, *arguments))
    cuda.close()
    cuda.close()
    assert calls == ["cudaStreamDestroy"]
