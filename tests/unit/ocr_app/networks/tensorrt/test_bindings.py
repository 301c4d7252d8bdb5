"""TensorRT 8.2 by bindings: numbers lead to names, and a wrong order of addresses would mix tensors up."""

from ocr_app.networks.tensorrt.bindings import Bindings, BoundEngine


class Engine:
    """Two inputs and an output, of which an input is last."""

    num_bindings = 3

    def get_binding_name(self, index):
        return ("left", "sum", "right")[index]

    def binding_is_input(self, index):
        return index != 1

    def get_profile_shape(self, profile, name):
        return [[1, 2], [1, 4], [1, 8]] if name == "left" else [[3], [3], [3]]

    def get_binding_dtype(self, index):
        return "type {}".format(index)


class Context:
    def __init__(self):
        self.shapes, self.runs = {}, []

    def set_binding_shape(self, index, shape):
        self.shapes[index] = shape
        return True

    def get_binding_shape(self, index):
        return [7, index]

    def execute_async_v2(self, addresses, stream):
        self.runs.append((addresses, stream))
        return stream != 0


def test_names_numbers_and_addresses():
    context = Context()
    opened = Bindings().open(None, Engine(), context)
    assert isinstance(opened, BoundEngine)
    assert opened.inputs == ("left", "right") and opened.outputs == ("sum",)
    assert opened.limits("left") == [(1, 2), (1, 4), (1, 8)]
    assert opened.set_shape("right", (3,)) and context.shapes == {2: (3,)}
    assert opened.shape("sum") == (7, 1) and opened.dtype("right") == "type 2"
    assert opened.run({"right": 30, "left": 10, "sum": 20}, 7) and context.runs == [([10, 20, 30], 7)]
    assert not opened.run({"right": 30, "left": 10, "sum": 20}, 0)


def test_scratch_memory_is_one_number():
    config = type("Config", (), {})()
    Bindings().set_workspace(None, config, 1 << 28)
    assert config.max_workspace_size == 1 << 28
