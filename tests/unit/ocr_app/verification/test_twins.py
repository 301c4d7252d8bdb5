"""A twin compares a network with its export while the original serves, and gives the answers of the one that serves."""

import numpy as np
import pytest

from ocr_app.core.errors import ModelError, UsageError
from ocr_app.core.types import ReaderInfo
from ocr_app.networks.contract import Network
from ocr_app.readers.contract import Reader
from ocr_app.verification.twins import EXPORTED, ORIGINAL, Twin, install


class Function(Network):
    """A network that is a function of one array."""

    inputs, outputs = ("image",), ("answer",)

    def __init__(self, function, **metadata):
        self._function, self.metadata = function, metadata

    def infer(self, arrays):
        return {"answer": self._function(arrays["image"])}


def twin_of(original, exported):
    return Twin(Function(original), Function(exported))


def test_a_twin_serves_the_one_or_the_other_and_counts():
    twin = twin_of(lambda x: x + 1, lambda x: x + 1.25)
    given = np.zeros((2, 2), np.float32)
    assert twin.serving == ORIGINAL and twin.answer(given)[0, 0] == 1.0
    twin.serving = EXPORTED
    assert twin.answer(given)[0, 0] == 1.25
    assert twin.answer(given + 1)[0, 0] == 2.25  # never seen: only the export is asked
    assert (twin.calls, twin.max_error, twin.largest) == (1, 0.25, 1.0)


def test_an_answer_that_is_not_a_number_is_the_largest_error():
    twin = twin_of(lambda x: x, lambda x: x * np.nan)
    twin.answer(np.ones((3,), np.float32))
    assert twin.max_error == float("inf")


def test_an_answer_of_another_shape_is_an_error():
    with pytest.raises(ModelError):
        twin_of(lambda x: x, lambda x: x[:1]).answer(np.ones((3,), np.float32))


def test_what_is_forgotten_is_computed_anew():
    asked = []
    twin = twin_of(lambda x: x, lambda x: asked.append(1) or x)
    twin.answer(np.ones((1,), np.float32))
    twin.serving = EXPORTED
    twin.forget()
    twin.answer(np.ones((1,), np.float32))
    assert len(asked) == 2


def test_metadata_that_the_export_lost_is_an_error():
    with pytest.raises(ModelError, match="characters"):
        Twin(Function(lambda x: x, characters="AB"), Function(lambda x: x))


class OneNetwork(Reader):
    """A reader whose only network is a detector."""

    info = ReaderInfo("one:1", "one", "cpu", "fp32")

    def __init__(self):
        self.own = {"detector": Function(lambda x: x + 1)}

    def networks(self):
        return dict(self.own)

    def replace_network(self, role, network):
        if role not in self.own:
            super(OneNetwork, self).replace_network(role, network)
        self.own[role] = network


def test_a_twin_goes_where_the_network_was():
    reader = OneNetwork()
    twin = install(reader, "detector", Function(lambda x: x + 1.5))
    assert reader.networks()["detector"] is twin
    assert reader.networks()["detector"].infer_one(np.zeros((1,), np.float32))[0] == 1.0
    assert twin.max_error == 0.5


def test_a_role_that_a_reader_lacks_is_named():
    with pytest.raises(UsageError, match="no network 'recogniser'"):
        OneNetwork().replace_network("recogniser", Function(lambda x: x))
