"""A recorded network plays back what it answered, and refuses to make up more."""

import numpy as np
import pytest
from one_network import Doubles, OneNetwork

from ocr_app.benchmark.processor.recorded import TapedNetwork, TapedReader
from ocr_app.core.errors import UsageError


def test_answers_are_played_back_in_their_order_without_running():
    network = Doubles()
    taped = TapedNetwork(network)
    answers = taped.record()
    for value in (1.0, 2.0):
        taped.infer_one(np.array([value]))
    taped.play(answers)
    assert [float(taped.infer_one(np.zeros(1))[0]) for _ in range(2)] == [2.0, 4.0]
    assert network.runs == 2 and taped.metadata == network.metadata
    with pytest.raises(UsageError, match="3 times"):
        taped.infer_one(np.zeros(1))


def test_frames_have_tapes_of_their_own():
    reader = OneNetwork(Doubles())
    taped = TapedReader(reader)
    tapes = []
    for value in (1.0, 5.0):
        tapes.append(taped.record())
        reader.network.infer_one(np.array([value]))
    taped.play(tapes[1])
    assert float(reader.network.infer_one(np.zeros(1))[0]) == 10.0
    taped.play(tapes[0])
    assert float(reader.network.infer_one(np.zeros(1))[0]) == 2.0


def test_a_reader_without_networks_is_refused():
    with pytest.raises(UsageError):
        TapedReader(OneNetwork(None))
