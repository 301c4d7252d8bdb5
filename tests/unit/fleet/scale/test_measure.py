"""What is refused before anything is measured."""

import pytest

from fleet.core.errors import FleetScaleError
from fleet.scale import measure


@pytest.mark.parametrize("sizes", [(4,), (4, 4), (4, 1)])
def test_a_line_needs_growing_numbers_of_boards(sizes: tuple[int, ...]) -> None:
    with pytest.raises(FleetScaleError, match="in growing order"):
        measure.main(sizes)
