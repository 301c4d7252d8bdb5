"""An engine of TensorRT as a network: the same calls as for ONNX Runtime, float32 in and out."""

from typing import Dict, List

import numpy as np

from ocr_app.core.errors import DeviceUnavailable, ModelError
from ocr_app.networks.contract import Arrays, Network
from ocr_app.networks.cudart import DEVICE_TO_HOST, HOST_TO_DEVICE, Cuda
from ocr_app.networks.tensorrt import installed


class TensorrtNetwork(Network):
    """A deserialised engine. Its buffers on the GPU grow to the largest shape seen. Use it from one thread only."""

    def __init__(self, data: bytes, metadata: Dict[str, str], name: str) -> None:
        """``data``: a checked engine; ``metadata``: that of its model, because engines do not contain metadata.

        Raises ModelError if TensorRT does not load the engine, and DeviceUnavailable.
        """
        trt = installed.module()
        self._name = name
        self._cuda = Cuda()
        self._logger = trt.Logger(trt.Logger.WARNING)
        self._runtime = trt.Runtime(self._logger)
        engine = self._runtime.deserialize_cuda_engine(data)
        context = engine.create_execution_context() if engine is not None else None
        if context is None:
            found = "TensorRT {} does not load the engine {}".format(trt.__version__, name)
            raise ModelError(found, "an engine built on this board", "ocr-app engine build --rebuild")
        self._opened = installed.way(trt).open(trt, engine, context)
        self.inputs, self.outputs = self._opened.inputs, self._opened.outputs
        self.metadata = dict(metadata)
        self._memory = dict.fromkeys(self.inputs + self.outputs, (0, 0))

    def infer(self, arrays: Arrays) -> Arrays:
        """Run once; a batch larger than the profile's maximum runs in parts, because no row depends on the others.

        Raises ModelError for a shape outside the profile.
        """
        whole = {name: np.ascontiguousarray(arrays[name], np.float32) for name in self.inputs}
        step = min(self._opened.limits(name)[2][0] for name in self.inputs)
        count = len(whole[self.inputs[0]])
        parts = [self._once({n: a[k : k + step] for n, a in whole.items()}) for k in range(0, max(count, 1), step)]
        return parts[0] if len(parts) == 1 else {n: np.concatenate([part[n] for part in parts]) for n in self.outputs}

    def _once(self, arrays: Arrays) -> Arrays:
        for name, array in arrays.items():
            self._give(name, array)
        answers = {name: self._room_for(name) for name in self.outputs}
        addresses = {name: address for name, (address, _) in self._memory.items()}
        if not self._opened.run(addresses, int(self._cuda.stream.value or 0)):
            raise DeviceUnavailable("TensorRT could not run {}".format(self._name), "a free GPU", "dmesg | tail")
        for name, answer in answers.items():
            self._cuda.copy(answer.ctypes.data, self._memory[name][0], answer.nbytes, DEVICE_TO_HOST)
        self._cuda.synchronise()
        return {name: np.asarray(answer, np.float32) for name, answer in answers.items()}

    def _give(self, name: str, array: np.ndarray) -> None:
        least, _, most = self._opened.limits(name)
        inside = len(array.shape) == len(least) and all(a <= b <= c for a, b, c in zip(least, array.shape, most))
        if not inside or not self._opened.set_shape(name, array.shape):
            found = "{}: input {} has shape {}".format(self._name, name, array.shape)
            raise ModelError(found, "from {} to {}".format(least, most), "build an engine with other shapes")
        self._reserve(name, array.nbytes)
        self._cuda.copy(self._memory[name][0], array.ctypes.data, array.nbytes, HOST_TO_DEVICE)

    def _room_for(self, name: str) -> np.ndarray:
        """An array for one output, with as much memory on the device; its shape follows from those of the inputs."""
        answer = np.empty(self._opened.shape(name), installed.module().nptype(self._opened.dtype(name)))
        self._reserve(name, answer.nbytes)
        return answer

    def _reserve(self, name: str, size: int) -> None:
        address, room = self._memory[name]
        if size > room:
            if address:
                self._cuda.free(address)
            self._memory[name] = (0, 0)
            self._memory[name] = (self._cuda.allocate(size), size)

    def close(self) -> None:
        """Free the memory on the GPU; may be called twice."""
        held: List[int] = [address for address, _ in self._memory.values() if address]
        self._memory = dict.fromkeys(self._memory, (0, 0))
        for address in held:
            self._cuda.free(address)
        self._cuda.close()
