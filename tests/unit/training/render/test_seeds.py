"""Random streams: one per image and stage."""

from __future__ import annotations

import pytest

from training.render.seeds import stream


@pytest.mark.parametrize(("seed", "index"), [(-1, 0), (0, -1)])
def test_negative_seeds_are_refused(seed: int, index: int) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        stream(seed, index, "text")


def test_a_stream_depends_on_seed_index_and_stage_alone() -> None:
    first = stream(3, 4, "text").integers(0, 1 << 30, 8).tolist()
    assert first == stream(3, 4, "text").integers(0, 1 << 30, 8).tolist()
    others = [stream(2, 4, "text"), stream(3, 5, "text"), stream(3, 4, "optics")]
    assert all(first != other.integers(0, 1 << 30, 8).tolist() for other in others)
