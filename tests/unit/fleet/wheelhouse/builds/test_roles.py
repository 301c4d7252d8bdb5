"""Templates of a role that this command cannot fill in."""

from __future__ import annotations

import pytest

from fleet.core.errors import (
    FleetError,
)
from tests.unit.fleet.wheelhouse.builds.workshops import Workshop


@pytest.mark.parametrize("text", ["{{ nowhere }}", "{{ lookup('env', 'HOME') }}", "{{ tiny_hours | no_filter }}", "{{"])
def test_a_template_that_cannot_be_filled_in_is_an_error(shop: Workshop, text: str) -> None:
    path = shop.roles / "tiny" / "vars" / "main.yml"
    path.write_text(path.read_text().replace("test -z '{{ tiny_gate }}' || test -e fuel", f"echo {text}"))
    with pytest.raises(FleetError):
        shop.build()
