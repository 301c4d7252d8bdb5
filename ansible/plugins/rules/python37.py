"""Rules of the role python37: the interpreter is there, and whole."""

from __future__ import annotations

from typing import Any

from .model import Observed, Rule, Settings

ASK = "import distutils.util, venv, sys; print('%d.%d' % sys.version_info[:2])"


def plan(settings: Settings) -> dict[str, Any]:
    """The command that asks the interpreter for its version."""
    return {"version": [settings.text("python37_python"), "-c", ASK]}


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role; none where it is off."""
    if not settings.switch("python37_enabled"):
        return []
    answer = observed.command("version")
    return [Rule("python37.interpreter", answer.out or answer.last_error("nothing"), "3.7")]
