"""The shapes that an engine is built for."""

import pytest

from ocr_app.core.errors import BuildError
from ocr_app.engines.building import shapes
from ocr_app.engines.building.jobs import settings
from ocr_app.engines.key import ShapeProfile
from ocr_app.export import network_specs

NETWORKS = network_specs.networks()


def test_a_recogniser_is_shaped_by_the_reader_and_tuned_by_what_was_seen():
    seen = [(1, 1, 32, width) for width in (48, 400, 300, 500, 1056)]
    own = shapes.profile_of(NETWORKS["codes-recogniser"], seen, settings())
    assert own == ShapeProfile((1, 1, 32, 40), (3, 1, 32, 400), (5, 1, 32, 1056))


def test_a_detector_takes_one_frame():
    own = shapes.profile_of(NETWORKS["codes-detector"], [(1, 1, 480, 640)], settings())
    assert own == ShapeProfile((1, 1, 32, 32), (1, 1, 480, 640), (1, 1, 1920, 1920))


def test_a_wide_recogniser_takes_fewer_lines():
    """3216 px: one line within 6144 columns."""
    own = shapes.profile_of(NETWORKS["ppocr-v6-small-recogniser"], [(2, 3, 48, 320)], settings())
    assert own.best == (1, 3, 48, 320) and own.most == (1, 3, 48, 3216)


@pytest.mark.parametrize("seen", [[], [(1, 1, 32, 32)], [(1, 1, 32, 2000)]])
def test_shapes_that_the_table_does_not_foresee_are_errors(seen):
    with pytest.raises(BuildError):
        shapes.profile_of(NETWORKS["codes-recogniser"], seen, settings())
