"""Rules of the role monitoring: the state of the board is written for Prometheus; jtop where it is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fleet.boards.table import FIRST
from fleet.plays.rules import BadRule

from . import environments
from .model import CHANGED, Observed, Rule, Settings, as_written, listed

SCRIPT = Path(__file__).resolve().parents[2] / "roles" / "monitoring" / "files" / "tegrastats_prom.py"
TEXT = "tegrastats.prom"
SERVICES = ("nano-ocr-tegrastats.service",)
JTOP = "jtop.service"
NO_JTOP = (
    "jtop is jetson-stats 4.3.1 for Python 3.6, which knows no later Jetson; install its own release there by hand"
)
FEWEST_VALUES = 4


def plan(settings: Settings) -> dict[str, Any]:
    """The units that have to run, and the environment of jtop."""
    proofs = {"jtop": "import jtop; print(jtop.__version__)"}
    if settings.switch("monitoring_jtop") and settings.series.name != FIRST:
        raise BadRule(f"monitoring_jtop: found true on L4T {settings.series.name}; expected false; next: {NO_JTOP}")
    python = settings.text("monitoring_python") or settings.series.interpreter
    return {
        "python": python,
        "units": _units(settings),
        "locks": ["bootstrap-py36", "nano-monitoring"],
        "artefacts": ["jetson-stats"],
        "venv": environments.described(settings.text("monitoring_venv"), python, proofs, system_site_packages=False),
    }


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    same = observed.file("script").text == SCRIPT.read_text()
    return [
        Rule("monitoring.script", "as in the role" if same else CHANGED, "as in the role"),
        as_written("monitoring.unit", observed, "unit", settings),
        _services(observed, settings),
        _fresh(observed, settings),
        *(_jtop(observed, settings) if settings.switch("monitoring_jtop") else []),
    ]


def _units(settings: Settings) -> list[str]:
    return [*SERVICES, JTOP] if settings.switch("monitoring_jtop") else list(SERVICES)


def _services(observed: Observed, settings: Settings) -> Rule:
    states = {name: observed.unit(name) for name in _units(settings)}
    stopped = [name for name, unit in states.items() if (unit.active, unit.enabled) != ("active", "enabled")]
    expected = "running, and after a boot"
    return Rule(
        "monitoring.services",
        listed(stopped, "not running: ", expected),
        expected,
        next="journalctl -u nano-ocr-tegrastats on the board says why",
    )


def _fresh(observed: Observed, settings: Settings) -> Rule:
    age_s, values = settings.number("monitoring_max_age_s"), observed.command("rails").out
    new = observed.command("age").out != ""
    return Rule(
        "monitoring.fresh",
        f"{values} values" if new else f"no {settings.text('monitoring_folder')}/{TEXT} of the last {age_s} s",
        f"values of the last {age_s} s",
        holds=new and values.isdigit() and int(values) >= FEWEST_VALUES,
    )


def _jtop(observed: Observed, settings: Settings) -> list[Rule]:
    state = observed.facts["environment"]
    problems = "; ".join(state["problems"] + state["unproved"])
    return [
        Rule("monitoring.packages", problems or "as locked", "as locked"),
        as_written("monitoring.jtop_unit", observed, "jtop", settings),
    ]
