"""A network that doubles what it is given, and a reader with that one network."""

from ocr_app.core.types import ReaderInfo
from ocr_app.networks.contract import Network
from ocr_app.readers.contract import Reader


class Doubles(Network):
    """Answers twice its input, and counts its runs."""

    inputs, outputs, metadata = ("x",), ("y",), {"characters": "none"}

    def __init__(self):
        self.runs = 0

    def infer(self, arrays):
        self.runs += 1
        return {"y": 2 * arrays["x"]}


class OneNetwork(Reader):
    def __init__(self, network):
        self.network, self.info = network, ReaderInfo("one", "one 1", "cpu", "fp32")

    def networks(self):
        return {"recogniser": self.network} if self.network is not None else {}

    def replace_network(self, role, network):
        assert role == "recogniser"
        self.network = network
