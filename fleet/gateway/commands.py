"""`./inv opcua`: the gateway, in its own environment."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence

from fleet.core.errors import GatewayError
from fleet.core.files import ROOT
from fleet.environments.steps import python_of


def run(options: Sequence[str]) -> int:
    """Runs until it is told to end. Returns its exit code. Raises GatewayError: there is no environment."""
    python = python_of("gateway", ROOT)
    if not python.is_file():
        raise GatewayError("no environment for the gateway", "asyncua", "./inv envs --name gateway")
    command = [str(python), "-m", "fleet.gateway.serve", *options]
    with subprocess.Popen(command, env=dict(os.environ, PYTHONPATH=str(ROOT))) as process:
        before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            return process.wait()
        except KeyboardInterrupt:
            return process.wait()  # a terminal tells both
        finally:
            signal.signal(signal.SIGTERM, before)
