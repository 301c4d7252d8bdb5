"""Rules of the system roles on the nodes of observed_nodes.py, without Ansible.

tests/unit/ansible/test_verify.py has the same nodes under the real play.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from tests.unit.ansible.answers import ROOT, command, file, judged, unit
from tests.unit.ansible.observed_nodes import BROKEN, HINTS, NODES, SYSTEM

CHAIN = (
    "-A NANO-OCR -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    *("-A NANO-OCR -i lo -j ACCEPT", "-A NANO-OCR -p icmp -j ACCEPT"),
    *("-A NANO-OCR -p tcp -m tcp --dport 22 -j ACCEPT", "-A NANO-OCR -j DROP"),
)
TEXTS = {
    "{{ lookup('template', 'firewall.rules.j2') }}": "\n".join(["*filter", *CHAIN, "COMMIT", ""]),
    "{{ lookup('template', 'nano-ocr-firewall.service.j2') }}": "the unit of the firewall",
    "{{ lookup('template', '52nano-ocr.j2') }}": "packages that stay",
    "{{ lookup('template', 'timesyncd.conf.j2') }}": "[Time]\nNTP=ntp.ubuntu.com\n",
    "{{ lookup('template', 'nano-ocr-clocks.service.j2') }}": "the unit of the clocks",
    "{{ lookup('file', 'hold_clocks.py') }}": "the script of the clocks",
}
FIREWALL, UNIT, UPGRADES, SERVERS, CLOCKS, SCRIPT = TEXTS.values()
GIVEN: dict[str, dict[str, Any]] = {
    "preflight": {"interpreter": "/usr/bin/python3.6"},
    "time_sync": {"settings": SERVERS},
    "power_mode": {"unit": CLOCKS, "script": SCRIPT},
    "swap": {},
    "headless": {},
    "hardening": {"firewall": FIREWALL, "unit": UNIT, "upgrades": UPGRADES},
}


def filled(value: Any) -> Any:
    """The observation, with texts for templates."""
    if isinstance(value, dict):
        return {key: filled(part) for key, part in value.items()}
    return TEXTS.get(value, value) if isinstance(value, str) else value


def typed(role: str) -> dict[str, str]:
    """Numbers and switches as -e gives them: as text."""
    defaults = yaml.safe_load((ROOT / "ansible" / "roles" / role / "defaults" / "main.yml").read_text())
    return {name: str(value).lower() for name, value in defaults.items() if isinstance(value, int)}


def rules_of(host: str, as_text: bool) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for role in SYSTEM:
        changed = typed(role) if as_text else {}
        found.update(judged(role, filled(copy.deepcopy(NODES[host][role])), GIVEN[role], **changed))
    return found


@pytest.fixture(autouse=True)
def control_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control machine's clock stands still at the moment of the observation, however long the suite takes."""
    monkeypatch.setattr("time.time", lambda: float(NODES["good"]["time_sync"]["clock"]))


@pytest.mark.parametrize("as_text", [False, True], ids=["defaults", "typed"])
@pytest.mark.parametrize("hint, expected", [(False, BROKEN), (True, HINTS)], ids=["rules", "hints"])
@pytest.mark.parametrize("host", NODES)
def test_what_is_named_on_a_node(host: str, hint: bool, expected: dict[str, dict[str, Any]], as_text: bool) -> None:
    wanted = expected.get(host, {})
    named = {name: rule for name, rule in rules_of(host, as_text).items() if not rule["holds"] and rule["hint"] == hint}
    assert set(named) == set(wanted)
    for name, (found, value) in wanted.items():
        assert named[name]["expected"] == value
        assert found is None or named[name]["found"] == found


def test_every_rule_was_broken_once() -> None:
    named = {name for table in (BROKEN, HINTS) for rules in table.values() for name in rules}
    assert named == set(rules_of("good", False))


@pytest.mark.parametrize(
    "control, found",
    [
        (file("0\n"), "255"),
        (file(exists=False), "255"),
        (file("1\n"), "255, and the governor changes it (temp_control)"),
    ],
)
def test_a_fan_whose_governor_is_on_is_not_as_it_must_be(control: dict[str, Any], found: str) -> None:
    seen = {
        "commands": {"query": command("NV Power Mode: MAXN\n0"), "clocks": command("")},
        "files": {
            "status": file("pmode:0000"),
            "unit": file("x"),
            "script": file("x"),
            "fan": file("255\n"),
            "fan_control": control,
        },
        "units": {"nano-ocr-clocks.service": unit()},
    }
    rule = judged("power_mode", seen, {"unit": "x", "script": "x"})["power_mode.fan"]
    assert (rule["found"], rule["holds"]) == (found, found == "255")


SHOWN = """cpu0: Online=1 Governor=schedutil MinFreq={0} MaxFreq=1479000 CurrentFreq=1479000 IdleStates: WFI=0 c7=0
cpu1: Online={2} Governor=schedutil MinFreq=102000 MaxFreq=1479000 CurrentFreq=1479000 IdleStates: WFI=0 c7=0
GPU MinFreq={1} MaxFreq=921600000 CurrentFreq=921600000"""


@pytest.mark.parametrize(
    "shown, found",
    [
        (SHOWN.format(1479000, 921600000, 0), "locked"),  # a core that the power mode switches off does not count
        (SHOWN.format(1479000, 921600000, 1), "free: cpu1"),
        (SHOWN.format(1479000, 76800000, 0), "free: GPU"),
        (SHOWN.format(102000, 76800000, 1), "free"),
        (SHOWN.format(1479000, 921600000, 0).rpartition("\n")[0], "not all are shown"),
        ("", "no answer of jetson_clocks"),
    ],
)
def test_every_clock_that_is_on_has_to_be_locked(shown: str, found: str) -> None:
    seen = filled(copy.deepcopy(NODES["good"]["power_mode"]))
    seen["commands"]["clocks"] = command(shown)
    rule = judged("power_mode", seen, GIVEN["power_mode"])["power_mode.clocks"]
    assert (rule["found"], rule["holds"]) == (found, found == "locked")
    assert judged("power_mode", seen, GIVEN["power_mode"], power_mode_clocks=False)["power_mode.clocks"]["holds"]


@pytest.mark.parametrize("clocks, holds", [(True, False), (False, True)])
def test_the_script_counts_only_where_clocks_are_locked(clocks: bool, holds: bool) -> None:
    seen = filled(copy.deepcopy(NODES["good"]["power_mode"]))
    seen["files"]["script"] = file("edited")
    rule = judged("power_mode", seen, GIVEN["power_mode"], power_mode_clocks=clocks)["power_mode.unit"]
    assert rule["holds"] is holds
