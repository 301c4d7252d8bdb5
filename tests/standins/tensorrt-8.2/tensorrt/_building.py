"""Stand-in: parser, network and builder; the settings of a build and its versions are in modules of their own."""

import json

from ocr_app.core.errors import ModelError
from ocr_app.networks import half, onnx_model
from ocr_app.networks.graph import element_types
from ocr_app.verification.precision_plan import layer_name

from ._config import IBuilderConfig, workspace_of
from ._types import BuilderFlag, DataType, NetworkDefinitionCreationFlag, float32
from ._version import ALWAYS_EXPLICIT, MOST_OPSET, VERSION

MAGIC = b"stand-in for a TensorRT engine\n"
KINDS = {onnx_model.FLOAT: DataType.FLOAT, onnx_model.FLOAT16: DataType.HALF, onnx_model.BOOL: DataType.BOOL}


class ITensor:
    __slots__ = ("_dtype", "_shape", "name")

    def __init__(self, name, dtype, shape=()):
        self.name, self._dtype, self._shape = name, dtype, shape

    @property
    def dtype(self):
        return self._dtype


class ILayer:
    """Named as onnx-tensorrt names the layer of a node."""

    __slots__ = ("_outputs", "_types", "name", "precision")

    def __init__(self, name, outputs):
        self.name, self.precision = name, None
        self._outputs, self._types = outputs, {}

    @property
    def num_outputs(self):
        return len(self._outputs)

    def get_output(self, index):
        return self._outputs[index]

    def set_output_type(self, index, dtype):
        if self._outputs[index].dtype not in (DataType.FLOAT, DataType.HALF):
            raise ValueError("{}: the output is not of a floating type".format(self.name))
        self._types[index] = dtype


class INetworkDefinition:
    __slots__ = ("_data", "_explicit", "_inputs", "_layers", "_model")

    def __init__(self, flags):
        explicit = bool(flags & (1 << int(NetworkDefinitionCreationFlag.EXPLICIT_BATCH)))
        self._explicit = explicit or ALWAYS_EXPLICIT
        self._model, self._data, self._layers, self._inputs = None, b"", [], []

    @property
    def num_layers(self):
        return len(self._layers)

    @property
    def num_inputs(self):
        return len(self._inputs)

    def get_layer(self, index):
        return self._layers[index]

    def get_input(self, index):
        return self._inputs[index]


class ParserError:
    __slots__ = ("_words",)

    def __init__(self, words):
        self._words = words

    def desc(self):
        return self._words


class OnnxParser:
    """Refuses what is no ONNX model, an opset beyond that of the version, and a network with an implicit batch."""

    __slots__ = ("_errors", "_network")

    def __init__(self, network, logger):
        self._network, self._errors = network, []

    @property
    def num_errors(self):
        return len(self._errors)

    def get_error(self, index):
        return self._errors[index]

    def parse(self, model, path=None):
        if not self._network._explicit:
            return self._refuse("the network has an implicit batch dimension")
        try:
            own = onnx_model.loads(bytes(model))
            types = element_types(own)
        except ModelError as error:
            return self._refuse(error.found)
        if own.opset > MOST_OPSET:
            return self._refuse("opset {}".format(own.opset))
        self._network._model, self._network._data = own, bytes(model)
        for node in own.nodes:
            outputs = [ITensor(name, KINDS.get(types.get(name), DataType.INT32)) for name in node.outputs if name]
            self._network._layers.append(ILayer(layer_name(node), outputs))
        self._network._inputs = [ITensor(value.name, float32, value.dims) for value in own.inputs]
        return True

    def _refuse(self, words):
        self._errors.append(ParserError(words))
        return False


class IOptimizationProfile:
    __slots__ = ("_shapes",)

    def __init__(self):
        self._shapes = {}

    def set_shape(self, input, min, opt, max):  # noqa: A002 the binding's own names
        if not len(min) == len(opt) == len(max) or not all(a <= b <= c for a, b, c in zip(min, opt, max)):
            raise RuntimeError("Shape provided for max is inconsistent with other shapes.")
        self._shapes[input] = [list(min), list(opt), list(max)]


class Builder:
    __slots__ = ("_logger",)

    def __init__(self, logger):
        self._logger = logger

    @property
    def platform_has_fast_fp16(self):
        return True

    def create_network(self, flags=0):
        return INetworkDefinition(flags)

    def create_builder_config(self):
        return IBuilderConfig()

    def create_optimization_profile(self):
        return IOptimizationProfile()

    def build_serialized_network(self, network, config):
        """None where TensorRT gives None: nothing parsed, no workspace, no fitting profile for free dimensions."""
        if network._model is None or workspace_of(config) < 1 << 20:
            return None
        shapes = config._profiles[0]._shapes if config._profiles else {}
        for value in network._model.inputs:
            if None in value.dims and not _fits(value.dims, shapes.get(value.name, [])):
                return None
        header = {"version": VERSION, "shapes": shapes, "workspace": workspace_of(config)}
        return memoryview(MAGIC + json.dumps(header).encode() + b"\n" + _network_bytes(network, config))


def _fits(dims, shapes):
    return bool(shapes) and all(
        len(shape) == len(dims) and all(d in (None, s) for d, s in zip(dims, shape)) for shape in shapes
    )


def _network_bytes(network, config):
    if BuilderFlag.FP16 not in config._flags:
        return network._data
    obey = BuilderFlag.OBEY_PRECISION_CONSTRAINTS in config._flags
    kept = [layer for layer in network._layers if obey and layer.precision == float32]
    kept = [layer._outputs[0].name for layer in kept if all(kind == float32 for kind in layer._types.values())]
    return half.rounded(network._model, kept) if kept else half.rounded(network._model)
