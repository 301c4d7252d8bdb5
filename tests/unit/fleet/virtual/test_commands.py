"""The virtual fleet's command without Docker: names, addresses, inventory, what it refuses and how it says so."""

import pytest

from fleet.core.errors import VirtualFleetError
from fleet.virtual import commands


def test_an_unknown_verb_is_refused():
    with pytest.raises(VirtualFleetError, match="up, status, down, shell"):
        commands.run("halt", 3, "virtual", "", 1, False)
