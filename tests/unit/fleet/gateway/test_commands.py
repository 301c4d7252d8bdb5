"""The gateway needs its own environment."""

import pytest

from fleet.core.errors import GatewayError
from fleet.gateway import commands


def test_without_its_environment_the_next_step_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    with pytest.raises(GatewayError, match="envs --name gateway"):
        commands.run([])
