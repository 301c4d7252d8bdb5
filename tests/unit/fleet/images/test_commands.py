"""The verbs of `./inv images`."""

import pytest

from fleet.core.errors import ContainerImageError
from fleet.images import commands


def test_a_verb_that_is_none():
    with pytest.raises(ContainerImageError, match="no verb called 'push'"):
        commands.run("push")
