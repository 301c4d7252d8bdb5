"""Networks that are recorded once and played back, so that only the work around them takes time."""

from typing import Dict, List

import numpy as np

from ocr_app.core.errors import UsageError
from ocr_app.networks.contract import Arrays, Network
from ocr_app.readers.contract import Reader

Tape = Dict[str, List[Arrays]]
"""By the role of the network: its answers to one frame, in their order."""


class TapedNetwork(Network):
    """Records what a network answers, or plays back what it answered before."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.inputs, self.outputs, self.metadata = network.inputs, network.outputs, network.metadata
        self._answers: List[Arrays] = []
        self._at = -1

    def record(self) -> List[Arrays]:
        """From now on the network runs, and its answers are added to the list."""
        self._answers, self._at = [], -1
        return self._answers

    def play(self, answers: List[Arrays]) -> None:
        """From now on these answers are given, one after another."""
        self._answers, self._at = answers, 0

    def infer(self, arrays: Arrays) -> Arrays:
        """Raises UsageError when more is asked than was recorded."""
        if self._at < 0:
            self._answers.append({name: np.array(value) for name, value in self._network.infer(arrays).items()})
            return self._answers[-1]
        if self._at >= len(self._answers):
            found = "the reader asked its network {} times".format(self._at + 1)
            raise UsageError(found, "{} times, as when it was recorded".format(len(self._answers)))
        self._at += 1
        return self._answers[self._at - 1]


class TapedReader:
    """A reader whose networks are taped."""

    def __init__(self, reader: Reader) -> None:
        """Raises UsageError for a reader whose networks cannot be replaced."""
        self.reader = reader
        self._networks = {role: TapedNetwork(network) for role, network in reader.networks().items()}
        if not self._networks:
            found = "the networks of {} cannot be replaced by recorded ones".format(reader.info.reader)
            raise UsageError(found, "codes, or another reader of this package's own networks")
        for role, network in self._networks.items():
            reader.replace_network(role, network)

    def record(self) -> Tape:
        """Runs the networks from now on; returns the tape that their answers go to."""
        return {role: network.record() for role, network in self._networks.items()}

    def play(self, tape: Tape) -> None:
        """Plays back the answers to one frame from now on."""
        for role, network in self._networks.items():
            network.play(tape[role])
