"""Stages that fail, take too long or are interrupted."""

from __future__ import annotations

import pytest

from fleet.core.errors import (
    WheelBuildFailed,
)
from tests.unit.fleet.wheelhouse.builds.workshops import Workshop


def test_a_build_that_was_cut_goes_on_at_the_stage_that_was_cut(shop: Workshop) -> None:
    shop.defaults(gate="closed")
    with pytest.raises(WheelBuildFailed, match=r"tiny stopped at gate \(4 of 5\)") as caught:
        shop.build()
    assert "it resumes at that stage" in str(caught.value.next_step)
    assert not (shop.wheelhouse / shop.manifest.source("tiny").file).exists() and not shop.manifest.recorded.exists()
    (shop.folder / "fuel").touch()
    assert shop.build() == 0 and shop.compiled() == 1


def test_a_compiler_s_own_words_are_told(shop: Workshop) -> None:
    shop.source(b"this is no C\n")
    with pytest.raises(WheelBuildFailed, match=r"(?s)stopped at compile \(3 of 5\).*error:"):
        shop.build()


def test_a_build_that_takes_too_long_is_ended(shop: Workshop) -> None:
    shop.defaults(gate="closed", hours=0.0005)
    stages = shop.roles / "tiny" / "vars" / "main.yml"
    stages.write_text(stages.read_text().replace("test -e fuel", "sleep 600"))
    with pytest.raises(WheelBuildFailed, match="stopped at gate") as caught:
        shop.build()
    assert "within 0.0005 h" in str(caught.value.expected)
