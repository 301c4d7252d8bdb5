"""A network with one input and one output."""

import numpy as np
import pytest

from ocr_app.networks.contract import Network


class Doubling(Network):
    inputs, outputs = ("image",), ("answer",)

    def infer(self, arrays):
        return {"answer": 2 * arrays["image"]}


def test_one_array_in_and_one_out():
    np.testing.assert_array_equal(Doubling().infer_one(np.ones(3, np.float32)), [2, 2, 2])


def test_a_network_has_to_say_how_it_runs():
    with pytest.raises(NotImplementedError):
        Network().infer({})
