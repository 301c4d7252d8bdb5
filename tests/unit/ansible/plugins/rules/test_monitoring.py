"""Rules of the role monitoring, kept and broken."""

from __future__ import annotations

from typing import Any

import pytest
from rules import monitoring
from rules.loading import BadRule

from tests.unit.ansible.answers import BLANK, SOUND, broken, command, file, judged, settings, unit

ROLE = "monitoring"
GIVEN = {"unit": "the unit", "jtop": "the unit of jtop"}
JTOP = {"monitoring_jtop": True}
SCRIPT = monitoring.SCRIPT.read_text()


def observed(script: str, text: str, active: str, age: str, rails: str, state: Any = SOUND) -> dict[str, Any]:
    files = {"script": file(script), "unit": file(text), "jtop": file("the unit of jtop" if state is SOUND else "")}
    units = {"nano-ocr-tegrastats.service": unit(active), "jtop.service": unit()}
    commands = {"age": command(age), "rails": command(rails)}
    return {"files": files, "units": units, "commands": commands, "environment": state}


GOOD = observed(SCRIPT, "the unit", "active", "/x", "31")
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = {
    "good": (GOOD, {}, {}),
    "good, with jtop": (GOOD, JTOP, {}),
    "blank": (
        observed("", "", "inactive", "", "", BLANK),
        JTOP,
        {
            "script": "absent or changed",
            "unit": "absent or changed",
            "services": "not running: nano-ocr-tegrastats.service",
            "fresh": "no /var/lib/prometheus/node-exporter/tegrastats.prom of the last 60 s",
            "packages": "there is no environment at /x",
            "jtop_unit": "absent or changed",
        },
    ),
    "too few values": (observed(SCRIPT, "the unit", "active", "/x", "3"), {}, {"fresh": "3 values"}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_found(name: str) -> None:
    seen, changed, expected = CASES[name]
    assert broken(ROLE, seen, GIVEN, **changed) == expected


def test_every_rule_was_broken_once() -> None:
    assert {f"monitoring.{rule}" for rule in CASES["blank"][2]} == set(judged(ROLE, GOOD, GIVEN, **JTOP))


def test_a_service_that_does_not_start_at_boot_is_named() -> None:
    units = {"nano-ocr-tegrastats.service": unit("active", "disabled")}
    found = broken(ROLE, {**GOOD, "units": units}, GIVEN)
    assert found == {"services": "not running: nano-ocr-tegrastats.service"}


def test_jtop_is_a_choice() -> None:
    assert monitoring.plan(settings(ROLE))["units"] == ["nano-ocr-tegrastats.service"]
    assert monitoring.plan(settings(ROLE, monitoring_jtop="true"))["units"][1:] == ["jtop.service"]


def test_the_script_runs_on_the_python_of_the_release() -> None:
    assert monitoring.plan(settings("monitoring"))["python"] == "/usr/bin/python3.6"
    assert monitoring.plan(settings("monitoring", fleet_l4t="r35"))["python"] == "/usr/bin/python3.8"


def test_jtop_is_refused_on_a_later_board() -> None:
    with pytest.raises(BadRule, match="monitoring_jtop: found true on L4T r35"):
        monitoring.plan(settings("monitoring", monitoring_jtop=True, fleet_l4t="r35"))
