"""STAND-IN for libcudart: "device" memory is this process's own memory, a "copy" is memmove, a stream is a number.

Every call goes through ctypes with the signatures that the application declares, as it would into the library.
"""

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_int, c_size_t, c_void_p

from ocr_app.networks import cudart

from ._version import CAPABILITY

held = {}
_ERROR = ctypes.create_string_buffer(b"invalid argument (stand-in)")
ATTRIBUTES = dict(zip((75, 76), CAPABILITY))


def _malloc(target, size):
    buffer = ctypes.create_string_buffer(size)
    held[ctypes.addressof(buffer)] = buffer
    target[0] = ctypes.addressof(buffer)
    return 0


def _free(address):
    return 0 if held.pop(address, None) is not None else 1


def _copy(target, source, size, way, stream):
    device = target if way == cudart.HOST_TO_DEVICE else source
    if device not in held or size > len(held[device]):
        return 1
    ctypes.memmove(target, source, size)
    return 0


def _attribute(target, number, device):
    target[0] = ATTRIBUTES[number]
    return 0


def _stream(target):
    target[0] = 7
    return 0


class Cudart:
    """The functions of the library that are used."""

    def __init__(self):
        self.cudaGetErrorString = CFUNCTYPE(c_void_p, c_int)(lambda code: ctypes.addressof(_ERROR))
        self.cudaDeviceGetAttribute = CFUNCTYPE(c_int, POINTER(c_int), c_int, c_int)(_attribute)
        self.cudaMalloc = CFUNCTYPE(c_int, POINTER(c_void_p), c_size_t)(_malloc)
        self.cudaFree = CFUNCTYPE(c_int, c_void_p)(_free)
        self.cudaMemcpyAsync = CFUNCTYPE(c_int, c_void_p, c_void_p, c_size_t, c_int, c_void_p)(_copy)
        self.cudaStreamCreate = CFUNCTYPE(c_int, POINTER(c_void_p))(_stream)
        self.cudaStreamSynchronize = CFUNCTYPE(c_int, c_void_p)(lambda stream: 0)
        self.cudaStreamDestroy = CFUNCTYPE(c_int, c_void_p)(lambda stream: 0)


def install():
    """From now on the application finds this instead of the library."""
    cudart.open_library = lambda: cudart.typed(Cudart())
