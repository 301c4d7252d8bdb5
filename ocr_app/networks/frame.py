"""What one frame costs a team of networks: each network as often as it runs in a frame, and the processor's part."""

from typing import Dict, NamedTuple, Sequence

from ocr_app.networks.roofline import Band


class FrameStage(NamedTuple):
    """One network of a frame. ``runs``: how often it runs in a frame, on average; ``run``: the seconds of one run."""

    name: str
    runs: float
    run: Band

    @property
    def per_frame(self) -> Band:
        """Seconds of this network in one frame."""
        return Band(self.runs * self.run.slow, self.runs * self.run.fast)


class FrameRates(NamedTuple):
    """How much of a frame the members are asked for.

    ``lines``: text lines of a frame. ``second_lines`` and ``third_lines``: the share of lines that the second and the
    third recogniser read too. ``second_detector`` and ``third_detector``: how often their detectors look at a frame, on
    average; more than 1 where a frame is looked at at several scales. ``processor_ms``: everything outside the networks.
    """

    lines: int = 3
    second_lines: float = 0.0
    second_detector: float = 0.0
    third_lines: float = 0.0
    third_detector: float = 0.0
    processor_ms: float = 0.0


def runs_of(rates: FrameRates) -> Dict[str, float]:
    """How often each network runs in a frame, by the fields of ``rates``: a recogniser once for each line."""
    return {
        "second_detector": rates.second_detector,
        "second_lines": rates.second_lines * rates.lines,
        "third_detector": rates.third_detector,
        "third_lines": rates.third_lines * rates.lines,
    }


def whole(stages: Sequence[FrameStage], processor_ms: float) -> Band:
    """Seconds of one frame: the networks, one after another, and the processor's part."""
    total = Band(processor_ms / 1e3, processor_ms / 1e3)
    for stage in stages:
        total = total + stage.per_frame
    return total
